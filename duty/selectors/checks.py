"""Validation of shifts before they count (docs/domain.md 4 [design]): whole, staffed from the unit, nobody over a day.

Each finding names its shift and its person. The database alone keeps double bookings out (duty/actions/booking.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from duty.models import DutyPost
from duty.rules.spans import listed, span
from duty.selectors import crews
from norms.selectors import numbers
from org.models import Person, Unit
from web.errors import Invalid

SHOWN = 50
"""Findings told at once; a county's month can hold thousands of the same kind."""


@dataclass(frozen=True)
class Finding:
    """What keeps a shift from counting. ``code``: incomplete, inactive, outsider, on_leave, too_short, too_long or
    not_strengthened.
    """

    code: str
    shift_id: int
    unit_name: str
    time: str
    text: str


_PARTS = """
    WITH picked AS MATERIALIZED (
        SELECT s.id, s.unit_id, s.during, s.kind, lower(s.during) AS start FROM duty_shift s WHERE s.id = ANY(%s)
    ), outside AS MATERIALIZED (
        SELECT k.id, sl.person_id FROM picked k JOIN duty_slot sl ON sl.shift_id = k.id
        WHERE NOT EXISTS (
            SELECT 1 FROM org_appointment a JOIN org_unit h ON h.id = a.unit_id
            WHERE a.person_id = sl.person_id
              AND (h.id = k.unit_id OR h.parent_id = k.unit_id AND h.level = 'department')
              AND a.valid_from <= GREATEST(k.start, sanji_now()) AND (a.valid_to IS NULL OR a.valid_to > k.start))
    ), staffed AS (
        SELECT k.id, array_agg(sl.post::text) AS posts, array_agg(p.id) FILTER (WHERE NOT p.is_active) AS gone,
               array_agg(p.id) FILTER (WHERE p.is_active AND o.id IS NOT NULL) AS outsiders
        FROM picked k JOIN duty_slot sl ON sl.shift_id = k.id JOIN org_person p ON p.id = sl.person_id
        LEFT JOIN outside o ON o.id = k.id AND o.person_id = p.id GROUP BY k.id
    )
    SELECT k.id, u.name, u.name_en, k.during, k.kind,
        duty_in_season(u.path, u.level, (k.start AT TIME ZONE 'Asia/Shanghai')::date, NULL),
        COALESCE(s.posts, '{}'), COALESCE(s.gone, '{}'), COALESCE(s.outsiders, '{}'), u.level
    FROM picked k JOIN org_unit u ON u.id = k.unit_id LEFT JOIN staffed s ON s.id = k.id ORDER BY k.start, k.id
"""
_RUNS = """
    WITH wanted AS MATERIALIZED (
        SELECT id, lower(during) AS start, upper(during) AS until FROM duty_shift WHERE id = ANY(%(shifts)s)
    ), people AS MATERIALIZED (
        SELECT DISTINCT x.person_id FROM wanted w JOIN duty_slot x ON x.shift_id = w.id
    ), mine AS MATERIALIZED (
        SELECT sl.person_id, s.id, s.unit_id, s.during, w.id IS NOT NULL AS asked
        FROM people p JOIN duty_slot sl ON sl.person_id = p.person_id JOIN duty_shift s ON s.id = sl.shift_id
        LEFT JOIN wanted w ON w.id = s.id
        WHERE (s.live OR w.id IS NOT NULL) AND s.called_off_at IS NULL AND s.during && (
            SELECT tstzrange(min(start) - interval '2 days', max(until) + interval '2 days') FROM wanted)
    ), long AS MATERIALIZED (
        -- Few or none: what is joined to it stays small whatever the planner believes of the tables.
        SELECT r.person_id, r.run FROM (
            SELECT person_id, unnest(range_agg(during)) AS run FROM mine GROUP BY person_id
        ) r WHERE upper(r.run) - lower(r.run) > %(longest)s
    )
    SELECT DISTINCT ON (m.id, m.person_id) m.id, u.name, u.name_en, m.during, p.name, p.name_en, l.run
    FROM long l JOIN mine m ON m.person_id = l.person_id AND m.during <@ l.run AND m.asked
    JOIN org_person p ON p.id = l.person_id JOIN org_unit u ON u.id = m.unit_id
    ORDER BY m.id, m.person_id
"""


_ON_LEAVE = """
    SELECT s.id, u.name, u.name_en, s.during, p.name, p.name_en, l.during
    FROM duty_shift s JOIN duty_slot sl ON sl.shift_id = s.id
    JOIN duty_leave l ON l.person_id = sl.person_id AND l.status = 'approved' AND l.during && s.during
    JOIN org_person p ON p.id = sl.person_id JOIN org_unit u ON u.id = s.unit_id
    WHERE s.id = ANY(%s) AND s.called_off_at IS NULL AND NOT EXISTS (
        -- Somebody stands in for all of that time.
        SELECT 1 FROM duty_override o WHERE o.withdrawn_at IS NULL AND o.unit_id = s.unit_id AND o.post = sl.post
          AND o.person_id <> sl.person_id AND o.during @> (l.during * s.during))
    ORDER BY lower(s.during), s.id, sl.id
"""


def too_short(length: dt.timedelta, shortest: int | None = None) -> str:
    """What is wrong with the length of a shift that nobody could take over in earnest; empty when nothing is.

    ``shortest`` in minutes, for whoever asks for many.
    """
    shortest = numbers.number("shortest_min") if shortest is None else shortest
    if length >= dt.timedelta(minutes=shortest):
        return ""
    return _("A shift lasts at least %(minutes)s minutes.") % {"minutes": shortest}


def findings(shift_ids: Sequence[int], *, season: bool = True, leave: bool = True) -> list[Finding]:
    """All that is wrong with these shifts: four queries and the people's names, however many they are.

    ``leave``: also who is on leave then.
    """
    ids = list(shift_ids)
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [ids])
        parts = cursor.fetchall()
        longest: Any = numbers.hours("longest_h")  # psycopg2 takes a timedelta
        cursor.execute(_RUNS, {"shifts": ids, "longest": longest})
        runs = cursor.fetchall()
        cursor.execute(_ON_LEAVE, [ids if leave else []])
        away = cursor.fetchall()
    people = Person.objects.in_bulk({pk for row in parts for pk in (*row[7], *row[8])})
    needed = crews.required_posts()
    found = [finding for row in parts for finding in _of_shift(row, people, season, needed)]
    return found + [_away(row) for row in away] + [_too_long(row) for row in runs]


def _of_shift(
    row: tuple, people: Mapping[int, Person], season: bool, needed: dict[str, tuple[str, ...]]
) -> Iterator[Finding]:
    pk, name, name_en, during, kind, demanded, posts, gone, outsiders, level = row
    missing = [DutyPost(post) for post in crews.of(level, needed) if post not in posts]
    weak = season and demanded and kind != "strengthened"
    if not (missing or gone or outsiders or weak):
        return  # as almost all are; words cost more than the rest
    unit, time = Unit(name=name, name_en=name_en).label, span(during)
    values = {"unit": unit, "time": time}
    if missing:
        text = _("The shift of %(unit)s, %(time)s, lacks: %(posts)s.")
        posts_missing = listed(str(post.label) for post in missing)
        yield Finding("incomplete", pk, unit, time, text % {**values, "posts": posts_missing})
    for person in gone:
        text = _("%(name)s is off the register, yet in the shift of %(unit)s, %(time)s.")
        yield Finding("inactive", pk, unit, time, text % {**values, "name": people[person].label})
    for person in outsiders:
        text = _("%(name)s does not serve in %(unit)s; no outside substitutes (%(time)s).")
        yield Finding("outsider", pk, unit, time, text % {**values, "name": people[person].label})
    if weak:
        text = _("The season demands the strengthened roster of %(unit)s, %(time)s.")
        yield Finding("not_strengthened", pk, unit, time, text % values)


def _away(row: tuple) -> Finding:
    pk, unit, unit_en, during, name, name_en, leave = row
    label, time = Unit(name=unit, name_en=unit_en).label, span(during)
    text = _("%(name)s is on leave, %(leave)s: the shift of %(unit)s, %(time)s.") % {
        "name": Person(name=name, name_en=name_en).label,
        "leave": span(leave),
        "unit": label,
        "time": time,
    }
    return Finding("on_leave", pk, label, time, text)


def _too_long(row: tuple) -> Finding:
    pk, unit, unit_en, during, name, name_en, run = row
    label, time = Unit(name=unit, name_en=unit_en).label, span(during)
    text = _("%(name)s would be on duty without a break, %(run)s: the shift of %(unit)s, %(time)s.") % {
        "name": Person(name=name, name_en=name_en).label,
        "run": span(run),
        "unit": label,
        "time": time,
    }
    return Finding("too_long", pk, label, time, text)


def refuse(found: Sequence[Finding]) -> None:
    """Invalid with each finding under its code, when there is any."""
    if not found:
        return
    fields: dict[str, list[str]] = {}
    for finding in found[:SHOWN]:
        fields.setdefault(finding.code, []).append(finding.text)
    first = found[0].text
    more = len(found) - 1
    detail = first if not more else _("%(first)s And %(more)s more of the kind.") % {"first": first, "more": more}
    raise Invalid(detail, fields=fields)


def insider(person: Person, unit: Unit, during: DateTimeTZRange) -> bool:
    """Whether the person serves in the unit (or a department of it) then: no outside substitutes [rule]."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM org_appointment a JOIN org_unit h ON h.id = a.unit_id WHERE a.person_id = %s"
            " AND (h.id = %s OR h.parent_id = %s AND h.level = 'department')"
            " AND a.valid_from <= GREATEST(%s, sanji_now()) AND (a.valid_to IS NULL OR a.valid_to > %s))",
            [person.pk, unit.pk, unit.pk, during.lower, during.lower],
        )
        return cursor.fetchone()[0]


def label_of(post: str) -> str:
    return str(DutyPost(post).label)
