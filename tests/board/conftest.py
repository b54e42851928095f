"""An order that is out, and a county ten times as large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext

from command import actions
from command.models import Assignment, Incident, Order
from org.models import Person, Post, Unit


@pytest.fixture
def incident(officer: Person) -> Incident:
    return actions.open_incident(
        by=officer,
        title="上游暴雨",
        category="natural_disaster",
        unit="331126",
        grade="III",
        point=Point(119.2, 27.6, srid=4326),
    )


@pytest.fixture
def order(officer: Person, incident: Incident) -> Order:
    """To Jushui and Lingtou with their villages, on the red ladder: five minutes to answer."""
    return actions.issue_order(
        by=officer,
        incident_id=incident.pk,
        text="立即转移低洼处群众",
        units=["331126206", "331126200"],
        descendants=True,
        ladder="red",
    )


@pytest.fixture
def grow(officer: Person) -> Callable[[Order], None]:
    """Nine copies of every township and village, and their assignments in ``order``."""

    def copy(order: Order) -> None:
        county = Unit.objects.get(code="331126")
        townships = list(Unit.objects.filter(level="township"))
        villages = list(Unit.objects.filter(level="village"))
        new = _copies(townships, county)
        Unit.objects.bulk_create(new.values())
        more = _copies(villages, county, new)
        Unit.objects.bulk_create(more.values())
        head = Post.objects.get(code="village_head")
        Assignment.objects.bulk_create(
            Assignment(order=order, unit=unit, post=head, person=officer, ack_due_at=order.ack_due_at)
            for unit in more.values()
        )

    return copy


def _copies(units: list[Unit], top: Unit, above: dict[Any, Unit] | None = None) -> dict[Any, Unit]:
    """(old pk, copy) → new unit; townships are numbered anew from 300, where nobody is."""
    found = {}
    for unit in units:
        for n in range(9):
            township = unit.code[6:9]
            number = f"{300 + n * 60 + _ordinal(township):03d}"
            code = f"331126{number}{unit.code[9:]}"
            parent = above[(unit.parent_id, n)] if above else top
            path = f"33.11.26.{number}" + (f".{unit.code[9:]}" if len(unit.code) > 9 else "")
            found[(unit.pk, n)] = Unit(
                code=code, path=path, level=unit.level, parent=parent, name=unit.name, name_en=unit.name_en,
                boundary=unit.boundary, boundary_approximate=True, seat=unit.seat,
            )  # fmt: skip
    return found


_seen: dict[str, int] = {}


def _ordinal(township: str) -> int:
    return _seen.setdefault(township, len(_seen))


@pytest.fixture
def queries() -> Callable[[Callable[[], Any]], int]:
    """How many statements a call costs."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
