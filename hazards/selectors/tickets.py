"""Reading tickets inside a person's jurisdiction: one predicate for lists, ids, maps, photos, exports, statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, cast

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import Case, F, FloatField, Func, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from hazards.models import Hazard, Photo, Plan
from hazards.selectors import people
from hazards.states import AT_WORK, ENDED
from journal.models import Event
from journal.rules.world import world_of
from norms.rules import deadlines
from norms.selectors.numbers import numbers
from org.models import Person, Unit
from org.selectors.jurisdiction import jurisdiction_of, under, visible_to, within

H = TypeVar("H", bound=Hazard)

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _NearHazard(TypedDict):
        metres: float

    NearHazard = WithAnnotations[Hazard, _NearHazard]

METRES_A_DEGREE = 111_000
"""Of latitude; of longitude it is less, so that a box of this size in degrees is too small by no more than 1/cos."""
WIDEST_ACCURACY_M = 500
"""A position that is vaguer than this says nothing about which hazard it is."""


def sees(person: Person) -> Q:
    """The visibility predicate: it lies in the person's units, or these must rectify it or watch over it, or the person
    found it or leads it.
    """
    if jurisdiction_of(person).spans():
        return Q()
    units = units_of(person)
    return Q(unit__in=units) | Q(owner__in=units) | Q(regulator__in=units) | Q(finder=person) | Q(leader=person)


def units_of(person: Person) -> list[int]:
    """The ids of the units that the person sees; one query, remembered on the instance for one request.

    Numbers, not paths: by them a village finds its few tickets among hundreds of thousands through two indexes.
    """
    kept = vars(person)
    if "_hazard_units" not in kept:
        rows = Unit.objects.filter(visible_to(person, "path")).order_by().values_list("pk", flat=True)
        kept["_hazard_units"] = list(rows)
    return cast(list[int], kept["_hazard_units"])


def hazards_visible_to(person: Person) -> QuerySet[Hazard]:
    return Hazard.objects.filter(sees(person))


def with_parts(hazards: QuerySet[H]) -> QuerySet[H]:
    """select_related for the units and people that a page shows, without boundaries."""
    return hazards.select_related(
        "unit", "owner", "regulator", "criterion", "leader", "finder", "rectifier", "closed_by", "merged_into"
    ).defer("unit__boundary", "owner__boundary", "regulator__boundary")


def open_ones(hazards: QuerySet[Hazard]) -> QuerySet[Hazard]:
    return hazards.exclude(status__in=ENDED)


# What hangs on a ticket: its own, and that of those merged into it ---------------------------------------------------


def family(hazard: Hazard) -> Q:
    """For rows that name a hazard: this one, and whatever was merged into it (merging keeps it flat)."""
    return Q(hazard=hazard) | Q(hazard__merged_into=hazard)


def plans_of(hazard: Hazard) -> QuerySet[Plan]:
    """All plans, the ticket's own newest first, then those of the merged."""
    rows = Plan.objects.filter(family(hazard)).select_related("responsible", "made_by", "hazard")
    return rows.order_by(Case(When(hazard=hazard, then=0), default=1), "-id")


def photos_of(hazard: Hazard) -> QuerySet[Photo]:
    return Photo.objects.filter(family(hazard)).select_related("attachment", "pair").order_by("id")


def timeline(hazard: Hazard) -> QuerySet[Event]:
    """Every event of a ticket that the caller may see, those of the merged among them, the newest first."""
    merged = Hazard.objects.filter(merged_into=hazard).values_list("pk", flat=True)
    return Event.objects.filter(subject__in=[f"hazard:{pk}" for pk in (hazard.pk, *merged)]).order_by("-seq")


# Duplicates ----------------------------------------------------------------------------------------------------------


def duplicates_of(hazard: Hazard, reader: Person) -> QuerySet[NearHazard]:
    """Open tickets that may be the same danger: of its kind, near it, found about the same time; the nearest first.

    Near: within the county's distance plus what both positions are vague by. ``metres`` says how far. Two statements.
    """
    limits = numbers("duplicate_near", "duplicate_within")
    vague = min(hazard.accuracy_m or 0, WIDEST_ACCURACY_M)
    reach = limits["duplicate_near"] + vague
    span = deadlines.DAY * limits["duplicate_within"]
    rows = hazards_visible_to(reader).filter(world_of(hazard).rows())
    rows = rows.filter(kind=hazard.kind, status__in=["held", *AT_WORK]).exclude(pk=hazard.pk)
    rows = rows.filter(found_at__range=(hazard.found_at - span, hazard.found_at + span))
    rows = rows.filter(point__bboverlaps=_around(hazard.point, reach + WIDEST_ACCURACY_M))
    near = Q(metres__lte=reach) | Q(
        metres__lte=reach + Func(Coalesce("accuracy_m", 0), Value(WIDEST_ACCURACY_M), function="LEAST")
    )
    near_ones = rows.annotate(metres=_metres(hazard.point)).filter(near).order_by("metres", "id")
    return with_parts(near_ones)


def _metres(point: Point) -> Func:
    """How far a ticket lies from ``point``, on the sphere."""
    spot = Func(Value(point.x), Value(point.y), function="ST_MakePoint", output_field=FloatField())
    spot = Func(spot, Value(4326), function="ST_SetSRID", output_field=FloatField())
    return Func(F("point"), spot, function="ST_DistanceSphere", output_field=FloatField())


def _around(point: Point, metres: int) -> GEOSGeometry:
    """A bounding box around everything within ``metres``; generous, to use the spatial index."""
    return point.buffer(2 * metres / METRES_A_DEGREE)


# People at risk ------------------------------------------------------------------------------------------------------


def at_risk(hazards: QuerySet[Hazard]) -> QuerySet[Hazard]:
    """The open ones among tickets that the reader sees where people are at risk, the most people first."""
    return with_parts(open_ones(hazards).filter(people_at_risk__gt=0)).order_by("-people_at_risk", "id")


def open_within(area: GEOSGeometry | None, paths: list[str] | None = None) -> QuerySet[Hazard]:
    """Every taken-up open ticket inside an area (EPSG:4326), or under one of the units' paths; for warnings.

    The caller cuts it to somebody's sight before it is shown.
    """
    inside = within(paths or ())
    if area is not None:
        inside |= Q(point__intersects=area)
    return Hazard.objects.filter(inside, status__in=AT_WORK)


def open_inside(shapes: Sequence[GEOSGeometry], units: Any, county: str) -> QuerySet[Hazard]:
    """Every taken-up open ticket under the path ``county`` whose unit is one of ``units`` (ids, or a query of them) or
    whose point lies in one of the shapes (EPSG:4326); for warnings. The caller cuts it to somebody's sight.
    """
    inside = Q(unit__in=units)
    for shape in shapes:
        inside |= Q(point__intersects=shape)
    return Hazard.objects.filter(inside, under(county), status__in=AT_WORK)


def people_at_risk(hazards: QuerySet[Hazard]) -> list[dict[str, Any]]:
    """The list for a call-out: ticket, place, number of people, and who answers for it with a phone; two statements."""
    rows = list(at_risk(hazards))
    held = people.holders({people.desk(row.owner.path) for row in rows})
    phones = dict(Person.objects.filter(pk__in={one.id for one in held.values()}).values_list("pk", "phone"))
    found = []
    for row in rows:
        keeper = held.get(people.desk(row.owner.path))
        found.append({"hazard": row, "people": row.people_at_risk, "keeper": keeper,
                      "phone": phones.get(keeper.id, "") if keeper else ""})  # fmt: skip
    return found
