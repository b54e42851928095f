"""Import of hazards from a table: a dry run row by row, then all rows or none."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hazards.files.sheets import COLUMNS, MOST_LOADED, blank_sheet
from hazards.rules.words import Kind
from hazards.views.forms import SheetForm
from org.screens.place import frame_of
from web.downloads import XLSX
from web.kinds import Upload
from web.requests import Request
from web.views.waiting import outcome_of, wait_for


def sheet(request: Request) -> HttpResponse:
    """``?job=``: how an import went."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        params = {"load": "load" in request.POST}
        return wait_for(request, "hazards.import", params, upload=Upload.of(form.cleaned_data["file"]))
    outcome = outcome_of(request, "hazards.import")
    faulty = bool(form.errors or (outcome and outcome["problems"]))
    context: dict[str, Any] = {"tab": "hazard", "form": form, "outcome": outcome, "here": "queue"}
    context |= frame_of(request.user) | {"columns": COLUMNS, "kinds": Kind.choices, "most": MOST_LOADED}
    return render(request, "hazards/desk/import.html", context, status=400 if faulty else 200)


@require_safe
def empty_sheet(request: Request) -> HttpResponse:
    """The workbook to fill in, with its columns and kinds."""
    headers = {"Content-Disposition": 'attachment; filename="hazards.xlsx"'}
    return HttpResponse(blank_sheet(), content_type=XLSX, headers=headers)
