"""What the map's layers have in common, as they are now (layers.py) and as they were (replay.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.gis.geos import Polygon
from django.db.models import Q

from board.selectors.compose import fetch
from command.selectors.visible import SHOWN
from journal.rules.world import REAL, World

DETAILED_ZOOM = 16
"""From here on boundaries are drawn as they are stored."""


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """What part of the map is asked for. ``bbox`` is [west, south, east, north] in degrees.

    ``given`` is the whole query, for layers with filters of their own.
    """

    bbox: Box | None = None
    zoom: int = 10
    world: World = REAL
    incident: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def grid(self) -> float:
        """Degrees of half a pixel at the zoom: what a boundary may be rounded to without anybody seeing it."""
        return 0 if self.zoom >= DETAILED_ZOOM else 360 / (256 * 2**self.zoom) / 2

    def within(self, field: str) -> Q:
        return Q() if self.bbox is None else Q(**{f"{field}__bboverlaps": Polygon.from_bbox(self.bbox)})


def collection(features: str, parameters: Sequence[object]) -> str:
    """``features``: a statement of one json column."""
    sql = (
        "SELECT json_build_object('type', 'FeatureCollection',"
        " 'features', COALESCE(json_agg(f.feature), '[]'::json))::text"
        f" FROM ({features}) AS f(feature)"
    )
    return fetch(sql, parameters)[0][0]


_RANK = f"array_position(string_to_array('{' '.join(SHOWN)}', ' '), s.state)"

# `items` is what the client keeps: from it and from the frames that follow it counts by itself, without asking again.
ITEMS = """json_build_object('id', s.id, 'order', s.order_id, 'incident', s.incident_id, 'status', s.status,
    'climbed_to', s.climbed_to, 'ack_due_at', s.ack_due_at, 'next_climb_at', s.next_climb_at,
    'for', s.state = 'answered_for', 'since', s.issued_at, 'seq', s.seq)"""

PLACES = f"""
    SELECT json_build_object('type', 'Feature', 'id', u.code, 'geometry', ST_AsGeoJSON(u.seat, 5, 0)::json,
        'properties', json_build_object('type', 'answers', 'unit', u.code, 'level', u.level,
            'state', (array_agg(s.state ORDER BY {_RANK}))[1],
            'counts', (SELECT json_object_agg(c.state, c.n) FROM (SELECT t.state, count(*) AS n
                FROM unnest(array_agg(s.state)) AS t(state) GROUP BY t.state) c),
            'ids', json_agg(s.id ORDER BY s.id),
            'waiting_since', min(s.issued_at) FILTER (WHERE s.status = 'called'),
            'items', json_agg({ITEMS} ORDER BY s.id)))
    FROM asked s JOIN org_unit u ON u.id = s.unit_id GROUP BY u.id ORDER BY u.path
"""
