"""One plan: its levels and actions, versions, what must be revised, when it is due; and as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from database.clock import today
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from plans.files import yaml_format
from plans.files.documents import document_of, normal
from plans.models import Plan, RevisionItem, Version
from plans.rules.words import LEVEL_LABELS, LEVELS
from plans.screens.place import in_work, may_approve, may_write, plan_of, version_of
from plans.screens.words import department_labels, grouped, level_cards, post_labels
from plans.selectors import plans
from plans.selectors.headquarters import headquarters_of
from plans.selectors.own_numbers import with_numbers
from web.errors import NotFound
from web.requests import Request
from web.views.waiting import wait_for

YAML = "application/yaml; charset=utf-8"
EVENTS = 12


def detail(request: Request, code: str) -> HttpResponse:
    """``?version=2&level=III``."""
    plan = plan_of(request.user, code)
    version = version_of(plan, request.GET.get("version"))
    context = {
        "plan": plan,
        "version": version,
        "working": in_work(plan),
        "today": today(),
        "headquarters": headquarters_of(plan),
        **standing(request.user, plan),
        **(shown(version, request.GET.get("level", "")) if version else {}),
    }
    template = "plans/_plan.html" if request.headers.get("HX-Request") else "plans/plan.html"
    return render(request, template, context)


def shown(version: Version, level: str) -> dict[str, Any]:
    """The version's levels and actions; of one level alone when it is named."""
    document, posts = with_numbers(normal(document_of(version)), version.plan.unit), post_labels()
    level = level if level in LEVELS else ""
    cards = level_cards(document, posts)
    groups = grouped(document, posts, level=level, departments=department_labels(version.plan.unit))
    return {
        "document": document,
        "cards": cards,
        "levels": {card.level: str(LEVEL_LABELS[card.level]) for card in cards},
        "level": level,
        "groups": groups,
        "action_count": sum(len(group.rows) for group in groups),
    }


def standing(person: Person, plan: Plan) -> dict[str, Any]:
    """What the person may do with the plan, what must be revised, and what happened.

    Whoever reads the plan of a unit above (not ``within``) sees the items that they raised themselves alone.
    """
    items = list(plans.with_item_parts(plans.items_visible_to(person).filter(plan=plan)))
    versions: list[Version] = plan.shown_versions
    return {
        "within": allowed(person, capabilities.VIEW, plan.unit.path),
        "may_write": may_write(person, plan.unit),
        "may_approve": may_approve(person, plan.unit),
        "may_inherit": any(one.status in plans.IN_FORCE for one in versions)
        and bool(plans.units_that_may_inherit(plan, person, capabilities.PLAN)),
        "open_items": [one for one in items if one.status == RevisionItem.Status.OPEN],
        "answered_items": [one for one in items if one.status != RevisionItem.Status.OPEN],
        "events": plans.history(plan, person).exclude(verb="version.saved")[:EVENTS],
    }


def export(request: Request, code: str, kind: str) -> HttpResponse:
    """``?version=2``; else the one in force."""
    plan = plan_of(request.user, code)
    version = version_of(plan, request.GET.get("version"))
    if version is None:
        raise NotFound
    if kind == "xlsx":
        return wait_for(request, "plans.sheet", {"plan": plan.code, "version": version.number})
    headers = {"Content-Disposition": f'attachment; filename="{plan.code}-v{version.number}.yaml"'}
    return HttpResponse(yaml_format.dump(document_of(version)).encode(), content_type=YAML, headers=headers)
