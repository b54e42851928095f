"""What an officer decides about a warning: to dismiss it with a reason, or to take that back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import DatabaseNow, now
from early_warning.actions import alarm, succession, timekeeping
from early_warning.actions.lookup import warning_for
from early_warning.models import Warning
from early_warning.states import WARNING
from journal.states import move
from org.models import Person
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
