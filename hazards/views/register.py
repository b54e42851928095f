"""The printed register (台账): what the filters let through, a line a ticket, for the browser's print and as a PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from database.clock import now
from hazards.models import Hazard
from hazards.selectors import queue, tickets
from hazards.views.asked import Asked, asked
from org.screens.place import frame_of, home_of
from web.errors import Invalid
from web.paper import pdf_response

MOST_ON_PAGE = 2000
MOST_ON_PAPER = 600
"""Lines of one PDF: some forty pages, half a minute of one core."""


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    context = {**frame_of(request.user), "tab": "hazard", **_figures(request, MOST_ON_PAGE), "here": "register"}
    return render(request, "hazards/desk/register.html", context)


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """Invalid (400) when it would be more than one PDF takes."""
    figures = _figures(request, MOST_ON_PAPER)
    if figures["left_out"]:
        most = {"n": figures["number"], "most": MOST_ON_PAPER}
        raise Invalid(_("%(n)s hazards; one PDF takes %(most)s. Choose fewer by the filters.") % most)
    name = f"hazard-register-{timezone.localtime(now()):%Y-%m-%d}.pdf"
    return pdf_response(request, "hazards/desk/register_paper.html", figures, filename=name)


def _figures(request: HttpRequest, most: int) -> dict[str, Any]:
    found = asked(request)
    rows = queue.queue(request.user, found.filters)
    number = rows.count()
    lines = tickets.with_parts(rows).order_by("unit__path", "id")[:most]
    return {
        "asked": found,
        "unit": home_of(request.user),
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
    words = [str(dict(Hazard._meta.get_field(name).choices)[value])
             for name in ("status", "kind", "grade") for value in getattr(filters, name)]  # fmt: skip
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
