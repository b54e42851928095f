"""Whatever page or sheet speaks of an exercise says so; whatever is real does not (law 9)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string

from command.models import Proposal
from early_warning.actions import add_feed
from early_warning.models import Feed
from hazards.models import Supervision
from journal.actions.recording import SYSTEM
from journal.selectors.participants import PARTICIPANTS
from journal.timers import fire_due
from norms.files.jobs import SHEET
from norms.screens.papers import figures, paper_of
from org.models import Person, Unit
from tests.support.exercises import TRIGGERS, Night
from tests.support.hazards import holder
from tests.support.levels import action, plan_of

pytestmark = pytest.mark.django_db
N = 6
MARK = 'class="exercise-mark"'
STRIP = 'class="exercise-strip"'


@pytest.fixture
def feed(demo_county: Unit) -> Feed:
    return add_feed("marks", "平台", demo_county, by=SYSTEM, token="p" * 40)[0]


def pages_of(night: Night) -> list[str]:
    """The page of every kind of object that a night makes."""
    warning, hazard, incident = night.warning("red"), night.hazard(), night.incident()
    order = night.order(incident, descendants=True)
    mine = order.assignments.get(person=night.village)
    proposal = Proposal.objects.get(exercise=night.exercise, level="red", subject=f"warning:{warning.pk}")
    response = night.accept(proposal)
    return [
        f"/incidents/{incident.pk}/",
        f"/incidents/{incident.pk}/?tab=people",
        f"/incidents/{response.incident_id}/?tab=response",
        f"/responses/{response.pk}/print/",
        f"/responses/{response.pk}/mine/",
        f"/orders/{order.pk}/",
        f"/orders/{order.pk}/print/",
        f"/orders/mine/{mine.pk}/",
        f"/warnings/{warning.pk}/",
        f"/hazards/{hazard.pk}/",
        f"/proposals/{proposal.pk}/",
    ]


@pytest.mark.parametrize("exercise", [N, None])
def test_every_page_of_an_object_carries_the_watermark_of_its_exercise(
    feed: Feed, browse: Callable[..., Any], admin: Person, exercise: int | None
) -> None:
    plan_of(action("patrol"), triggers=TRIGGERS)
    client = browse(admin)
    for page in pages_of(Night(feed, random.Random(1), exercise)):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert (MARK in answer.content.decode()) == (exercise is not None), page
        assert (STRIP in answer.content.decode()) == (exercise is not None), page


def test_lists_of_an_exercise_carry_it_for_its_people_alone(
    browse: Callable[..., Any], officer: Person, township: Person
) -> None:
    with PARTICIPANTS.lent({"tests": lambda exercise, people: {officer.pk} if exercise == N else set()}):
        for page in ("/", "/incidents/", "/orders/", "/warnings/", "/hazards/", "/wall/"):
            assert MARK in browse(officer).get(f"{page}?exercise={N}").content.decode(), page
            assert MARK not in browse(officer).get(page).content.decode(), page
            assert MARK not in browse(township).get(f"{page}?exercise={N}").content.decode(), page


def test_the_phone_keeps_the_order_of_an_exercise_apart_and_marks_it(
    feed: Feed, browse: Callable[..., Any], village: Person
) -> None:
    rng = random.Random(2)
    real = Night(feed, rng, None)
    real.order(real.incident(), descendants=True, text="真的")
    played = Night(feed, rng, N)
    played.order(played.incident(), descendants=True, text="演的")
    page = browse(village).get("/orders/mine/").content.decode()
    above, _between, below = page.partition('class="phone-exercise"')
    assert "真的" in above
    assert "演的" not in above
    assert "演的" in below
    assert STRIP in below
    assert STRIP not in above


def test_the_alarm_bar_marks_an_alarm_of_an_exercise_and_puts_it_last(
    feed: Feed, browse: Callable[..., Any], village: Person
) -> None:
    rng = random.Random(2)
    real, played = Night(feed, rng, None), Night(feed, rng, N)
    real.order(None, descendants=True, text="真的")
    played.order(None, descendants=True, text="演的")
    bar = browse(village).get("/me/alarms/").content.decode()
    assert bar.index("真的") < bar.index("演的")
    assert bar.count("tag-exercise") == 1
    assert "[EXERCISE]" in bar[bar.index("真的") :]


def test_a_letter_on_paper_says_that_it_is_played(feed: Feed, clock: Any) -> None:
    for exercise in (N, None):
        Night(feed, random.Random(exercise or 0), exercise).hazard()
    clock.travel(hours=24 * 60)
    fire_due()
    director = holder("331126", "command_office_director")
    papers = {row.hazard.exercise: paper_of(director, row.paper_id) for row in Supervision.objects.all()}
    marked = {
        exercise: STRIP in render_to_string(SHEET, {**figures(paper), "lang": "zh-CN"})
        for exercise, paper in papers.items()
    }
    assert marked == {N: True, None: False}
