"""A plan from a file: tried first, problem by problem in its place, then stored as a draft."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from plans.rules.problems import Problem
from plans.screens.place import units_to_write_for
from plans.screens.words import placed
from plans.views.forms import Groups, ImportForm
from web.errors import Forbidden
from web.kinds import Upload
from web.requests import Request
from web.views.waiting import outcome_of, wait_for


def import_plan(request: Request) -> HttpResponse:
    groups = units_to_write_for(request.user)
    if not groups:
        raise Forbidden(_("You write no plans."))
    form = _import_form(request, groups)
    if request.method == "POST" and form.is_valid():
        params = {"unit": form.cleaned_data["unit"], "load": "store" in request.POST}
        return wait_for(request, "plans.import", params, upload=Upload.of(form.cleaned_data["file"]))
    outcome = outcome_of(request, "plans.import")
    if outcome and outcome["plan"]:
        messages.success(request, _("Stored as draft version %(number)s.") % {"number": outcome["version"]})
        return redirect("plans:edit", code=outcome["code"])
    problems = _places(outcome["problems"]) if outcome else []
    status = 400 if form.errors or problems else 200
    return render(request, "plans/import.html", {"form": form, "outcome": outcome, "problems": problems}, status=status)


def _import_form(request: Request, groups: Groups) -> ImportForm:
    initial = {"unit": request.GET.get("unit", "")}
    return ImportForm(request.POST or None, request.FILES or None, units=groups, initial=initial)


def _places(problems: list[dict[str, str]]) -> list[tuple[str, str]]:
    """A sheet's cells as they are, a document's places in words beside them."""
    found = [Problem(one["place"], one["message"]) for one in problems]
    return [(one.place or place.words, message) for one, (place, message) in zip(found, placed(found), strict=True)]
