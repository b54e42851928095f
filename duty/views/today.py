"""Who is on now, in every unit that the person sees."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from duty.selectors import rosters
from duty.selectors.today import on_board
from org.models import Unit
from org.rules import capabilities
from org.screens.place import may_somewhere
from org.selectors.jurisdiction import visible_to
from web.requests import Request


def today(request: Request) -> HttpResponse:
    """``?q=`` looks for a unit or a person, ``?show=gaps|late`` narrows."""
    board = on_board(request.user)
    text, show = request.GET.get("q", "").strip().lower()[:80], request.GET.get("show", "")
    rows = {"gaps": board.gaps, "late": board.late}.get(show, board.stations)
    if text:
        rows = [row for row in rows if row.matches(text)]
    context = {"board": board, "rows": rows, "q": text, "show": show if show in ("gaps", "late") else ""}
    context["alarms"] = rosters.open_gap_alarms(request.user)[:50]
    context["may"] = may_somewhere(request.user, capabilities.ROSTER)
    kept = Unit.objects.filter(
        visible_to(request.user, "path", capabilities.ROSTER), level=Unit.Level.COUNTY, active=True
    )
    context["county"] = kept.defer("boundary").first()
    template = "duty/_today.html" if request.headers.get("HX-Request") else "duty/today.html"
    return render(request, template, context)
