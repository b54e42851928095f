"""Figures by township and kind, on the page and as a workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hazards.screens.asked import options, units_in_sight
from hazards.screens.statistics import figures, scope_of
from org.models import Unit
from org.screens.place import frame_of
from web.requests import Request
from web.views.waiting import wait_for


@require_safe
def statistics(request: Request) -> HttpResponse:
    """``?first=2026-01&last=2026-11&unit=CODE``; this year so far when nothing is asked."""
    found = figures(request.user, request.GET)
    units = options(units_in_sight(request.user), Unit.Level.TOWNSHIP)
    context = {**frame_of(request.user), "tab": "hazard", **found, "units": units, "here": "statistics"}
    return render(request, "hazards/desk/statistics.html", context)


@require_safe
def export(request: Request) -> HttpResponse:
    scope_of(request.user, request.GET)
    return wait_for(request, "hazards.figures_sheet", {"query": request.GET.urlencode()})
