"""Deadlines that explain themselves (docs/domain.md 6): counted by the database in Asia/Shanghai, with duty's calendar.

A deadline is the last second of its day. The day from which it runs is not counted. ``days`` counts every day, also
days of rest, because a danger takes no holiday; ``working_days`` counts those of duty's calendar. What is counted is
kept with the deadline: the rule, the calendar's version, and the code and values of the sentence that says why.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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


_BY_RULE = """
    SELECT r.value, c.due_at, c.version, r.remind_first, r.remind_second, jsonb_build_object(
            'code', r.measure, 'rule', f.rule, 'from', (f.at AT TIME ZONE 'Asia/Shanghai')::date, 'n', r.value,
            'due', d.day
        ) || CASE r.measure WHEN 'working_days' THEN jsonb_build_object(
            'rested', c.rested, 'worked', c.worked, 'official', COALESCE(c.official, false),
            'year', extract(year FROM d.day)::int
        ) ELSE '{}' END AS why
    FROM (SELECT %(rule)s::text AS rule, COALESCE(%(since)s::timestamptz, sanji_now()) AS at) f
    CROSS JOIN LATERAL (
        SELECT max(n.value) FILTER (WHERE n.code = f.rule) AS value,
            max(n.measure) FILTER (WHERE n.code = f.rule) AS measure,
            max(n.value) FILTER (WHERE n.code = 'remind_first') AS remind_first,
            max(n.value) FILTER (WHERE n.code = 'remind_second') AS remind_second
        FROM unnest(ARRAY[f.rule, 'remind_first', 'remind_second']) codes(code)
        CROSS JOIN LATERAL number_in_force(codes.code, '', f.at) n
    ) r
    CROSS JOIN LATERAL hazard_counted(f.at, r.value * %(way)s, r.measure = 'working_days') c
    CROSS JOIN LATERAL (SELECT (c.due_at AT TIME ZONE 'Asia/Shanghai')::date AS day) d
"""
_ON = """
    SELECT c.due_at, c.version, first.value, second.value FROM (SELECT sanji_now() AS at) f
    CROSS JOIN LATERAL number_in_force('remind_first', '', f.at) first
    CROSS JOIN LATERAL number_in_force('remind_second', '', f.at) second
    CROSS JOIN LATERAL hazard_counted((%s::date + time '12:00') AT TIME ZONE 'Asia/Shanghai', 0, false) c
"""


def counted(what: str, rule: str, since: dt.datetime | None = None, *, backwards: bool = False) -> Computed:
    """The deadline that ``rule`` gives, counted from ``since`` (now), in one statement.

    LookupError when the county has no such rule.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_RULE, {"since": since, "rule": rule, "way": -1 if backwards else 1})
        value, due_at, version, first, second, why = cursor.fetchone()
    if value is None:
        raise LookupError(f"no number {rule} is in force")
    return Computed(what, due_at, rule, version, json.loads(why), (first, second))


def on(what: str, day: dt.date, rule: str, code: str, **values: Any) -> Computed:
    """The end of a day that somebody set: a plan's time limit, an extension. ``code`` picks the sentence."""
    with connection.cursor() as cursor:
        cursor.execute(_ON, [day])
        due_at, version, first, second = cursor.fetchone()
    return Computed(what, due_at, rule, version, {"code": code, "rule": rule, "due": day, **values}, (first, second))


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

SENTENCES: dict[str, Any] = {
    "days": gettext_lazy("%(n)s days from %(from)s, every day counted"),
    "working_days": gettext_lazy("%(n)s working days from %(from)s"),
    "plan": gettext_lazy("the time limit of the plan; the rules allow until %(limit)s"),
    "extension": gettext_lazy("extended from %(before)s to %(due)s"),
    "stays": gettext_lazy("sent back; the time limit of %(due)s stays"),
}


def say(why: Mapping[str, Any]) -> str:
    """Why a deadline is what it is, in the active language."""
    said = [fill(str(SENTENCES.get(why.get("code", ""), "%(code)s")), why)]
    if why.get("rested"):
        said.append(_("not counted, as holidays: %(days)s") % {"days": _listed(why["rested"])})
    if why.get("worked"):
        said.append(_("counted, as working days at a weekend: %(days)s") % {"days": _listed(why["worked"])})
    if why.get("official") is False:
        said.append(_("the official calendar of %(year)s is not loaded") % {"year": why["year"]})
    return _("; ").join(said)


def _listed(days: list[Any]) -> str:
    return ", ".join(str(day)[5:] for day in days)
