"""Row lookup for actions: the plan, locked and within the actor's jurisdiction."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duty.actions.lookup import require
from journal.actions.recording import Actor
from journal.states import locked
from org.models import Person
from plans.models import Plan, RevisionItem, Version
from plans.selectors import plans
from web.errors import Conflict, NotFound


def seen_plan(plan_id: int, *, by: Actor) -> Plan:
    """The plan under FOR UPDATE, which is the lock for all that belongs to it. NotFound out of sight.

    A plan of a unit above may be seen too.
    """
    seen = plans.plans_visible_to(by) if isinstance(by, Person) else Plan.objects.all()
    if not seen.filter(pk=plan_id).exists():
        raise NotFound
    return locked(Plan.objects.select_related("unit", "template").defer("unit__boundary"), pk=plan_id)


def plan_for(plan_id: int, *, by: Actor, capability: str) -> Plan:
    """`seen_plan`, with permission to write; Forbidden where the actor may only read."""
    plan = seen_plan(plan_id, by=by)
    require(by, capability, plan.unit.path)
    return plan


def version_for(version_id: int, *, by: Actor, capability: str, generation: int | None = None) -> Version:
    """The version under FOR UPDATE, after its plan. Conflict when ``generation`` is no longer the present one."""
    seen = plans.versions_visible_to(by) if isinstance(by, Person) else Version.objects.all()
    plan_id = seen.filter(pk=version_id).values_list("plan", flat=True).first()
    if plan_id is None:
        raise NotFound
    plan = plan_for(plan_id, by=by, capability=capability)
    version = locked(Version.objects.all(), pk=version_id)
    version.plan = plan
    if generation is not None and generation != version.generation:
        message = _("Somebody else has changed this draft. Look at it again.")
        raise Conflict(message, current=state_of(version), code="changed")
    return version


def state_of(version: Version) -> dict[str, object]:
    """The current state, for a Conflict."""
    return {"id": version.pk, "status": version.status, "number": version.number, "generation": version.generation}


def item_for(item_id: int, *, by: Actor, capability: str) -> RevisionItem:
    seen = plans.items_visible_to(by) if isinstance(by, Person) else RevisionItem.objects.all()
    plan_id = seen.filter(pk=item_id).values_list("plan", flat=True).first()
    if plan_id is None:
        raise NotFound
    plan = plan_for(plan_id, by=by, capability=capability)
    item = locked(RevisionItem.objects.all(), pk=item_id)
    item.plan = plan
    return item
