"""Hazards from a table: tried first, row by row, then filed, all or none."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hazards.files.sheets import COLUMNS, MOST_LOADED, SHEET, Outcome, blank_sheet, import_sheet
from hazards.rules.words import Kind
from hazards.views.forms import SheetForm
from org.screens.place import frame_of
from web.problems import Refused


def sheet(request: HttpRequest) -> HttpResponse:
    form = SheetForm(request.POST or None, request.FILES or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        outcome = _try(request, form.cleaned_data["file"].read())
    faulty = bool(form.errors or (outcome and outcome.problems))
    context = {**frame_of(request.user), "tab": "hazard", "form": form, "outcome": outcome, "here": "queue"}
    context |= {"columns": COLUMNS, "kinds": Kind.choices, "most": MOST_LOADED}
    return render(request, "hazards/desk/import.html", context, status=400 if faulty else 200)


def _try(request: HttpRequest, content: bytes) -> Outcome:
    try:
        return import_sheet(content, by=request.user, dry_run="load" not in request.POST)
    except Refused as refusal:
        return Outcome(problems=list(refusal.problems))


@require_safe
def empty_sheet(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in, with its columns and kinds."""
    headers = {"Content-Disposition": 'attachment; filename="hazards.xlsx"'}
    return HttpResponse(blank_sheet(), content_type=SHEET, headers=headers)
