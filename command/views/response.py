"""A response at work: the tasks of one action, the sheet for print, and the checklist of somebody on the ground."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from command.models import Response, Task
from command.screens import response as response_page
from command.screens.phone import cards_of
from command.screens.preview_groups import texts_of
from command.selectors import responses
from command.selectors.responses import TaskRow
from command.views.incidents import filters_of
from command.views.phone import phone_frame
from command.views.respond_acts import response_of
from database.clock import now
from org.models import Person
from web.requests import Request


def tasks(request: Request, pk: int) -> HttpResponse:
    """One row of the response board, fetched when it is opened."""
    found = response_of(request.user, pk)
    asked = filters_of(request, "action", *response_page.FILTERS)
    context = response_page.tasks_of(request.user, found, asked)
    return render(request, "command/response/_tasks.html", {**context, "texts": texts_of(found.version)})


def sheet(request: Request, pk: int) -> HttpResponse:
    """For print: where every action stands, with room to go on by hand."""
    found = response_of(request.user, pk)
    asked = filters_of(request, *response_page.FILTERS)
    context = response_page.context_of(request.user, found.incident, found, asked)
    return render(request, "command/response/sheet.html", {**context, "incident": found.incident, "at": now()})


def checklist(request: Request, pk: int) -> HttpResponse:
    """What this response asks of the person, by due time: one card each, with the one act that comes next."""
    found = response_of(request.user, pk)
    context = {"response": found, "tab": "orders", "at": now(), **_mine(request.user, found)}
    part = "_checklist.html" if request.headers.get("HX-Request") else "checklist.html"
    return render(request, f"command/phone/{part}", context | phone_frame(request.user))


def _mine(person: Person, response: Response) -> dict[str, Any]:
    rows = responses.my_tasks(person, response)
    texts = texts_of(response.version)
    lines = [line for row in rows for line in _lines(person, row, response, texts)]
    finished = [line for line in lines if line["finished"]]
    return {"going": [line for line in lines if not line["finished"]], "finished": finished, "total": len(lines)}


def _lines(person: Person, row: TaskRow, response: Response, texts: dict[str, str]) -> list[dict[str, Any]]:
    """A card for each assignment of a task; a task that is held back has none yet, and says what it waits for."""
    after = [texts[code] for code in row.task.action.after if code in texts]
    common = {"task": row.task, "t_plus": response_page.t_plus(row.task.due_at, response.started_at), "after": after}
    common |= {"text": texts.get(row.task.action.code, row.task.action.text)}
    if row.task.status == Task.Status.HELD:
        return [{**common, "card": None, "finished": False}]
    cards = cards_of(person, row.assignments)
    return [{**common, "card": card, "finished": card["row"].status in FINISHED} for card in cards]


FINISHED = ("done", "verified", "called_off")
