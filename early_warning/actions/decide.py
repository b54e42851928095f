"""What an officer decides about a warning: to dismiss it with a reason, or to take that back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import DatabaseNow, now
from early_warning.actions import alarm, succession, timekeeping
from early_warning.actions.lookup import warning_for
from early_warning.models import Warning
from early_warning.states import WARNING
from journal.states import move, tell
from org.models import Person
from plans.rules.events import EVENTS
from web.errors import Conflict, Invalid

LONGEST_REASON = 300


@transaction.atomic
def dismiss(warning_id: int, *, reason: str, by: Person) -> Warning:
    """Active → dismissed. The reason stands in the record; without one Invalid. IllegalMove when it is no longer
    active.
    """
    warning = warning_for(warning_id, by=by)
    reason = checked_reason(reason)
    move(
        WARNING,
        warning,
        Warning.Status.DISMISSED,
        by=by,
        data={"ref": warning.ref, "reason": reason},
        dismissed_reason=reason,
        ended_at=DatabaseNow(),
    )
    succession.silence([warning], by=by)
    warning.refresh_from_db(fields=["ended_at"])
    return warning


@transaction.atomic
def reopen(warning_id: int, *, reason: str, by: Person) -> Warning:
    """Dismissed → active, unless its time is over or its sender has replaced or cancelled it meanwhile (Conflict)."""
    warning = warning_for(warning_id, by=by)
    reason = checked_reason(reason)
    if warning.status == Warning.Status.DISMISSED:
        _refuse_what_is_over(warning)
    move(
        WARNING,
        warning,
        Warning.Status.ACTIVE,
        by=by,
        data={"ref": warning.ref, "reason": reason},
        dismissed_reason="",
        ended_at=None,
    )
    timekeeping.set_clocks(warning)
    alarm.raise_for(warning, by=by)
    return warning


@transaction.atomic
def classify(warning_id: int, *, event_kind: str, by: Person) -> Warning:
    """Say what a warning warns of, by the catalogue. What was unclassified in it has this kind; plans are asked again.

    Invalid for a code that is none.
    """
    warning = warning_for(warning_id, by=by)
    if event_kind not in EVENTS:
        raise Invalid.field("event_kind", _("Choose a kind of event from the catalogue."))
    if warning.event_kind == event_kind:
        return warning
    before, warning.event_kind = warning.event_kind, event_kind
    warning.save(update_fields=["event_kind"])
    warning.parts.filter(event_kind=before).update(event_kind=event_kind)
    data = {"ref": warning.ref, "kind": EVENTS[event_kind].both, "code": event_kind, "before": before}
    tell(WARNING, warning, "warning.classified", by=by, data=data)
    return warning


def _refuse_what_is_over(warning: Warning) -> None:
    current = {"id": warning.pk, "status": warning.status}
    if warning.expires and warning.expires <= now():
        raise Conflict(_("This warning has expired meanwhile."), current=current, code="expired")
    if successor := succession.valid_successor(warning.raw):
        raise Conflict(
            _("Its sender has replaced or cancelled this warning meanwhile: message %(identifier)s.")
            % {"identifier": successor.identifier},
            current=current,
            code="superseded",
        )


def checked_reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid.field("reason", _("Give a reason: it stands in the record."))
    if len(text) > LONGEST_REASON:
        raise Invalid.field("reason", _("At most %(limit)s characters.") % {"limit": LONGEST_REASON})
    return text
