"""Resolving the URLs of plans: what they name, and what the person may do there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed, jurisdiction_of, visible_to
from org.selectors.register import listed
from plans.models import Plan, RevisionItem, Version
from plans.selectors import plans
from web.errors import NotFound


def plan_of(person: Person, code: str) -> Plan:
    """The plan with what a list shows of it (`plans.selectors.plans.with_parts`); 404 out of sight."""
    found = plans.with_parts(plans.plans_visible_to(person), person).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def item_of(person: Person, pk: int) -> RevisionItem:
    """With what a list shows of it; 404 out of sight."""
    found: RevisionItem | None = plans.with_item_parts(plans.items_visible_to(person)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def version_of(plan: Plan, number: Any = None) -> Version | None:
    """The version of a number, among those that the person sees; else the one in force, else the newest."""
    seen: list[Version] = plan.shown_versions
    if number not in (None, ""):
        found = next((one for one in seen if str(one.number) == str(number)), None)
        if found is None:
            raise NotFound
    else:
        found = next((one for one in seen if one.status in plans.IN_FORCE), seen[0] if seen else None)
    if found is not None:
        found.plan = plan
    return found


def in_work(plan: Plan) -> Version | None:
    """The draft, or the version in review, as far as the person sees it."""
    seen: list[Version] = plan.shown_versions
    found = next((one for one in seen if one.status in plans.IN_WORK), None)
    if found is not None:
        found.plan = plan
    return found


def may_write(person: Person, unit: Unit) -> bool:
    return allowed(person, capabilities.PLAN, unit.path)


def may_approve(person: Person, unit: Unit) -> bool:
    return allowed(person, capabilities.PLAN_APPROVAL, unit.path)


def units_to_write_for(person: Person) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(code, label)]) of the units for which the person may write plans: villages under their township,
    departments and townships under their county; one query.
    """
    found = listed(Unit.objects.filter(visible_to(person, "path", capabilities.PLAN), active=True))
    rows = list(found.only("code", "path", "name", "name_en", "level").order_by("path"))
    labels = {row.path: row.label for row in rows}
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        group = "" if row.level in (Unit.Level.COUNTY, Unit.Level.TOWNSHIP) else _group(row, labels)
        groups.setdefault(group, []).append((row.code, row.label))
    return list(groups.items())


def _group(row: Unit, labels: dict[str, str]) -> str:
    return _("Departments") if row.level == Unit.Level.DEPARTMENT else labels.get(row.path.rpartition(".")[0], "")


def may_write_somewhere(person: Person) -> bool:
    return jurisdiction_of(person).keeps(capabilities.PLAN)
