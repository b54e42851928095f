"""Starting a response over the whole county: compiling the level, starting it, raising it; statements and seconds."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.report import beside
from command.actions import change_level, open_incident, start_level
from command.models import Response
from org.models import Appointment, Person
from org.rules.capabilities import LEVEL
from plans.models import Version
from plans.selectors.compiling import compile_level

COMPILE_MS, START_MS, STATEMENTS = 1000, 2000, 40
"""What is laid down for level III of the flood plan in a county of about 220 units."""
ROUNDS = 4
T = TypeVar("T")


def run() -> None:
    leader = Person.objects.get(username="leader")
    held = Appointment.objects.filter(unit__code="331126", role="A", valid_to=None)
    magistrate = held.filter(post__capabilities__contains=[LEVEL["II"]]).earliest("post__rank").person
    version = Version.objects.get(plan__code="flood", plan__unit__code="331126", status=Version.Status.APPROVED)
    compiled = min(_timed(lambda: compile_level(version, "III"))[0] for _ in range(ROUNDS))
    lines = compile_level(version, "III")
    print(f"{len(lines.lines)} lines to {lines.people} people, {len(lines.vacancies)} vacant posts")
    beside("flood III, compiled", compiled, "limit", COMPILE_MS, "ms")
    started, raised = [], []
    for _ in range(ROUNDS):
        response, took, statements = _start(leader, version)
        started.append((took, statements))
        raised.append(_raise(response, magistrate))
    beside("flood III, started", min(took for took, _ in started), "limit", START_MS, "ms")
    beside("flood III, started, statements", started[-1][1], "limit", STATEMENTS, "")
    beside("raised to II, the difference alone", min(row[0] for row in raised), "limit", START_MS, "ms")
    beside("raised to II, statements", raised[-1][1], "limit", STATEMENTS, "")


def _start(leader: Person, version: Version) -> tuple[Response, float, int]:
    values = {"title": "bench", "category": "natural_disaster", "unit": "331126", "grade": "III"}
    incident = open_incident(by=leader, **values)
    with CaptureQueriesContext(connection) as caught:
        took, response = _timed(
            lambda: start_level(incident.pk, by=leader, version_id=version.pk, level="III", grounds="bench")
        )
    return response, took, len(caught)


def _raise(response: Response, by: Person) -> tuple[float, int]:
    with CaptureQueriesContext(connection) as caught:
        took, _ = _timed(lambda: change_level(response.pk, by=by, level="II", grounds="bench"))
    return took, len(caught)


def _timed(act: Callable[[], T]) -> tuple[float, T]:
    began = perf_counter()
    found = act()
    return (perf_counter() - began) * 1000, found
