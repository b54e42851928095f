"""Snapshots for map and lists (docs/laws.md 4). Names in both languages, so that one journal serves every reader."""

from __future__ import annotations

import datetime as dt
from typing import Any

from command.models import Assignment, Incident, Order, Proposal, Response, Task
from database.members import Members
from journal.rules.card_schemas import card_schema
from org.cards import names, person_card
from org.models import Unit
from plans.selectors.own_numbers import without_numbers


def incident_card(incident: Incident) -> dict[str, Any]:
    """Needs incident.unit, .commander and .desk_officer."""
    return {
        "type": "incident",
        "id": incident.pk,
        "ref": incident.ref,
        "title": incident.title,
        "category": incident.category,
        "grade": incident.grade,
        "colour": incident.colour,
        "response_level": incident.response_level,
        "status": incident.status,
        "unit": incident.unit.code,
        "unit_name": names(incident.unit),
        "point": [incident.point.x, incident.point.y] if incident.point else None,
        "learned_at": incident.learned_at,
        "warning": incident.warning_id,
        "commander": person_card(incident.commander),
        "desk_officer": person_card(incident.desk_officer),
    }


def assignment_card(assignment: Assignment) -> dict[str, Any]:
    """Needs assignment.unit, .post, .person, .answered_by and .order."""
    return {
        "type": "assignment",
        "id": assignment.pk,
        "order": assignment.order_id,
        "incident": assignment.order.incident_id,
        "unit": assignment.unit.code,
        "unit_name": names(assignment.unit),
        "post": assignment.post.code,
        "post_name": names(assignment.post),
        "person": person_card(assignment.person),
        "status": assignment.status,
        "rung": assignment.rung,
        "climbed_to": assignment.climbed_to,
        "ack_due_at": assignment.ack_due_at,
        "next_climb_at": assignment.next_climb_at,
        "answered_how": assignment.answered_how,
        "answered_by": person_card(assignment.answered_by),
        "note": assignment.note,
        "figure": assignment.figure,
        "task": assignment.task_id,
    }


def issuer_names(order: Order) -> dict[str, str]:
    """Who issues the order, in both languages; needs order.unit and .headquarters."""
    body = order.headquarters
    if body is None:
        return names(order.unit)
    return {"zh": body.office_name, "en": body.office_name_en} if order.by_office else names(body)


def order_card(order: Order, assignments: int, vacancies: int) -> dict[str, Any]:
    """Needs order.unit, .headquarters and .issued_by. ``rule`` where the system issued it by itself."""
    return {
        "type": "order",
        "id": order.pk,
        "ref": order.ref,
        "incident": order.incident_id,
        "text": order.text,
        "colour": order.colour,
        "status": order.status,
        "unit": order.unit.code,
        "unit_name": names(order.unit),
        "issuer": issuer_names(order),
        "issued_by": person_card(order.issued_by),
        "rule": order.rule,
        "issued_at": order.issued_at,
        "ack_due_at": order.ack_due_at,
        "assignments": assignments,
        "vacancies": vacancies,
    }


def called_card(order: Order, unit: Unit, assignments: list[Assignment]) -> dict[str, Any]:
    """What one unit was asked: the order's text and the unit's assignments."""
    return {
        "type": "called",
        "order": order.pk,
        "ref": order.ref,
        "incident": order.incident_id,
        "text": order.text,
        "colour": order.colour,
        "unit": unit.code,
        "unit_name": names(unit),
        "assignments": [assignment_card(assignment) for assignment in assignments],
    }


def response_card(response: Response) -> dict[str, Any]:
    """Needs response.incident.unit and response.version.plan."""
    plan = response.version.plan
    return {
        "type": "response",
        "id": response.pk,
        "incident": response.incident_id,
        "ref": response.incident.ref,
        "plan": plan.code,
        "plan_name": names(plan),
        "version": response.version.number,
        "level": response.level,
        "status": response.status,
        "unit": response.incident.unit.code,
        "unit_name": names(response.incident.unit),
        "started_at": response.started_at,
        "approved": response.approved_at is not None,
        "area": response.area,
    }


def task_card(task: Task) -> dict[str, Any]:
    """Needs task.unit, .post, .action and .response."""
    return {
        "type": "task",
        "id": task.pk,
        "response": task.response_id,
        "incident": task.response.incident_id,
        "action": task.action.code,
        "action_name": {
            "zh": without_numbers(task.action.text, "zh"),
            "en": without_numbers(task.action.text_en, "en"),
        },
        "unit": task.unit.code,
        "unit_name": names(task.unit),
        "post": task.post.code,
        "post_name": names(task.post),
        "status": task.status,
        "due_at": task.due_at,
    }


def proposal_card(proposal: Proposal) -> dict[str, Any]:
    """Needs proposal.unit and .version.plan."""
    plan = proposal.version.plan
    return {
        "type": "proposal",
        "id": proposal.pk,
        "subject": proposal.subject,
        "title": proposal.title,
        "plan": plan.code,
        "plan_name": names(plan),
        "level": proposal.level,
        "status": proposal.status,
        "unit": proposal.unit.code,
        "unit_name": names(proposal.unit),
        "incident": proposal.incident_id,
        "made_at": proposal.made_at,
        "rung": proposal.rung,
    }


_MAYBE_DICT = dict | None
_MAYBE_TIME = dt.datetime | None
_OF_UNIT: Members = {"unit": str, "unit_name": dict}

card_schema(
    "incident", id=int, ref=str, title=str, category=str, grade=str, colour=str, response_level=str, status=str,
    point=list | None, learned_at=dt.datetime, warning=int | None, commander=_MAYBE_DICT, desk_officer=_MAYBE_DICT,
    **_OF_UNIT,
)  # fmt: skip
card_schema(
    "assignment", id=int, order=int, incident=int | None, post=str, post_name=dict, person=_MAYBE_DICT, status=str,
    rung=int, climbed_to=str, ack_due_at=dt.datetime, next_climb_at=_MAYBE_TIME, answered_how=str,
    answered_by=_MAYBE_DICT, note=str, figure=int | None, task=int | None, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "order", id=int, ref=str, incident=int | None, text=str, colour=str, status=str, issued_at=dt.datetime,
    issued_by=_MAYBE_DICT, rule=_MAYBE_DICT, ack_due_at=dt.datetime, assignments=int, vacancies=int, issuer=dict,
    **_OF_UNIT,
)  # fmt: skip
card_schema(
    "called", order=int, ref=str, incident=int | None, text=str, colour=str, assignments=list, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "response", id=int, incident=int, ref=str, plan=str, plan_name=dict, version=int, level=str, status=str,
    started_at=dt.datetime, approved=bool, area=list, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "task", id=int, response=int, incident=int, action=str, action_name=dict, post=str, post_name=dict, status=str,
    due_at=dt.datetime, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "proposal", id=int, subject=str, title=dict, plan=str, plan_name=dict, level=str, status=str, incident=int | None,
    made_at=dt.datetime, rung=int, **_OF_UNIT,
)  # fmt: skip
