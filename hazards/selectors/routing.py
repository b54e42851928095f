"""Routing of a new hazard: the village by point in polygon, then the responsible unit by editable rules (`Route`).

The place is the deepest active unit whose boundary covers the point: a village, else a township, else the county. The
border belongs to both sides; of several units at one depth the one with the smallest code takes it (the tie rule). A
county whose own boundary is not loaded yet takes every point that no unit covers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from hazards.rules.words import Role
from org.models import Unit
from web.errors import Invalid

_UNIT = "u.id, u.code, u.path, u.level, u.name, u.name_en"
_COVERING = f"""
    SELECT {_UNIT} FROM org_unit u, (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS point) at
    WHERE u.active AND u.level IN ('village', 'township', 'county')
      AND ((u.boundary && at.point AND ST_Covers(u.boundary, at.point))
           OR (u.level = 'county' AND u.boundary IS NULL AND u.parent_id IS NULL))
    ORDER BY length(u.path) DESC, u.path LIMIT 1
"""
_PLACE_AND_OWNER = """
    WITH place AS MATERIALIZED (
        SELECT p.*, array_to_string((string_to_array(p.path, '.'))[1:3], '.') AS county,
            array_to_string((string_to_array(p.path, '.'))[1:4], '.') AS township
        FROM ({place}) p
    )
    SELECT p.id, p.code, p.path, p.level, p.name, p.name_en, {units}
    FROM place p {joins}
"""
_BY_RULE = """
    LEFT JOIN LATERAL (
        SELECT o.id, o.code, o.path, o.level, o.name, o.name_en
        FROM hazards_route r
        LEFT JOIN org_unit w ON w.id = r.place_id LEFT JOIN org_unit n ON n.id = r.unit_id
        JOIN org_unit o ON o.active AND o.path = CASE r."to" WHEN 'village' THEN p.path
            WHEN 'township' THEN p.township WHEN 'department' THEN p.county || '.' || r.department ELSE n.path END
        WHERE r.active AND r.role = '{role}' AND r.kind IN (%(kind)s, '')
            AND (r.place_id IS NULL OR p.path = w.path OR p.path LIKE w.path || '.%%')
        ORDER BY length(COALESCE(w.path, '')) DESC, r.kind = '', r.position, r.id LIMIT 1
    ) {role} ON true
"""
_ROLES = (Role.OWNER.value, Role.REGULATOR.value)
_PLACE_AND_OWNER = _PLACE_AND_OWNER.replace(
    "{units}", ", ".join(f"{role}.{column}" for role in _ROLES for column in _UNIT.replace("u.", "").split(", "))
).replace("{joins}", "".join(_BY_RULE.replace("{role}", role) for role in _ROLES))
_BY_POINT = _PLACE_AND_OWNER.replace("{place}", _COVERING)
_BY_UNIT = _PLACE_AND_OWNER.replace("{place}", f"SELECT {_UNIT} FROM org_unit u WHERE u.id = %(unit)s")


@dataclass(frozen=True)
class Placed:
    """``unit`` is where it lies, ``owner`` who must rectify it, ``regulator`` the department that watches over such
    hazards, if there is one; all without their boundaries.
    """

    unit: Unit
    owner: Unit
    regulator: Unit | None = None


def placed(lon: float, lat: float, kind: str) -> Placed:
    """Locate and route in one statement. Invalid (``point``) for a point outside the county; degrees, EPSG:4326."""
    found = _asked(_BY_POINT, {"lon": lon, "lat": lat, "kind": kind})
    if found is None:
        raise Invalid.field("point", _("This point lies outside the county. Move the pin to where the danger is."))
    return found


def routed(unit: Unit, kind: str) -> Unit:
    """Who must rectify hazards of this kind in this unit, by the rules in force."""
    found = _asked(_BY_UNIT, {"unit": unit.pk, "kind": kind})
    return found.owner if found else unit


def _asked(sql: str, values: dict[str, Any]) -> Placed | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    if row is None:
        return None
    unit = _unit(row[:6])
    return Placed(unit, _unit(row[6:12]) if row[6] else unit, _unit(row[12:]) if row[12] else None)


def _unit(row: tuple) -> Unit:
    return Unit(**dict(zip(("id", "code", "path", "level", "name", "name_en"), row, strict=True)))
