"""Deadlines as the database counts them (norms/sql/deadlines.sql), each in one statement."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import connection

from norms.rules.deadlines import Computed, day_of
from norms.rules.numbers import Measure

_BY_RULE = """
    SELECT due_at, version, remind_first, remind_second, why::text
    FROM deadline_by_rule(%s, COALESCE(%s, sanji_now()), %s)
"""
_AFTER = """
    SELECT c.due_at, c.version, early.value, late.value FROM (SELECT sanji_now() AS at) f
    CROSS JOIN LATERAL number_in_force('remind_first', '', f.at) early
    CROSS JOIN LATERAL number_in_force('remind_second', '', f.at) late
    CROSS JOIN LATERAL deadline_counted((%s::date + time '12:00') AT TIME ZONE 'Asia/Shanghai', %s, %s) c
"""


def counted(what: str, rule: str, since: dt.datetime | None = None, *, backwards: bool = False) -> Computed:
    """The deadline that the number ``rule`` gives, counted from ``since`` (now).

    LookupError when nobody has set that number.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_RULE, [rule, since, -1 if backwards else 1])
        found = cursor.fetchone()
    if found is None:
        raise LookupError(f"no number {rule} is in force")
    due_at, version, first, second, why = found
    return Computed(what, due_at, rule, version, json.loads(why), (first, second))


def on(what: str, day: dt.date, rule: str, code: str, **values: Any) -> Computed:
    """The end of a day that somebody set: a plan's time limit, an extension. ``code`` picks the sentence."""
    due_at, version, remind = _after(day, 0, Measure.DAYS)
    return Computed(what, due_at, rule, version, {"code": code, "rule": rule, "due": day, **values}, remind)


def after(what: str, day: dt.date, count: int, measure: Measure, rule: str) -> Computed:
    """So many days, working days or months after a day, where ``count`` is no number of the county but somebody's own,
    such as a plan's months.
    """
    due_at, version, remind = _after(day, count, measure)
    why = {"code": measure.value, "rule": rule, "from": day, "n": count, "due": day_of(due_at)}
    return Computed(what, due_at, rule, version, why, remind)


def _after(day: dt.date, count: int, measure: Measure) -> tuple[dt.datetime, int | None, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_AFTER, [day, count, measure.value])
        due_at, version, first, second = cursor.fetchone()
    return due_at, version, (first, second)
