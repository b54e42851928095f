"""Orders: the list, composing one with its preview, one order with its tree, and the sheet for print."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from command import actions
from command.actions.once import once
from command.models import Colour, Incident, Order
from command.rules import phrases
from command.screens import wake
from command.screens.place_groups import of_lines
from command.screens.rights import may
from command.selectors import ladders, lists, reach, visible
from command.selectors.ladder_words import explain, people_words
from command.selectors.wake import actual, time_to_wake
from command.views.acts import go, posted
from command.views.forms import OrderForm
from command.views.incidents import PER_PAGE, filters_of
from database.clock import now
from journal.models import Event
from journal.selectors.events import events_visible_to
from journal.selectors.participants import world_of_request
from org.models import Person
from web.errors import ActionError, Invalid, NotFound
from web.requests import Request

DEFAULT_LADDER = "yellow"
"""For an order that belongs to no incident, or to one of which nothing is known yet."""


def order_list(request: Request) -> HttpResponse:
    chosen: dict[str, Any] = filters_of(request, "state", "text")
    rows = lists.order_list(request.user, world_of_request(request), **chosen)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = lists.counts_by_order(request.user, page.object_list)
    for row in page.object_list:
        row.counts = counts.get(row.pk)
    template = "command/_orders.html" if request.headers.get("HX-Request") else "command/orders.html"
    return render(request, template, {"page": page, "chosen": chosen, "at": now()})


def order_of(person: Person, pk: int) -> Order:
    rows = visible.orders_visible_to(person).select_related("unit", "headquarters", "issued_by", "incident")
    found = rows.defer("unit__boundary", "incident__area").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def order(request: Request, pk: int) -> HttpResponse:
    """One order with its tree; for the live refresh only what changes."""
    found = order_of(request.user, pk)
    silent = request.GET.get("show") == "silent"
    _count(request, found, silent=silent)
    context: dict[str, Any] = {"order": found, "show": "silent" if silent else "", "events": _events(request, pk)}
    context["ladder"] = explain(ladders.Snapshot(found.ladder))
    context["wake_rows"] = wake.compared(found, actual(found)) if found.wake else []
    template = "command/_order.html" if request.headers.get("HX-Request") else "command/order.html"
    return render(request, template, {**context, "at": now()})


def _count(request: Request, found: Order, *, silent: bool) -> None:
    """What the page says of an order beside its own columns."""
    found.counts = lists.counts_by_order(request.user, [found]).get(found.pk)
    found.places = lists.places_by_order(request.user, [found], silent_only=silent).get(found.pk, [])
    found.may = may(request.user, found.unit.path)
    found.reach = reach.reach_of_orders(request.user, [found]).get(found.pk)


def _events(request: Request, pk: int) -> QuerySet[Event]:
    rows = events_visible_to(request.user).filter(subject=f"order:{pk}").exclude(verb="order.called")
    return rows.order_by("-seq")[:20]


def place(request: Request, pk: int, code: str) -> HttpResponse:
    """One branch of an order's tree, fetched when it is opened."""
    found = order_of(request.user, pk)
    silent = request.GET.get("show") == "silent"
    rows = list(lists.assignments_at(request.user, found, code, silent_only=silent))
    if not rows and not silent:
        raise NotFound
    tried = reach.tried_for(rows)
    for row in lists.with_loggers(rows):
        row.may, row.tried = may(request.user, row.unit.path), tried.get(row.pk, [])
    return render(request, "command/_place.html", {"order": found, "rows": rows})


def sheet(request: Request, pk: int) -> HttpResponse:
    """For print: every line with its phone, to be worked through by hand when nothing else works."""
    found = order_of(request.user, pk)
    found.counts = lists.counts_by_order(request.user, [found]).get(found.pk)
    rows = list(lists.all_assignments(request.user, found))
    for row in rows:
        row.place = row.unit.parent if row.unit.level == "village" else row.unit
    return render(request, "command/sheet.html", {"order": found, "rows": rows, "at": now()})


def new_order(request: Request) -> HttpResponse:
    form = OrderForm(posted(request), person=request.user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            address = once(request.user, form.cleaned_data.pop("token"), lambda: _issue(request, form.cleaned_data))
            return go(request, address)
        except ActionError as error:
            form.take(error)
    return render(
        request, "command/order_new.html", {"form": form, **_picker(request, form)}, status=400 if form.errors else 200
    )


def _initial(request: Request) -> dict[str, Any]:
    """From the address: an incident, units (codes with commas between), text, and the ladder's colour."""
    units = [code for code in request.GET.get("units", "").split(",") if code]
    given = {name: request.GET[name] for name in ("incident", "text") if name in request.GET}
    colour = request.GET.get("ladder", "")
    if colour not in Colour.values:
        colour = ladders.first_colour(_asked_incident(request)) or DEFAULT_LADDER
    return {"units": units, "descendants": True, "ladder": colour, **given}


def _asked_incident(request: Request) -> Incident | None:
    asked = request.GET.get("incident", "")
    rows = visible.incidents_visible_to(request.user).defer("area")
    return rows.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None


def _picker(request: Request, form: OrderForm) -> dict[str, Any]:
    explained = [
        (colour, {fast: explain(ladders.in_force(colour, fast=fast)) for fast in _speeds()}) for colour in Colour
    ]
    called = {colour: ladders.in_force(colour).called for colour in Colour.values}
    return {
        "branches": lists.picker_tree(request.user),
        "chosen_units": set(form["units"].value() or ()),
        "chosen_posts": set(form["posts"].value() or ()),
        "posts": lists.posts_by_level(),
        "called": {colour: [post for posts in called[colour].values() for post in posts] for colour in called},
        "ladders": [(colour, rows[False], rows.get(True)) for colour, rows in explained],
        "phrases": phrases.PHRASES,
        "demo": settings.DEMO,
    }


def _speeds() -> tuple[bool, ...]:
    return (False, True) if settings.DEMO else (False,)


def _fields(data: dict[str, Any]) -> dict[str, Any]:
    fast = bool(data.get("fast")) and settings.DEMO
    return {
        "incident_id": data.get("incident"),
        "units": data.get("units", []),
        "descendants": bool(data.get("descendants")),
        "posts": data.get("posts", []),
        "ladder": data.get("ladder", ""),
        "fast": fast,
    }


def _issue(request: Request, data: dict[str, Any]) -> str:
    order = actions.issue_order(by=request.user, text=data["text"], **_fields(data))
    people = len({line.person_id for line in order.lines if line.person_id})
    messages.success(
        request, _("Order %(ref)s went to %(people)s.") % {"ref": order.ref, "people": people_words(people)}
    )
    return reverse("command:order", args=[order.pk])


@require_POST
def preview(request: Request) -> HttpResponse:
    """Who would get it, as the form stands; what is still missing is said, never an error while somebody types."""
    form = OrderForm(request.POST, person=request.user)
    form.is_valid()
    data = form.cleaned_data
    if not data.get("units"):
        return render(request, "command/_preview.html", {"missing": True})
    try:
        draft = actions.preview_order(by=request.user, text=data.get("text") or "–", **_fields(data))
    except Invalid as error:
        return render(request, "command/_preview.html", {"error": error})
    context: dict[str, Any] = {"draft": draft, "ladder": explain(draft.ladder), "places": of_lines(draft.lines)}
    context["wake"] = time_to_wake(draft.lines, draft.ladder) if draft.lines else None
    return render(request, "command/_preview.html", {**context, "text": data.get("text", "")})
