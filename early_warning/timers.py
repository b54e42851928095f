"""The expiry of a warning."""

from __future__ import annotations

from collections.abc import Sequence

from early_warning.models import Warning
from early_warning.states import WARNING
from journal.actions import SYSTEM
from journal.states import move_many
from journal.timers import Due, handler
from notify import actions as notify
from org.clock import DatabaseNow


@handler("warning.expires")
def expire(due: Sequence[Due]) -> None:
    """Those still active whose time is over. A later expiry than the timer's means that the warning moved on."""
    ids = [timer.subject_id for timer in due]
    rows = Warning.objects.filter(pk__in=ids, status=Warning.Status.ACTIVE, expires__lte=DatabaseNow())
    over = list(rows.select_related("unit").defer("unit__boundary").select_for_update(of=("self",)).order_by("pk"))
    move_many(WARNING, over, Warning.Status.EXPIRED, by=SYSTEM, ended_at=DatabaseNow())
    notify.settle([WARNING.subject(warning) for warning in over], by=SYSTEM)
