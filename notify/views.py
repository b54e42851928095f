"""The alarm bar of every page: what is open for the person, and taking note of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from notify import actions, words
from notify.selectors import open_messages

SHOWN_AT_ONCE = 20


def alarms(request: HttpRequest) -> HttpResponse:
    """The open messages as a fragment; fetching it is the receipt that a screen has them."""
    messages = list(open_messages(request.user)[:SHOWN_AT_ONCE])
    actions.shown([message.pk for message in messages], by=request.user)
    rows = [{"message": message, "text": words.text_of(message)} for message in messages]
    return render(request, "notify/alarms.html", {"rows": rows, "alarm": any(m.alarm for m in messages)})


@require_POST
def acknowledge(request: HttpRequest, message_id: int) -> HttpResponse:
    actions.acknowledge(message_id, by=request.user)
    return alarms(request)
