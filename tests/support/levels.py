"""Plans to start levels of: small ones made row by row, and the library's flood plan."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from command.models import Assignment, Order, Response, Task
from command.selectors.levelling import asked_by, key_of
from org.models import Unit
from plans.files import yaml_format
from plans.models import Action, Level, Plan, Version
from plans.rules.words import LEVELS

APPROVERS = {
    "IV": "command_office_director", "III": "deputy_magistrate", "II": "magistrate", "I": "party_secretary",
    "blue": "command_office_director", "yellow": "command_office_director", "orange": "deputy_magistrate",
    "red": "magistrate",
}  # fmt: skip
JUSHUI = "331126206"
_numbers = itertools.count(1)


def action(code: str, levels: Iterable[str] = LEVELS, **changes: Any) -> dict[str, Any]:
    """A township's task at its station; keywords replace any part."""
    return {
        "code": code,
        "phase": "response",
        "levels": list(levels),
        "unit_kind": "township",
        "reach": "area",
        "post": "township_station",
        "verb": "patrol",
        "text": f"{code}：立即落实",
        "text_en": f"{code}: do it at once",
        "due_min": 30,
        **changes,
    }


def plan_of(*actions: dict[str, Any], unit: str = "331126", triggers: dict[str, list] | None = None) -> Version:
    """A plan in force with these actions and every level of both ladders."""
    number = next(_numbers)
    plan = Plan.objects.create(
        code=f"test-{number}", kind="special", hazard_type="flood", unit=Unit.objects.get(code=unit), name="测试预案",
        name_en="Test plan",
    )  # fmt: skip
    version = Version.objects.create(plan=plan, number=1)
    Level.objects.bulk_create(
        Level(version=version, level=level, approver=APPROVERS[level], triggers=(triggers or {}).get(level, []))
        for level in LEVELS
    )
    rows = Action.objects.bulk_create(Action(version=version, position=i, **row) for i, row in enumerate(actions))
    assert all(row.pk for row in rows)
    return in_force(version)


def in_force(version: Version) -> Version:
    Version.objects.filter(pk=version.pk).update(status="approved", approved_at=timezone.now())
    version.refresh_from_db()
    return version


def flood_plan() -> Version:
    """The worked flood plan of the library, in force for the demo county."""
    from journal.actions.recording import SYSTEM
    from plans.actions.imports import import_plan

    path = Path(__file__).resolve().parents[2] / "plans" / "files" / "library" / "flood.yaml"
    document = yaml_format.read(path.read_bytes())
    imported = import_plan(document, by=SYSTEM, unit=Unit.objects.get(code="331126"))
    return in_force(imported.version)


def check_in_force(response: Response) -> None:
    """The invariant: what is held or out is exactly what the plan asks for at the level in effect."""
    response = Response.objects.select_related("incident__unit", "version__plan__unit").get(pk=response.pk)
    assert response.incident.response_level == (response.level if response.status == "running" else "")
    live = list(Task.objects.filter(response=response, status__in=["held", "out"]).select_related("action"))
    keys = [key_of(task) for task in live]
    assert len(keys) == len(set(keys))
    assert set(keys) == {planned.key for planned in asked_by(response).lines}
    asked = Assignment.objects.filter(order__response=response).exclude(status="called_off")
    going = asked.exclude(status__in=["done", "verified"])
    out = {task.pk for task in live if task.status == "out"}
    assert set(asked.filter(task__status="out").values_list("task", flat=True)) == out
    assert set(going.values_list("task", flat=True)) <= out
    empty = Order.objects.filter(response=response, status="in_force").exclude(assignments__task__status="out")
    assert not empty.exists()


def finish(response: Response, *codes: str, units: Iterable[str] | None = None) -> None:
    """Everybody asked for these actions reports done, and the journal's relays run."""
    from command import actions
    from journal.actions.relays import run_pending
    from org.models import Person

    rows = Assignment.objects.filter(order__response=response, task__action__code__in=codes).exclude(
        status__in=["done", "verified", "called_off"]
    )
    if units is not None:
        rows = rows.filter(unit__code__in=list(units))
    logger = Person.objects.get(username="officer")
    for row in rows.order_by("pk"):
        if row.status == "called":
            actions.answer_for(row.pk, by=logger, how="phone")
        actions.progress(row.pk, by=logger, step="done", note="已完成", figure=7)
    run_pending()
