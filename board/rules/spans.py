"""Lengths of time in words and figures, the same as static/js/core/countdown.js shows them a second later."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _


def span(length: timedelta) -> str:
    """``4:07``, ``1:04:07`` or ``2 d 3 h``; never negative."""
    total = max(0, int(length.total_seconds()))
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def ago(length: timedelta) -> str:
    """``14 s ago``, ``3 min ago``, ``2 h ago``, ``4 d ago``."""
    total = int(length.total_seconds())
    if total < 1:
        return _("now")
    if total < 60:
        return _("%(n)s s ago") % {"n": total}
    if total < 3600:
        return _("%(n)s min ago") % {"n": total // 60}
    if total < 86400:
        return _("%(n)s h ago") % {"n": total // 3600}
    return _("%(n)s d ago") % {"n": total // 86400}


def countdown_tone(due: datetime, start: datetime | None, at: datetime) -> str:
    """``over`` past the moment, ``soon`` in the last quarter of its time or the last minute, else nothing."""
    if at > due:
        return "over"
    warning = max(timedelta(minutes=1), (due - start) / 4) if start else timedelta(minutes=1)
    return "soon" if due - at < warning else ""
