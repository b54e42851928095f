"""Reading rosters, swaps, handovers, checks and the call log inside a person's jurisdiction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from duty.models import (
    CalendarToken,
    CallLog,
    GapAlarm,
    Generation,
    Handover,
    Leave,
    Roster,
    RosterPattern,
    Season,
    Shift,
    Slot,
    SpotCheck,
    Stint,
    Swap,
)
from duty.selectors import checks
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from org.selectors.register import subtree

MONTH = dt.timedelta(days=32)


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def next_month(month: dt.date) -> dt.date:
    return month_of(month + MONTH)


def midnight(day: dt.date) -> dt.datetime:
    """The start of the day in Beijing time."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def days(first: dt.date, until: dt.date) -> DateTimeTZRange:
    return DateTimeTZRange(midnight(first), midnight(until))


def patterns_visible_to(person: Person) -> QuerySet[RosterPattern]:
    return RosterPattern.objects.filter(visible_to(person)).select_related("unit").defer("unit__boundary")


def shifts_visible_to(person: Person) -> QuerySet[Shift]:
    """Published ones of the person's units and the person's own; drafts for whoever keeps the roster."""
    rows = Shift.objects.filter(called_off_at=None)
    if jurisdiction_of(person).everything:
        return rows
    seen = Q(live=True) & (visible_to(person) | Exists(_booked(person, "unit", "during")))
    return rows.filter(seen | Q(live=False) & visible_to(person, capability=capabilities.ROSTER))


def _booked(person: Person, unit: str, during: str) -> QuerySet[Stint]:
    """Where the person is on duty, in their own unit or put in another: for rows with a unit and a range of time."""
    return Stint.objects.filter(person=person, unit=OuterRef(unit), during__overlap=OuterRef(during))


def with_people(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    """Prefetch the unit and the people of each slot: three queries however many shifts."""
    slots = Slot.objects.select_related("person", "rostered").order_by("pk")
    return shifts.select_related("unit", "roster").defer("unit__boundary").prefetch_related(Prefetch("slots", slots))


def shifts_between(shifts: QuerySet[Shift], first: dt.date, until: dt.date) -> QuerySet[Shift]:
    """Those that begin in [first, until), by the calendar of Beijing."""
    period = days(first, until)
    return shifts.filter(during__startswith__gte=period.lower, during__startswith__lt=period.upper)


def rosters_visible_to(person: Person) -> QuerySet[Roster]:
    return Roster.objects.filter(visible_to(person)).select_related("unit").defer("unit__boundary")


def generations_visible_to(person: Person) -> QuerySet[Generation]:
    return Generation.objects.filter(visible_to(person)).select_related("unit").defer("unit__boundary")


def seasons_visible_to(person: Person) -> QuerySet[Season]:
    return Season.objects.filter(visible_to(person)).select_related("unit").defer("unit__boundary")


def swaps_visible_to(person: Person) -> QuerySet[Swap]:
    if jurisdiction_of(person).everything:
        return Swap.objects.all()
    mine = Q(asked_by=person) | Q(taken_by=person)
    return Swap.objects.filter(visible_to(person, "slot__shift__unit__path") | mine)


def with_swap_parts(swaps: QuerySet[Swap]) -> QuerySet[Swap]:
    return swaps.select_related(
        "slot__shift__unit", "asked_by", "taken_by", "in_return__shift__unit", "decided_by"
    ).defer("slot__shift__unit__boundary", "in_return__shift__unit__boundary")


def leaves_visible_to(person: Person) -> QuerySet[Leave]:
    """One's own, and those of the units whose roster one keeps: why somebody is away is no matter of the others."""
    if jurisdiction_of(person).everything:
        return Leave.objects.all()
    return Leave.objects.filter(Q(person=person) | visible_to(person, capability=capabilities.ROSTER))


def with_leave_parts(leaves: QuerySet[Leave]) -> QuerySet[Leave]:
    return leaves.select_related("person", "unit", "asked_by", "decided_by").defer("unit__boundary")


def handovers_visible_to(person: Person) -> QuerySet[Handover]:
    if jurisdiction_of(person).everything:
        return Handover.objects.all()
    own = _booked(person, "unit", "shift__during")
    return Handover.objects.filter(visible_to(person) | Q(out_by=person) | Exists(own))


def with_handover_parts(handovers: QuerySet[Handover]) -> QuerySet[Handover]:
    return handovers.select_related("unit", "shift__unit", "out_by", "in_by", "settled_by").defer(
        "unit__boundary", "shift__unit__boundary"
    )


def spot_checks_visible_to(person: Person) -> QuerySet[SpotCheck]:
    """What has been called; what is planned only for those who may check the unit from above."""
    if jurisdiction_of(person).everything:
        return SpotCheck.objects.all()
    seen = visible_to(person) | Q(person=person) | Q(leader=person)
    above = visible_to(person, "ordered_for__path", capabilities.VERIFY)
    return SpotCheck.objects.filter(above | seen & ~Q(status__in=["planned", "cancelled"]))


def with_check_parts(checks_: QuerySet[SpotCheck]) -> QuerySet[SpotCheck]:
    return checks_.select_related(
        "unit", "person", "leader", "answered_by", "ordered_by", "ordered_for", "closed_by"
    ).defer("unit__boundary", "ordered_for__boundary")


def calls_visible_to(person: Person) -> QuerySet[CallLog]:
    return CallLog.objects.filter(visible_to(person))


def with_call_parts(calls: QuerySet[CallLog]) -> QuerySet[CallLog]:
    return calls.select_related("unit", "recorder", "corrects", "corrected_by").defer("unit__boundary")


def feeds_of(unit: Unit) -> QuerySet[CalendarToken]:
    """The unit's calendar addresses that still answer, whoever made them."""
    rows = CalendarToken.objects.filter(unit=unit, revoked_at=None, person__is_active=True)
    return rows.select_related("person").order_by("-pk")


def feeds_revocable_by(person: Person) -> QuerySet[CalendarToken]:
    """One's own addresses, and those of the units whose roster one keeps."""
    kept = Q(unit__isnull=False) & visible_to(person, capability=capabilities.ROSTER)
    return CalendarToken.objects.filter(Q(person=person) | kept, revoked_at=None)


def open_gap_alarms(person: Person) -> QuerySet[GapAlarm]:
    rows = GapAlarm.objects.filter(visible_to(person), status=GapAlarm.Status.OPEN)
    return rows.select_related("unit", "person", "called").defer("unit__boundary")


def problems_of_drafts(rosters: Sequence[Roster]) -> list[checks.Finding]:
    """What keeps these rosters from being published, besides double bookings (the database tells those)."""
    drafts = Shift.objects.filter(roster__in=rosters, live=False, called_off_at=None)
    return checks.findings(list(drafts.values_list("pk", flat=True)))


_STATISTICS = """
    WITH period AS (SELECT tstzrange(%(start)s, %(end)s) AS p), units AS (
        SELECT u.id, u.code, u.path, u.name, u.name_en, u.level FROM org_unit u
        WHERE u.active AND (u.path = %(scope)s OR u.path LIKE %(scope)s || '.%%')
          AND u.level NOT IN ('hamlet', 'grid')
    ), spot AS (
        SELECT c.unit_id, count(*) AS checks, count(*) FILTER (WHERE c.outcome = 'normal') AS normal,
            count(*) FILTER (WHERE c.outcome = 'no_answer') AS no_answer,
            count(*) FILTER (WHERE c.outcome = 'absent_post') AS absent_post,
            count(*) FILTER (WHERE c.outcome = 'not_on_roster') AS not_on_roster,
            count(*) FILTER (WHERE c.outcome = 'leader_absent') AS leader_absent,
            count(*) FILTER (WHERE c.outcome = 'wrong_answer') AS wrong_answer,
            round(avg(extract(epoch FROM c.answered_at - c.called_at))) AS answered_after_s
        FROM duty_spotcheck c, period WHERE c.called_at <@ p GROUP BY c.unit_id
    ), hand AS (
        SELECT h.unit_id, count(*) AS handovers, count(*) FILTER (WHERE h.late_told_at IS NOT NULL) AS late_handovers
        FROM duty_handover h, period WHERE h.due_at <@ p GROUP BY h.unit_id
    ), shift AS (
        -- A roster published when the shift had begun asked nobody to check in.
        SELECT s.unit_id, count(*) AS shifts, count(*) FILTER (
            WHERE lower(s.during) >= COALESCE(r.published_at, lower(s.during)) AND NOT EXISTS (
            SELECT 1 FROM duty_checkin i WHERE i.shift_id = s.id)) AS not_checked_in,
            count(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM duty_checkin i WHERE i.shift_id = s.id AND i.late)) AS late_check_ins
        FROM duty_shift s JOIN duty_roster r ON r.id = s.roster_id, period
        WHERE s.live AND lower(s.during) <@ p AND lower(s.during) <= sanji_now()
        GROUP BY s.unit_id
    ), gap AS (
        -- What is over, not what is still to come; two posts missing at once are one gap.
        SELECT g.unit_id, round(sum(extract(epoch FROM upper(g.missing) - lower(g.missing)))) AS gap_s
        FROM (SELECT unit_id, unnest(range_agg(during)) AS missing FROM duty_gaps(
            %(units)s, %(start)s, GREATEST(%(start)s, LEAST(%(end)s, sanji_now()))) GROUP BY unit_id) g
        GROUP BY g.unit_id
    )
    SELECT u.code, u.path, u.name, u.name_en, u.level, COALESCE(shifts, 0) AS shifts,
        COALESCE(not_checked_in, 0) AS not_checked_in, COALESCE(late_check_ins, 0) AS late_check_ins,
        COALESCE(handovers, 0) AS handovers, COALESCE(late_handovers, 0) AS late_handovers,
        COALESCE(checks, 0) AS checks, COALESCE(normal, 0) AS normal, COALESCE(no_answer, 0) AS no_answer,
        COALESCE(absent_post, 0) AS absent_post, COALESCE(not_on_roster, 0) AS not_on_roster,
        COALESCE(leader_absent, 0) AS leader_absent, COALESCE(wrong_answer, 0) AS wrong_answer,
        answered_after_s::int AS answered_after_s, COALESCE(gap_s, 0)::bigint AS gap_s
    FROM units u LEFT JOIN spot ON spot.unit_id = u.id LEFT JOIN hand ON hand.unit_id = u.id
    LEFT JOIN shift ON shift.unit_id = u.id LEFT JOIN gap ON gap.unit_id = u.id
    ORDER BY u.path
"""


def statistics(scope: Unit, month: dt.date) -> list[dict[str, Any]]:
    """The monthly circular: one row a unit under ``scope`` with its spot checks by outcome, handovers, check-ins and
    seconds (up to now)
    during which a post or more was missing. One query after the units' ids.
    """
    period = days(month_of(month), next_month(month))
    with connection.cursor() as cursor:
        cursor.execute(
            _STATISTICS,
            {
                "scope": scope.path,
                "start": period.lower,
                "end": period.upper,
                "units": list(subtree(scope.path).values_list("pk", flat=True)),
            },
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
