"""Who stands where in the demo county: two crews a township, four leaders of the county, a village's own three.

Only what the rotation is; board/demo/month.py tells the running month with it, by the same actions as users take.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils import timezone

from duty import actions
from duty.models import RosterPattern
from journal.actions import SYSTEM
from org.actions import appoint, register_person
from org.models import Appointment, Person, Post, Unit
from org.selectors import held_now

CUT = dt.timedelta(days=1)
"""Signed handovers were introduced the day before; before that shifts changed by the clock."""
NIGHT = (dt.time(20),)
TURNS: dict[str, dict[str, list[str]]] = {
    "county": {
        "leader": ["deputy_magistrate", "command_office_director", "magistrate", "party_secretary"],
        "main": ["county_duty_officer", "county_duty_officer:B"],
        "deputy": ["county_duty_deputy", "county_duty_deputy:B"],
    },
    "township": {
        "leader": ["township_head", "township_party_secretary"],
        "main": ["township_station", "township_deputy"],
        "deputy": ["township_duty", "township_duty:B"],
    },
}
"""Level → duty post → posts of the register in turn, the first one on duty today. ``:B``: whoever stands in for it."""
VILLAGE = ["village_head", "village_deputy", "grid_worker", "flood_warner", "geological_watch"]
"""A village's night watch is the first three different people of these."""

Holders = dict[tuple[int, str], list[Person]]


def set_patterns(today: dt.date, month: dt.date) -> None:
    """The patterns of the county, every township and every village, from the first of the month on."""
    _fill_the_vacancy()
    holders = _holders()
    for unit in Unit.objects.filter(active=True).exclude(level="department").defer("boundary"):
        if unit.level == "village":
            _village(unit, holders, month)
        else:
            _day_and_night(unit, holders, today, month)


def _holders() -> Holders:
    """(unit, post code) → the people who hold it, the A role first."""
    found: Holders = defaultdict(list)
    for row in held_now(Appointment.objects.all()).select_related("person", "post").order_by("role", "id"):
        found[row.unit_id, row.post.code].append(row.person)
    return found


def _fill_the_vacancy() -> None:
    """The township without a deputy has borrowed somebody for its duty, or it could not change crews."""
    unit = Unit.objects.get(code="331126204")
    if Person.objects.filter(username="331126204-duty-loan").exists():
        return
    person = register_person(
        username="331126204-duty-loan", name="叶长根", name_en="Ye Changgen", phone="19900009001", unit=unit, by=None
    )
    appoint(person=person, post=Post.objects.get(code="township_duty"), unit=unit, role="B", by=None)


def _day_and_night(unit: Unit, holders: Holders, today: dt.date, month: dt.date) -> None:
    """Round the clock from 08:30, by the clock until `CUT` and by signature from then on; whoever is first in `TURNS`
    is on today."""
    crews = {post: _people(unit, codes, holders) for post, codes in TURNS[unit.level].items()}
    if unit.code == "331126204":
        crews["main"][1] = holders[unit.pk, "township_duty"][2]
    cut = max(today - CUT, month)
    for first, until, signed in ((month, cut, False), (cut, None, True)):
        if until is None or until > first:
            actions.set_pattern(
                by=SYSTEM, unit=unit, name="24小时值班" if signed else "24小时值班（试行前）", signed=signed,
                rotation={post: _turned(people, (today - first).days) for post, people in crews.items()},
                valid_from=first, valid_to=until,
            )  # fmt: skip


def _people(unit: Unit, codes: list[str], holders: Holders) -> list[Person]:
    found = []
    for code in codes:
        post, _colon, role = code.partition(":")
        known = holders[unit.pk, post]
        found.append(known[1 if role else 0] if len(known) > bool(role) else holders[unit.pk, "township_head"][0])
    return found


def _turned(people: list[Person], days: int) -> list[int]:
    """So that the first of ``people`` has the turn ``days`` after the pattern's first day."""
    n = len(people)
    return [people[(turn - days) % n].pk for turn in range(n)]


def _village(unit: Unit, holders: Holders, month: dt.date) -> None:
    people = list(dict.fromkeys(person for post in VILLAGE for person in holders[unit.pk, post][:1]))[:3]
    if len(people) == 3:
        actions.set_pattern(
            by=SYSTEM, unit=unit, name="汛期夜间值守", kind="strengthened", signed=False, starts=NIGHT,
            length=dt.timedelta(hours=12), valid_from=month, days=RosterPattern.Days.EVERY,
            rotation=dict(zip(("leader", "main", "deputy"), ([person] for person in people), strict=True)),
        )  # fmt: skip


def duty_day(present: dt.datetime) -> dt.date:
    """The day on which the shift that is on at ``present`` began."""
    local = timezone.localtime(present)
    return local.date() if local.time() >= dt.time(8, 30) else local.date() - dt.timedelta(days=1)
