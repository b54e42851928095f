"""State tables of rosters, swaps, leave, handovers, spot checks, gap alarms and generations (docs/domain.md 4)."""

from __future__ import annotations

from duty.cards import gap_card, generation_card, handover_card, leave_card, roster_card, spot_check_card, swap_card
from duty.models import GapAlarm, Generation, Handover, Leave, Roster, SpotCheck, Swap
from journal.rules.subjects import subject_kinds
from journal.states import machine

subject_kinds(
    roster="duty.Roster",
    generation="duty.Generation",
    swap="duty.Swap",
    leave="duty.Leave",
    handover="duty.Handover",
    spot_check="duty.SpotCheck",
    gap="duty.GapAlarm",
    shift="duty.Shift",
    override="duty.Override",
    pattern="duty.RosterPattern",
    season="duty.Season",
    call="duty.CallLog",
    calendar_feed="duty.CalendarToken",
    calendar="",  # of a year
    whereabouts="duty.Whereabouts",
    authorisation="duty.Authorisation",
    comm_test="duty.CommTest",
    comm_test_line="duty.CommTestLine",
    comm_test_plan="duty.CommTestPlan",
    heads="",  # of a county
)

S = Swap.Status
H = Handover.Status
C = SpotCheck.Status

ROSTER = machine(
    kind="roster",
    initial=Roster.Status.DRAFT,
    moves={(Roster.Status.DRAFT, Roster.Status.PUBLISHED): "roster.published"},
    card=roster_card,
    path=lambda roster: roster.unit.path,
)

GENERATION = machine(
    kind="generation",
    initial=Generation.Status.RUNNING,
    moves={(Generation.Status.RUNNING, Generation.Status.DONE): "generation.done"},
    card=generation_card,
    path=lambda generation: generation.unit.path,
)

SWAP = machine(
    kind="swap",
    initial=S.REQUESTED,
    moves={
        (S.REQUESTED, S.TAKEN): "swap.taken",
        (S.TAKEN, S.APPROVED): "swap.approved",
        (S.TAKEN, S.REFUSED): "swap.refused",
        (S.REQUESTED, S.REFUSED): "swap.refused",
        (S.REQUESTED, S.CANCELLED): "swap.cancelled",
        (S.TAKEN, S.CANCELLED): "swap.cancelled",
        (S.REQUESTED, S.EXPIRED): "swap.expired",
        (S.TAKEN, S.EXPIRED): "swap.expired",
    },
    card=swap_card,
    path=lambda swap: swap.slot.shift.unit.path,
)

LEAVE = machine(
    kind="leave",
    initial=Leave.Status.ASKED,
    moves={
        (Leave.Status.ASKED, Leave.Status.APPROVED): "leave.approved",
        (Leave.Status.ASKED, Leave.Status.REFUSED): "leave.refused",
        (Leave.Status.ASKED, Leave.Status.WITHDRAWN): "leave.withdrawn",
        (Leave.Status.APPROVED, Leave.Status.WITHDRAWN): "leave.withdrawn",
    },
    card=leave_card,
    path=lambda leave: leave.unit.path,
)

HANDOVER = machine(
    kind="handover",
    initial=H.OPEN,
    moves={
        (H.OPEN, H.HALF_SIGNED): "handover.signed",
        (H.HALF_SIGNED, H.ACCEPTED): "handover.accepted",
        (H.OPEN, H.ACCEPTED): "handover.settled",
        (H.OPEN, H.LAPSED): "handover.lapsed",
        (H.HALF_SIGNED, H.LAPSED): "handover.lapsed",
    },
    card=handover_card,
    path=lambda handover: handover.unit.path,
)

SPOT_CHECK = machine(
    kind="spot_check",
    initial=C.PLANNED,
    moves={
        (C.PLANNED, C.CALLING): "spot_check.called",
        (C.CALLING, C.SECOND_CALL): "spot_check.called_again",
        (C.SECOND_CALL, C.LEADER_CALLED): "spot_check.leader_called",
        (C.CALLING, C.CLOSED): "spot_check.closed",
        (C.SECOND_CALL, C.CLOSED): "spot_check.closed",
        (C.LEADER_CALLED, C.CLOSED): "spot_check.closed",
        (C.PLANNED, C.CANCELLED): "spot_check.cancelled",
    },
    card=spot_check_card,
    path=lambda check: check.unit.path,
)

GAP = machine(
    kind="gap",
    initial=GapAlarm.Status.OPEN,
    moves={
        (GapAlarm.Status.OPEN, GapAlarm.Status.FILLED): "gap.filled",
        (GapAlarm.Status.OPEN, GapAlarm.Status.REPLACED): "gap.replaced",
    },
    card=gap_card,
    path=lambda gap: gap.unit.path,
)
