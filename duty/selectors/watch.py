"""Who is on: Python's side of the one definition in the database (duty/migrations/0002_who_is_on.py).

Whatever asks who is on duty asks here, or joins ``duty_on`` and ``duty_watch`` in SQL; nobody works it out again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from duty.models import DutyPost
from org.models import Unit, in_language

SOON = dt.timedelta(microseconds=1)

_COLUMNS = """
    w.unit_id, u.code, u.path, u.name, u.name_en, w.post, w.person_id, p.name, p.name_en, p.phone, lower(w.during),
    upper(w.during), w.shift_id, w.slot_id, w.override_id, w.stands_in_for, s.during
"""
_FROM = """
    JOIN org_unit u ON u.id = w.unit_id JOIN org_person p ON p.id = w.person_id
    LEFT JOIN duty_shift s ON s.id = w.shift_id
    ORDER BY u.path, array_position(ARRAY['leader', 'main', 'deputy', 'reserve'], w.post::text), lower(w.during)
"""
_ON = f"""
    SELECT {_COLUMNS} FROM (SELECT d.*, tstzrange(%(at)s, %(at)s, '[]') AS during FROM duty_on(%(units)s, %(at)s) d) w
    {_FROM}
"""
_NOW = _ON.replace("%(at)s", "sanji_now()")
_WATCH = f"SELECT {_COLUMNS} FROM duty_watch(%(units)s, %(start)s, %(end)s) w {_FROM}"


@dataclass(frozen=True)
class Watch:
    """A person answers for a post of a unit over a stretch of time (in answers for an instant: at that instant).

    ``shift_id`` is the shift in charge, empty where only an override speaks. ``stands_in_for`` is the person whose
    place is being taken because they are off the register: the post counts as a gap. Past ``shift_end`` the person has
    not been relieved yet.
    """

    unit_id: int
    unit_code: str
    unit_path: str
    unit_name: str
    unit_name_en: str
    post: str
    person_id: int
    person_name: str
    person_name_en: str
    phone: str
    start: dt.datetime
    end: dt.datetime
    shift_id: int | None
    slot_id: int | None
    override_id: int | None
    stands_in_for: int | None
    shift_start: dt.datetime | None
    shift_end: dt.datetime | None

    @property
    def unit(self) -> str:
        return in_language(self.unit_name, self.unit_name_en)

    @property
    def person(self) -> str:
        return in_language(self.person_name, self.person_name_en)

    @property
    def post_label(self) -> str:
        return str(DutyPost(self.post).label)

    @property
    def overstays(self) -> bool:
        """The shift is over and nobody has taken over yet."""
        return self.override_id is None and self.shift_end is not None and self.start >= self.shift_end


def _ids(units: Sequence[Unit | int] | None) -> list[int] | None:
    return None if units is None else [unit if isinstance(unit, int) else unit.pk for unit in units]


def _read(sql: str, parameters: dict[str, Any]) -> list[Watch]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return _watches(cursor.fetchall())


def _watches(rows: Iterable[tuple[Any, ...]]) -> list[Watch]:
    return [Watch(*row[:-1], *((row[-1].lower, row[-1].upper) if row[-1] else (None, None))) for row in rows]


def on_duty(units: Sequence[Unit | int] | None = None, at: dt.datetime | None = None) -> list[Watch]:
    """Who is on at an instant (now when left out) in all active units, or in these, by path and post: one query."""
    if at is None:
        return _read(_NOW, {"units": _ids(units)})
    return _read(_ON, {"units": _ids(units), "at": at})


def who_is_on(unit: Unit | int, post: str, at: dt.datetime | None = None) -> Watch | None:
    """The one person responsible for ``post`` of ``unit``; None where the roster has a gap and nobody can stand in."""
    return crew(unit, at).get(post)


def crew(unit: Unit | int, at: dt.datetime | None = None) -> dict[str, Watch]:
    """Duty post → who is on in one unit."""
    return {watch.post: watch for watch in on_duty([unit], at)}


def watches(units: Sequence[Unit | int] | None, start: dt.datetime, end: dt.datetime) -> list[Watch]:
    """Every stretch of [start, end): past ones as they were, coming ones as planned; handovers still open as of now."""
    return _read(_WATCH, {"units": _ids(units), "start": start, "end": end})


LOOK_AROUND = dt.timedelta(days=1)
"""As long as a shift may be: who has not been relieved was booked no longer ago, whoever is on is relieved no later."""
_BOOKED = """
    SELECT DISTINCT unit_id FROM duty_stint WHERE person_id = %s AND during && tstzrange(%s, %s, '[]')
"""


def on_until(person_id: int, start: dt.datetime, end: dt.datetime) -> dt.datetime | None:
    """When a person is relieved who answers for some post within [start, end]: the end of the last such stretch."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, [person_id, start - LOOK_AROUND, end])
        units = [row[0] for row in cursor.fetchall()]
    if not units:
        return None
    found = watches(units, start, end + LOOK_AROUND)
    return max((watch.end for watch in found if watch.person_id == person_id and watch.start <= end), default=None)


@dataclass(frozen=True)
class Gap:
    """A post that nobody fills as rostered, to the second. A stand-in does not fill it."""

    unit_id: int
    unit_code: str
    unit_path: str
    unit_name: str
    unit_name_en: str
    post: str
    start: dt.datetime
    end: dt.datetime

    @property
    def unit(self) -> str:
        return in_language(self.unit_name, self.unit_name_en)

    @property
    def post_label(self) -> str:
        return str(DutyPost(self.post).label)


_GAPS = """
    SELECT g.unit_id, u.code, u.path, u.name, u.name_en, g.post, lower(g.during), upper(g.during)
    FROM duty_gaps(%(units)s, %(start)s, %(end)s) g JOIN org_unit u ON u.id = g.unit_id
    ORDER BY lower(g.during), u.path, array_position(ARRAY['leader', 'main', 'deputy'], g.post::text)
"""


def gaps(units: Sequence[Unit | int] | None, start: dt.datetime, end: dt.datetime) -> list[Gap]:
    """What the cover rules and the published shifts ask for in [start, end) less what is filled; units without any
    shift among them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, {"units": _ids(units), "start": start, "end": end})
        return [Gap(*row) for row in cursor.fetchall()]
