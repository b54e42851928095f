"""``/messages/``: what left the house, by person, order, incident and time; and the inbox of replies that fitted
nothing.
"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from board.actions.inbox import acknowledge_by_reply, settle
from board.selectors.inbox import items, open_replies
from board.selectors.sent import lines, sent, totals
from database.clock import now
from journal.selectors.participants import world_of_request
from notify.gateways.contract import IN_APP
from notify.models import Delivery
from notify.rules.words import CHANNELS
from web.dialogs import done
from web.requests import Request

PER_PAGE = 50
FILTERS = ("person", "who", "order", "incident", "when", "channel", "state")
KNOWN = {name: word for name, word in CHANNELS.items() if name != IN_APP}


@require_safe
def messages(request: Request) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip()[:60] for name in FILTERS}
    rows = sent(request.user, world_of_request(request), asked)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "lines": lines(page.object_list), "asked": asked, "totals": totals(rows), "channels": KNOWN,
        "states": Delivery.State.choices, "at": now(), "open": open_replies(request.user).count(),
    }  # fmt: skip
    return render(request, "board/messages.html", context)


@require_safe
def inbox(request: Request) -> HttpResponse:
    page = Paginator(open_replies(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "board/inbox.html", {"page": page, "items": items(request.user, list(page.object_list))})


@require_POST
def acknowledge_reply(request: Request, reply: int, assignment: int) -> HttpResponse:
    acknowledge_by_reply(reply, assignment, by=request.user)
    return done(request, reverse("messages-inbox"), _("Logged as their answer."))


@require_POST
def settle_reply(request: Request, reply: int) -> HttpResponse:
    settle(reply, by=request.user)
    return done(request, reverse("messages-inbox"), _("Settled."))
