"""A plan like the county's for floods, small enough to read, and the people who write it and put it in force."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import override

from journal.actions.recording import SYSTEM
from org.models import Appointment, Person, Unit
from plans import actions
from plans.models import Version

COUNTY, TOWN, NEIGHBOUR = "331126", "331126206", "331126105"

FLOOD: dict[str, Any] = {
    "code": "flood-test",
    "kind": "special",
    "hazard_type": "flood",
    "name": "防汛预案",
    "name_en": "Flood plan",
    "levels": {
        "IV": {
            "approver": "command_office_director",
            "triggers": [{"signal": "warning", "colour": ["blue"], "events": ["暴雨", "台风"]}],
        },
        "III": {
            "approver": "deputy_magistrate",
            "note": "黄色预警",
            "triggers": [
                {"signal": "warning", "colour": ["yellow", "orange"], "events": ["暴雨", "台风"]},
                {"signal": "gauge", "hours": 1, "mm_min": 45},
            ],
        },
    },
    "actions": [
        {
            "code": "confer", "phase": "prevention", "levels": ["IV", "III"], "unit_kind": "county", "reach": "owner",
            "post": "county_duty_officer", "verb": "confer", "text": "会商研判", "due_min": 10,
        },
        {
            "code": "open-reservoir", "phase": "prevention", "levels": ["III"], "unit_kind": "department",
            "reach": "owner", "departments": ["水利局"], "post": "department_duty", "verb": "regulate_water",
            "text": "预泄水库", "due_min": 30, "after": ["confer"],
        },
        {
            "code": "stand-by", "phase": "response", "levels": ["IV", "III"], "unit_kind": "township", "reach": "all",
            "post": "township_duty", "verb": "stand_by", "text": "{unit}在岗值守", "due_min": 15,
        },
        {
            "code": "relocate", "phase": "rescue", "levels": ["III"], "unit_kind": "village", "reach": "area",
            "post": "village_head", "verb": "relocate", "text": "转移至{shelter}", "text_en": "Move to {shelter}",
            "due_min": 60, "after": ["stand-by"], "evidence": "count", "counted": "人",
        },
        {
            "code": "patrol-gullies", "phase": "response", "levels": ["III"], "unit_kind": "village", "reach": "area",
            "post": "flood_warner", "by_register": True, "verb": "patrol", "text": "巡查溪沟", "due_min": 30,
        },
    ],
}  # fmt: skip


def flood(**changes: Any) -> dict[str, Any]:
    """A copy of the document, with top-level keys changed."""
    return {**copy.deepcopy(FLOOD), **changes}


def action(**changes: Any) -> dict[str, Any]:
    base = {
        "code": "one", "phase": "response", "levels": ["IV"], "unit_kind": "county", "reach": "owner",
        "post": "county_duty_officer", "verb": "confer", "text": "会商", "due_min": 5,
    }  # fmt: skip
    return {**base, **changes}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is refused is told in English here."""
    with override("en"):
        yield


@pytest.fixture
def county(demo_county: Unit) -> Unit:
    return demo_county


@pytest.fixture
def town(demo_county: Unit) -> Unit:
    return Unit.objects.get(code=TOWN)


def holder(unit: str, post: str, role: str = "A") -> Person:
    return Appointment.objects.get(unit__code=unit, post__code=post, role=role, valid_to=None).person


@pytest.fixture
def head(demo_county: Unit) -> Person:
    """The head of Jushui, who puts its plans in force."""
    return holder(TOWN, "township_head")


@pytest.fixture
def in_force(demo_county: Unit) -> Callable[..., Version]:
    """``in_force()``: the flood plan of the county, approved; ``in_force(document, unit)`` another one."""

    def make(document: dict[str, Any] | None = None, unit: Any = COUNTY) -> Version:
        version = actions.import_plan(document or flood(), by=SYSTEM, unit=unit).version
        assert version is not None
        actions.submit(version.pk, by=SYSTEM)
        return actions.approve(version.pk, by=SYSTEM, document="庆政办〔2026〕1号")

    return make
