"""Who stands where in the demo county: two crews a township, four leaders of the county, a village's own people.

Only what the rotation is; board/demo/month.py tells the running month with it, by the same actions as users take.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.utils import timezone

from duty import actions
from duty.actions import NewPattern
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
        "leader": ["deputy_magistrate", "command_office_director", "magistrate", "party_secretary"],
        "main": ["county_duty_officer", "county_duty_officer:B"],
        "deputy": ["county_duty_deputy", "county_duty_deputy:B", "D01:B", "D02:B", "D03:B"],
    },
    "township": {
        "leader": ["township_head", "township_party_secretary"],
        "main": ["township_station", "township_deputy"],
        "deputy": ["township_duty", "township_duty:B"],
    },
}
"""Level → duty post → posts of the register in turn, the first one on duty today. ``:B``: whoever stands in for it;
``D01``: the duty desk of that department of the county."""
WATCH = {
    "leader": ["village_head", "village_deputy"],
    "main": ["village_deputy", "village_head"],
    "deputy": ["grid_worker", "flood_warner", "geological_watch"],
}
"""A village's nights: its two heads take turns, and so does everybody else who has a post in it."""
BORROWED = [
    ("331126204", "331126204-duty-loan", "叶长根", "Ye Changgen", "19900009001"),
    ("331126206", "331126206-duty-loan", "吴建平", "Wu Jianping", "19900009002"),
]
"""(township, username, name, in English, phone) of two who were lent for duty: a township without a deputy could not
change crews, and the other has somebody who can take a swap."""

Holders = dict[tuple[str, str], list[Person]]


def duty_day(present: dt.datetime) -> dt.date:
    """The day on which the shift that is on at ``present`` began."""
    local = timezone.localtime(present)
    return local.date() if local.time() >= START else local.date() - dt.timedelta(days=1)


def boundary(day: dt.date) -> dt.datetime:
    """When the shift of ``day`` begins."""
    return timezone.make_aware(dt.datetime.combine(day, START))


def borrow(*, by: Actor) -> None:
    """Register `BORROWED`, those that are not yet."""
    post = Post.objects.get(code="township_duty")
    for code, username, name, name_en, phone in BORROWED:
        if not Person.objects.filter(username=username).exists():
            unit = Unit.objects.get(code=code)
            person = register_person(username=username, name=name, name_en=name_en, phone=phone, unit=unit, by=by)
            appoint(person=person, post=post, unit=unit, role="B", by=by)


def set_crews(units: Sequence[Unit], today: dt.date, first: dt.date, ends: Mapping[str, dt.date], *, by: Actor) -> None:
    """Patterns of the county and townships, round the clock from ``first`` on; by the clock until `CUT`.

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
    crews = {post: _people(unit, codes, holders) for post, codes in TURNS[unit.level].items()}
    if unit.code == BORROWED[0][0]:
        crews["main"][1] = holders[unit.code, "township_duty"][2]
    return crews


def _day_and_night(
    unit: Unit, crews: dict[str, list[Person]], today: dt.date, first: dt.date, end: dt.date | None
) -> Iterator[NewPattern]:
    """Rotate the crews so that whoever is first in `TURNS` is on today."""
    cut = max(first, today - CUT)
    for since, until, signed in ((first, cut, False), (cut, end, True)):
        if until is None or until > since:
            yield NewPattern(
                unit, "24小时值班" if signed else "24小时值班（试行前）", signed=signed, valid_from=since,
                valid_to=until,
                rotation={post: _turned(people, (today - since).days) for post, people in crews.items()},
            )  # fmt: skip


def _people(unit: Unit, codes: Sequence[str], holders: Holders) -> list[Person]:
    found = []
    for code in codes:
        post, _colon, role = code.partition(":")
        place = (unit.code + post, "department_duty") if post.startswith("D") else (unit.code, post)
        known = holders[place]
        found.append(known[1 if role else 0] if len(known) > bool(role) else holders[unit.code, "township_head"][0])
    return found


def _turned(people: list[Person], days: int) -> list[Person]:
    """Rotate ``people`` so that the first has the turn ``days`` after the pattern's first day."""
    n = len(people)
    return [people[(turn - days) % n] for turn in range(n)]


def _night(unit: Unit, holders: Holders, first: dt.date) -> Iterator[NewPattern]:
    crews = {
        post: list(dict.fromkeys(person for code in codes for person in holders[unit.code, code][:1]))
        for post, codes in WATCH.items()
    }
    crews["deputy"] = [person for person in crews["deputy"] if person not in crews["leader"]]
    if all(crews.values()):
        yield NewPattern(
            unit, "汛期夜间值守", crews, first, kind="strengthened", signed=False, starts=NIGHT,
            length=dt.timedelta(hours=12),
        )  # fmt: skip
