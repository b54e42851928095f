"""Hazards in the demo county, by the clock of Beijing, driven to a state by the people whose turn it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from duty.actions import set_calendar_year
from hazards import actions
from hazards.actions.file import file_hazard
from hazards.models import Hazard
from hazards.rules.filing import Filing
from journal.actions.recording import SYSTEM
from org.models import Person
from tests.support.duty import beijing
from tests.support.hazards import STATES, VILLAGE, point_in


@pytest.fixture
def at_time(clock: Any) -> Callable[[str], dt.datetime]:
    """``at_time("2027-03-01 08:00")``: move the database's clock there (Beijing time)."""

    def go(text: str) -> dt.datetime:
        target = beijing(text)
        clock.travel(seconds=(target - clock.now()).total_seconds())
        return target

    return go


@pytest.fixture
def holidays(demo_county: Any) -> None:
    """1 to 7 October 2027 are free, and Saturday the 9th is worked for it."""
    free = {dt.date(2027, 10, day): ("holiday", "国庆节") for day in range(1, 8)}
    days = {**free, dt.date(2027, 10, 9): ("working", "调休上班")}
    set_calendar_year(2027, days, source="notice", official=True, by=SYSTEM)


@pytest.fixture
def found(village: Person, clock: Any) -> Callable[..., Hazard]:
    """``found("timber_houses")``: filed by the head of a village of Jushui, who is then its owner's head."""

    def file(kind: str = "timber_houses", code: str = VILLAGE, *, door: str = "phone", **changes: Any) -> Hazard:
        fields: dict[str, Any] = {
            "client_id": uuid4(),
            "kind": kind,
            "description": "木屋连片，电线老化",
            "point": point_in(code),
            "found_at": clock.now(),
            "people_at_risk": 12,
        } | changes
        by = fields.pop("by", SYSTEM if door == "public" else village)
        made, _new = file_hazard(Filing(**fields), by=by, door=door)
        return Hazard.objects.get(pk=made.pk)

    return file


@pytest.fixture
def planned(village: Person, clock: Any) -> Callable[..., dict[str, Any]]:
    """The five elements of a whole plan; keywords replace any of them."""

    def elements(**changes: Any) -> dict[str, Any]:
        return {
            "responsible": village.pk,
            "measures": "更换线路，打通消防通道",
            "funds": "村集体 3 万元",
            "finish_on": (clock.now() + dt.timedelta(days=5)).date(),
            "contingency": "夜间专人巡查，发现险情立即转移",
        } | changes

    return elements


@pytest.fixture
def ticket(
    found: Callable[..., Hazard], village: Person, township: Person, planned: Callable[..., dict[str, Any]]
) -> Callable[..., Hazard]:
    """``ticket("submitted")``: a general hazard of the village's, driven there by the village and its township."""

    def drive(to: str, **filed: Any) -> Hazard:
        hazard = found(**filed)
        steps: dict[str, Callable[[], Any]] = {
            "registered": lambda: actions.register(hazard.pk, by=village),
            "graded": lambda: actions.grade(hazard.pk, by=township, grade="general", grounds="可当场整改"),
            "rectifying": lambda: actions.plan(hazard.pk, by=village, **planned()),
            "submitted": lambda: actions.submit(hazard.pk, by=village),
            "inspected": lambda: actions.inspect(hazard.pk, by=township),
            "closed": lambda: actions.close(hazard.pk, by=township),
        }
        for state in STATES[1 : STATES.index(to) + 1]:
            steps[state]()
        return Hazard.objects.select_related("unit", "owner").get(pk=hazard.pk)

    return drive
