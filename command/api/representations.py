"""JSON representations of incidents, orders and assignments: plain dicts in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from command.models import Assignment, Incident, Order
from command.screens.place_groups import of_lines
from command.selectors import reach, visible
from command.selectors.wake import actual
from duty.selectors.fanout import Line
from org.api.representations import headquarters_mention
from org.models import Person, Unit, in_language


def unit(row: Unit) -> dict[str, Any]:
    return {"code": row.code, "name": row.label, "level": row.level}


def person(row: Person | None) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.label, "phone": row.phone} if row else None


def incident(row: Incident) -> dict[str, Any]:
    return {
        "id": row.pk,
        "ref": row.ref,
        "title": row.title,
        "category": row.category,
        "grade": row.grade or None,
        "colour": row.colour or None,
        "response_level": row.response_level or None,
        "status": row.status,
        "unit": unit(row.unit),
        "point": [row.point.x, row.point.y] if row.point else None,
        "place": row.place,
        "occurred_at": row.occurred_at,
        "learned_at": row.learned_at,
        "description": row.description,
        "headquarters": headquarters_mention(row.headquarters),
        "desk_officer": person(row.desk_officer),
        "commander": person(row.commander),
        "offered_to": person(row.offered_to),
        "warning": row.warning_id,
    }


def assignment(row: Assignment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "order": row.order_id,
        "unit": row.unit.code,
        "unit_name": row.unit.label,
        "post": row.post.code,
        "post_name": row.post.label,
        "person": person(row.person),
        "role": row.role,
        "status": row.status,
        "step": row.rung,
        "climbed_to": row.climbed_to,
        "ack_due_at": row.ack_due_at,
        "next_climb_at": row.next_climb_at,
        "answered_at": row.answered_at,
        "answered_by": person(row.answered_by),
        "answered_how": row.answered_how,
        "note": row.note,
        "figure": row.figure,
        "task": row.task_id,
    }


def order(row: Order) -> dict[str, Any]:
    """The head of an order, as lists show it."""
    return {
        "id": row.pk,
        "ref": row.ref,
        "incident": row.incident_id,
        "unit": unit(row.unit),
        "headquarters": headquarters_mention(row.headquarters),
        "by_office": row.by_office,
        "issuer": row.issuer,
        "text": row.text,
        "ladder": row.colour,
        "status": row.status,
        "issued_by": person(row.issued_by),
        "rule": row.rule,
        "paper": row.paper_id,
        "issued_at": row.issued_at,
        "ack_due_at": row.ack_due_at,
        "called_off_reason": row.called_off_reason,
    }


def order_whole(row: Order, reader: Person) -> dict[str, Any]:
    """An order with the assignments that the reader may see, and their counts per township."""
    mine = visible.assignments_visible_to(reader).filter(order=row)
    counts = [
        {
            "unit": line.pop("place_code"),
            "name": in_language(line.pop("place_name"), line.pop("place_name_en")),
            **{key: value for key, value in line.items() if not key.startswith("place_")},
        }
        for line in visible.township_counts(mine)
    ]
    lines = visible.with_card_parts(mine).order_by("unit__path", "post__rank", "pk")
    found = reach.reach_of_orders(reader, [row]).get(row.pk) or reach.nothing_reached()
    wake = {"predicted": row.wake, "actual": actual(row)}
    return {
        **order(row), "townships": counts, "reach": found, "wake": wake,
        "assignments": [assignment(line) for line in lines],
    }  # fmt: skip


def townships_of(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Those whom an order would call, by township (or department, or the county's own posts)."""
    return [
        {
            "unit": place.unit.code, "name": place.unit.label, "units": place.units, "people": len(place.people),
            "vacancies": place.vacant,
        }
        for place in of_lines(lines).rows
    ]  # fmt: skip
