"""Units, points and people of the hazards' tests."""

from __future__ import annotations

from typing import Any

from django.db import connection

from hazards import actions
from org.models import Appointment, Person

VILLAGE, TOWN, NEIGHBOUR, COUNTY = "331126206200", "331126206", "331126105", "331126"


WATER = "331126D03"
"""The Water Resources Bureau, to which flash-flood gullies go."""


STATES = ("found", "registered", "graded", "rectifying", "submitted", "inspected", "closed")


def point_in(code: str) -> tuple[float, float]:
    """A point that the unit covers, away from its border."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(boundary) AS p FROM org_unit WHERE code = %s) x",
            [code],
        )
        return cursor.fetchone()


def holder(unit: str, post: str) -> Person:
    held = Appointment.objects.filter(unit__code=unit, post__code=post, role="A", valid_to=None)
    return held.select_related("person").order_by("pk")[0].person


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def all_sides_sign(hazard: Any) -> None:
    """The three signatures before a closure, each by somebody of that side who has not signed yet."""
    fire = "331126D04"
    signers = {"owner": holder(VILLAGE, "village_head"), "territory": holder(TOWN, "township_deputy")}
    for role, person in {**signers, "regulator": holder(fire, "department_duty")}.items():
        actions.sign_closure(hazard.pk, by=person, role=role)
