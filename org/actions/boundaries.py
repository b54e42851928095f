"""Loading boundaries that have passed every check (org/files/boundaries.py)."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.gis.geos import MultiPolygon
from django.db import transaction

from org.actions.permission import may_register
from org.models import Unit
from org.rules.announce import Actor, announce
from org.sentences import BOUNDARIES_LOADED


@transaction.atomic
def load_boundaries(
    boundaries: Mapping[int, MultiPolygon], *, source: str, by: Actor, approximate: bool = False
) -> int:
    """Write the boundary (EPSG:4326) of each unit by id, all or none; a unit without a seat gets a point inside it.

    Records one event at the highest unit loaded, with the codes.
    """
    units = list(Unit.objects.filter(pk__in=boundaries).select_for_update(of=("self",)).order_by("path"))
    if not units:
        return 0
    for unit in units:
        may_register(by, unit.path)
        unit.boundary = boundaries[unit.pk]
        unit.boundary_source, unit.boundary_approximate = source[:160], approximate
        if unit.seat is None:
            unit.seat = unit.boundary.point_on_surface
    Unit.objects.bulk_update(units, ["boundary", "boundary_source", "boundary_approximate", "seat"], batch_size=500)
    top = units[0]
    data = {"count": len(units), "source": source, "codes": [unit.code for unit in units]}
    announce(BOUNDARIES_LOADED, f"unit:{top.pk}", _common(units), data, by=by)
    return len(units)


def _common(units: list[Unit]) -> str:
    """The path that covers all of them, no higher than the county."""
    parts = [unit.path.split(".") for unit in units]
    shared = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return ".".join(shared)
