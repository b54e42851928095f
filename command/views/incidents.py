"""Incidents: the list, opening one, and the workspace with its tabs."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from command.actions import hazard_links
from command.actions.once import once
from command.models import Category, Incident, Response, ResponseLevel
from command.screens import response as response_page
from command.screens.place_groups import of_paths
from command.screens.rights import may
from command.selectors import ladders, lists, responses, visible
from command.selectors.areas import affected
from command.selectors.costs import cost_of
from command.selectors.reach import reach_of_incident
from command.views.acts import go, posted
from command.views.forms import IncidentForm
from database.clock import now
from journal.rules.world import world_of
from journal.selectors.events import timeline
from journal.selectors.participants import world_of_request
from org.models import Person
from web.bounds import whole_number
from web.errors import ActionError, NotFound
from web.requests import Request

PER_PAGE = 50
TABS = ("response", "orders", "timeline", "map", "people")
KINDS = {
    "": (),
    "answers": ("assignment.",),
    "orders": ("order.",),
    "command": ("incident.",),
    "silence": ("assignment.climbed", "order.reminded", "delivery."),
}


def filters_of(request: Request, *names: str) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip()[:80] for name in names}


def incident_list(request: Request) -> HttpResponse:
    chosen = filters_of(request, "state", "category", "level", "text")
    world = world_of_request(request)
    rows = lists.incident_list(request.user, world, **chosen)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = lists.counts_by_incident(request.user, page.object_list)
    for row in page.object_list:
        row.counts = counts.get(row.pk)
    template = "command/_incidents.html" if request.headers.get("HX-Request") else "command/incidents.html"
    totals = lists.incident_totals(request.user, world)
    context = {"page": page, "chosen": chosen, "totals": totals, "categories": Category, "levels": ResponseLevel}
    return render(request, template, {**context, "at": now()})


def new_incident(request: Request) -> HttpResponse:
    if (warning := whole_number(request.GET.get("warning", ""))) is not None:
        # The act belongs to the warning's page, which also notes on the warning that it was taken up.
        return redirect(f"/warnings/{warning}/")
    hazard = request.GET.get("hazard", "")
    if request.method == "GET" and (known := hazard_links.incident_of(hazard, request.user)):
        return redirect("command:incident", known.pk)
    form = IncidentForm(posted(request), person=request.user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            address = once(request.user, form.cleaned_data.pop("token"), lambda: _open(request, form.cleaned_data))
            return go(request, address)
        except ActionError as error:
            form.take(error)
    return render(request, "command/incident_new.html", {"form": form}, status=400 if form.errors else 200)


def _initial(request: Request) -> dict[str, Any]:
    given = {name: request.GET[name] for name in ("point", "title", "category", "unit", "place") if name in request.GET}
    known = hazard_links.suggested(request.GET.get("hazard", ""), request.user)
    return {"category": Category.NATURAL_DISASTER, "learned_at": now(), **known, **given}


def _open(request: Request, data: dict[str, Any]) -> str:
    incident = hazard_links.open_incident_at(request.GET.get("hazard", ""), by=request.user, **data)
    return reverse("command:incident", args=[incident.pk])


def incident_of(person: Person, pk: int) -> Incident:
    rows = (
        visible.incidents_visible_to(person)
        .select_related("unit", "commander", "desk_officer", "headquarters", "offered_to")
        .defer("unit__boundary")
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def incident(request: Request, pk: int) -> HttpResponse:
    """The workspace; for the live refresh only what changes."""
    found = incident_of(request.user, pk)
    found.response = responses.response_of(request.user, found)
    tab = request.GET.get("tab") if request.GET.get("tab") in TABS else _first_tab(found.response)
    context: dict[str, Any] = {"incident": found, "tab": tab, "may": may(request.user, found.unit.path), "at": now()}
    context["affected"] = area = affected(found)
    context["affected_places"] = of_paths(area.paths, request.user) if not area.is_whole else None
    context |= _tabs(request, found) | globals()[f"_{tab}_tab"](request, found)
    template = "command/_incident.html" if request.headers.get("HX-Request") else "command/incident.html"
    return render(request, template, context)


def _first_tab(response: Response | None) -> str:
    return "response" if response and response.status == Response.Status.RUNNING else "orders"


def _response_tab(request: Request, found: Incident) -> dict[str, Any]:
    asked = filters_of(request, *response_page.FILTERS)
    return response_page.context_of(request.user, found, found.response, asked)


def _tabs(request: Request, found: Incident) -> dict[str, Any]:
    base = reverse("command:incident", args=[found.pk])
    counts = lists.counts_by_incident(request.user, [found]).get(found.pk)
    words = {"orders": _("Orders"), "timeline": _("Timeline"), "map": _("Map"), "people": _("People")}
    words["response"] = pgettext("tab", "Response")
    shown = TABS if found.response else TABS[1:]
    numbers = {"people": counts["total"] if counts else 0}
    items = [{"key": key, "label": words[key], "href": f"{base}?tab={key}", "count": numbers.get(key)} for key in shown]
    return {"tabs": items, "counts": counts, "base": base}


def _orders_tab(request: Request, found: Incident) -> dict[str, Any]:
    silent = request.GET.get("show") == "silent"
    orders = list(lists.order_list(request.user, world_of(found), incident=found.pk))
    counts = lists.counts_by_order(request.user, orders)
    places = lists.places_by_order(request.user, orders, silent_only=silent)
    for order in orders:
        order.counts, order.places = counts.get(order.pk), places.get(order.pk, [])
        order.may = may(request.user, order.unit.path)
    reach, cost = reach_of_incident(request.user, found), cost_of(request.user, found, orders)
    return {"orders": orders, "show": "silent" if silent else "", "reach": reach, "cost": cost}


def _timeline_tab(request: Request, found: Incident) -> dict[str, Any]:
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in KINDS else ""
    rows = events_of_kind(timeline(request.user, f"incident:{found.pk}"), kind)
    if may(request.user, found.unit.path)["view"]:
        rows = rows.exclude(verb="order.called")  # the one event of the order says it for all its units
    before = request.GET.get("before", "")
    if (number := whole_number(before)) is not None:
        rows = rows.filter(seq__lt=number)
    events = list(rows[: PER_PAGE + 1])
    more = events[PER_PAGE - 1].seq if len(events) > PER_PAGE else None
    return {"events": events[:PER_PAGE], "more": more, "kind": kind, "before": before}


def events_of_kind(rows: QuerySet, kind: str) -> QuerySet:
    wanted = Q()
    for prefix in KINDS[kind]:
        wanted |= Q(verb__startswith=prefix)
    return rows.filter(wanted)


def _map_tab(request: Request, found: Incident) -> dict[str, Any]:
    return {
        "point": [found.point.x, found.point.y] if found.point else None,
        "area": found.area.geojson if found.area else "",
    }


def _people_tab(request: Request, found: Incident) -> dict[str, Any]:
    text = request.GET.get("text", "").strip()[:80]
    rows = lists.incident_people(request.user, found, text=text)
    page = Paginator(rows, 2 * PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "text": text}


def units_in_area(request: Request, pk: int) -> JsonResponse:
    """For the picker: codes of the units in the incident's affected area, whose list that is, and on which ladder an
    order of this incident begins.
    """
    found = incident_of(request.user, pk)
    area = affected(found)
    codes = lists.orderable(request.user, area)
    return JsonResponse({"units": codes, "said": area.said, "ladder": ladders.first_colour(found)})
