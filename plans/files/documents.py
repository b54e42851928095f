"""A version as a document and back: the one form between database, YAML, Excel, API and editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plans.files.document_schema import ACTION_KEYS, LEVEL_KEYS, PLAN_KEYS, in_order, kept, terse, whole
from plans.models import Version
from plans.rules.words import LEVELS


def document_of(version: Version) -> dict[str, Any]:
    """The version as a document without defaults; levels from the lightest, actions in order. At most 4 queries."""
    plan = version.plan
    head = {name: getattr(plan, name) for name in PLAN_KEYS if hasattr(plan, name) and name != "template"}
    head |= {
        "summary": version.summary,
        "basis": version.basis,
        "template": plan.template.code if plan.template else "",
    }
    levels = {level.level: level for level in version.levels.all()}
    actions = sorted(version.actions.all(), key=lambda action: (action.position, action.pk))
    return concise(
        {
            **head,
            "levels": {
                code: {"approver": levels[code].approver, "note": levels[code].note, "triggers": levels[code].triggers}
                for code in in_order(levels)
            },
            "actions": [{name: getattr(action, name) for name in ACTION_KEYS} for action in actions],
        }
    )


def normal(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document whole: every key, defaults filled in, texts tidied, levels in order.

    The document must be well formed (`plans.selectors.checking.form_problems` finds nothing).
    """
    levels = document.get("levels") or {}
    return {
        **whole(document, PLAN_KEYS),
        "levels": {
            code: {
                **whole(levels[code] or {}, LEVEL_KEYS),
                "triggers": kept((levels[code] or {}).get("triggers") or []),
            }
            for code in LEVELS
            if code in levels
        },
        "actions": [_action(row) for row in document.get("actions") or []],
    }


def _action(row: Mapping[str, Any]) -> dict[str, Any]:
    made = whole(row, ACTION_KEYS)
    return {**made, "levels": in_order(made["levels"])}


def concise(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same plan without what is the default anyway: what is exported and compared."""
    made = normal(document)
    levels = {code: _concise_level(row) for code, row in made["levels"].items()}
    actions = [terse(row, ACTION_KEYS) for row in made["actions"]]
    return {**terse(made, PLAN_KEYS), "levels": levels, "actions": actions}


def _concise_level(row: Mapping[str, Any]) -> dict[str, Any]:
    triggers = {"triggers": row["triggers"]} if row["triggers"] else {}
    return {"approver": row["approver"], **terse(row, LEVEL_KEYS), **triggers}
