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
    messages = list(open_messages(request.user)[: SHOWN_AT_ONCE + 1])
    shown = messages[:SHOWN_AT_ONCE]
    actions.shown([message.pk for message in shown], by=request.user)
    more = len(shown) - 1 if len(messages) == len(shown) else open_messages(request.user).count() - 1
    rows = [{"message": message, "text": words.text_of(message)} for message in shown]
    context = {"rows": rows, "more": more, "alarm": any(m.alarm for m in shown)}
    return render(request, "notify/alarms.html", context)


@require_POST
def acknowledge(request: HttpRequest, message_id: int) -> HttpResponse:
    actions.acknowledge(message_id, by=request.user)
    return alarms(request)


@require_POST
def acknowledge_shown(request: HttpRequest) -> HttpResponse:
    """Those that the page names, and no others: what came in meanwhile goes on sounding."""
    for number in request.POST.getlist("message")[:SHOWN_AT_ONCE]:
        if number.isdecimal():
            actions.acknowledge(int(number), by=request.user)
    return alarms(request)
