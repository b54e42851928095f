"""JSON representations of responses, their tasks, previews of a level and proposals."""

from __future__ import annotations

from typing import Any

from command.api.representations import assignment, person, unit
from command.models import EndCondition, Proposal, Response, Task
from command.selectors.grounds import grounds_text
from command.selectors.issuers import Issuer
from command.selectors.levelling import key_of
from command.selectors.preview import Preview
from command.selectors.responses import TaskRow
from org.api.representations import headquarters_mention
from org.models import in_language
from plans.selectors.compiling import Planned
from plans.selectors.own_numbers import without_numbers
from plans.selectors.signals import say_grounds


def response(row: Response) -> dict[str, Any]:
    plan = row.version.plan
    return {
        "id": row.pk,
        "incident": row.incident_id,
        "plan": {"id": plan.pk, "code": plan.code, "name": plan.label},
        "version": {"id": row.version_id, "number": row.version.number},
        "headquarters": headquarters_mention(row.headquarters),
        "level": row.level,
        "area": row.area,
        "status": row.status,
        "started_by": person(row.started_by),
        "started_at": row.started_at,
        "act_first": row.act_first,
        "approved_by": person(row.approved_by),
        "approved_at": row.approved_at,
        "consent": consent(row),
        "ended_at": row.ended_at,
    }


def consent(row: Response) -> dict[str, Any] | None:
    if row.consent_by is None:
        return None
    return {"by": person(row.consent_by), "at": row.consent_at, "how": row.consent_how}


def issuer(row: Issuer) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.label,
        "unit": unit(row.unit),
        "headquarters": headquarters_mention(row.headquarters),
        "by_office": row.by_office,
    }


def condition(row: EndCondition) -> dict[str, Any]:
    return {
        "code": row.code,
        "label": row.get_code_display(),
        "met": row.met,
        "note": row.note,
        "said_by": person(row.said_by),
        "said_at": row.said_at,
    }


def task(row: TaskRow) -> dict[str, Any]:
    one = row.task
    return {
        "id": one.pk,
        "action": one.action.code,
        "phase": one.action.phase,
        "text": in_language(without_numbers(one.action.text, "zh"), without_numbers(one.action.text_en, "en")),
        "unit": one.unit.code,
        "unit_name": one.unit.label,
        "post": one.post.code,
        "post_name": one.post.label,
        "state": row.state,
        "due_at": one.due_at,
        "overdue": row.overdue,
        "evidence": one.action.evidence,
        "counted": one.action.counted,
        "figure": row.figure,
        "photos": row.photos,
        "notes": row.notes,
        "assignments": [assignment(asked) for asked in row.assignments],
    }


def planned(row: Planned) -> dict[str, Any]:
    return {
        "action": row.action.code,
        "phase": row.action.phase,
        "text": in_language(row.text, row.text_en),
        "unit": row.unit.code,
        "unit_name": row.unit.label,
        "post": row.post.code,
        "post_name": row.post.label,
        "due_min": row.action.due_min,
        "after": row.after,
        "people": [person(line.person) for line in row.lines if line.person],
    }


def _task_key(row: Task) -> dict[str, Any]:
    code, _unit, _post = key_of(row)
    return {"id": row.pk, "action": code, "unit": row.unit.code, "post": row.post.code, "status": row.status}


def preview(row: Preview) -> dict[str, Any]:
    held = {one.key for one in row.held}
    return {
        "incident": row.incident.pk,
        "version": row.version.pk,
        "level": row.level,
        "before": row.before or None,
        "area": row.area,
        "may": row.may,
        "may_act_first": row.may_act_first,
        "approver": [
            {
                "post": called.code,
                "name": called.name,
                "people": [person(one) for one in called.people],
                "signs_for": called.words,
            }
            for called in row.approver
        ],
        "people": row.people,
        "units": row.units,
        "new": [{**planned(one), "held": one.key in held} for one in row.new],
        "kept": len(row.kept),
        "withdrawn": [_task_key(one) for one in row.withdrawn],
        "vacancies": [{"action": v.action.code, "unit": v.unit.code, "post": v.post.code} for v in row.vacancies],
        "problems": [{"place": problem.place, "message": problem.message} for problem in row.problems],
    }


def proposal(row: Proposal) -> dict[str, Any]:
    plan = row.version.plan
    return {
        "id": row.pk,
        "plan": {"id": plan.pk, "code": plan.code, "name": plan.label},
        "version": row.version_id,
        "level": row.level,
        "subject": row.subject,
        "title": in_language(row.title.get("zh", ""), row.title.get("en", "")),
        "url": row.url,
        "grounds": say_grounds(row.grounds),
        "grounds_text": grounds_text(row),
        "area": row.area,
        "unit": unit(row.unit),
        "incident": row.incident_id,
        "status": row.status,
        "step": row.rung,
        "made_at": row.made_at,
        "decided_by": person(row.decided_by),
        "decided_at": row.decided_at,
        "reason": row.reason,
    }
