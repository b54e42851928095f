"""All plans that the person reads, and what begins one: a new plan, the library."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from database.clock import today
from plans import actions
from plans.screens.listing import FILTERS, with_shown
from plans.screens.place import may_write_somewhere, units_to_write_for
from plans.selectors import plans as selectors
from plans.selectors.listing import narrowed
from plans.views.forms import LibraryForm, NewPlanForm
from plans.views.onward import onward
from web.dialogs import Act, perform, posted
from web.requests import Request

PER_PAGE = 30


def plan_list(request: Request) -> HttpResponse:
    """``?q=&kind=&hazard_type=&status=&open=1&late=1``."""
    rows = selectors.with_parts(narrowed(request.user, request.GET), request.user).order_by("unit__path", "code")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    with_shown(page.object_list)
    context = {
        "page": page,
        "today": today(),
        "asked": {name: value for name, value in request.GET.items() if name != "page"},
        **FILTERS,
        "may": may_write_somewhere(request.user),
    }
    template = "plans/_list.html" if request.headers.get("HX-Request") else "plans/list.html"
    return render(request, template, context)


def new(request: Request) -> HttpResponse:
    form = NewPlanForm(posted(request), units=units_to_write_for(request.user), initial={"kind": "special"})

    def do(data: dict[str, Any]) -> str:
        unit, head = data.pop("unit"), data
        actions.create_plan(by=request.user, unit=unit, document={**head, "levels": {}, "actions": []})
        return _("The draft is there: add its levels and actions.")

    act = Act(_("New plan"), _("Begin the draft"), form, do, reverse("plans:list"))
    return onward(request, act, lambda: reverse("plans:edit", args=[form.cleaned_data["code"]]))


def library(request: Request) -> HttpResponse:
    form = LibraryForm(posted(request), units=units_to_write_for(request.user), initial={"in_force": True})

    def do(data: dict[str, Any]) -> str:
        made = actions.load_library(by=request.user, **data)
        return ngettext("%(n)s plan was taken over.", "%(n)s plans were taken over.", len(made)) % {"n": len(made)}

    note = _("Worked plans for this level of unit; those that are there already are left as they are.")
    act = Act(_("Take over the library"), _("Take over"), form, do, reverse("plans:list"), note=note)
    return perform(request, act)
