"""JSON representations of plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from org.api.representations import headquarters_mention
from org.models import Person
from plans.actions.imports import Imported
from plans.files.documents import document_of
from plans.models import Due, Plan, RevisionItem, Version
from plans.rules.problems import Problem
from plans.selectors.compiling import Compiled, Planned
from plans.selectors.headquarters import named_headquarters
from plans.selectors.plans import IN_FORCE, items_visible_to, with_item_parts


def _person(person: Person | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.label} if person else None


def plan(row: Plan) -> dict[str, Any]:
    """Needs the parts of `plans.selectors.plans.with_parts`."""
    versions: list[Version] = row.shown_versions
    valid = next((one for one in versions if one.status in IN_FORCE), None)
    return {
        "id": row.pk,
        "code": row.code,
        "kind": row.kind,
        "hazard_type": row.hazard_type,
        "name": row.name,
        "name_en": row.name_en,
        "unit": {"code": row.unit.code, "name": row.unit.label},
        "headquarters": headquarters_mention(named_headquarters(row)),
        "template": row.template.code if row.template else None,
        "active": row.active,
        "review_months": row.review_months,
        "drill_months": row.drill_months,
        "in_force": valid.number if valid else None,
        "open_items": row.open_items,
        "dues": [due(one) for one in row.open_dues],
        "versions": [version(one) for one in versions],
    }


def plan_whole(row: Plan, reader: Person) -> dict[str, Any]:
    """With the document of the version in force, else of the newest the reader may see, and the revision items."""
    versions: list[Version] = row.shown_versions
    shown = next((one for one in versions if one.status in IN_FORCE), versions[0] if versions else None)
    if shown is not None:
        shown.plan = row
    items = with_item_parts(items_visible_to(reader).filter(plan=row))
    return {
        **plan(row),
        "document": document_of(shown) if shown else None,
        "document_version": shown.number if shown else None,
        "items": [item(one) for one in items],
    }


def version(row: Version) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "status": row.status,
        "summary": row.summary,
        "created_by": _person(row.created_by),
        "created_at": row.created_at,
        "approved_by": _person(row.approved_by),
        "approved_at": row.approved_at,
        "document": row.document,
        "filed_at": row.filed_at,
        "receipt": row.receipt,
        "generation": row.generation,
    }


def item(row: RevisionItem) -> dict[str, Any]:
    return {
        "id": row.pk,
        "plan": row.plan_id,
        "source": row.source,
        "subject": row.subject,
        "text": row.text,
        "status": row.status,
        "raised_by": _person(row.raised_by),
        "raised_at": row.raised_at,
        "answer": row.answer,
        "answered_by": _person(row.answered_by),
        "answered_at": row.answered_at,
        "answered_in": row.answered_in.number if row.answered_in else None,
    }


def due(row: Due) -> dict[str, Any]:
    return {
        "id": row.pk,
        "what": row.what,
        "due_on": row.due_on,
        "done_on": row.done_on,
        "note": row.note,
        "why": row.said,
    }


def compiled(made: Compiled) -> dict[str, Any]:
    return {
        "version": made.version.number,
        "level": made.level,
        "units": made.units,
        "people": made.people,
        "lines": [_planned(planned) for planned in made.lines],
        "vacancies": [
            {"action": one.action.code, "unit": one.unit.code, "post": one.post.code} for one in made.vacancies
        ],
        "problems": [{"place": one.place, "message": one.message} for one in made.problems],
    }


def _planned(planned: Planned) -> dict[str, Any]:
    return {
        "action": planned.action.code,
        "phase": planned.action.phase,
        "verb": planned.action.verb,
        "unit": planned.unit.code,
        "unit_name": planned.unit.label,
        "post": planned.post.code,
        "text": planned.text,
        "text_en": planned.text_en,
        "due_min": planned.action.due_min,
        "after": planned.after,
        "evidence": planned.action.evidence,
        "people": [
            {"id": line.person.pk, "name": line.person.label, "role": line.role}
            for line in planned.lines
            if line.person
        ],
    }


def imported(done: Imported) -> dict[str, Any]:
    """What an import found, or did."""
    return {
        "new": done.new,
        "problems": problems(done.problems),
        "document": done.document,
        "plan": done.version.plan_id if done.version else None,
        "code": done.version.plan.code if done.version else None,
        "version": done.version.number if done.version else None,
    }


def problems(found: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"place": one.place, "message": str(one.message)} for one in found]
