"""Who is on now, in every unit that the person sees."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from duty.screens.today import board_of
from web.requests import Request


def today(request: Request) -> HttpResponse:
    """``?q=`` looks for a unit or a person, ``?show=gaps|late`` narrows."""
    text, show = request.GET.get("q", "").strip().lower()[:80], request.GET.get("show", "")
    context = board_of(request.user, text, show)
    template = "duty/_today.html" if request.headers.get("HX-Request") else "duty/today.html"
    return render(request, template, context)
