"""Reading warnings inside a person's jurisdiction.

The county's people see all of the county's warnings. Below, people see those that name their own units, and of these
only what was issued to the public: a Restricted or Private message is for those whom its sender addressed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from early_warning.models import Feed, Question, RawMessage, UnreadMessage, Warning, WarningPart, WarningUnit
from journal.models import Event
from journal.rules.world import REAL, World, world_of
from journal.selectors.events import events_visible_to
from org.models import Person, Unit
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from web.errors import NotFound

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _CountedFeed(TypedDict):
        waiting: int

    CountedFeed = WithAnnotations[Feed, _CountedFeed]

Colour = Warning.Colour
GRAVEST_FIRST = Case(
    *[
        When(colour=colour, then=Value(i))
        for i, colour in enumerate((Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.BLUE))
    ],
    default=Value(4),
    output_field=IntegerField(),
)


BY_ORIGIN = Case(When(origin=Warning.Origin.SUPERIOR, then=Value(1)), When(origin=Warning.Origin.NEIGHBOUR,
                 then=Value(2)), default=Value(0), output_field=IntegerField())  # fmt: skip
"""The county's own, and what does not say whose it is, before those of its superiors, then of neighbours."""


def warnings_visible_to(person: Person) -> QuerySet[Warning]:
    if jurisdiction_of(person).everything:
        return Warning.objects.all()
    mine = WarningUnit.objects.filter(visible_to(person, "unit__path"), warning=OuterRef("pk"))
    public = Q(scope="Public", test=False, in_force_since__isnull=False)
    return Warning.objects.filter(visible_to(person) | (public & Exists(mine)))


def questions_visible_to(person: Person) -> QuerySet[Question]:
    """They are the county's: whoever sees a warning from below is not asked."""
    return Question.objects.filter(visible_to(person))


def with_messages(questions: QuerySet[Question]) -> QuerySet[Question]:
    """select_related for pages: the message and what it concerns."""
    concerns = Warning.objects.defer("area").select_related("raw").defer("area", "raw__body").order_by("pk")
    rows = questions.select_related("unit", "raw__feed", "raw__warning", "decided_by").prefetch_related(
        Prefetch("concerns", concerns)
    )
    return rows.defer("unit__boundary", "raw__body", "raw__warning__area").order_by("-pk")


def questions_about(warning: Warning, person: Person) -> QuerySet[Question]:
    """Those that concern it and those that its own message asks, the open ones first."""
    rows = questions_visible_to(person).filter(Q(concerns=warning) | Q(raw=warning.raw_id)).distinct()
    undecided = Case(When(status=Question.Status.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    return with_messages(rows).order_by(undecided, "-pk")


def open_questions(person: Person, world: World = REAL) -> QuerySet[Question]:
    return with_messages(_asked_in(world, person))


def _asked_in(world: World, person: Person) -> QuerySet[Question]:
    return questions_visible_to(person).filter(world.rows("raw__"), status=Question.Status.OPEN)


def taking_over(warning: Warning, person: Person) -> list[Warning]:
    """Updates of it that begin later and replace it then."""
    raw = warning.raw
    rows = warnings_visible_to(person).filter(world_of(warning).rows(), status=Warning.Status.ACTIVE)
    rows = rows.filter(takes_over_at__isnull=False)
    named = {"identifier": raw.identifier, "sender": raw.sender, "sent": raw.sent}
    rows = rows.filter(**{f"raw__references__{name}": value for name, value in named.items()})
    return list(rows.defer("area").distinct().order_by("takes_over_at"))


def listed(person: Person, world: World = REAL) -> QuerySet[Warning]:
    """For lists: without geometry and bodies; what waits for a decision first, then what is in force, the gravest
    first.
    """
    undecided = Case(
        When(status=Warning.Status.HELD, then=Value(0)),
        When(status=Warning.Status.ACTIVE, test=False, incident=None, then=Value(0)),
        When(status=Warning.Status.ACTIVE, test=False, then=Value(1)),
        When(status=Warning.Status.ACTIVE, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    rows = warnings_visible_to(person).filter(world.rows()).select_related("unit", "incident", "raw__feed")
    rows = rows.defer("area", "unit__boundary", "raw__body", "incident__area", "incident__point")
    rows = rows.prefetch_related(Prefetch("parts", WarningPart.objects.defer("area").order_by("number")))
    asked = Question.objects.filter(concerns=OuterRef("pk"), status=Question.Status.OPEN)
    rows = rows.annotate(asked=Exists(asked))
    ended = Case(When(status=Warning.Status.ACTIVE, then=Value(0)), default=F("pk"), output_field=IntegerField())
    return rows.annotate(need=undecided, gravity=GRAVEST_FIRST, ended_last=ended).order_by(
        "need", "-ended_last", "gravity", "-pk"
    )


def counts(person: Person, world: World = REAL) -> dict[str, int]:
    """How many stand in each state, tests apart."""
    visible = warnings_visible_to(person).filter(world.rows())
    rows = visible.filter(test=False).order_by().values_list("status").annotate(n=Count("pk"))
    found = dict(rows)
    unclassified = Q(status=Warning.Status.ACTIVE, test=False, event_kind="")
    return {
        **{status: found.get(status, 0) for status in Warning.Status.values},
        "test": visible.filter(test=True).count(),
        "unclassified": visible.filter(unclassified).count(),
        "decide": _asked_in(world, person).count(),
    }


def named_townships(warning: Warning, person: Person) -> list[dict[str, Any]]:
    """[{"unit", "villages", "parts"}] by path, only units that the person may see, in one query. A unit in two parts
    stands once, with both.
    """
    rows = warning.named_units.filter(visible_to(person, "unit__path")).select_related("unit__parent", "part")
    rows = rows.defer("unit__boundary", "unit__parent__boundary", "part__area").order_by("unit__path", "part__number")
    groups: dict[int, dict[str, Any]] = {}
    for row in rows:
        township = row.unit if row.unit.level == Unit.Level.TOWNSHIP else row.unit.parent or row.unit
        group = groups.setdefault(township.pk, {"unit": township, "villages": {}, "parts": {}})
        group["parts"][row.part.number] = row.part
        if row.unit.level == Unit.Level.VILLAGE:
            group["villages"][row.unit.pk] = row.unit
    return [
        {"unit": one["unit"], "villages": list(one["villages"].values()), "parts": list(one["parts"].values())}
        for one in groups.values()
    ]


_CHAIN = """
WITH RECURSIVE back AS (
    SELECT id, raw_id, ended_by_id FROM early_warning_warning WHERE id = %(id)s
    UNION
    SELECT w.id, w.raw_id, w.ended_by_id FROM early_warning_warning w JOIN back ON w.ended_by_id = back.raw_id
), forth AS (
    SELECT id, raw_id, ended_by_id FROM early_warning_warning WHERE id = %(id)s
    UNION
    SELECT w.id, w.raw_id, w.ended_by_id FROM early_warning_warning w JOIN forth ON w.raw_id = forth.ended_by_id
)
SELECT id FROM back UNION SELECT id FROM forth
"""


def chain(warning: Warning, person: Person) -> list[Warning]:
    """Everything that this warning replaced and that replaced it, the oldest first, itself included."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, {"id": warning.pk})
        ids = [row[0] for row in cursor.fetchall()]
    rows = warnings_visible_to(person).filter(pk__in=ids).select_related("raw", "ended_by")
    return list(rows.defer("area", "raw__body", "ended_by__body").order_by("raw__sent", "pk"))


_FEATURES = """
SELECT json_build_object('type', 'FeatureCollection', 'features', COALESCE(json_agg(feature), '[]'::json))::text FROM (
    SELECT json_build_object(
        'type', 'Feature', 'id', p.id,
        'geometry', ST_AsGeoJSON(ST_SimplifyPreserveTopology(p.area, %s), 4)::json,
        'properties', json_build_object(
            'type', 'warning', 'id', w.id, 'ref', w.ref, 'status', w.status, 'part', p.number, 'parts', {count},
            'colour', p.colour, 'event', p.event, 'state', {state}, 'area_desc', p.area_description,
            'area_source', p.area_source, 'effective', p.effective, 'expires', p.expires,
            'received_at', w.received_at, 'units', p.unit_count, 'incident', w.incident_id)) AS feature
    FROM early_warning_warning w JOIN early_warning_warningpart p ON p.warning_id = w.id
    WHERE p.area IS NOT NULL AND p.unit_count > 0 AND {shown} AND w.id IN ({visible})
    ORDER BY array_position(ARRAY['blue', 'yellow', 'orange', 'red'], p.colour::text) NULLS FIRST, p.id LIMIT 500
) AS features
"""
"""One feature a part, the gravest last, so that it is drawn over the others."""
_COUNT = "(SELECT count(*) FROM early_warning_warningpart o WHERE o.warning_id = w.id)"
_NOW = {"shown": "p.over_at IS NULL", "state": "CASE WHEN p.begun_at IS NULL THEN 'coming' ELSE 'in_force' END"}
_THEN = {
    "shown": "(p.over_at IS NULL OR p.over_at > %s)",
    "state": "CASE WHEN p.begun_at IS NULL OR p.begun_at > %s THEN 'coming' ELSE 'in_force' END",
}

SIMPLIFY_TO_PIXELS = 2000
"""An outline is thinned to about one two-thousandth of the width shown: finer than any screen draws it."""


def map_features(person: Person, bbox: tuple[float, float, float, float] | None = None, world: World = REAL) -> str:
    """GeoJSON text of the warnings in force, no tests, built in SQL.

    ``bbox``: [west, south, east, north] in degrees. At a past moment of ``world`` those that were in force at it, as
    they stand now.
    """
    at = world.at
    rows = warnings_visible_to(person).filter(world.rows(), test=False, area__isnull=False).order_by()
    rows = rows.filter(in_force_since__isnull=False)
    if at is None:
        rows = rows.filter(status=Warning.Status.ACTIVE)
    else:
        rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=at), in_force_since__lte=at)
    tolerance = 0.0005
    if bbox is not None:
        rows = rows.filter(area__intersects=Polygon.from_bbox(bbox))
        tolerance = max((bbox[2] - bbox[0]) / SIMPLIFY_TO_PIXELS, 0.00001)
    return _features(rows, tolerance, at)


def _features(rows: QuerySet[Warning], tolerance: float, at: dt.datetime | None) -> str:
    sql, parameters = rows.values("pk").query.sql_with_params()
    pieces = _NOW if at is None else _THEN
    statement = _FEATURES.format(visible=sql, count=_COUNT, **pieces)
    moments = [] if at is None else [at, at]
    with connection.cursor() as cursor:
        cursor.execute(statement, [tolerance, *moments, *parameters])
        return cursor.fetchone()[0]


def named_codes(warning_id: int, person: Person) -> list[str]:
    """Codes of the named units that the person may see."""
    rows = WarningUnit.objects.filter(visible_to(person, "unit__path"), warning_id=warning_id)
    return list(rows.order_by("unit__path").values_list("unit__code", flat=True).distinct())


def named_codes_by_part(warning_id: int, person: Person) -> dict[int, list[str]]:
    """`named_codes` for each part, by its number."""
    rows = WarningUnit.objects.filter(visible_to(person, "unit__path"), warning_id=warning_id)
    found: dict[int, list[str]] = {}
    for number, code in rows.order_by("unit__path").values_list("part__number", "unit__code"):
        found.setdefault(number, []).append(code)
    return found


def warning_for(person: Person, warning_id: int) -> Warning:
    """One warning for its page; NotFound outside the jurisdiction."""
    rows = warnings_visible_to(person).select_related("unit", "raw__feed", "incident", "ended_by")
    warning = (
        rows.defer("unit__boundary", "raw__body", "ended_by__body", "incident__area").filter(pk=warning_id).first()
    )
    if warning is None:
        raise NotFound
    return warning


def warning_with_body(person: Person, warning_id: int) -> Warning:
    rows = warnings_visible_to(person).select_related("raw").only("ref", "raw__body", "raw__stored", "raw__size")
    warning = rows.filter(pk=warning_id).first()
    if warning is None:
        raise NotFound
    return warning


def events_of(warning: Warning, person: Person) -> QuerySet[Event]:
    return events_visible_to(person).filter(subject=f"warning:{warning.pk}").order_by("-seq")


_OUTLINE = """
SELECT json_build_object('type', 'FeatureCollection', 'features', COALESCE(json_agg(feature), '[]'::json))::text FROM (
    SELECT json_build_object('type', 'Feature', 'geometry', ST_AsGeoJSON(u.boundary, 4)::json, 'properties',
    json_build_object(
        'kind', 'township', 'name', u.name, 'name_en', u.name_en)) AS feature
    FROM early_warning_warningunit n JOIN org_unit u ON u.id = n.unit_id
    WHERE n.warning_id = %(id)s AND u.level = 'township' AND u.boundary IS NOT NULL AND n.unit_id = ANY(%(units)s)
    GROUP BY u.id
    UNION ALL
    SELECT json_build_object('type', 'Feature', 'geometry', ST_AsGeoJSON(p.area, 4)::json, 'properties',
    json_build_object(
        'kind', 'warning', 'part', p.number, 'colour', p.colour, 'area_source', p.area_source, 'state',
        CASE WHEN p.over_at IS NOT NULL THEN 'over' WHEN p.begun_at IS NULL THEN 'coming' ELSE 'in_force' END))
    FROM (SELECT * FROM early_warning_warningpart WHERE warning_id = %(id)s AND area IS NOT NULL
        ORDER BY array_position(ARRAY['blue', 'yellow', 'orange', 'red'], colour::text) NULLS FIRST, number) p
) AS features
"""


def outline(person: Person, warning_id: int) -> str:
    """GeoJSON text: the area, and the boundaries of the named townships that the person may see. NotFound outside."""
    warning = warning_for(person, warning_id)
    units = warning.named_units.filter(visible_to(person, "unit__path")).values_list("unit_id", flat=True).distinct()
    with connection.cursor() as cursor:
        cursor.execute(_OUTLINE, {"id": warning.pk, "units": list(units)})
        return cursor.fetchone()[0]


def feeds_visible_to(person: Person) -> QuerySet[Feed]:
    """The platforms of the counties that the person sees as a whole."""
    return Feed.objects.filter(visible_to(person, "unit__path")).select_related("unit").defer("unit__boundary")


def with_counts(feeds: QuerySet[Feed]) -> QuerySet[CountedFeed]:
    """Each with ``waiting``, how many messages of it nobody has attended to; those with most first."""
    open_ones = Sum("unread_messages__count", filter=Q(unread_messages__attended_at=None))
    return feeds.annotate(waiting=Coalesce(open_ones, 0)).order_by("-active", "-waiting", "code")


def unread_of(feed: Feed, most: int) -> list[UnreadMessage]:
    """Those that wait, the newest first, then the latest attended to; without their bytes."""
    rows = (
        UnreadMessage.objects.filter(feed=feed).select_related("raw__warning", "attended_by").defer("body", "raw__body")
    )
    waits = Case(When(attended_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(rows.annotate(waits=waits).order_by("waits", "-last_at", "-pk")[:most])


def unread_for(person: Person, unread_id: int) -> UnreadMessage:
    """One, with the message that holds its bytes; NotFound outside the jurisdiction."""
    mine = UnreadMessage.objects.filter(feed__in=feeds_visible_to(person)).select_related("raw")
    row = mine.filter(pk=unread_id).first()
    if row is None:
        raise NotFound
    return row


def kept_in(row: UnreadMessage) -> UnreadMessage | RawMessage | None:
    """The row that holds the bytes: itself, or the message that was taken; None where they were only counted."""
    if row.size and (row.stored or row.body):
        return row
    return row.raw
