"""Two platforms at once, on real connections: nothing is doubled, nothing slips past."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from command.models import Incident
from early_warning.actions import accept_question, add_feed, dismiss, receive, reject_question, turn_into_incident
from early_warning.models import Feed, Question, RawMessage, Warning
from journal.actions.recording import SYSTEM
from journal.models import Event
from org.models import Person, Unit
from tests.early_warning.messages import area, cancel, info, message, reference, update
from web.errors import ActionError, Conflict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platform(transactional_db: None) -> Feed:
    return add_feed("race", "race", Unit.objects.get(code="331126"), by=SYSTEM)[0]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together; their results, or the ActionErrors that they raised."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[n] = act()
        except ActionError as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_the_same_message_from_many_at_once_is_one_warning(platform):
    results = at_once(*[lambda: receive(message(), by=platform)] * 6)
    assert sorted(result.created for result in results) == [False] * 5 + [True]
    assert {result.warning.pk for result in results} == set(Warning.objects.values_list("pk", flat=True))
    assert (RawMessage.objects.count(), Event.objects.filter(verb="warning.received").count()) == (1, 1)


def test_one_identity_with_two_contents_at_once_keeps_exactly_one(platform):
    bodies = [message(), message(infos=info(severity="Minor"))]
    results = at_once(*[lambda body=body: receive(body, by=platform) for body in bodies])
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert Warning.objects.count() == 1


@pytest.mark.parametrize(("make", "ended"), [(update, "updated"), (cancel, "cancelled")])
def test_an_original_and_what_ends_it_at_once_end_in_the_same_state_either_way(platform, make, ended):
    for n in range(5):
        first, second = message(identifier=f"first{n}"), make(f"second{n}", of=reference(f"first{n}"))
        at_once(lambda a=first: receive(a, by=platform), lambda b=second: receive(b, by=platform))
        assert Warning.objects.get(raw__identifier=f"first{n}").status == ended


def in_doubt(platform: Feed) -> int:
    """The question about an update of elsewhere."""
    receive(message(), by=platform)
    receive(update(infos=info(area=area(codes=("330100",)))), by=platform)
    return Question.objects.get().pk


def test_of_two_who_decide_on_a_question_at_once_one_does(platform):
    pk, officer = in_doubt(platform), Person.objects.get(username="officer")
    results = at_once(
        lambda: accept_question(pk, reason="yes", by=officer), lambda: reject_question(pk, reason="no", by=officer)
    )
    assert sum(isinstance(result, Conflict) for result in results) == 1
    status = Question.objects.get().status
    expected = {"accepted": ["updated", "active"], "rejected": ["active", "rejected"]}[status]
    assert list(Warning.objects.order_by("pk").values_list("status", flat=True)) == expected


def test_a_decision_and_a_cancel_at_once_do_not_overwrite_each_other(platform):
    pk, officer = in_doubt(platform), Person.objects.get(username="officer")
    both = f"{reference()} {reference('test-2', '2026-07-09T11:00:00+08:00')}"
    at_once(lambda: accept_question(pk, reason="yes", by=officer), lambda: receive(cancel(of=both), by=platform))
    assert not Warning.objects.filter(status__in=["active", "held"]).exists()
    assert Question.objects.get().status in ("accepted", "lapsed")


def test_two_clicks_at_once_open_one_incident(platform):
    warning = receive(message(), by=platform).warning

    def click():
        return turn_into_incident(warning.pk, by=Person.objects.get(username="officer"))

    results = at_once(click, click)
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert Incident.objects.count() == 1


def test_a_dismissal_and_a_cancel_at_once_do_not_overwrite_each_other(platform):
    warning = receive(message(), by=platform).warning
    officer = Person.objects.get(username="officer")
    at_once(lambda: dismiss(warning.pk, reason="x", by=officer), lambda: receive(cancel(), by=platform))
    moves = Event.objects.filter(subject=f"warning:{warning.pk}").exclude(verb="warning.received")
    assert [event.data["to"] for event in moves] == [Warning.objects.get().status]
