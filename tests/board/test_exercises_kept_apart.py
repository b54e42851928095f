"""No list, count, map, export or figure of what is real holds a row of an exercise (law 9)."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db.models import Model
from django.utils import translation

from board.selectors.events import event_lines as live_feed
from board.selectors.frame import frame_for
from board.selectors.layers import LAYERS, View
from board.selectors.search import search
from board.selectors.silence import silent_list
from board.selectors.situation import (
    incidents_going,
    proposals_waiting,
    stopped_clocks,
    unit_card,
    warnings_going,
)
from command.models import Assignment, Incident, Order, Proposal
from command.selectors import lists
from command.selectors.visible import silent_now
from duty.selectors.gather import gathered
from early_warning.actions import add_feed
from early_warning.models import Feed
from early_warning.selectors import warnings
from hazards.models import Hazard, Tally
from hazards.selectors import queue
from hazards.selectors.statistics import statistics
from journal.actions.recording import SYSTEM
from journal.models import Event
from journal.rules.world import REAL, World
from journal.selectors.participants import PARTICIPANTS
from org.models import Person, Unit
from tests.support.exercises import JUSHUI, TRIGGERS, Night
from tests.support.levels import action, plan_of

pytestmark = pytest.mark.django_db
N = 4
COUNTY = "331126"
READERS = ("admin", "officer", "township", "village")
API = (
    *("incidents", "orders", "assignments", "responses", "proposals", "warnings", "hazards", "hazards/counts"),
    "hazards/statistics/?first=2026-01&last=2027-12",
)
PAGES = ("/incidents/", "/orders/", "/warnings/", "/hazards/", "/hazards/register/", "/hazards/statistics/", "/wall/")
SAID = re.compile(
    r'href="([^"]*)"|class="[^"]*\b(?:count|num|figure|counter)\b[^"]*"[^>]*>\s*(\d+)\s*<|>([A-Z]+-\d{4}-\d+)'
)
"""Of a page what it leads to, its figures and the numbers of what it lists; the clocks on it go on."""


@pytest.fixture
def feed(demo_county: Unit) -> Feed:
    return add_feed("nights", "平台", demo_county, by=SYSTEM, token="p" * 40)[0]


def ids(rows: Any) -> list[int]:
    return [row.pk for row in rows]


@translation.override("en")  # a client that has asked leaves its own language behind
def figures(person: Person, world: World = REAL) -> dict[str, Any]:
    """All that the board, the lists, the layers, the search and the statistics say to one person."""
    stats = frame_for(person, world)
    county = Unit.objects.get(code=COUNTY)
    incidents, orders = lists.incident_list(person, world), lists.order_list(person, world)
    return {
        "frame": (stats.silent, stats.overdue, stats.open_incidents, stats.response_level, stats.response_href),
        "going": [(one.incident.pk, one.counts, one.waiting_since) for one in incidents_going(person, world=world)],
        "warnings_going": ids(warnings_going(person, world)),
        "proposals": ids(proposals_waiting(person, world)),
        "silent": (ids((found := silent_list(person, world=world)).rows), found.total),
        "overdue": silent_list(person, world=world, overdue_only=True).total,
        "feed": [(line.event.seq, ids_of(line)) for line in live_feed(person, world)[0]],
        "stopped": stopped_clocks(person, world),
        "unit": unit_rows(person, world),
        "layers": {name: json.loads(LAYERS[name](person, View(world=world))) for name in LAYERS},
        "incidents": (ids(incidents), lists.incident_totals(person, world)),
        "orders": (ids(orders), lists.counts_by_order(person, orders)),
        "mine": (ids(lists.my_assignments(person, world)), ids(lists.below(person, world))),
        "warnings": (ids(warnings.listed(person, world)), warnings.counts(person, world)),
        "questions": ids(warnings.open_questions(person, world)),
        "hazards": (
            ids(queue.page(person, queue.Filters(), world).rows),
            queue.counts(queue.queue(person, None, world)),
        ),
        "statistics": statistics(person, county.path, *MONTHS, world),
        "search": [[hit.href for hit in group.hits] for group in search(person, "山", world)],
    }


MONTHS = (dt.date(2026, 1, 1), dt.date(2027, 12, 1))


def ids_of(line: Any) -> list[int]:
    return [one.event.seq for one in line.folded]


def unit_rows(person: Person, world: World) -> list[int]:
    card = unit_card(person, JUSHUI, world=world)
    return ids(card["rows"]) if card else []


@translation.override("en")
def of_nobody(person: Person) -> dict[str, Any]:
    """Figures that name no reader."""
    county = Unit.objects.get(code=COUNTY)
    return {"handover": gathered(county), "tally": Tally.objects.count(), "silent_now": ids(silent_now(person))}


def asked(api: Callable[..., Any], person: Person) -> dict[str, Any]:
    client = api(person)
    found = {}
    for name in API:
        address = f"/api/v1/{name}" if "?" in name else f"/api/v1/{name}/"
        found[name] = client.get(address).json()
    return found


def shown(browse: Callable[..., Any], person: Person) -> dict[str, list[Any]]:
    client = browse(person)
    return {page: SAID.findall(client.get(page).content.decode()) for page in PAGES}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_played_the_real_figures_stay_as_they_were(
    seed: int, feed: Feed, clock: Any, api: Callable[..., Any]
) -> None:
    plan_of(action("patrol"), action("moved", after=["patrol"]), triggers=TRIGGERS)
    rng = random.Random(seed)
    real, played = Night(feed, rng, None), Night(feed, rng, N)
    people = [Person.objects.get(username=name) for name in READERS]
    played.whole()
    real.whole()
    Night.time_passes(clock, rng.choice([0.1, 1, 26]))
    assert_present()
    before = [(figures(one), of_nobody(one), asked(api, one)) for one in people]
    theirs = World(N)
    played.whole()
    played.whole()
    for person, (board, rest, answers) in zip(people, before, strict=True):
        board_now = figures(person)
        for name in board:
            assert board_now[name] == board[name], (person.username, name)
        assert of_nobody(person) == rest
        assert asked(api, person) == answers
    assert figures(people[0], theirs) != figures(people[0]), "an exercise is seen in its own world"


def assert_present() -> None:
    """Both worlds have something of each kind, or the comparison says nothing."""
    models: tuple[type[Model], ...] = (Incident, Order, Hazard, Event)
    for model in models:
        rows = model._default_manager.all()
        assert rows.filter(exercise=N).exists(), model
        assert rows.filter(exercise=None).exists(), model
    assert Assignment.objects.filter(order__exercise=N).exists()
    assert Proposal.objects.filter(exercise=N).exists()


def test_the_pages_of_what_is_real_show_nothing_that_is_played(
    feed: Feed, browse: Callable[..., Any], officer: Person
) -> None:
    plan_of(action("patrol"), triggers=TRIGGERS)
    rng = random.Random(11)
    Night(feed, rng, None).whole()
    before = shown(browse, officer)
    Night(feed, rng, N).whole()
    after = shown(browse, officer)
    for page in PAGES:
        assert after[page] == before[page], page


def test_only_who_takes_part_may_look_into_an_exercise(
    feed: Feed, api: Callable[..., Any], officer: Person, township: Person
) -> None:
    night = Night(feed, random.Random(5), N)
    incident = night.incident()

    def listed(person: Person) -> list[int]:
        found = api(person).get(f"/api/v1/incidents/?exercise={N}").json()["results"]
        return [row["id"] for row in found]

    real = [row["id"] for row in api(officer).get("/api/v1/incidents/").json()["results"]]
    assert listed(officer) == real
    with PARTICIPANTS.lent({"tests": lambda exercise, people: {officer.pk} if exercise == N else set()}):
        assert listed(officer) == [incident.pk]
        assert incident.pk not in listed(township)


def test_the_workbook_of_hazards_leaves_out_what_is_played(feed: Feed, officer: Person) -> None:
    from hazards.files.sheets import queue_sheet
    from hazards.selectors.tickets import with_parts

    real, played = Night(feed, random.Random(1), None).hazard(), Night(feed, random.Random(2), N).hazard()
    kept = queue_sheet(with_parts(queue.queue(officer)))
    book = openpyxl.load_workbook(io.BytesIO(kept if isinstance(kept, bytes) else kept.read()))
    cells = {str(cell.value) for row in book.active.iter_rows() for cell in row}
    assert real.ref in cells
    assert played.ref not in cells
