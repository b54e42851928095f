"""The map's layers as GeoJSON text, built by the database in one statement each.

Every layer is cut to the person's jurisdiction. Features of things that change carry ``seq``, the newest event of their
subject, so that a client can tell whether a card it has is newer (docs/laws.md 10).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from board.selectors.assignments import LIVE, on_the_board
from board.selectors.compose import sql_of
from board.selectors.features import PLACES, View, collection
from board.selectors.replay import assignments_at, incidents_at
from command.models import Assignment, CutOff, Incident
from command.selectors.visible import incidents_visible_to
from database.clock import now
from early_warning.selectors.warnings import map_features
from hazards.api.bodies import FilterQuery
from hazards.selectors.queue import points
from org.models import Person, Unit
from org.rules.codes import ancestors_and_self
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from org.selectors.register import listed
from web.rest import bound_to

# Each vertex goes to the nearest point of one grid: two units that share a border share it still, with no gap between
# them, which simplifying each by itself would open. What is smaller than the grid keeps its frame.
_UNITS = """
    SELECT json_build_object('type', 'Feature', 'id', u.code,
        'geometry', ST_AsGeoJSON(CASE WHEN %s = 0 THEN u.boundary
            WHEN ST_IsEmpty(ST_SnapToGrid(u.boundary, %s)) THEN ST_Envelope(u.boundary)
            ELSE ST_SnapToGrid(u.boundary, %s) END, 5, 0)::json,
        'properties', CASE WHEN u.mine THEN json_build_object('type', 'unit', 'code', u.code, 'level', u.level,
            'zh', u.name, 'en', u.name_en, 'parent', p.code, 'seat', json_build_array(round(ST_X(u.seat)::numeric, 5),
            round(ST_Y(u.seat)::numeric, 5)), 'approximate', u.boundary_approximate)
        ELSE json_build_object('type', 'outline', 'level', u.level, 'approximate', u.boundary_approximate) END)
    FROM (SELECT u.*, u.id IN ({mine}) AS mine FROM org_unit u WHERE u.id IN ({shown})) u
    LEFT JOIN org_unit p ON p.id = u.parent_id ORDER BY u.path
"""


def units(person: Person, view: View) -> str:
    """The person's units with their boundaries, and the bare outlines of those that these lie in."""
    drawn = listed(Unit.objects.filter(view.within("boundary"), active=True, boundary__isnull=False))
    mine, mine_values = sql_of(drawn.filter(visible_to(person, "path")).values("pk"))
    above = {path for scope in jurisdiction_of(person).scopes() for path in ancestors_and_self(scope)[:-1]}
    shown, shown_values = sql_of(drawn.filter(visible_to(person, "path") | Q(path__in=sorted(above))).values("pk"))
    sql = _UNITS.replace("{mine}", mine).replace("{shown}", shown)
    return collection(sql, [view.grid, view.grid, view.grid, *mine_values, *shown_values])


_ASKED = f"""
    WITH asked AS (
        SELECT a.id, a.unit_id, a.order_id, o.incident_id, a.status, a.climbed_to, a.ack_due_at, a.next_climb_at,
            o.issued_at, assignment_shown(a.status, a.climbed_to, a.ack_due_at, a.answered_by_id, a.person_id,
                sanji_now()) AS state,
            COALESCE((SELECT max(e.seq) FROM journal_event e WHERE e.subject = 'assignment:' || a.id), 0) AS seq
        FROM command_assignment a JOIN command_order o ON o.id = a.order_id WHERE a.id IN ({{rows}})
    ) {PLACES}
"""


def assignments(person: Person, view: View) -> str:
    """One feature a unit: its worst state, counts, ids, since when it waits, and each assignment's own clock."""
    if view.world.at is not None:
        return assignments_at(person, view)
    rows: QuerySet[Assignment] = on_the_board(person, view.incident, view.world).filter(view.within("unit__seat"))
    sql, values = sql_of(rows.values("pk"))
    return collection(_ASKED.replace("{rows}", sql), values)


_INCIDENTS = """
    SELECT json_build_object('type', 'Feature', 'id', i.id,
        'geometry', ST_AsGeoJSON(COALESCE(i.point, u.seat), 5, 0)::json,
        'properties', json_build_object('type', 'incident', 'id', i.id, 'ref', i.ref, 'title', i.title,
            'category', i.category, 'grade', i.grade, 'colour', i.colour, 'response_level', i.response_level,
            'status', i.status, 'unit', u.code, 'warning', i.warning_id, 'exact', i.point IS NOT NULL,
            'area', CASE WHEN i.area IS NULL THEN NULL ELSE ST_AsGeoJSON(ST_SnapToGrid(i.area, %s), 5, 0)::json END,
            'seq', COALESCE((SELECT max(e.seq) FROM journal_event e WHERE e.subject = 'incident:' || i.id), 0)))
    FROM command_incident i JOIN org_unit u ON u.id = i.unit_id WHERE i.id IN ({rows}) ORDER BY i.id
"""


def incidents(person: Person, view: View) -> str:
    """Those that are not over, at their place, or at their unit's seat while the place is not known."""
    if view.world.at is not None:
        return incidents_at(person, view)
    rows: QuerySet[Incident] = incidents_visible_to(person).filter(view.world.rows())
    rows = rows.filter(status__in=LIVE) if view.incident is None else rows.filter(pk=view.incident)
    if view.bbox is not None:
        rows = rows.filter(view.within("point") | Q(view.within("unit__seat"), point=None))
    sql, values = sql_of(rows.values("pk"))
    return collection(_INCIDENTS.replace("{rows}", sql), [max(view.grid, 0.00001), *values])


def warnings(person: Person, view: View) -> str:
    """Those in force, drawn as their sender drew them or as the divisions that they name."""
    return map_features(person, view.bbox, view.world)


def hazards(person: Person, view: View) -> str:
    """Those that the person sees and that pass the filters of ``/api/v1/hazards/``; the open ones when no
    state is asked (``every=true``: all).

    As they are now. ValidationError by field for a filter that cannot be read, or for a past moment.
    """
    if view.world.at is not None:
        raise ValidationError({"at": [_("Hazards are drawn as they are now.")]})
    query = bound_to(FilterQuery, {name: value for name, value in view.given.items() if value})
    query.is_valid(raise_exception=True)
    filters = query.filters()
    if not filters.status and filters.open is None and not view.given.get("every"):
        filters = replace(filters, open=True)
    present = now()
    features = [_feature(*row, present=present) for row in points(person, filters, view.world)]
    return orjson.dumps({"type": "FeatureCollection", "features": features}).decode()


def _feature(
    pk: int, lon: float, lat: float, ref: str, kind: str, grade: str, status: str, people: int,
    due: dt.datetime | None, *, present: dt.datetime,
) -> dict[str, Any]:  # fmt: skip
    shown = {"ref": ref, "kind": kind, "grade": grade, "status": status, "people": people}
    late = {"late": True} if due is not None and due < present else {}
    place = {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]}
    return {"type": "Feature", "id": pk, "geometry": place, "properties": shown | late}


_CUT_OFF = """
    SELECT json_build_object('type', 'Feature', 'id', u.code, 'geometry', ST_AsGeoJSON(u.seat, 5, 0)::json,
        'properties', json_build_object('type', 'cut_off', 'unit', u.code, 'since', c.since,
            'people', jsonb_array_length(c.grounds)))
    FROM command_cutoff c JOIN org_unit u ON u.id = c.unit_id WHERE c.id IN ({rows}) ORDER BY u.path
"""


def cut_off(person: Person, view: View) -> str:
    """Villages presumed cut off, as they are now or were at a moment: a telephone without a network has none in an
    exercise either.
    """
    rows = CutOff.objects.filter(visible_to(person), view.within("unit__seat"))
    if view.world.at is None:
        rows = rows.filter(lifted_at=None)
    else:
        rows = rows.filter(Q(lifted_at=None) | Q(lifted_at__gt=view.world.at), since__lte=view.world.at)
    sql, values = sql_of(rows.values("pk"))
    return collection(_CUT_OFF.replace("{rows}", sql), values)


LAYERS = {
    "units": units,
    "assignments": assignments,
    "incidents": incidents,
    "warnings": warnings,
    "hazards": hazards,
    "cut_off": cut_off,
}
