"""Template filters and tags of duty: times of shifts, items of a handover, states."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duty.models import DutyPost, SpotCheck
from duty.rules import spans
from duty.rules.matters import MATTERS
from duty.rules.spans import span
from duty.screens import spot_checks
from duty.selectors.gather import label_of
from org.models import in_language

register = template.Library()
DAY = dt.timedelta(days=1)


@register.filter
def hours(during: Any) -> str:
    """``20:00–08:00 (+1)``: the clock times of a shift whose date stands beside it; 08:30–08:30 is a whole day."""
    start, end = timezone.localtime(during.lower), timezone.localtime(during.upper)
    later = (end.date() - start.date()).days
    return f"{start:%H:%M}–{end:%H:%M}" + (f" (+{later})" if later and end - start != DAY else "")


@register.filter
def whole_span(during: Any) -> str:
    """``2026-07-01 08:30 – 07-02 08:30``."""
    return span(during)


@register.filter
def listed(words: list[str]) -> str:
    return spans.listed(words)


@register.filter
def matters(codes: list[str]) -> str:
    """What an authorisation covers, in words."""
    return spans.listed(str(MATTERS[code]) for code in codes if code in MATTERS)


@register.filter
def questions(row: SpotCheck) -> list[tuple[str, str]]:
    return spot_checks.questions(row)


@register.filter
def seconds_after(moment: dt.datetime, since: dt.datetime) -> int:
    return int((moment - since).total_seconds())


@register.filter
def clock(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


@register.filter
def end_clock(moment: dt.datetime) -> str:
    """The end of a stretch inside one day: midnight is 24:00."""
    text = f"{timezone.localtime(moment):%H:%M}"
    return "24:00" if text == "00:00" else text


@register.filter
def section_label(code: str) -> Any:
    return label_of(code)


@register.filter
def words(text: Any) -> str:
    """A text, or one in both languages as cards keep it."""
    if isinstance(text, dict):
        return in_language(text.get("zh") or "", text.get("en") or "")
    return str(text or "")


@register.filter
def as_moment(value: Any) -> dt.datetime | None:
    """A moment, or one as JSON keeps it."""
    return parse_datetime(value) if isinstance(value, str) else value


@register.filter
def post_label(code: str) -> str:
    return str(DutyPost(code).label)


@register.filter
def duration(seconds: int | None) -> str:
    """Seconds in the largest two units that say something: ``2 h 5 min``, ``3 d 4 h``; – for none."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    minutes, hours_ = seconds // 60, seconds // 3600
    if hours_ == 0:
        return _("%(m)s min") % {"m": minutes}
    if hours_ < 24:
        return _("%(h)s h %(m)s min") % {"h": hours_, "m": minutes % 60}
    return _("%(d)s d %(h)s h") % {"d": hours_ // 24, "h": hours_ % 24}
