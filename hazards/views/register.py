"""The printed register (台账): what the filters let through, a line a ticket, for the browser's print and as a PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hazards.screens.asked import asked
from hazards.screens.register import figures, refuse_too_many
from hazards.selectors import queue
from journal.selectors.participants import world_of_request
from org.screens.place import frame_of
from web.requests import Request
from web.views.waiting import wait_for

MOST_ON_PAGE = 2000


@require_safe
def register(request: Request) -> HttpResponse:
    context = {
        **frame_of(request.user),
        "tab": "hazard",
        **figures(request.user, request.GET, MOST_ON_PAGE),
        "here": "register",
    }
    return render(request, "hazards/desk/register.html", context)


@require_safe
def paper(request: Request) -> HttpResponse:
    """Invalid (400) when it would be more than one PDF takes."""
    refuse_too_many(queue.queue(request.user, asked(request.GET).filters, world_of_request(request)).count())
    return wait_for(request, "hazards.register", {"query": request.GET.urlencode()})
