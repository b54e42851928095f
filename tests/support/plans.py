"""Units and small plans."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from django.utils import timezone

from norms.models import Number
from org.models import Appointment, Person
from plans.rules.blanks import NUMBERS

COUNTY, TOWN, NEIGHBOUR = "331126", "331126206", "331126105"


FLOOD: dict[str, Any] = {
    "code": "flood-test",
    "kind": "special",
    "hazard_type": "flood",
    "name": "防汛预案",
    "name_en": "Flood plan",
    "levels": {
        "blue": {
            "approver": "command_office_director",
            "triggers": [{"signal": "warning", "colour": ["blue"], "events": ["rainstorm", "typhoon"]}],
        },
        "orange": {
            "approver": "deputy_magistrate",
            "note": "黄色预警",
            "triggers": [{"signal": "warning", "colour": ["yellow", "orange"], "events": ["rainstorm", "typhoon"]}],
        },
        "IV": {"approver": "command_office_director"},
        "III": {"approver": "deputy_magistrate", "triggers": [{"signal": "gauge", "hours": 1, "mm_min": 45}]},
    },
    "actions": [
        {
            "code": "confer", "phase": "prevention", "levels": ["blue", "orange", "IV", "III"], "unit_kind": "county",
            "reach": "owner", "post": "county_duty_officer", "verb": "confer", "text": "会商研判", "due_min": 10,
        },
        {
            "code": "open-reservoir", "phase": "prevention", "levels": ["III"], "unit_kind": "department",
            "reach": "owner", "departments": ["水利局"], "post": "department_duty", "verb": "regulate_water",
            "text": "预泄水库", "due_min": 30, "after": ["confer"],
        },
        {
            "code": "stand-by", "phase": "response", "levels": ["blue", "orange", "IV", "III"], "unit_kind": "township",
            "reach": "all", "post": "township_duty", "verb": "stand_by", "text": "{unit}在岗值守", "due_min": 15,
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


def holder(unit: str, post: str, role: str = "A") -> Person:
    return Appointment.objects.get(unit__code=unit, post__code=post, role=role, valid_to=None).person


def set_report_times(minutes: int = 40) -> None:
    """The county has set the numbers that its plans name."""
    start = timezone.now() - dt.timedelta(days=1)
    rows = [Number(code=code, value=minutes, measure="minutes", source="试", effective_from=start) for code in NUMBERS]
    Number.objects.bulk_create(rows)
