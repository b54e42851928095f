"""The call log (值班记录): rows are added and struck through by later ones, never changed; the database sees to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from database.clock import now
from duty.actions.lookup import unit_for
from duty.cards import call_card
from duty.models import CallLog
from duty.selectors.rosters import calls_visible_to
from journal.actions.recording import record
from org.models import Person, Unit
from org.rules import capabilities
from web.errors import Conflict, Invalid, NotFound

TEXTS = ("caller_unit", "caller_name", "caller_post", "caller_phone", "place", "content", "measures", "told")
SLACK = dt.timedelta(minutes=5)


@transaction.atomic
def log_call(*, by: Person, unit: Unit | str, content: str, at: dt.datetime | None = None, **fields: Any) -> CallLog:
    """Write a call into the unit's book (docs/domain.md 4: caller, time, place, cause, measures, who was told).

    ``fields``: the other columns of `TEXTS` and ``occurred_at``. Forbidden outside the units that one answers for.
    """
    unit = unit_for(unit, by=by, capability=capabilities.ANSWER)
    row = CallLog(unit=unit, recorder=by, at=at or now(), content=content, **_known(fields))
    _check(row)
    row.save(force_insert=True)
    record("call.logged", f"call:{row.pk}", unit.path, by=by, card=call_card(row))
    return row


@transaction.atomic
def correct_call(call_id: int, *, by: Person, reason: str, **fields: Any) -> CallLog:
    """Strike a row through by a new one: the old content with ``fields`` changed; with ``content`` empty nothing takes
    its place. Conflict when it is struck through already.
    """
    old = calls_visible_to(by).select_related("unit").filter(pk=call_id).first()
    if old is None:
        raise NotFound
    unit_for(old.unit, by=by, capability=capabilities.ANSWER)
    if not reason.strip():
        raise Invalid.field("reason", _("Say why."))
    at = fields.pop("at", None) or old.at
    kept = {name: getattr(old, name) for name in (*TEXTS, "occurred_at")} | _known(fields)
    row = CallLog(unit=old.unit, recorder=by, at=at, corrects=old, reason=reason.strip(), **kept)
    _check(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        later = CallLog.objects.filter(corrects=old).values_list("pk", flat=True).first()
        raise Conflict(_("This row is struck through already."), current={"corrected_by": later}) from None
    record("call.corrected", f"call:{old.pk}", old.unit.path, by=by, card=call_card(row), data={"reason": row.reason})
    return row


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
        limit = CallLog._meta.get_field(name).max_length
        if limit and len(getattr(row, name)) > limit:
            fields[name] = [_("At most %(limit)s characters.") % {"limit": limit}]
    if row.at > now() + SLACK:
        fields["at"] = [_("This lies in the future.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)
