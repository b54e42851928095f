"""Formatting of time ranges and lists, as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import pgettext


def span(during: Any) -> str:
    """``2026-07-01 08:30 – 07-02 08:30`` in Beijing time, as people write it."""
    start, end = (moment and timezone.localtime(_aware(moment)) for moment in (during.lower, during.upper))
    if start is None or end is None:
        return "–"
    same_day = start.date() == end.date()
    return f"{start:%Y-%m-%d %H:%M} – {end:{'%H:%M' if same_day else '%m-%d %H:%M'}}"


def listed(words: Iterable[str]) -> str:
    """Words one after another, as the reader's language divides them."""
    return pgettext("between words of a list", ", ").join(words)


def _aware(moment: Any) -> Any:
    return timezone.datetime.fromisoformat(_iso(moment)) if isinstance(moment, str) else moment


def _iso(text: str) -> str:
    """PostgreSQL writes the offset as ``+00``; Python 3.11 reads that too."""
    return text.replace(" ", "T", 1)
