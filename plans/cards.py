"""Snapshots of plans for the journal (docs/laws.md 4): names in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from database.members import Members
from journal.rules.card_schemas import card_schema
from org.cards import names
from plans.models import Due, Plan, RevisionItem, Version


def plan_card(plan: Plan) -> dict[str, Any]:
    """Needs plan.unit."""
    return {
        "type": "plan",
        "id": plan.pk,
        "code": plan.code,
        "plan_name": names(plan),
        "kind": plan.kind,
        "hazard_type": plan.hazard_type,
        "unit": plan.unit.code,
        "unit_name": names(plan.unit),
        "active": plan.active,
    }


def version_card(version: Version) -> dict[str, Any]:
    """Needs version.plan.unit."""
    card = plan_card(version.plan)
    return {**card, "type": "version", "id": version.pk, "plan": version.plan_id, "number": version.number,
            "status": version.status, "document": version.document, "receipt": version.receipt}  # fmt: skip


def item_card(item: RevisionItem) -> dict[str, Any]:
    """Needs item.plan.unit."""
    card = plan_card(item.plan)
    return {**card, "type": "revision_item", "id": item.pk, "plan": item.plan_id, "source": item.source,
            "subject": item.subject, "text": item.text, "status": item.status, "answer": item.answer}  # fmt: skip


WHAT_NAMES = {
    "review": {"zh": "评估修订", "en": "review"},
    "drill": {"zh": "演练", "en": "drill"},
    "filing": {"zh": "备案", "en": "filing"},
}
"""In both languages at once, as cards are; pages take the labels of Due.What."""


def due_card(due: Due) -> dict[str, Any]:
    """Needs due.plan.unit."""
    card = plan_card(due.plan)
    return {**card, "type": "due", "id": due.pk, "plan": due.plan_id, "what": due.what,
            "what_name": WHAT_NAMES[due.what], "due_on": due.due_on, "done_on": due.done_on}  # fmt: skip


_PLAN: Members = {
    "id": int, "code": str, "plan_name": dict, "kind": str, "hazard_type": str, "unit": str, "unit_name": dict,
    "active": bool,
}  # fmt: skip
card_schema("plan", **_PLAN)
card_schema("version", plan=int, number=int, status=str, document=str, receipt=str, **_PLAN)
card_schema("revision_item", plan=int, source=str, subject=str, text=str, status=str, answer=str, **_PLAN)
card_schema(
    "due", plan=int, what=str, what_name=dict, due_on=dt.date, done_on=dt.date | None, **_PLAN,
)  # fmt: skip
