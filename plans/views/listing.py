"""All plans that the person reads, and what begins one: a new plan, the library."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from database.clock import today
from plans import actions
from plans.models import Due, Level, Plan, RevisionItem, Version
from plans.rules.words import LEVELS, HazardType, Kind
from plans.screens.words import colours_of
from plans.selectors import plans as selectors
from plans.views.forms import LibraryForm, NewPlanForm
from plans.views.onward import onward
from plans.views.place import may_write_somewhere, units_to_write_for
from web.dialogs import Act, perform, posted
from web.requests import Request

PER_PAGE = 30
SHOWN = ("kind", "hazard_type")


def plan_list(request: Request) -> HttpResponse:
    """``?q=&kind=&hazard_type=&status=&open=1&late=1``."""
    rows = selectors.with_parts(filtered(request), request.user).order_by("unit__path", "code")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    _with_shown(page.object_list)
    context = {
        "page": page,
        "today": today(),
        "asked": {name: value for name, value in request.GET.items() if name != "page"},
        "kinds": Kind.choices,
        "hazards": HazardType.choices,
        "statuses": Version.Status.choices,
        "may": may_write_somewhere(request.user),
    }
    template = "plans/_list.html" if request.headers.get("HX-Request") else "plans/list.html"
    return render(request, template, context)


def filtered(request: Request) -> QuerySet[Plan]:
    """The visible plans that the address asks for; what it does not understand it passes over."""
    asked, rows = request.GET, selectors.plans_visible_to(request.user)
    for name, vocabulary in (("kind", Kind), ("hazard_type", HazardType)):
        if asked.get(name) in vocabulary.values:
            rows = rows.filter(**{name: asked[name]})
    if asked.get("status") in Version.Status.values:
        seen = selectors.versions_visible_to(request.user).filter(plan=OuterRef("pk"), status=asked["status"])
        rows = rows.filter(Exists(seen))
    if asked.get("open"):
        rows = rows.filter(Exists(RevisionItem.objects.filter(plan=OuterRef("pk"), status=RevisionItem.Status.OPEN)))
    if asked.get("late"):
        rows = rows.filter(Exists(Due.objects.filter(plan=OuterRef("pk"), done_on=None, due_on__lt=today())))
    if text := asked.get("q", "").strip()[:60]:
        names = ("name", "name_en", "code", "unit__name", "unit__name_en")
        wanted = Q()
        for name in names:
            wanted |= Q(**{f"{name}__icontains": text})
        rows = rows.filter(wanted)
    return rows


def _with_shown(plans: Any) -> None:
    """Each plan's ``shown`` version (in force, else the newest), ``working`` one, and its levels with the colours that
    suggest them; one query.
    """
    shown: dict[int, Plan] = {}
    for plan in plans:
        versions: list[Version] = plan.shown_versions
        plan.shown = next(
            (one for one in versions if one.status in selectors.IN_FORCE), versions[0] if versions else None
        )
        working = next((one for one in versions if one.status in selectors.IN_WORK), None)
        plan.working = working if working is not plan.shown else None
        plan.level_marks = []
        plan.next_due = plan.open_dues[0] if plan.open_dues else None
        if plan.shown:
            shown[plan.shown.pk] = plan
    levels = Level.objects.filter(version__in=shown)
    for row in sorted(levels, key=lambda row: LEVELS.index(row.level)):
        shown[row.version_id].level_marks.append((row.level, [word for _code, word in colours_of(row.triggers)]))


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
