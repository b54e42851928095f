"""A township's own plan from the county's: choose the unit, fill the blanks, go on in the editor."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from org.models import Unit
from org.rules import capabilities
from plans import actions
from plans.actions.inherit import blanks_of
from plans.files.documents import document_of, normal
from plans.models import Plan, Version
from plans.screens.place import plan_of, version_of
from plans.selectors import plans
from plans.views.forms import InheritForm
from plans.views.onward import onward
from web.dialogs import Act, posted
from web.errors import Forbidden, NotFound
from web.requests import Request


def choose(request: Request, code: str) -> HttpResponse:
    """For which unit; straight on where there is only one."""
    plan = plan_of(request.user, code)
    units = _units(plan, request)
    if len(units) == 1:
        return redirect("plans:inherit_for", code=code, unit=units[0].code)
    return render(request, "plans/inherit.html", {"plan": plan, "units": _with_plans(plan, units)})


def inherit(request: Request, code: str, unit: str) -> HttpResponse:
    plan = plan_of(request.user, code)
    chosen = next((one for one in _units(plan, request) if one.code == unit), None)
    if chosen is None:
        raise NotFound
    return _fill(request, plan, chosen)


def _units(plan: Plan, request: Request) -> list[Unit]:
    units = plans.units_that_may_inherit(plan, request.user, capabilities.PLAN)
    if not units:
        raise Forbidden(_("You write plans of no unit under the one of this plan."))
    return units


Offer = tuple[Unit, Plan | None]
"""A unit, and the plan that it has from this template already."""


def _with_plans(plan: Plan, units: list[Unit]) -> list[tuple[Offer | None, list[Offer]]]:
    """Townships, each with its villages; villages of a township that is not offered come under None."""
    own = {one.unit_id: one for one in Plan.objects.filter(template=plan, unit__in=units).defer("values")}
    towns: dict[str, tuple[Offer | None, list[Offer]]] = {}
    for unit in units:
        offer = (unit, own.get(unit.pk))
        if unit.level == Unit.Level.TOWNSHIP:
            towns[unit.path] = (offer, [])
        else:
            towns.setdefault(unit.path.rpartition(".")[0], (None, []))[1].append(offer)
    return list(towns.values())


def _fill(request: Request, plan: Plan, unit: Unit) -> HttpResponse:
    version = version_of(plan)
    if version is None or version.status not in plans.IN_FORCE:
        raise NotFound
    own = Plan.objects.filter(template=plan, unit=unit).first()
    blanks = _sentences(version, blanks_of(version, unit))
    initial = {f"values.{name}": (own.values if own else {}).get(name, "") for name in blanks}
    form = InheritForm(posted(request), blanks=blanks, own=own, initial=initial)
    made: list[Version] = []

    def do(data: dict[str, Any]) -> str:
        made.append(actions.inherit(plan.pk, by=request.user, unit=unit, values=form.values(),
                                    code=data.get("code", ""), name=data["name"]))  # fmt: skip
        return _("The draft is there; look at it and send it for approval.")

    title = _("%(plan)s for %(unit)s") % {"plan": plan.label, "unit": unit.label}
    act = Act(title, _("Make the draft"), form, do, reverse("plans:plan", args=[plan.code]),
              template="plans/acts/inherit.html",
              context={"plan": plan, "unit": unit, "own": own})  # fmt: skip
    return onward(request, act, lambda: reverse("plans:edit", args=[made[0].plan.code]))


def _sentences(version: Version, blanks: list[str]) -> dict[str, str]:
    """Blank → the first instruction in which it stands."""
    texts = [action["text"] for action in normal(document_of(version))["actions"]]
    return {name: next((text for text in texts if "{" + name + "}" in text), "") for name in blanks}
