"""Tonight's most worrying points."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from board.screens.worrying import worries
from database.clock import now
from journal.selectors.participants import world_of_request
from web.requests import Request


@require_safe
def tonight(request: Request) -> HttpResponse:
    rows = worries(request.user, world_of_request(request))
    return render(request, "board/tonight.html", {"rows": rows, "at": now()})
