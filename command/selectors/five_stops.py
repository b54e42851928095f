"""Five-stops orders: who issues them, to whom they go, whom they name, and which are in force."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from command.models import Incident, Response
from command.rules.wording import STOPS, USUAL
from hazards.models import Hazard
from hazards.rules.words import Kind
from hazards.states import ENDED
from journal.rules.world import REAL, World
from norms.models import OfficialPaper
from norms.selectors.papers import papers_visible_to
from org.models import Headquarters, Person, Unit
from org.rules.codes import county_of
from org.selectors.headquarters import headquarters_for
from org.selectors.jurisdiction import under

KINDS = ("five_stops", "five_stops_lifted")
PLACES = {
    "classes": (Kind.CROWDED_PLACE,),
    "work": (Kind.CONSTRUCTION_CAMP,),
    "production": (Kind.MINE, Kind.CHEMICALS, Kind.FIREWORKS),
    "transport": (Kind.BRIDGE_ROAD,),
    "business": (Kind.SCENIC_SPOT, Kind.RAFTING),
}
"""Kinds of the hazards' register that name schools, sites, roads and scenic spots."""
OFFICES = {
    "classes": ("教育",),
    "work": ("住房", "住建", "水利"),
    "production": ("应急管理", "经济", "经商"),
    "transport": ("交通", "公安"),
    "business": ("文化", "文广", "文旅", "市场监管", "市场监督"),
}
"""Words in the names of the departments that see to each stop."""
MOST_NAMED = 60
"""Places of each stop that are proposed; the list is edited by hand."""


def county(unit: Unit) -> Unit:
    return Unit.objects.defer("boundary", "seat").get(path=county_of(unit.path))


def body(county: Unit, incident: Incident | None) -> Headquarters | None:
    """The headquarters that runs the incident's response, else the flood headquarters."""
    running = None
    if incident is not None:
        running = Response.objects.filter(incident=incident).select_related("version__plan").order_by("-pk").first()
    return headquarters_for(county, running.version.plan.hazard_type if running else "flood")


def addressees(county: Unit, heads: Sequence[Unit], stops: Sequence[str]) -> list[Unit]:
    """The area's townships, and the departments that see to what stops."""
    towns = Q(pk__in=[])
    for head in heads:
        towns |= under(head.path, "path")
    words = Q(pk__in=[])
    for stop in stops:
        for word in OFFICES[stop]:
            words |= Q(name__contains=word)
    rows = Unit.objects.filter(active=True).defer("boundary", "seat").order_by("path")
    found = [
        *rows.filter(towns, level=Unit.Level.TOWNSHIP),
        *rows.filter(words, parent=county, level=Unit.Level.DEPARTMENT),
    ]
    villages = [head for head in heads if head.level == Unit.Level.VILLAGE]
    return list({unit.pk: unit for unit in [*found, *villages]}.values())


def places_told(person: Person, heads: Sequence[Unit], stops: Sequence[str]) -> list[str]:
    """Who is told by name, as the register knows them, a line each; where it knows nobody, the usual group."""
    where = Q(pk__in=[])
    for head in heads:
        where |= under(head.path)
    lines = []
    for stop in STOPS:
        if stop not in stops:
            continue
        rows = Hazard.objects.filter(where, REAL.rows(), kind__in=PLACES[stop]).exclude(status__in=ENDED)
        named = rows.exclude(place="").order_by("unit__path", "place").values_list("unit__name", "place").distinct()
        lines += [f"{STOPS[stop]}：{unit}{place}" for unit, place in named[:MOST_NAMED]]
        lines.append(f"{STOPS[stop]}：{'、'.join(head.name for head in heads)}{USUAL[stop]}"[:80])
    return lines


def orders_of(person: Person, world: World = REAL) -> QuerySet[OfficialPaper]:
    """Five-stops orders within sight, the newest first; withdrawn ones too."""
    rows = papers_visible_to(person, world).filter(kind="five_stops").prefetch_related("lifted_by")
    return rows.order_by("-pk")


def lifting(paper: OfficialPaper) -> OfficialPaper | None:
    """The paper that lifts this one, or will once it is signed."""
    live = [row for row in paper.lifted_by.all() if row.status != OfficialPaper.Status.WITHDRAWN]
    return live[0] if live else None
