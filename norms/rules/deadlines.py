"""Deadlines that explain themselves: what is computed of one, the clock of its reminders, and the sentence why.

A deadline is the last second of its day in Asia/Shanghai, or a moment where its number is of minutes or hours. Every
day counts in ``days``, also days of rest, because a danger takes no holiday; ``working_days`` are those of the calendar
(`norms.models.CalendarDay`). The database counts (norms/sql/deadlines.sql). What was counted is kept with the deadline:
the number's code as its rule, the calendar's version, and the code and values of the sentence that says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from database.registry import Registry
from journal.sentences import fill

BEIJING = ZoneInfo("Asia/Shanghai")
MORNING = dt.time(8, 30)
"""When people are reminded, Beijing time: not at the midnight at which a deadline ends."""
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Computed:
    """A deadline to be set. ``remind``: days before it at which its debtor is reminded, the larger first."""

    what: str
    due_at: dt.datetime
    rule: str
    calendar_version: int | None
    why: dict[str, Any]
    remind: tuple[int, int] = (7, 3)

    @property
    def day(self) -> dt.date:
        return day_of(self.due_at)


def day_of(moment: dt.datetime) -> dt.date:
    return moment.astimezone(BEIJING).date()


# The clock of reminders ----------------------------------------------------------------------------------------------

ON_THE_DAY = 2


def moment(due_at: dt.datetime, step: int, remind: tuple[int, int]) -> dt.datetime:
    """When step ``step`` of a deadline's clock is due: two reminders ahead (0, 1), one on the day (2), then daily."""
    before = -remind[step] if step < ON_THE_DAY else step - ON_THE_DAY
    return dt.datetime.combine(day_of(due_at) + before * DAY, MORNING, BEIJING)


def first_step(due_at: dt.datetime, remind: tuple[int, int], present: dt.datetime) -> int:
    """The first step still to come; a deadline that has passed begins with its day, so that every step is told."""
    return next((step for step in (0, 1) if moment(due_at, step, remind) > present), ON_THE_DAY)


# The sentences -------------------------------------------------------------------------------------------------------

WHYS: Registry[Any] = Registry(
    "grounds of deadlines", "Why a deadline is what it is. `norms.rules.deadlines.ground`, in an app's `sentences.py`."
)


def ground(code: str, template: Any) -> None:
    """``template``: a lazy translation whose %(name)s places are filled from what is kept with the deadline."""
    WHYS.register(code, template)


ground("minutes", gettext_lazy("%(n)s minutes from the moment on which it rests"))
ground("hours", gettext_lazy("%(n)s hours from the moment on which it rests"))
ground("days", gettext_lazy("%(n)s days from %(from)s, every day counted"))
ground("working_days", gettext_lazy("%(n)s working days from %(from)s"))
ground("months", gettext_lazy("%(n)s months from %(from)s"))


def say(why: Mapping[str, Any]) -> str:
    """Why a deadline is what it is, in the active language."""
    said = [fill(str(WHYS.get(why.get("code", ""), "%(code)s")), why)]
    if why.get("rested"):
        said.append(_("not counted, as holidays: %(days)s") % {"days": _listed(why["rested"])})
    if why.get("worked"):
        said.append(_("counted, as working days at a weekend: %(days)s") % {"days": _listed(why["worked"])})
    if why.get("official") is False:
        said.append(_("the official calendar of %(year)s is not loaded") % {"year": why["year"]})
    return _("; ").join(said)


def _listed(days: list[Any]) -> str:
    return ", ".join(str(day)[5:] for day in days)
