"""The printed register (台账): what the filters let through, a line a ticket, for the browser's print and as a PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from database.clock import now
from hazards.models import Hazard
from hazards.rules.words import Grade, Kind
from hazards.selectors import queue, tickets
from hazards.views.asked import Asked, asked
from journal.selectors.participants import world_asked, world_of_request
from org.models import Person
from org.screens.place import frame_of, home_of
from web.errors import Invalid
from web.requests import Request
from web.views.waiting import wait_for

MOST_ON_PAGE = 2000
MOST_ON_PAPER = 600
"""Lines of one PDF: some forty pages, half a minute of one core."""


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


def refuse_too_many(number: int) -> None:
    if number > MOST_ON_PAPER:
        most = {"n": number, "most": MOST_ON_PAPER}
        raise Invalid(_("%(n)s hazards; one PDF takes %(most)s. Choose fewer by the filters.") % most)


def figures(person: Person, query: QueryDict, most: int) -> dict[str, Any]:
    found = asked(query)
    rows = queue.queue(person, found.filters, world_asked(person, query))
    number = rows.count()
    lines = tickets.with_parts(rows).order_by("unit__path", "id")[:most]
    return {
        "asked": found,
        "unit": home_of(person),
        "rows": list(lines),
        "number": number,
        "left_out": max(0, number - most),
        "most": most,
        "at": now(),
        "what": what_is_chosen(found),
        "counted": ngettext("%(n)s hazard", "%(n)s hazards", number) % {"n": number},
    }


def what_is_chosen(found: Asked) -> str:
    """The filters in words, since paper carries no address."""
    filters = found.filters
    choices = {"status": Hazard.Status.choices, "kind": Kind.choices, "grade": Grade.choices}
    words = [str(dict(labels)[value]) for name, labels in choices.items() for value in getattr(filters, name)]
    if filters.open:
        words.append(pgettext("hazards", "open"))
    if filters.overdue:
        words.append(pgettext("hazards", "overdue"))
    if filters.due_before:
        words.append(_("due before %(day)s") % {"day": timezone.localtime(filters.due_before).date()})
    words += [code for code in (filters.unit, filters.owner) if code]
    if filters.q:
        words.append(f"“{filters.q}”")
    return " · ".join(words)
