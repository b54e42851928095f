"""``/demo/phones/``: what telephones, groups and loudspeakers of the invented people show, and answering there. Only
where DEMO is on.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from board.demo.gateway import CODE, LOUDSPEAKERS, TOKEN
from board.selectors.demo_phones import phones, unanswered
from board.selectors.demo_places import groups, speakers
from web.bounds import whole_number
from web.requests import Request

WORDS = 60
"""Longest search."""


@require_safe
def demo_phones(request: Request) -> HttpResponse:
    """The page; its script asks `state` every second and answers at the doors of the account."""
    if not settings.DEMO:
        raise Http404
    context = {"account": CODE, "loudspeakers": LOUDSPEAKERS, "token": TOKEN}
    return render(request, "board/demo_phones.html", context)


@require_safe
def state(request: Request) -> JsonResponse:
    """What telephones, groups and loudspeakers show now; ``q`` searches, ``page`` turns the pages."""
    if not settings.DEMO:
        raise Http404
    page = whole_number(request.GET.get("page", "")) or 1
    found = phones(request.user, request.GET.get("q", "")[:WORDS], page)
    places = {"groups": groups(request.user), "speakers": speakers(request.user)}
    return JsonResponse({**found, **places, "unanswered": unanswered(request.user)})
