"""A township's plan from the county's: the actions of its own level and below, its own names in the blanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duty.actions.lookup import unit_for
from journal.actions.recording import Actor, record
from journal.states import locked
from org.models import Person, Unit
from org.rules import capabilities
from org.rules.codes import is_within
from plans.actions.drafts import create_plan, draft_for
from plans.actions.writing import well_formed
from plans.cards import plan_card
from plans.files.documents import document_of
from plans.models import Plan, Version
from plans.rules.blanks import blanks_in
from plans.rules.names import inherited_name, inherited_name_en
from plans.rules.problems import Problem, Refused
from plans.rules.words import Kind, Reach
from plans.selectors import plans
from web.errors import Conflict, Invalid, NotFound

KINDS: dict[str, tuple[str, ...]] = {
    Unit.Level.TOWNSHIP: (Unit.Level.TOWNSHIP, Unit.Level.VILLAGE),
    Unit.Level.VILLAGE: (Unit.Level.VILLAGE,),
    Unit.Level.DEPARTMENT: (Unit.Level.DEPARTMENT,),
}
"""Level of the inheriting unit → the kinds of unit whose actions it takes over."""
PLAN_KIND: dict[str, Kind] = {
    Unit.Level.TOWNSHIP: Kind.TOWNSHIP, Unit.Level.VILLAGE: Kind.VILLAGE_CARD, Unit.Level.DEPARTMENT: Kind.DEPARTMENT,
}  # fmt: skip


def template_of(template_id: int, *, by: Actor) -> Version:
    """The version in force of a plan that the actor reads. Conflict when it has none."""
    seen = plans.plans_visible_to(by) if isinstance(by, Person) else Plan.objects.all()
    plan = seen.filter(pk=template_id).first()
    if plan is None:
        raise NotFound
    version = plans.version_in_force(plan)
    if version is None:
        raise Conflict(_("This plan is not in force yet."), current={"id": plan.pk}, code="not_in_force")
    return version


def blanks_of(version: Version, unit: Unit) -> list[str]:
    """The blanks that ``unit`` fills when it inherits this version: shown before, demanded by `inherit`."""
    actions = _inherited(document_of(version), unit)["actions"]
    return blanks_in(action.get(key, "") for action in actions for key in ("text", "text_en"))


@transaction.atomic
def inherit(
    template_id: int, *, by: Actor, unit: Unit | str, values: Mapping[str, str], code: str = "", name: str = ""
) -> Version:
    """Make the unit's own plan from the version in force of one above it; returns its draft. Done again later, the
    unit's plan gets a new draft from the template as it is then.

    Refused, by place, for blanks without a value, and where nothing of the template is for such a unit.
    """
    source = template_of(template_id, by=by)
    template = source.plan
    unit = unit_for(unit, by=by, capability=capabilities.PLAN)
    if unit.pk == template.unit_id or not is_within(unit.path, template.unit.path):
        raise Invalid.field("unit", _("Only units under the template's own can inherit it."))
    document = _inherited(document_of(source), unit)
    own = Plan.objects.filter(template=template, unit=unit).first()
    document["code"] = own.code if own else code or f"{template.code}-{unit.code.lower()}"[:60]
    owner = template.unit
    given = own.name if own else inherited_name(template.name, owner.name, unit.name)
    document |= {"name": name or given[:120]}
    document["name_en"] = inherited_name_en(template.name_en, owner.name_en, unit.name_en)[:160]
    document |= {"template": template.code, "values": {**(own.values if own else {}), **values}}
    _refuse_lacking(document)
    version = _write(own, document, unit, template, by)
    plan, data = version.plan, {"template_name": {"zh": template.name, "en": template.name_en}}
    record("plan.inherited", f"plan:{plan.pk}", unit.path, by=by, card=plan_card(plan), data=data)
    return version


def _write(own: Plan | None, document: dict[str, Any], unit: Unit, template: Plan, by: Actor) -> Version:
    if own is None:
        return create_plan(by=by, unit=unit, document=document, template=template)
    plan = locked(Plan.objects.select_related("unit", "template"), pk=own.pk)
    return draft_for(plan, document, by=by)


def _inherited(document: dict[str, Any], unit: Unit) -> dict[str, Any]:
    """What of the template is the unit's: actions of its kinds, without waiting for those that are not, and the levels
    at which one of them applies.
    """
    kinds = KINDS.get(unit.level, ())
    actions = [action for action in document["actions"] if action["unit_kind"] in kinds and _reaches(action, unit)]
    codes = {action["code"] for action in actions}
    actions = [{**action, "after": [one for one in action.get("after", []) if one in codes]} for action in actions]
    used = {level for action in actions for level in action["levels"]}
    levels = {code: level for code, level in document["levels"].items() if code in used}
    kind = PLAN_KIND.get(unit.level, Kind.UNIT)
    return {**document, "kind": str(kind), "levels": levels, "actions": actions, "summary": ""}


def _reaches(action: dict[str, Any], unit: Unit) -> bool:
    """Whether an action applies to the inheriting unit: not one for the template's own unit, and one for named
    departments only if this is one of them.
    """
    named = action.get("departments") or [unit.name]
    return action.get("reach") != Reach.OWNER and (unit.level != Unit.Level.DEPARTMENT or unit.name in named)


def _refuse_lacking(document: dict[str, Any]) -> None:
    made = well_formed(document)
    if not made["actions"]:
        raise Refused([Problem("actions", _("No action of the template is for a unit of this kind."))])
    blanks = blanks_in(action[key] for action in made["actions"] for key in ("text", "text_en"))
    if missing := [blank for blank in blanks if not made["values"].get(blank)]:
        message = _("The blank {%(blank)s} has no value.")
        raise Refused([Problem(f"values.{blank}", message % {"blank": blank}) for blank in missing])
