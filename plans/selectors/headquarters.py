"""Which headquarters a plan belongs to: the one it names, or the one that answers for its type of hazard."""

from __future__ import annotations

from org.models import Headquarters
from org.selectors.headquarters import headquarters_for
from plans.models import Plan


def headquarters_of(plan: Plan) -> Headquarters | None:
    """The body whose seats approve the plan's levels: of the plan's unit, or the nearest above it."""
    if plan.headquarters_id is not None:
        return Headquarters.objects.select_related("unit").defer("unit__boundary").get(pk=plan.headquarters_id)
    return headquarters_for(plan.unit, plan.hazard_type)


def named_headquarters(plan: Plan) -> Headquarters | None:
    """As `issuer_of`, without a query for plans read by `plans.selectors.plans.with_parts`."""
    if plan.headquarters is not None:
        return plan.headquarters
    own = plan.unit.headquarters.all()
    return next((body for body in own if body.active and plan.hazard_type in body.hazard_types), None)


def issuer_of(plan: Plan) -> Headquarters | None:
    """The body in whose name the plan's responses run; None where the unit, such as a township, has none of its own."""
    found = headquarters_of(plan)
    return found if found is not None and found.unit_id == plan.unit_id else None
