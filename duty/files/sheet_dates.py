"""Parsing dates and times as people type them into a roster's sheet: read whole, or refused with a word; never a
part."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from web.workbooks import Cell

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""A roster of another century is a slip of a digit."""
MIDNIGHT = dt.timedelta(days=1)
_WEEKDAY = r"(?:\s*[(（]?\s*(?:(?:星期|周|礼拜)[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\s*[)）]?)?"
_DAY = re.compile(
    rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_WEEKDAY}", re.ASCII | re.IGNORECASE
)
_DIGITS = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_WEEKDAY}", re.ASCII | re.IGNORECASE)
_SEVERAL = re.compile(r"\d\s*日?\s*(?:[-–—~～至到、,，]|to|until)\s*(?:\d{4}\s*[-/.年]\s*)?\d", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})\s*[:：时點点]\s*(?:(\d{1,2})\s*分?)?(?::00)?", re.ASCII)


class Unreadable(ValueError):
    """What is wrong with the cell, in the reader's language."""


def day_of(cell: Cell) -> dt.date:
    """The one day that the cell names."""
    value = cell.value
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            raise Unreadable(_("A time of day stands here too: it belongs in the column of starts."))
        return _sensible(value.year, value.month, value.day)
    if isinstance(value, dt.date):
        return _sensible(value.year, value.month, value.day)
    found = _DAY.fullmatch(cell.text) or _DIGITS.fullmatch(cell.text)
    if found is not None:
        return _sensible(*(int(part) for part in found.groups()))
    if _SEVERAL.search(_DAY.sub("0", cell.text)):
        raise Unreadable(_("Several days stand here: give every day a row of its own."))
    raise Unreadable(_("This is not a date."))


def _sensible(year: int, month: int, day: int) -> dt.date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(_("This is not a date."))
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise Unreadable(_("This day does not exist.")) from None


def time_of(cell: Cell) -> dt.timedelta:
    """Since midnight; 24:00 is the day's end. Excel's own times, fractions of a day among them, are read as such."""
    value: Any = cell.value
    if isinstance(value, dt.time):
        return dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        value = dt.timedelta(minutes=round(value * 24 * 60))
    if isinstance(value, dt.timedelta) and dt.timedelta(0) <= value <= MIDNIGHT:
        return value
    found = _CLOCK.fullmatch(cell.text) if isinstance(value, str) else None
    if found is not None:
        hours, minutes = int(found[1]), int(found[2] or 0)
        whole = dt.timedelta(hours=hours, minutes=minutes)
        if minutes < 60 and whole <= MIDNIGHT:
            return whole
    raise Unreadable(_("This is not a time of day (08:30)."))
