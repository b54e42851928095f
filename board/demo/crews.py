"""Who stands where in the demo county: three crews a township, leaders of the county by the week, the departments that
matter, and a village's own people on the nights of a season or while a response runs.

Only what the rotation is; board/demo/month.py tells the running month with it, by the same actions as users take.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.utils import timezone

from board.demo.people import names
from duty import actions
from duty.actions import NewPattern
from duty.rules.default_numbers import FIRE_DEPARTMENTS, FLOOD_DEPARTMENTS
from journal.actions.recording import Actor
from org.actions import appoint, register_person
from org.models import Appointment, Person, Post, Unit
from org.selectors.register import held_now

CUT = dt.timedelta(days=1)
"""Signed handovers were introduced the day before; before that shifts changed by the clock."""
START = dt.time(8, 30)
NIGHT = (dt.time(20),)
TURNS: dict[str, dict[str, list[str]]] = {
    "county": {
        "leader": ["deputy_magistrate", "command_office_director", "D01.head", "D02.head", "D03.head", "D04.head",
                   "D05.head"],
        "main": ["county_duty_officer", "county_duty_officer:1", "county_duty_officer:-1", "county_duty_officer:-2"],
        "deputy": ["county_duty_deputy", "county_duty_deputy:1", "D01:1", "D02:1", "D03:1"],
    },
    "department": {
        "leader": ["department_head:-1", "department_head:-2", "department_head:-3", "department_head:-4"],
        "main": ["department_duty", "department_duty:-1", "department_duty:-2", "department_duty:-3"],
    },
    "township": {
        "leader": ["township_head", "township_party_secretary", "township_deputy"],
        "main": ["township_station", "township_duty:-1", "township_duty:-2"],
        "deputy": ["township_duty", "township_duty:1", "township_duty:-3"],
    },
}  # fmt: skip
"""Level → duty post → posts of the register in turn, the first one on duty today: leaders of the county by the week,
the others every third to fifth day. ``:1``: the second of its holders (the stand-in), ``:-1``: the last one;
``D01``: the duty desk of that department of the county, ``D01.head`` its head.
"""
DEPARTMENTS = sorted({*FLOOD_DEPARTMENTS, *FIRE_DEPARTMENTS, "D06"})
"""Keep a roster round the clock: those that matter in a season or a response."""
DUTY_STAFF: list[tuple[str, str, int]] = [
    ("county", "county_duty_officer", 2),
    ("department", "department_head", 4),
    ("department", "department_duty", 3),
    ("township", "township_duty", 3),
]
"""Level, post, how many more stand in for it, so that nobody is on duty every other day: deputy heads and officers."""
BORROWED = [
    ("331126204", "331126204-duty-loan", "叶长根", "Ye Changgen", "19900009001"),
    ("331126206", "331126206-duty-loan", "吴建平", "Wu Jianping", "19900009002"),
]
"""(township, username, name, in English, phone) of two who were lent for duty: a township without a deputy lacks a
leader for the third crew, and the other has somebody who can take a swap."""
Holders = dict[tuple[str, str], list[Person]]


def duty_day(present: dt.datetime) -> dt.date:
    """The day on which the shift that is on at ``present`` began."""
    local = timezone.localtime(present)
    return local.date() if local.time() >= START else local.date() - dt.timedelta(days=1)


def boundary(day: dt.date) -> dt.datetime:
    """When the shift of ``day`` begins."""
    return timezone.make_aware(dt.datetime.combine(day, START))


def engage(*, by: Actor) -> None:
    """Register `BORROWED`, then the people of `DUTY_STAFF`: those that are not yet."""
    post = Post.objects.get(code="township_duty")
    for town, username, name, name_en, phone in BORROWED:
        _engage(username, name, name_en, phone, Unit.objects.get(code=town), post, by)
    known, invented = set(Person.objects.values_list("name", flat=True)), names()
    number = 0
    for level, code, more in DUTY_STAFF:
        post = Post.objects.get(code=code)
        for unit in _units(level):
            for nth in range(more):
                name, name_en = next(pair for pair in invented if pair[0] not in known)
                known.add(name)
                number += 1
                phone = f"1990001{number:04d}"
                _engage(f"{unit.code}-{code}-duty-{nth + 1}", name, name_en, phone, unit, post, by)


def _engage(username: str, name: str, name_en: str, phone: str, unit: Unit, post: Post, by: Actor) -> None:
    if not Person.objects.filter(username=username).exists():
        person = register_person(username=username, name=name, name_en=name_en, phone=phone, unit=unit, by=by)
        appoint(person=person, post=post, unit=unit, role="B", by=by)


def _units(level: str) -> list[Unit]:
    """The units of a level that keep a roster round the clock."""
    rows = Unit.objects.filter(active=True, level=level).defer("boundary").order_by("path")
    return [unit for unit in rows if level != "department" or unit.code[-3:] in DEPARTMENTS]


def desks() -> list[Unit]:
    """All units that keep a roster round the clock: the county, its departments that matter, the townships."""
    return [unit for level in ("county", "department", "township") for unit in _units(level)]


def set_crews(units: Sequence[Unit], today: dt.date, first: dt.date, ends: Mapping[str, dt.date], *, by: Actor) -> None:
    """Patterns of the desks, round the clock from ``first`` on; by the clock until `CUT`.

    ``ends``: code → when a unit's pattern ends, of those whose does.
    """
    holders = _holders()
    new = [(unit, _crews(unit, holders), ends.get(unit.code)) for unit in units]
    actions.set_patterns([p for unit, crews, end in new for p in _day_and_night(unit, crews, today, first, end)], by=by)


def set_nights(first: dt.date, *, by: Actor) -> None:
    """Patterns of all villages for the nights of the flood season, from ``first`` on."""
    holders = _holders()
    villages = Unit.objects.filter(active=True, level="village").defer("boundary")
    actions.set_patterns([new for unit in villages for new in _night(unit, holders, first)], by=by)


def _holders() -> Holders:
    """(unit's code, post code) → the people who hold it, the A role first."""
    found: Holders = defaultdict(list)
    rows = held_now(Appointment.objects.all()).select_related("person", "post", "unit").defer("unit__boundary")
    for row in rows.order_by("role", "id"):
        found[row.unit.code, row.post.code].append(row.person)
    return found


def _crews(unit: Unit, holders: Holders) -> dict[str, list[Person]]:
    return {post: [_person(unit, code, holders) for code in codes] for post, codes in TURNS[unit.level].items()}


def _day_and_night(
    unit: Unit, crews: dict[str, list[Person]], today: dt.date, first: dt.date, end: dt.date | None
) -> Iterator[NewPattern]:
    """Rotate the crews so that whoever is first in `TURNS` is on today."""
    cut = max(first, today - CUT)
    for since, until, signed in ((first, cut, False), (cut, end, True)):
        if until is None or until > since:
            yield NewPattern(
                unit, "24小时值班" if signed else "24小时值班（试行前）", valid_from=since,
                signed=signed and unit.level != "department",
                valid_to=until,
                rotation={post: _turned(people, (today - since).days) for post, people in crews.items()},
            )  # fmt: skip


def _person(unit: Unit, code: str, holders: Holders) -> Person:
    """Whoever a code of `TURNS` means; for a vacant post whoever was lent."""
    post, _colon, nth = code.partition(":")
    desk, _dot, head = post.partition(".")
    if desk[1:].isdecimal():
        known = holders[unit.code + desk, "department_head" if head else "department_duty"]
    else:
        known = holders[unit.code, post]
    if known:
        return known[int(nth or 0)]
    return next(person for person in holders[unit.code, "township_duty"] if person.username.endswith("-loan"))


def _turned(people: list[Person], days: int) -> list[Person]:
    """Rotate ``people`` so that the first has the turn ``days`` after the pattern's first day."""
    n = len(people)
    return [people[(turn - days) % n] for turn in range(n)]


def watch_of(unit: Unit, holders: Holders | None = None) -> dict[str, list[Person]]:
    """A village's turns: one leading cadre and one on watch, never the same, nobody every time or thrice in a row."""
    held = _holders() if holders is None else holders
    codes = ("village_head", "village_deputy", "grid_worker", "flood_warner", "geological_watch")
    people = list(dict.fromkeys(person for code in codes for person in held[unit.code, code][:1]))
    if len(people) < 3:
        return {}
    head, deputy, *others = people
    if len(others) == 1:
        return {"leader": [head, deputy, head], "main": [*others, *others, deputy]}
    return {"leader": [head, deputy], "main": others}


def _night(unit: Unit, holders: Holders, first: dt.date) -> Iterator[NewPattern]:
    if crews := watch_of(unit, holders):
        yield NewPattern(
            unit, "汛期夜间值守", crews, first, kind="strengthened", signed=False, starts=NIGHT,
            length=dt.timedelta(hours=12),
        )  # fmt: skip
