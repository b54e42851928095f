"""A rainy night: 2,000 reports from 200 phones, many sent again because the answer was lost; each is taken once."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from uuid import uuid4

import pytest
from knox.models import AuthToken

from hazards.actions.tally import fold
from hazards.models import Deadline, Hazard, Tally
from journal.models import Event, Timer
from org.models import Person, Unit
from tests.support.live import LiveServer

PHONES, REPORTS, AT_ONCE = 200, 10, 12


@pytest.mark.django_db(transaction=True)
def test_two_thousand_reports_of_two_hundred_phones_are_each_stored_once(village: Person, township: Person) -> None:
    rng = random.Random(14)
    seats = list(Unit.objects.filter(level="village", seat__isnull=False).values_list("seat", flat=True))
    tokens = [AuthToken.objects.create(person)[1] for person in (village, township)]
    server = LiveServer()

    def phone(number: int) -> list[int]:
        """Each third report goes out twice."""
        link = HTTPConnection("127.0.0.1", server.port, timeout=120)
        headers = {"Authorization": f"Token {tokens[number % 2]}", "Content-Type": "application/json"}
        said = []
        for n in range(REPORTS):
            seat = seats[(number * REPORTS + n) % len(seats)]
            sent = {
                "client_id": str(uuid4()), "kind": "cut_slope", "description": f"{number}-{n}",
                "point": [seat.x, seat.y], "found_at": "2026-07-09T03:20:14+08:00",
            }  # fmt: skip
            for _again in range(2 if rng.random() < 1 / 3 else 1):
                link.request("POST", "/api/v1/hazards/", json.dumps(sent), headers)
                answer = link.getresponse()
                answer.read()
                said.append(answer.status)
        link.close()
        return said

    try:
        with ThreadPoolExecutor(AT_ONCE) as people:
            said = [status for one in people.map(phone, range(PHONES)) for status in one]
    finally:
        server.stop()
    many = PHONES * REPORTS
    assert (said.count(201), set(said)) == (many, {200, 201})
    assert len(said) > many, "some were sent again"
    assert Hazard.objects.values("description").distinct().count() == Hazard.objects.count() == many
    assert Hazard.objects.values("ref").distinct().count() == many
    assert Event.objects.filter(verb="hazard.filed").count() == many
    assert Deadline.objects.count() == Timer.objects.filter(kind="hazards.due", state="pending").count() == many
    fold()
    assert sum(Tally.objects.values_list("found", flat=True)) == many
