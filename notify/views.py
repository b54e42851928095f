"""The alarm bar of every page: the person's open messages, and acknowledging them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from notify import sentences
from notify.actions import messages as actions
from notify.selectors.acts import acts_of, do_act
from notify.selectors.messages import open_messages
from web.bounds import whole_number
from web.errors import ActionError, NotFound

SHOWN_AT_ONCE = 20


def alarms(request: HttpRequest, refused: str = "") -> HttpResponse:
    """The open messages as a fragment; fetching it is the receipt that a screen has them.

    Only the first are rendered; how many more there are is said.
    """
    messages = list(open_messages(request.user)[: SHOWN_AT_ONCE + 1])
    shown = messages[:SHOWN_AT_ONCE]
    actions.shown([message.pk for message in shown], by=request.user)
    total = len(shown) if len(messages) == len(shown) else open_messages(request.user).count()
    does = acts_of(shown, request.user)
    rows = [{"message": message, "text": sentences.text_of(message), "act": does.get(message.pk)} for message in shown]
    context = {"rows": rows, "more": total - 1, "hidden": total - len(rows), "refused": refused}
    return render(request, "notify/alarms.html", {**context, "alarm": any(m.alarm for m in shown)})


@require_POST
def answer(request: HttpRequest, message_id: int) -> HttpResponse:
    """Do what the alarm asks for. What stands against it is said in the bar, which shows what is open now."""
    try:
        do_act(message_id, by=request.user)
    except NotFound:
        raise
    except ActionError as error:
        return alarms(request, refused=error.detail)
    return alarms(request)


@require_POST
def acknowledge(request: HttpRequest, message_id: int) -> HttpResponse:
    actions.acknowledge(message_id, by=request.user)
    return alarms(request)


@require_POST
def acknowledge_shown(request: HttpRequest) -> HttpResponse:
    """Acknowledge the messages that the page names, and no others: what came in meanwhile goes on sounding."""
    for number in request.POST.getlist("message")[:SHOWN_AT_ONCE]:
        if (found := whole_number(number)) is not None:
            actions.acknowledge(found, by=request.user)
    return alarms(request)
