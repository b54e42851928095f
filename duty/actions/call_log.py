"""The call log (值班记录): rows are added and struck through by later ones, never changed; the database sees to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from database.clock import now
from duty.actions import clocks
from duty.actions.lookup import unit_for
from duty.cards import call_card
from duty.models import CallLog
from duty.selectors import fallback, watch
from duty.selectors.rosters import calls_visible_to
from duty.selectors.superiors import unanswered
from journal.actions.recording import Actor, record
from journal.timers import cancel
from norms.selectors import numbers
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Person, Unit
from org.rules import capabilities
from web.errors import Conflict, Invalid, NotFound

TEXTS = ("caller_unit", "caller_name", "caller_post", "caller_phone", "place", "content", "measures", "told")
SLACK = dt.timedelta(minutes=5)
Kind = CallLog.Kind
LOGGED = (Kind.CALL, Kind.SUPERIOR, Kind.FAX)


@transaction.atomic
def log_call(
    *,
    by: Person,
    unit: Unit | str,
    content: str,
    at: dt.datetime | None = None,
    kind: str = Kind.CALL,
    reply_due_at: dt.datetime | None = None,
    **fields: Any,
) -> CallLog:
    """Write a call or a fax into the unit's book (docs/domain.md 4: caller, time, place, cause, measures, who knows).

    A superior's call waits for a reply, until ``reply_due_at`` or as long as the county's number says, and is chased
    until it has one. ``fields``: the other columns of `TEXTS` and ``occurred_at``. Forbidden outside the units that one
    answers for.
    """
    unit = unit_for(unit, by=by, capability=capabilities.ANSWER)
    if kind not in LOGGED:
        raise Invalid.field("kind", _("Choose one of: %(choices)s.") % {"choices": ", ".join(LOGGED)})
    row = CallLog(unit=unit, recorder=by, at=at or now(), content=content, kind=kind, **_known(fields))
    if kind == Kind.SUPERIOR:
        row.reply_due_at = reply_due_at or row.at + numbers.minutes("superior_reply_min")
    _check(row)
    row.save(force_insert=True)
    clocks.start_reply(row)
    record("call.logged", f"call:{row.pk}", unit.path, by=by, card=call_card(row))
    return row


@transaction.atomic
def reply_to_superior(
    call_id: int, *, by: Person, content: str, at: dt.datetime | None = None, **fields: Any
) -> CallLog:
    """Log the reply to a superior's call, which ends the chase. Conflict where it has one already, or needs none."""
    old = _seen(call_id, by)
    CallLog.objects.select_for_update().filter(pk=old.pk).values_list("pk", flat=True).first()
    if not unanswered(CallLog.objects.filter(pk=old.pk)).exists():
        raise Conflict(_("This call waits for no reply."), current={"id": old.pk})
    row = CallLog(
        unit=old.unit, recorder=by, at=at or now(), content=content, kind=Kind.REPLY, answers=old.first or old,
        **_known(fields),
    )  # fmt: skip
    _check(row)
    if not row.content:
        raise Invalid.field("content", _("Say what was replied."))
    row.save(force_insert=True)
    cancel([f"call:{old.pk}"])
    notify.settle([f"call:{old.pk}"], by=by)
    record("call.replied", f"call:{old.pk}", old.unit.path, by=by, card=call_card(row))
    return row


def remind(row: CallLog, *, by: Actor) -> None:
    """The reply is overdue: whoever is on duty there, its leader too, is reminded. Called by the chase."""
    on = watch.crew(row.unit_id)
    people = {one.person_id for one in on.values()} or {person.pk for person in fallback.contacts(row.unit.path)}
    data = {"unit": names(row.unit), "caller": row.caller_unit or row.caller_name or "–", "due_at": row.reply_due_at}
    address = f"/duty/log/?unit={row.unit.code}"
    notify.send_all(
        [
            Notice(pk, "call.reply_due", f"call:{row.pk}", row.unit.path, data=data, url=address, alarm=True)
            for pk in sorted(people)
        ],
        by=by,
    )
    record("call.reply_overdue", f"call:{row.pk}", row.unit.path, by=by, card=call_card(row))


@transaction.atomic
def correct_call(call_id: int, *, by: Person, reason: str, **fields: Any) -> CallLog:
    """Strike a row through by a new one: the old content with ``fields`` changed; with ``content`` empty nothing takes
    its place. Conflict when it is struck through already.
    """
    old = _seen(call_id, by)
    if not reason.strip():
        raise Invalid.field("reason", _("Say why."))
    at = fields.pop("at", None) or old.at
    kept = {name: getattr(old, name) for name in (*TEXTS, "occurred_at")} | _known(fields)
    kept |= {"kind": old.kind, "reply_due_at": old.reply_due_at, "answers": old.answers, "first": old.first or old}
    row = CallLog(unit=old.unit, recorder=by, at=at, corrects=old, reason=reason.strip(), **kept)
    _check(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        later = CallLog.objects.filter(corrects=old).values_list("pk", flat=True).first()
        raise Conflict(_("This row is struck through already."), current={"corrected_by": later}) from None
    _carry_on(old, row, by)
    record("call.corrected", f"call:{old.pk}", old.unit.path, by=by, card=call_card(row), data={"reason": row.reason})
    return row


def _seen(call_id: int, by: Person) -> CallLog:
    row = calls_visible_to(by).select_related("unit").filter(pk=call_id).first()
    if row is None:
        raise NotFound
    unit_for(row.unit, by=by, capability=capabilities.ANSWER)
    return row


def _carry_on(old: CallLog, row: CallLog, by: Person) -> None:
    """A superior's call that was struck through is chased as what took its place; one that a reply names no more is
    chased again.
    """
    cancel([f"call:{old.pk}"])
    notify.settle([f"call:{old.pk}"], by=by)
    owed = CallLog.objects.filter(pk=row.pk)
    if row.kind == Kind.REPLY and row.answers is not None:
        owed = CallLog.objects.filter(Q(pk=row.answers_id) | Q(first=row.answers_id))
    for call in unanswered(owed):
        clocks.start_reply(call)


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - {*TEXTS, "occurred_at"}
    if unknown:
        complaints = {name: [_("There is no such field.")] for name in sorted(unknown)}
        raise Invalid(_("Some fields need attention."), fields=complaints)
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _check(row: CallLog) -> None:
    row.content = row.content.strip()
    fields: dict[str, list[str]] = {}
    if not row.content and row.corrects is None:
        fields["content"] = [_("Say in a few words what the call was about.")]
    for name in TEXTS:
        limit = getattr(CallLog._meta.get_field(name), "max_length", None)
        if limit and len(getattr(row, name)) > limit:
            fields[name] = [_("At most %(limit)s characters.") % {"limit": limit}]
    if row.at > now() + SLACK:
        fields["at"] = [_("This lies in the future.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)
