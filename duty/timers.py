"""Timer handlers of duty (docs/domain.md 4): handovers open and are told when late, gaps are seen, checks climb."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from django.db.models import Exists, OuterRef

from duty.actions import call_log, clocks, comm_tests, leaders, spot_check
from duty.actions.alarms import call_again, review_gaps
from duty.actions.booking import lock_units
from duty.actions.hand_over import open_handover, tell_late
from duty.actions.leave import begin_or_end
from duty.actions.roster import run_batch
from duty.actions.swap import expire_swap
from duty.models import (
    CallLog,
    CheckIn,
    CommTestPlan,
    GapAlarm,
    Generation,
    Handover,
    Leave,
    Override,
    Shift,
    SpotCheck,
    Swap,
    Whereabouts,
)
from duty.selectors import watch
from duty.selectors.rosters import with_check_parts, with_handover_parts, with_leave_parts, with_swap_parts
from duty.selectors.superiors import unanswered
from journal.actions.recording import record
from journal.timers import Due, handler, set_timers
from norms.actions import Chase, Step, chased
from norms.selectors import numbers
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names


def _shifts(timers: Sequence[Due]) -> Iterator[tuple[Due, Shift]]:
    """Each timer with its shift, unless the shift has moved on or was called off."""
    found = Shift.objects.filter(pk__in=[timer.subject_id for timer in timers], live=True).select_related(
        "unit__parent"
    )
    by_id = {shift.pk: shift for shift in found.defer("unit__boundary", "unit__parent__boundary")}
    for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
        shift = by_id.get(timer.subject_id)
        if shift is not None and shift.generation == timer.generation:
            yield timer, shift


@handler(clocks.OPENS)
def opens(timers: Sequence[Due]) -> None:
    due = list(_shifts(timers))
    lock_units([shift.unit_id for _timer, shift in due])
    before = Shift.objects.filter(unit=OuterRef("unit"), live=True, during__endswith=OuterRef("during__startswith"))
    relieving = Shift.objects.filter(Exists(before), pk__in=[shift.pk for _timer, shift in due], signed=True)
    follows = set(relieving.values_list("pk", flat=True))
    for _timer, shift in due:
        if shift.pk in follows:
            open_handover(shift)
    set_timers(clocks.after(clocks.BEGINS, shift, shift.during.lower) for _timer, shift in due)


@handler(clocks.BEGINS)
def begins(timers: Sequence[Due]) -> None:
    """The boundary: is every post filled? Then the next clocks: handover late or check-in missing, and the end."""
    late, missing = numbers.minutes("handover_late_min"), numbers.minutes("check_in_late_min")
    due = [shift for _timer, shift in _shifts(timers)]
    review_gaps([shift.unit_id for shift in due])
    found = Handover.objects.filter(shift__in=due).exclude(status=Handover.Status.LAPSED)
    handovers = dict(found.values_list("shift", "status"))
    settings = []
    for shift in due:
        if handovers.get(shift.pk) in ("open", "half_signed"):
            settings.append(clocks.after(clocks.HANDOVER_LATE, shift, shift.during.lower + late))
        elif shift.pk not in handovers:
            settings.append(clocks.after(clocks.CHECK_IN_MISSING, shift, shift.during.lower + missing))
        settings.append(clocks.after(clocks.ENDS, shift, shift.during.upper))
    set_timers(settings)


@handler(clocks.HANDOVER_LATE)
def handover_late(timers: Sequence[Due]) -> None:
    ids = [shift.pk for _timer, shift in _shifts(timers)]
    rows = Handover.objects.filter(shift__in=ids, status__in=["open", "half_signed"]).order_by("pk")
    for row in with_handover_parts(rows).select_for_update(of=("self",)):
        tell_late(row)


@handler(clocks.CHECK_IN_MISSING)
def check_in_missing(timers: Sequence[Due]) -> None:
    """Nobody of the shift has checked in: its leader is told."""
    for _timer, shift in _shifts(timers):
        if CheckIn.objects.filter(shift=shift).exists():
            continue
        record(
            "duty.not_checked_in",
            f"shift:{shift.pk}",
            shift.unit.path,
            by=by_rule("duty.check_in"),
            data={"unit_name": names(shift.unit)},
        )
        leader = watch.who_is_on(shift.unit_id, "leader")
        if leader:
            data = {"unit": names(shift.unit)}
            notice = Notice(
                leader.person_id, "duty.not_checked_in", f"shift:{shift.pk}", shift.unit.path, data=data, url="/duty/"
            )
            notify.send_all([notice], by=by_rule("duty.check_in"))


@handler(clocks.ENDS)
def ends(timers: Sequence[Due]) -> None:
    """The end of a shift that no other follows, where somebody should be on: nobody may find that out by ringing."""
    review_gaps([shift.unit_id for _timer, shift in _shifts(timers)])


@handler(clocks.COVER_TURNS)
def cover_turns(timers: Sequence[Due]) -> None:
    """Somebody who was put on duty begins or ends: is the post filled, and its alarm the right one?"""
    rows = Override.objects.filter(pk__in=[timer.subject_id for timer in timers])
    review_gaps(list(rows.values_list("unit", flat=True)))


@chased
class GapChase(Chase[GapAlarm]):
    """A gap that nobody stands in for is told again, until somebody fills it."""

    timer = clocks.NOBODY

    def owing(self, ids: Collection[int]) -> dict[int, GapAlarm]:
        rows = GapAlarm.objects.filter(pk__in=ids, status=GapAlarm.Status.OPEN).order_by("pk")
        rows = rows.select_related("unit", "person", "called").defer("unit__boundary")
        return {row.pk: row for row in rows.select_for_update(of=("self",))}

    def take(self, steps: Sequence[Step[GapAlarm]]) -> None:
        for step in steps:
            call_again(step.row)

    def next_due(self, step: Step[GapAlarm]) -> dt.datetime:
        return step.due.due_at + numbers.minutes("nobody_again_min")


@handler(clocks.SWAP_EXPIRES)
def swap_expires(timers: Sequence[Due]) -> None:
    generation = {timer.subject_id: timer.generation for timer in timers}
    rows = with_swap_parts(Swap.objects.filter(pk__in=generation, status__in=["requested", "taken"]))
    for swap in rows.select_for_update(of=("self",)).order_by("pk"):
        if swap.generation == generation[swap.pk]:
            expire_swap(swap, by=by_rule("duty.swap_expires"))


def _checks(ids: Collection[int]) -> dict[int, SpotCheck]:
    rows = with_check_parts(SpotCheck.objects.filter(pk__in=ids)).select_for_update(of=("self",)).order_by("pk")
    return {row.pk: row for row in rows}


@handler(clocks.SPOT_PLANNED)
def spot_check_planned(timers: Sequence[Due]) -> None:
    rows = _checks([timer.subject_id for timer in timers])
    for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
        row = rows.get(timer.subject_id)
        if row is not None and row.generation == timer.generation and row.status == SpotCheck.Status.PLANNED:
            spot_check.call(row, by=by_rule("duty.spot_check"))


@chased
class SpotCheckChase(Chase[SpotCheck]):
    """Nobody called back within the time: the second call, and after as long again the leader."""

    timer = clocks.CALL_BACK

    def owing(self, ids: Collection[int]) -> dict[int, SpotCheck]:
        called = (SpotCheck.Status.CALLING, SpotCheck.Status.SECOND_CALL)
        return {pk: row for pk, row in _checks(ids).items() if row.status in called}

    def generation(self, row: SpotCheck) -> int:
        return row.generation

    def take(self, steps: Sequence[Step[SpotCheck]]) -> None:
        for step in steps:
            if step.row.status == SpotCheck.Status.CALLING:
                spot_check.call_again(step.row, self.next_due(step))
            else:
                spot_check.call_leader(step.row)

    def next_due(self, step: Step[SpotCheck]) -> dt.datetime | None:
        """Counted from the last clock; with the leader called the calling ends."""
        if step.row.status == SpotCheck.Status.LEADER_CALLED:
            return None
        return step.due.due_at + numbers.minutes("call_back_min", step.row.unit)


@handler(clocks.LEAVE_TURNS)
def leave_turns(timers: Sequence[Due]) -> None:
    """A leave begins or ends: whoever was booked is not there, or is there again."""
    rows = with_leave_parts(Leave.objects.filter(pk__in=[timer.subject_id for timer in timers], status="approved"))
    found = {row.pk: row for row in rows.order_by("pk")}
    for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
        row = found.get(timer.subject_id)
        if row is not None and row.generation == timer.generation:
            begin_or_end(row, by=by_rule("duty.gaps"))


@handler(clocks.LEADER_TURNS)
def leader_turns(timers: Sequence[Due]) -> None:
    rows = Whereabouts.objects.filter(pk__in=[timer.subject_id for timer in timers], withdrawn_at=None)
    leaders.turned(list(rows.select_related("unit").defer("unit__boundary").order_by("unit", "pk")))


@chased
class ReplyChase(Chase[CallLog]):
    """A superior's call that nobody has replied to is called to mind, until somebody does."""

    timer = clocks.REPLY_DUE

    def owing(self, ids: Collection[int]) -> dict[int, CallLog]:
        """The log is append-only: nothing to lock; a reply that comes at this moment ends the next step."""
        rows = unanswered(CallLog.objects.filter(pk__in=ids)).select_related("unit").defer("unit__boundary")
        return {row.pk: row for row in rows.order_by("pk")}

    def take(self, steps: Sequence[Step[CallLog]]) -> None:
        for step in steps:
            call_log.remind(step.row, by=by_rule("duty.reply_due"))

    def next_due(self, step: Step[CallLog]) -> dt.datetime:
        return step.due.due_at + numbers.minutes("superior_again_min")


@handler(clocks.GENERATE)
def generate(timers: Sequence[Due]) -> None:
    for timer in timers:
        if Generation.objects.filter(pk=timer.subject_id).exists():
            run_batch(timer.subject_id, timer.step, by=by_rule("duty.generate"))


@handler(comm_tests.CLOSE)
def close_tests(timers: Sequence[Due]) -> None:
    comm_tests.close_comm_tests([timer.subject_id for timer in timers])


@handler(comm_tests.MONTHLY)
def start_monthly_tests(timers: Sequence[Due]) -> None:
    wanted = {timer.subject_id: timer.generation for timer in timers}
    plans = CommTestPlan.objects.filter(pk__in=wanted).select_related("unit", "post", "set_by").defer("unit__boundary")
    due = plans.select_for_update(of=("self",)).order_by("pk")
    comm_tests.start_monthly([plan for plan in due if plan.generation == wanted[plan.pk]])
