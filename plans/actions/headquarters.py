"""Which headquarters a plan belongs to, where it is not the one that answers for its type of hazard."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions.recording import Actor, record
from org.models import Headquarters
from org.rules import capabilities
from org.rules.codes import ancestors_and_self
from plans.actions.lookup import plan_for
from plans.cards import plan_card
from plans.models import Plan
from web.errors import Invalid


@transaction.atomic
def set_headquarters(plan_id: int, *, by: Actor, headquarters: int | None) -> Plan:
    """None: whichever answers for the type of hazard. Invalid for one that is not of the plan's unit or above it."""
    plan = plan_for(plan_id, by=by, capability=capabilities.PLAN)
    body = None
    if headquarters is not None:
        rows = Headquarters.objects.filter(unit__path__in=ancestors_and_self(plan.unit.path), active=True)
        body = rows.filter(pk=headquarters).first()
        if body is None:
            raise Invalid.field("headquarters", _("There is no such headquarters for this plan's unit."))
    if plan.headquarters_id == headquarters:
        return plan
    plan.headquarters = body
    plan.save(update_fields=["headquarters"])
    record("plan.changed", f"plan:{plan.pk}", plan.unit.path, by=by, card=plan_card(plan))
    return plan
