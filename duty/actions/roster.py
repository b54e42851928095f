"""Generating and publishing rosters, for one unit or for everything under it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from database.clock import now
from duty.actions import clocks, generation, told
from duty.actions.alarms import review_gaps
from duty.actions.booking import lock_units, rebook, told_as_conflict
from duty.actions.lookup import unit_for
from duty.models import Generation, Roster, RosterPattern, Shift
from duty.selectors import checks
from duty.selectors.rosters import month_of
from duty.states import GENERATION, ROSTER
from journal.actions.recording import Actor
from journal.states import locked, move, move_many, tell
from journal.timers import Setting, set_timers
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import under
from web.errors import Conflict, Invalid

BATCH = 20
"""Units drafted in one transaction: a year of them takes about a second."""
LONGEST = dt.timedelta(days=400)


@transaction.atomic
def generate(*, by: Actor, unit: Unit | str, first: dt.date, until: dt.date, descendants: bool = False) -> Generation:
    """Draft the shifts that begin in [first, until) from the patterns of ``unit``, or of all units under it.

    Returns at once with the row that tells the progress; the batches run on journal timers, one transaction each, and
    go on after a crash where they stopped. Nothing that exists is changed.
    """
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    if not first < until <= first + LONGEST:
        raise Invalid.field("until", _("The period ends after its start, at most 400 days later."))
    inside = under(unit.path) if descendants else Q(unit=unit)
    patterns = RosterPattern.objects.filter(inside, active=True, unit__active=True, valid_from__lt=until)
    ids = list(patterns.order_by("unit__path").values_list("unit", flat=True).distinct())
    if not ids:
        raise Invalid.field("unit", _("There is no roster pattern for this period."))
    row = Generation.objects.create(
        unit=unit, first=first, until=until, unit_ids=ids, asked_by=by if isinstance(by, Person) else None
    )
    tell(GENERATION, row, "generation.started", by=by)
    set_timers([Setting(clocks.GENERATE, f"generation:{row.pk}", now())])
    return row


def run_batch(generation_id: int, step: int, *, by: Actor) -> Generation:
    """Draft batch number ``step`` inside the caller's transaction; set the next one, or finish."""
    row = locked(Generation.objects.select_related("unit"), pk=generation_id)
    if row.status != Generation.Status.RUNNING or row.done != step * BATCH:
        return row
    ids = row.unit_ids[row.done : row.done + BATCH]
    lock_units(ids)
    drafted = generation.draft(ids, row.first, row.until)
    row.done, row.shifts = row.done + len(ids), row.shifts + drafted.shifts
    row.unstrengthened += drafted.unstrengthened
    row.save(update_fields=["done", "shifts", "unstrengthened"])
    if row.done >= row.total:
        move(GENERATION, row, Generation.Status.DONE, by=by)
    else:
        tell(GENERATION, row, "generation.progressed", by=by)
        set_timers([Setting(clocks.GENERATE, f"generation:{row.pk}", now(), step + 1)])
    return row


def generate_now(
    *, by: Actor, unit: Unit | str, first: dt.date, until: dt.date, descendants: bool = False
) -> Generation:
    """Generate synchronously, all batches; for a single unit's month, the demo and tests."""
    row = generate(by=by, unit=unit, first=first, until=until, descendants=descendants)
    for step in range(-(-row.total // BATCH)):
        with transaction.atomic():
            row = run_batch(row.pk, step, by=by)
    return row


@transaction.atomic
def publish(
    *,
    by: Actor,
    unit: Unit | str,
    month: dt.date,
    descendants: bool = False,
    leave_faulty: bool = False,
) -> list[Roster]:
    """Publish the month's drafts of ``unit``, or of all units under it; from then on they count. Returns their rosters.

    Invalid names every shift that is not whole, and everybody who would be on for over a day or does not serve there;
    with ``leave_faulty`` those shifts stay drafts, and show as gaps. Conflict names who would be in two places.
    """
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    inside = under(unit.path) if descendants else Q(unit=unit)
    found = Roster.objects.filter(inside, month=month_of(month))
    lock_units(list(found.values_list("unit", flat=True)))
    rosters = list(found.select_related("unit").defer("unit__boundary").select_for_update(of=("self",)).order_by("pk"))
    ids = _drafts(rosters, sound=leave_faulty)
    if not ids:
        raise Conflict(_("There is no draft to publish."), current={"rosters": [r.pk for r in rosters]})
    _put_in_force(ids)
    if not leave_faulty:  # after the bookings: two places at once would also read as too long without a break
        checks.refuse(checks.findings(ids))
    touched = set(Shift.objects.filter(pk__in=ids).values_list("roster", flat=True))
    rosters = [roster for roster in rosters if roster.pk in touched]  # one without a sound draft stays as it is
    drafts = [roster for roster in rosters if roster.status == Roster.Status.DRAFT]
    again = [roster for roster in rosters if roster.status == Roster.Status.PUBLISHED]
    who = by if isinstance(by, Person) else None
    move_many(ROSTER, drafts, Roster.Status.PUBLISHED, by=by, published_by=who, published_at=now())
    for roster in again:
        tell(ROSTER, roster, "roster.added_to", by=by)
    shifts = list(Shift.objects.filter(pk__in=ids).select_related("unit").defer("unit__boundary"))
    told.put_on(shifts, {}, by=by)
    told.who_cannot_be_called(shifts, by=by)
    review_gaps([roster.unit_id for roster in rosters], by=by, filling=True)
    return rosters


def _drafts(rosters: Sequence[Roster], *, sound: bool) -> list[int]:
    """The ids of the drafts, of the faultless ones only with ``sound``."""
    drafts = Shift.objects.filter(roster__in=rosters, live=False, called_off_at=None)
    ids = list(drafts.values_list("pk", flat=True))
    faulty = {finding.shift_id for finding in checks.findings(ids)} if sound else set()
    return [pk for pk in ids if pk not in faulty]


def _put_in_force(ids: list[int]) -> None:
    shifts = Shift.objects.filter(pk__in=ids)
    with told_as_conflict():
        shifts.update(live=True)
    hull = shifts.aggregate(start=Min("during__startswith"), end=Max("during__endswith"))
    units = set(shifts.values_list("unit", flat=True))
    rebook(list(units), DateTimeTZRange(hull["start"], hull["end"]))
    clocks.start_shifts(shifts)


@transaction.atomic
def discard_drafts(*, by: Actor, unit: Unit | str, month: dt.date) -> int:
    """Take the month's drafts away, to generate them anew; what is published stays. Returns how many went."""
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    lock_units([unit.pk])
    roster = Roster.objects.filter(unit=unit, month=month_of(month)).select_related("unit").first()
    drafts = Shift.objects.filter(roster=roster, live=False, called_off_at=None) if roster else Shift.objects.none()
    gone = drafts.count()
    drafts.delete()
    if roster and gone:
        tell(ROSTER, roster, "roster.drafts_discarded", by=by)
    return gone
