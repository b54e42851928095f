"""Beginning a plan and its versions, and changing a draft: whole, or one row at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duty.actions.lookup import unit_for
from journal.actions.recording import Actor, record
from journal.states import tell
from org.models import Person, Unit
from org.rules import capabilities
from plans.actions.lookup import plan_for, state_of, version_for
from plans.actions.writing import require_draft, rewrite, well_formed
from plans.cards import plan_card
from plans.files.documents import document_of, normal
from plans.models import Plan, Version
from plans.rules.problems import Problem, Refused
from plans.rules.words import LEVEL_WORDS, RESERVED
from plans.selectors.plans import version_in_force, version_in_work
from plans.states import VERSION
from web.errors import Conflict, Invalid

Document = Mapping[str, Any]


@transaction.atomic
def create_plan(*, by: Actor, unit: Unit | str, document: Document, template: Plan | None = None) -> Version:
    """A new plan of ``unit`` from a document that may still be unfinished; returns its first draft.

    Refused, by place, when the document cannot be kept or its code is taken.
    """
    unit = unit_for(unit, by=by, capability=capabilities.PLAN)
    made = well_formed({**document, "template": template.code if template else ""})
    if made["code"] in RESERVED:
        raise Refused([Problem("code", _("This word is an address of its own; choose another code."))])
    if Plan.objects.filter(code=made["code"]).exists():
        raise Refused([Problem("code", _("Another plan has the code “%(code)s”.") % {"code": made["code"]})])
    head = {name: made[name] for name in ("code", "kind", "hazard_type", "name", "name_en")}
    plan = Plan.objects.create(unit=unit, template=template, **head)
    record("plan.created", f"plan:{plan.pk}", unit.path, by=by, card=plan_card(plan))
    version = Version.objects.create(plan=plan, number=1, created_by=by if isinstance(by, Person) else None)
    return rewrite(version, made, by=by, verb="version.drafted")


@transaction.atomic
def draft_version(plan_id: int, *, by: Actor, summary: str = "") -> Version:
    """The next version, as a copy of the one in force (or of the newest). Conflict while another one is in work."""
    plan = plan_for(plan_id, by=by, capability=capabilities.PLAN)
    working = version_in_work(plan)
    if working is not None:
        raise Conflict(_("There is a version in work already."), current=state_of(working), code="in_work")
    newest = plan.versions.order_by("-number").first()
    source = version_in_force(plan) or newest
    document = {**document_of(source), "summary": summary} if source else None
    return _next_version(plan, document or _bare(plan), by)


def _next_version(plan: Plan, document: Document, by: Actor) -> Version:
    newest = plan.versions.order_by("-number").first()
    author = by if isinstance(by, Person) else None
    version = Version.objects.create(plan=plan, number=newest.number + 1 if newest else 1, created_by=author)
    return rewrite(version, document, by=by, verb="version.drafted")


def _bare(plan: Plan) -> dict[str, Any]:
    names = ("code", "kind", "hazard_type", "name", "name_en", "review_months", "drill_months", "values")
    return {**{name: getattr(plan, name) for name in names}, "template": plan.template.code if plan.template else ""}


def draft_for(plan: Plan, document: Document, *, by: Actor) -> Version:
    """Put a document into the locked plan's draft, or into a new one. Conflict while a version is in review."""
    working = version_in_work(plan)
    if working is None:
        return _next_version(plan, document, by)
    working.plan = plan
    return rewrite(working, document, by=by)


@transaction.atomic
def discard_draft(version_id: int, *, by: Actor) -> None:
    """Take a draft away, as if it had not been begun. A plan without any other version goes with it.

    Conflict for anything but a draft, and where a revision item was answered in it.
    """
    version = version_for(version_id, by=by, capability=capabilities.PLAN)
    require_draft(version)
    plan = version.plan
    if version.answers.exists():
        message = _("Revision items were answered in this draft: it must go forward.")
        raise Conflict(message, current=state_of(version), code="has_answers")
    tell(VERSION, version, "version.discarded", by=by)
    version.delete()
    unused = not (plan.versions.exists() or plan.revision_items.exists() or plan.dues.exists())
    if unused and not plan.inheritors.exists():
        plan.delete()


@transaction.atomic
def save_draft(version_id: int, *, by: Actor, document: Document, generation: int | None = None) -> Version:
    """Put the document in the place of what the draft holds. It may be unfinished
    (`plans.selectors.checking.problems_of` says what it lacks), but Refused, by place, when it cannot be kept.
    Conflict when ``generation`` has moved on.
    """
    version = version_for(version_id, by=by, capability=capabilities.PLAN, generation=generation)
    return rewrite(version, document, by=by)


@transaction.atomic
def change_plan(plan_id: int, *, by: Actor, **changes: Any) -> Plan:
    """Change what is not a version's: name, name_en, review_months, drill_months, values, active.

    Invalid by field.
    """
    plan = plan_for(plan_id, by=by, capability=capabilities.PLAN)
    allowed = {"name", "name_en", "review_months", "drill_months", "values", "active"}
    if strange := sorted(set(changes) - allowed):
        raise Invalid.field(strange[0], _("There is no such field."))
    if not isinstance(changes.get("active", True), bool):
        raise Invalid.field("active", _("This is true or false."))
    made = well_formed({**_bare(plan), **{name: value for name, value in changes.items() if name != "active"}})
    if not changes:
        return plan
    for name in changes:
        setattr(plan, name, changes["active"] if name == "active" else made[name])
    plan.save(update_fields=list(changes))
    record("plan.changed", f"plan:{plan.pk}", plan.unit.path, by=by, card=plan_card(plan))
    return plan


# One row at a time ---------------------------------------------------------------------------------------------------


def _edit(
    version_id: int, by: Actor, generation: int | None, change: Callable[[dict[str, Any]], dict[str, Any] | None]
) -> Version:
    """Change the draft's document in place (or give another one back)."""
    with transaction.atomic():
        version = version_for(version_id, by=by, capability=capabilities.PLAN, generation=generation)
        require_draft(version)
        document = normal(document_of(version))
        return rewrite(version, change(document) or document, by=by)


def _index(document: Document, code: str) -> int:
    for index, action in enumerate(document["actions"]):
        if action["code"] == code:
            return index
    raise Invalid.field("code", _("There is no action “%(code)s”.") % {"code": code})


def add_action(
    version_id: int, *, by: Actor, action: Document, before: str | None = None, generation: int | None = None
) -> Version:
    """Put an action before another one, or last. Refused, by place, when it cannot be kept."""

    def change(document: dict[str, Any]) -> None:
        index = len(document["actions"]) if before is None else _index(document, before)
        document["actions"].insert(index, dict(action))

    return _edit(version_id, by, generation, change)


def change_action(
    version_id: int, code: str, *, by: Actor, changes: Document, generation: int | None = None
) -> Version:
    """Change keys of an action; a new code is followed by the actions that wait for it."""

    def change(document: dict[str, Any]) -> None:
        action = document["actions"][_index(document, code)]
        action.update(changes)
        if action["code"] != code:
            for other in document["actions"]:
                other["after"] = [action["code"] if one == code else one for one in other["after"]]

    return _edit(version_id, by, generation, change)


def remove_action(version_id: int, code: str, *, by: Actor, generation: int | None = None) -> Version:
    """Take an action out; those that waited for it wait for it no longer."""

    def change(document: dict[str, Any]) -> None:
        del document["actions"][_index(document, code)]
        for other in document["actions"]:
            other["after"] = [one for one in other["after"] if one != code]

    return _edit(version_id, by, generation, change)


def move_action(
    version_id: int, code: str, *, by: Actor, before: str | None = None, generation: int | None = None
) -> Version:
    """Move an action before another one, or to the end."""

    def change(document: dict[str, Any]) -> None:
        if before == code:
            return
        action = document["actions"].pop(_index(document, code))
        index = len(document["actions"]) if before is None else _index(document, before)
        document["actions"].insert(index, action)

    return _edit(version_id, by, generation, change)


def set_level(
    version_id: int, level: str, *, by: Actor, approver: str = "", note: str = "", triggers: Sequence[Any] = (),
    generation: int | None = None,
) -> Version:  # fmt: skip
    """Describe a level, new or known: who approves it, in which conditions, and what suggests it."""

    def change(document: dict[str, Any]) -> None:
        document["levels"][level] = {"approver": approver, "note": note, "triggers": list(triggers)}

    return _edit(version_id, by, generation, change)


def remove_level(version_id: int, level: str, *, by: Actor, generation: int | None = None) -> Version:
    """Take a level out, also of the actions that have others; Invalid while an action has this one alone."""

    def change(document: dict[str, Any]) -> None:
        if document["levels"].pop(level, None) is None:
            raise Invalid.field("level", _("The plan has no %(level)s.") % {"level": LEVEL_WORDS[level]})
        alone = [action["code"] for action in document["actions"] if action["levels"] == [level]]
        if alone:
            message = _("These actions have no other level: %(codes)s.") % {"codes": ", ".join(alone)}
            raise Invalid.field("level", message)
        for action in document["actions"]:
            action["levels"] = [one for one in action["levels"] if one != level]

    return _edit(version_id, by, generation, change)
