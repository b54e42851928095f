"""The triage queue: what is overdue first, filters in the address, as a list, on the map, and as a table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from database.clock import now
from hazards.api import representations
from hazards.models import Hazard, SavedFilter
from hazards.rules.words import Grade, Kind
from hazards.screens.asked import LEVELS, ORDERINGS, WINDOWS, Asked, asked, options, tabs, units_in_sight
from hazards.selectors import queue as selectors_list
from hazards.states import ENDED
from journal.selectors.participants import world_of_request
from org.models import Unit
from org.rules import capabilities
from org.screens.place import frame_of, may_somewhere
from web.requests import Request
from web.views.waiting import wait_for

PER_PAGE = 50


@require_safe
def queue(request: Request) -> HttpResponse:
    found = asked(request.GET)
    context = {**_frame(request, found), **_rows(request, found)}
    if request.headers.get("HX-Request"):
        return render(request, "hazards/desk/_queue.html", context)
    return render(request, "hazards/desk/queue.html", context | _choices(request))


@require_safe
def on_map(request: Request) -> HttpResponse:
    found = asked(request.GET)
    context = _frame(request, found) | _choices(request) | {"tile_url": settings.TILE_URL, "here": "map"}
    return render(request, "hazards/desk/map.html", context)


@require_safe
def export(request: Request) -> HttpResponse:
    """What the filters let through as a workbook, the newest first, at most MOST_ROWS."""
    asked(request.GET)
    return wait_for(request, "hazards.queue_sheet", {"query": request.GET.urlencode()})


def _frame(request: Request, found: Asked) -> dict[str, Any]:
    """The tabs with their counts, and what was asked."""
    rows = selectors_list.queue(request.user, found.without_state, world_of_request(request))
    counts = selectors_list.counts(rows)
    return {
        **frame_of(request.user),
        "tab": "hazard",
        "asked": found,
        "chosen": found.chosen,
        "counts": counts,
        "tabs": tabs(found, counts),
        "at": now(),
        "here": "queue",
    }


def _rows(request: Request, found: Asked) -> dict[str, Any]:
    cursor = request.GET.get("cursor", "")
    world = world_of_request(request)
    page = selectors_list.page(
        request.user, found.filters, world, ordering=found.ordering, cursor=cursor, size=PER_PAGE
    )
    return {"rows": [_line(row) for row in page.rows], "page": page, "paged": bool(cursor)}


def _line(row: Hazard) -> dict[str, Any]:
    shown = representations.hazard(row, row.at)  # type: ignore[attr-defined]
    return shown | {"due": row.next_due_at, "found": row.found_at, "ended": row.status in ENDED}


def _choices(request: Request) -> dict[str, Any]:
    units = units_in_sight(request.user)
    return {
        "kinds": Kind.choices,
        "grades": Grade.choices,
        "townships": options(units, Unit.Level.TOWNSHIP),
        "owners": options(units, *LEVELS),
        "windows": WINDOWS,
        "orderings": ORDERINGS,
        "saved": SavedFilter.objects.filter(person=request.user),
        "may_assign": may_somewhere(request.user, capabilities.VERIFY),
        "may_import": may_somewhere(request.user, capabilities.ANSWER),
    }
