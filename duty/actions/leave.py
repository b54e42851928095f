"""Leave: asked by whoever will be away, decided or recorded by whoever keeps the roster (docs/domain.md 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from database.clock import now
from duty.actions import clocks
from duty.actions.alarms import review_gaps
from duty.actions.lookup import person_for, require, unit_for
from duty.models import Leave, Stint
from duty.rules.spans import span
from duty.selectors import watch
from duty.selectors.leave import brief, on_leave_words, warnings
from duty.selectors.rosters import leaves_visible_to, with_leave_parts
from duty.states import LEAVE
from journal.actions.recording import Actor
from journal.states import move, tell
from journal.timers import cancel
from norms.selectors import numbers
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Appointment, Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from org.selectors.register import held_now
from web.errors import Conflict, Forbidden, Invalid, NotFound

S = Leave.Status


@transaction.atomic
def ask_leave(
    *,
    by: Person,
    start: dt.datetime,
    end: dt.datetime,
    reason: str,
    abroad: bool = False,
    unit: Unit | str | None = None,
) -> Leave:
    """Ask to be away in [start, end). ``unit`` is where one serves; left out, the first of one's posts.

    Invalid by field; Conflict with a leave of one's own that it overlaps.
    """
    home = _home(by, unit)
    row = _made(by, home, start, end, reason, abroad, by=by)
    tell(LEAVE, row, "leave.asked", by=by, data=_words(row))
    keepers = [_notice(row, pk, "leave.to_decide") for pk in _deciders(row)]
    notify.send_all(keepers, by=by)
    return row


@transaction.atomic
def record_leave(
    *,
    by: Person,
    person: Person | int,
    unit: Unit | str,
    start: dt.datetime,
    end: dt.datetime,
    reason: str,
    abroad: bool = False,
) -> Leave:
    """Whoever keeps the roster writes down that somebody is away: approved at once. Forbidden for oneself."""
    home = unit_for(unit, by=by, capability=capabilities.ROSTER)
    who = person_for(person, by=by)
    if who.pk == by.pk:
        raise Forbidden(_("You can't approve your own leave."))
    _serves(who, home, "person")
    row = _made(who, home, start, end, reason, abroad, by=by)
    tell(LEAVE, row, "leave.recorded", by=by, data=_words(row))
    _approve(row, by)
    return row


@transaction.atomic
def approve_leave(leave_id: int, *, by: Person) -> Leave:
    """Approve a leave: nobody plans them for that time, and where they are planned already their stand-in answers."""
    row = _to_decide(leave_id, by)
    _approve(row, by)
    return row


@transaction.atomic
def refuse_leave(leave_id: int, *, by: Person, answer: str) -> Leave:
    """Refuse a leave, with a reason; who asked stays on duty where they are planned."""
    row = _to_decide(leave_id, by)
    if not answer.strip():
        raise Invalid.field("answer", _("Say why."))
    move(LEAVE, row, S.REFUSED, by=by, decided_by=by, decided_at=now(), answer=answer.strip())
    _close(row, by, "leave.refused")
    return row


@transaction.atomic
def withdraw_leave(leave_id: int, *, by: Person) -> Leave:
    """Withdraw a leave, by whoever is away or by whoever keeps the roster. What has passed of it stays as it was: one
    under way ends now.
    """
    row = _locked(leave_id, by)
    if by.pk not in (row.person_id, row.asked_by_id):
        require(by, capabilities.ROSTER, row.unit.path)
    present = now()
    if row.status not in (S.ASKED, S.APPROVED) or row.during.upper <= present:
        raise Conflict(_("This leave is over already."), current={"id": row.pk, "status": row.status})
    if row.status == S.APPROVED and row.during.lower < present:
        row.during = DateTimeTZRange(row.during.lower, present)
        row.generation += 1
        row.save(update_fields=["during", "generation"])
        tell(LEAVE, row, "leave.ended", by=by, data=_words(row))
    else:
        move(LEAVE, row, S.WITHDRAWN, by=by)
    _close(row, by, "leave.withdrawn")
    review_gaps(_units_of(row), by=by)
    return row


def begin_or_end(row: Leave, *, by: Actor) -> None:
    """The start or the end of an approved leave: is every post filled? Inside the caller's transaction."""
    review_gaps(_units_of(row), by=by)


def _made(
    person: Person, unit: Unit, start: dt.datetime, end: dt.datetime, reason: str, abroad: bool, *, by: Person
) -> Leave:
    _check(start, end, reason)
    try:
        with transaction.atomic():
            row = Leave.objects.create(
                person=person,
                unit=unit,
                during=DateTimeTZRange(start, end),
                abroad=abroad,
                reason=reason.strip(),
                asked_by=by,
            )
    except IntegrityError:
        rows = Leave.objects.filter(person=person, status__in=[S.ASKED, S.APPROVED], during__overlap=(start, end))
        other = rows.select_related("person").first()
        if other is None:
            raise
        raise Conflict(on_leave_words(other), current=brief(other), code="on_leave") from None
    return with_leave_parts(Leave.objects.select_for_update(of=("self",))).get(pk=row.pk)


def _check(start: dt.datetime, end: dt.datetime, reason: str) -> None:
    fields: dict[str, list[str]] = {}
    longest = numbers.number("leave_longest_days")
    if end <= start:
        fields["end"] = [_("The end must come after the start.")]
    elif end <= now():
        fields["end"] = [_("This lies in the past; who was on then stays on record.")]
    elif end - start > dt.timedelta(days=longest):
        fields["end"] = [_("A leave lasts at most %(days)s days.") % {"days": longest}]
    if not reason.strip():
        fields["reason"] = [_("Say why.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


def _home(person: Person, unit: Unit | str | None) -> Unit:
    if unit is not None:
        home = unit_for(unit, by=person, capability=capabilities.VIEW)
        _serves(person, home, "unit")
        return home
    rows = held_now(Appointment.objects.filter(person=person)).select_related("unit").defer("unit__boundary")
    first = rows.order_by("role", "post__rank", "unit__path").first()
    if first is None:
        raise Forbidden(_("Only somebody with a post asks for leave."))
    return first.unit


def _serves(person: Person, unit: Unit, field: str) -> None:
    if not held_now(Appointment.objects.filter(person=person, unit=unit)).exists():
        said = _("%(name)s holds no post in %(unit)s.") % {"name": person.label, "unit": unit.label}
        raise Invalid.field(field, said)


def _locked(leave_id: int, by: Person) -> Leave:
    if not leaves_visible_to(by).filter(pk=leave_id).exists():
        raise NotFound
    return with_leave_parts(Leave.objects.select_for_update(of=("self",))).get(pk=leave_id)


def _to_decide(leave_id: int, by: Person) -> Leave:
    row = _locked(leave_id, by)
    require(by, capabilities.ROSTER, row.unit.path)
    if by.pk == row.person_id:
        raise Forbidden(_("You can't approve your own leave."))
    return row


def _approve(row: Leave, by: Person) -> None:
    move(LEAVE, row, S.APPROVED, by=by, decided_by=by, decided_at=now())
    _close(row, by, "leave.approved")
    clocks.start_leave(row)
    if row.during.lower <= now():
        begin_or_end(row, by=by)


def _units_of(row: Leave) -> list[int]:
    """The units where they are booked in that time."""
    rows = Stint.objects.filter(person=row.person_id, during__overlap=row.during)
    booked = list(rows.order_by().values_list("unit", flat=True).distinct())
    return sorted({*booked, *(one.unit_id for one in watch.on_duty() if one.stands_in_for == row.person_id)})


def _deciders(row: Leave) -> list[int]:
    """The first posts of the unit, and of the one above, that keep its roster; never the one who is away."""
    above = [unit for unit in (row.unit_id, row.unit.parent_id) if unit]
    keepers = held_now(Appointment.objects.filter(unit__in=above, role="A")).filter(
        post__capabilities__contains=[capabilities.ROSTER]
    )
    found: Sequence[Person] = [held.person for held in keepers.order_by("-unit__path", "post__rank")]
    return [p.pk for p in found if p.pk != row.person_id and allowed(p, capabilities.ROSTER, row.unit.path)][:2]


def _close(row: Leave, by: Person, code: str) -> None:
    cancel([f"leave:{row.pk}"])
    notify.settle([f"leave:{row.pk}"], by=by)
    if row.person_id != by.pk:
        notify.send_all([_notice(row, row.person_id, code)], by=by)


def _words(row: Leave) -> dict[str, object]:
    """What the journal keeps beside the card: when, and whether both heads would be away. The reason stays here."""
    return {"time": span(row.during), "both_away": [str(one.unit.code) for one in warnings(row)]}


def _notice(row: Leave, person_id: int, code: str) -> Notice:
    data = {"person": names(row.person), "time": span(row.during), "answer": row.answer, "unit": names(row.unit)}
    return Notice(person_id, code, f"leave:{row.pk}", row.unit.path, data=data, url="/duty/leave/")
