"""A town with six people for its duty, a roster pattern, and shifts by the clock of Beijing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from duty import actions
from duty.models import Shift
from journal.actions.recording import SYSTEM
from org.models import Appointment, Person, Unit
from tests.support.duty import TOWN, beijing


@pytest.fixture
def at_time(clock: Any) -> Callable[[str], dt.datetime]:
    """``at_time("2027-03-01 08:00")``: move the database's clock there (Beijing time)."""

    def go(text: str) -> dt.datetime:
        target = beijing(text)
        clock.travel(seconds=(target - clock.now()).total_seconds())
        return target

    return go


@pytest.fixture
def town(demo_county: Unit) -> Unit:
    return Unit.objects.get(code=TOWN)


@pytest.fixture
def crew_of(demo_county: Unit) -> Callable[[str], list[Person]]:
    """The people with a post that every unit has, by rank of the post."""

    def of(code: str = TOWN) -> list[Person]:
        rows = Appointment.objects.filter(unit__code=code, valid_to=None, post__optional=False)
        held = rows.order_by("role", "post__rank", "pk")
        return list(dict.fromkeys(row.person for row in held.select_related("person")))

    return of


@pytest.fixture
def people(crew_of: Callable[..., list[Person]]) -> list[Person]:
    """Six people of the town: secretary, head, deputy, station, duty officer, second duty officer."""
    found = crew_of()
    assert len(found) == 6
    return found


@pytest.fixture
def team(people: list[Person]) -> tuple[dict[str, Person], dict[str, Person]]:
    """Two crews that can follow one another."""
    secretary, head, deputy, station, officer, second = people
    return (
        {"leader": secretary, "main": deputy, "deputy": officer},
        {"leader": head, "main": station, "deputy": second},
    )


@pytest.fixture
def shift_of(town: Unit, team: tuple[dict[str, Person], dict[str, Person]]) -> Callable[..., Shift]:
    """``shift_of("2027-03-01", 0)``: a published shift of the town from 08:30 for a day, by crew 0 or 1."""

    def make(day: str, crew: int | dict[str, Person] = 0, *, hours: float = 24, **changes: Any) -> Shift:
        start = beijing(day if " " in day else f"{day} 08:30")
        fields: dict[str, Any] = {
            "unit": town,
            "start": start,
            "end": start + dt.timedelta(hours=hours),
            "people": team[crew] if isinstance(crew, int) else crew,
            "published": True,
        } | changes
        return actions.add_shift(by=SYSTEM, **fields)

    return make


def plan(cursor_sql: str, parameters: list[Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN ANALYZE " + cursor_sql, parameters)
        return "\n".join(row[0] for row in cursor.fetchall())
