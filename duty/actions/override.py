"""Putting somebody else in a post for a time. The latest override wins; all are kept; none reaches into the past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from database.clock import now
from duty.actions import clocks
from duty.actions.alarms import review_gaps
from duty.actions.booking import lock_units, rebook
from duty.actions.lookup import person_for, require, unit_for
from duty.cards import POST_NAMES
from duty.models import DutyPost, Override, Slot
from duty.rules.spans import span
from duty.selectors.leave import refuse_absent
from duty.selectors.rosters import shifts_visible_to
from journal.actions.recording import Actor, record
from journal.states import locked
from norms.selectors.numbers import number
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names, person_card
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import visible_to
from web.errors import Conflict, Invalid, NotFound


@transaction.atomic
def override(
    *,
    by: Person,
    unit: Unit | str,
    post: str,
    person: Person | int,
    start: dt.datetime,
    end: dt.datetime,
    reason: str,
) -> Override:
    """``person`` answers for ``post`` of ``unit`` in [start, end), whatever roster, swaps, earlier overrides and open
    handovers say. What has passed of it already stays as it was: it begins now at the earliest.

    Invalid by field; Conflict with the other place when the person is on duty somewhere else then.
    """
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    return _override(by, unit, post, person_for(person, by=by), start, end, reason, None)


@transaction.atomic
def override_slot(slot_id: int, *, by: Person, person: Person | int, reason: str) -> Override:
    """Override a whole slot of a published shift; the override moves with the shift."""
    seen = shifts_visible_to(by).filter(live=True)
    slot = Slot.objects.select_related("shift__unit").filter(pk=slot_id, shift__in=seen).first()
    if slot is None:
        raise NotFound
    require(by, capabilities.ROSTER, slot.shift.unit.path)
    during = slot.shift.during
    return _override(
        by, slot.shift.unit, slot.post, person_for(person, by=by), during.lower, during.upper, reason, slot
    )


def _override(
    by: Person,
    unit: Unit,
    post: str,
    person: Person,
    start: dt.datetime,
    end: dt.datetime,
    reason: str,
    slot: Slot | None,
) -> Override:
    lock_units([unit.pk])
    present = now()
    _check(post, start, end, reason, present)
    refuse_absent([(person, DateTimeTZRange(max(start, present), end))])
    row = Override.objects.create(
        unit=unit,
        post=post,
        person=person,
        during=DateTimeTZRange(max(start, present), end),
        slot=slot,
        reason=reason.strip(),
        made_by=by,
    )
    rebook([unit.pk], row.during)
    review_gaps([unit.pk], by=by, filling=True)
    clocks.start_cover(row)
    _tell_covered(row, "duty.covered", by)
    _tell(row, "override.made", by, {"reason": row.reason})
    _notify(row, by)
    return row


def _check(post: str, start: dt.datetime, end: dt.datetime, reason: str, present: dt.datetime) -> None:
    fields: dict[str, list[str]] = {}
    longest = number("override_longest_days")
    if post not in DutyPost.values:
        fields["post"] = [_("There is no post “%(code)s”.") % {"code": post}]
    if end <= start:
        fields["end"] = [_("The end must come after the start.")]
    elif end <= present:
        fields["end"] = [_("This lies in the past; who was on then stays on record.")]
    elif end - start > dt.timedelta(days=longest):
        fields["end"] = [_("At most %(days)s days; after that the roster should say it.") % {"days": longest}]
    if not reason.strip():
        fields["reason"] = [_("Say why.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


@transaction.atomic
def withdraw_override(override_id: int, *, by: Person) -> Override:
    """Withdraw an override: what lies beneath it, an earlier override or the roster, holds again. What has passed
    stays.
    """
    row = Override.objects.filter(visible_to(by), pk=override_id).select_related("unit").first()
    if row is None:
        raise NotFound
    require(by, capabilities.ROSTER, row.unit.path)
    lock_units([row.unit_id])
    row = locked(Override.objects.select_related("unit", "person"), pk=override_id)
    present = now()
    if row.withdrawn_at is not None or row.during.upper <= present:
        raise Conflict(_("This override is over already."), current={"id": row.pk})
    whole = row.during
    if whole.lower < present:
        row.during = DateTimeTZRange(whole.lower, present)
    else:
        row.withdrawn_at = present
    row.save(update_fields=["during", "withdrawn_at"])
    rebook([row.unit_id], whole)
    review_gaps([row.unit_id], by=by)
    _tell(row, "override.withdrawn", by)
    rest = DateTimeTZRange(max(whole.lower, present), whole.upper)
    _notify(row, by, "duty.cover_over", rest)
    _tell_covered(row, "duty.given_back", by, rest)
    return row


def _tell(row: Override, verb: str, by: Actor, data: dict[str, Any] | None = None) -> None:
    card = {
        "type": "override",
        "id": row.pk,
        "unit": row.unit.code,
        "unit_name": names(row.unit),
        "post": row.post,
        "post_name": POST_NAMES[row.post],
        "person": person_card(row.person),
        "person_name": names(row.person),
        "from": row.during.lower,
        "to": row.during.upper,
    }
    record(verb, f"override:{row.pk}", row.unit.path, by=by, card=card, data={"time": span(row.during), **(data or {})})


def _notify(
    row: Override,
    by: Person,
    code: str = "duty.put_on",
    during: DateTimeTZRange | None = None,
    people: Collection[int] | None = None,
) -> None:
    data = {"unit": names(row.unit), "post": POST_NAMES[row.post], "time": span(during or row.during)}
    data |= {"reason": row.reason, "person": names(row.person)}
    whom = [pk for pk in sorted({row.person_id} if people is None else people) if pk != by.pk]
    notify.send_all(
        [Notice(pk, code, f"override:{row.pk}", row.unit.path, data=data, url="/duty/me/") for pk in whom], by=by
    )


def _tell_covered(row: Override, code: str, by: Person, during: DateTimeTZRange | None = None) -> None:
    """Whoever the roster, or an earlier override, has in the post at that time: somebody stands for them, or does not
    any more.
    """
    time = during or row.during
    slots = Slot.objects.filter(post=row.post, shift__unit=row.unit_id, shift__live=True, shift__during__overlap=time)
    earlier = Override.objects.filter(post=row.post, unit=row.unit_id, withdrawn_at=None, during__overlap=time)
    people = {*slots.values_list("person", flat=True), *earlier.exclude(pk=row.pk).values_list("person", flat=True)}
    _notify(row, by, code, during, people - {row.person_id})
