"""A plan from a file: tried first, problem by problem in its place, then stored as a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from plans.actions import import_file
from plans.actions.imports import Imported
from plans.rules.problems import Refused
from plans.screens.words import placed
from plans.views.forms import ImportForm
from plans.views.place import units_to_write_for
from web.errors import Forbidden


def import_plan(request: HttpRequest) -> HttpResponse:
    groups = units_to_write_for(request.user)
    if not groups:
        raise Forbidden(_("You write no plans."))
    initial = {"unit": request.GET.get("unit", "")}
    form = ImportForm(request.POST or None, request.FILES or None, units=groups, initial=initial)
    outcome = _try(request, form) if request.method == "POST" and form.is_valid() else None
    if outcome and outcome.version:
        messages.success(request, _("Stored as draft version %(number)s.") % {"number": outcome.version.number})
        return redirect("plans:edit", code=outcome.version.plan.code)
    faulty = bool(form.errors or (outcome and outcome.problems))
    context = {"form": form, "outcome": outcome, "problems": _places(outcome) if outcome else []}
    return render(request, "plans/import.html", context, status=400 if faulty else 200)


def _try(request: HttpRequest, form: ImportForm) -> Imported:
    data: dict[str, Any] = form.cleaned_data
    store = "store" in request.POST
    name, content = data["file"].name, data["file"].read()
    try:
        return import_file(name, content, by=request.user, unit=data["unit"], dry_run=not store)
    except Refused as refusal:
        return Imported(problems=list(refusal.problems))


def _places(outcome: Imported) -> list[tuple[str, str]]:
    """A sheet's cells as they are, a document's places in words beside them."""
    return [(problem.place or place.words, message) for problem, (place, message) in
            zip(outcome.problems, placed(outcome.problems), strict=True)]  # fmt: skip
