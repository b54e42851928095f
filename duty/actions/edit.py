"""Editing shifts in the calendar: drafts freely, published ones under the same rules as at publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from database.clock import now
from duty.actions import clocks, told
from duty.actions.alarms import review_gaps
from duty.actions.booking import lock_units, rebook, told_as_conflict
from duty.actions.lookup import people_for, shift_for, unit_for
from duty.cards import shift_card
from duty.models import DutyPost, Handover, Override, Roster, Shift, ShiftKind, Slot, Swap
from duty.rules.spans import span
from duty.selectors import checks
from duty.selectors.leave import refuse_absent
from duty.selectors.rosters import month_of, shifts_visible_to
from duty.states import HANDOVER, SWAP
from journal.actions.recording import Actor, Fact, record_all
from journal.states import move_many
from org.cards import names
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import Conflict, Forbidden, Invalid, NotFound

LONGEST = dt.timedelta(days=1)


@transaction.atomic
def add_shift(
    *,
    by: Actor,
    unit: Unit | str,
    start: dt.datetime,
    end: dt.datetime,
    people: Mapping[str, int | Person],
    kind: str = ShiftKind.NORMAL,
    signed: bool = True,
    published: bool = False,
) -> Shift:
    """Add a shift, [start, end). ``published`` puts it in force at once.

    Invalid by field; Conflict with the present holder when somebody is taken at that time.
    """
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    lock_units([unit.pk])
    _check_times(start, end)
    if kind not in ShiftKind.values:
        raise Invalid.field("kind", _("Choose one of: %(choices)s.") % {"choices": ", ".join(ShiftKind.values)})
    day = timezone.localtime(start).date()
    roster, _made = Roster.objects.get_or_create(unit=unit, month=month_of(day))
    shift = Shift.objects.create(
        unit=unit,
        roster=roster,
        during=DateTimeTZRange(start, end),
        kind=kind,
        signed=signed,
        rest_day=rest_day(day),
    )
    found = people_for(people, by=by)
    Slot.objects.bulk_create(
        Slot(shift=shift, post=_post(post), person=person, rostered=person) for post, person in found.items()
    )
    if published:
        _publish(shift, by)
    else:
        refuse_absent((person, shift.during) for person in found.values())
    _tell([shift], "shift.added", by)
    return shift


def _publish(shift: Shift, by: Actor) -> None:
    with told_as_conflict():
        Shift.objects.filter(pk=shift.pk).update(live=True)
    shift.live = True
    _settle([shift], shift.during, by)
    clocks.start_shifts([shift])
    told.put_on([shift], {}, by=by)
    told.who_cannot_be_called([shift], by=by)


@dataclass(frozen=True)
class Place:
    """Whom to put where: one cell of the calendar."""

    shift_id: int
    post: str
    person: int | Person


@transaction.atomic
def assign(*, by: Actor, places: Sequence[Place]) -> list[Shift]:
    """Put people into posts of shifts, one or many at once; all or nothing.

    In published shifts the rules hold: Invalid names the shift and the person, Conflict the present holder.
    """
    shifts = locked_shifts([place.shift_id for place in places], by)
    slots = {(slot.shift_id, slot.post): slot for slot in Slot.objects.filter(shift__in=shifts)}
    people = people_for({str(number): place.person for number, place in enumerate(places)}, by=by)
    before = told.held(shifts)
    for number, place in enumerate(places):
        person, key = people[str(number)], (place.shift_id, _post(place.post))
        slot = slots.get(key) or Slot(shift_id=place.shift_id, post=place.post)
        slot.person = slot.rostered = person
        slots[key] = slot
    _refuse_open_swaps([slot.pk for slot in slots.values() if slot.pk and _wanted(slot, places)])
    Slot.objects.bulk_create([slot for slot in slots.values() if slot.pk is None])
    Slot.objects.bulk_update([slot for slot in slots.values() if slot.pk], ["person", "rostered"])
    times = {shift.pk: shift.during for shift in shifts}
    refuse_absent((people[str(number)], times[place.shift_id]) for number, place in enumerate(places))
    for unit_shifts in _by_unit(shifts):
        _settle(unit_shifts, _hull(unit_shifts), by, leave=False)  # one who is away is replaced post by post
    _tell(shifts, "shift.changed", by)
    told.put_on([shift for shift in shifts if shift.live], before, by=by)
    return shifts


def _wanted(slot: Slot, places: Sequence[Place]) -> bool:
    return any(place.shift_id == slot.shift_id and place.post == slot.post for place in places)


def _refuse_open_swaps(slot_ids: list[int]) -> None:
    """Conflict while a swap is open: whoever asked for it would be answered by somebody else's slot."""
    swap = Swap.objects.filter(slot__in=slot_ids, status__in=["requested", "taken"]).first()
    if swap is not None:
        raise Conflict(_("A swap of this slot is under way; decide it first."), current={"swap": swap.pk})


@transaction.atomic
def move_shift(shift_id: int, *, by: Actor, start: dt.datetime, end: dt.datetime) -> Shift:
    """Move a shift to [start, end). Its slots, open swaps and overrides of whole slots follow.

    Conflict when it has been taken over already, or somebody or the unit is taken at the new time.
    """
    shift = shift_for(shift_id, by=by, capability=capabilities.ROSTER)
    _check_times(start, end)
    present = now()
    if shift.live and (shift.during.lower <= present or start <= present):
        raise Conflict(_("A shift that has begun cannot be moved."), current=shift_card(shift))
    before, shift.during = shift.during, DateTimeTZRange(start, end)
    day = timezone.localtime(start).date()
    shift.roster, _made = Roster.objects.get_or_create(unit=shift.unit, month=month_of(day))
    shift.rest_day = rest_day(day)
    shift.generation += 1
    with told_as_conflict():
        shift.save(update_fields=["during", "roster", "rest_day", "generation"])
    Override.objects.filter(slot__shift=shift, withdrawn_at=None).update(during=shift.during)
    _lapse_handovers([shift], by)
    if shift.live:
        _settle([shift], _union(before, shift.during), by)
        clocks.stop_shifts([shift.pk])
        clocks.start_shifts([shift])
        told.tell_each([shift], told.held([shift]), "duty.moved", by=by, data={"was": span(before)})
    _move_swaps(shift)
    _tell([shift], "shift.moved", by, {"was_from": before.lower, "was_to": before.upper})
    return shift


def _move_swaps(shift: Shift) -> None:
    """A swap follows its shift: it expires when the shift begins, wherever that is now."""
    for swap in Swap.objects.filter(slot__shift=shift, status__in=["requested", "taken"]).select_for_update():
        swap.expires_at, swap.generation = shift.during.lower, swap.generation + 1
        swap.save(update_fields=["expires_at", "generation"])
        clocks.start_swap(swap)


@transaction.atomic
def call_off_shift(shift_id: int, *, by: Actor, reason: str) -> Shift:
    """Take a shift out of the roster; a draft or one that has not begun. It stays on record, and shows as a gap."""
    shift = shift_for(shift_id, by=by, capability=capabilities.ROSTER)
    if not reason.strip():
        raise Invalid.field("reason", _("Say why."))
    present = now()
    if shift.live and shift.during.lower <= present:
        raise Conflict(_("A shift that has begun cannot be called off."), current=shift_card(shift))
    was_live, shift.live, shift.called_off_at = shift.live, False, present
    shift.generation += 1
    shift.save(update_fields=["live", "called_off_at", "generation"])
    clocks.stop_shifts([shift.pk])
    _lapse_handovers([shift], by)
    open_swaps = Swap.objects.filter(slot__shift=shift, status__in=["requested", "taken"]).select_for_update()
    move_many(SWAP, list(open_swaps), Swap.Status.CANCELLED, by=by)
    if was_live:
        rebook([shift.unit_id], shift.during)
        review_gaps([shift.unit_id], by=by, filling=True)
        data = {"reason": reason.strip()}
        told.tell_each([shift], told.held([shift]), "duty.called_off", by=by, data=data)
    _tell([shift], "shift.called_off", by, {"reason": reason.strip()})
    return shift


def _lapse_handovers(shifts: Sequence[Shift], by: Actor) -> None:
    rows = Handover.objects.filter(shift__in=shifts, status__in=["open", "half_signed"]).select_related("unit")
    move_many(HANDOVER, list(rows.select_for_update(of=("self",))), Handover.Status.LAPSED, by=by)


def _settle(shifts: Sequence[Shift], window: DateTimeTZRange, by: Actor, *, leave: bool = True) -> None:
    """After a change of live shifts of one unit: stints anew, the rules checked, gaps that this filled closed."""
    live = [shift for shift in shifts if shift.live]
    if not live:
        return
    # First who is taken (409, with the holder): two places at once would also read as too long without a break.
    rebook([live[0].unit_id], window)
    checks.refuse(checks.findings([shift.pk for shift in live], season=False, leave=leave))
    review_gaps([live[0].unit_id], by=by, filling=True)


def locked_shifts(shift_ids: Sequence[int], by: Actor) -> list[Shift]:
    """The shifts under FOR UPDATE after their units' rosters. NotFound when one is out of sight."""
    seen = shifts_visible_to(by) if isinstance(by, Person) else Shift.objects.filter(called_off_at=None)
    ids = set(shift_ids)
    rows = seen.filter(pk__in=ids)
    lock_units(list(rows.values_list("unit", flat=True)))
    shifts = list(
        Shift.objects.filter(pk__in=rows.values("pk")).select_related("unit", "roster")
        .select_for_update(of=("self",)).order_by("pk")
    )  # fmt: skip
    if len(shifts) != len(ids) or not ids:
        raise NotFound
    for path in {shift.unit.path for shift in shifts}:
        if isinstance(by, Person) and not allowed(by, capabilities.ROSTER, path):
            raise Forbidden(_("Your posts do not allow this here."))
    present = now()
    if past := next((shift for shift in shifts if shift.live and shift.during.upper <= present), None):
        raise Conflict(_("A shift that is over cannot be changed."), current=shift_card(past))
    return shifts


def _by_unit(shifts: Sequence[Shift]) -> list[list[Shift]]:
    units = dict.fromkeys(shift.unit_id for shift in shifts)
    return [[shift for shift in shifts if shift.unit_id == unit] for unit in units]


def _hull(shifts: Sequence[Shift]) -> DateTimeTZRange:
    return DateTimeTZRange(min(s.during.lower for s in shifts), max(s.during.upper for s in shifts))


def _union(a: DateTimeTZRange, b: DateTimeTZRange) -> DateTimeTZRange:
    return DateTimeTZRange(min(a.lower, b.lower), max(a.upper, b.upper))


def _check_times(start: dt.datetime, end: dt.datetime) -> None:
    if end <= start:
        raise Invalid.field("end", _("The end must come after the start."))
    if end - start > LONGEST:
        raise Invalid.field("end", _("A shift lasts at most 24 hours."))
    if fault := checks.too_short(end - start):
        raise Invalid.field("end", fault)


def _post(post: str) -> str:
    if post not in DutyPost.values:
        raise Invalid.field("post", _("There is no post “%(code)s”.") % {"code": post})
    return post


def rest_day(day: dt.date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rest_day(%s)", [day])
        return cursor.fetchone()[0]


def _tell(shifts: Sequence[Shift], verb: str, by: Actor, data: dict[str, Any] | None = None) -> None:
    facts = [
        Fact(verb, f"shift:{shift.pk}", shift.unit.path, card=shift_card(shift), data={**_who(shift), **(data or {})})
        for shift in shifts
    ]
    record_all(facts, by=by)


def _who(shift: Shift) -> dict[str, Any]:
    people = [slot.person for slot in shift.slots.select_related("person").order_by("pk")]
    return {
        "people_names": {
            "zh": "、".join(names(person)["zh"] for person in people),
            "en": ", ".join(names(person)["en"] for person in people),
        }
    }
