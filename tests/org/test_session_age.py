"""How long a sign-in lasts: as long as it is used, never ending within a shift, and not for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from emergency.middleware import session_age
from norms.models import Number
from norms.selectors.numbers import number
from org.models import Person

pytestmark = pytest.mark.django_db
PAGE = "/duty/today/"
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_looked_at() -> Iterator[None]:
    session_age.looked.clear()
    yield
    session_age.looked.clear()


@pytest.fixture
def signed_in(officer: Person) -> Client:
    """By the sign-in page, as people do it."""
    client = Client()
    answer = client.post("/login/", {"username": officer.username, "password": "sanji-demo"})
    assert answer.status_code == 302
    return client


@pytest.fixture
def off_duty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emergency.middleware.session_age.on_until", lambda *_: None)


def on_duty_till(monkeypatch: pytest.MonkeyPatch, end: dt.datetime) -> None:
    """The person is on from before anything that is asked for until ``end``."""
    monkeypatch.setattr(
        "emergency.middleware.session_age.on_until", lambda _who, start, _end: end if start < end else None
    )


def row(client: Client) -> Session:
    return Session.objects.get(session_key=client.cookies["sessionid"].value)


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_a_sign_in_ends_when_it_was_not_used_for_the_idle_time(signed_in: Client, clock: Any, off_duty: None) -> None:
    clock.travel(hours=number("session_idle_h"), minutes=1)
    assert not is_in(signed_in)


def test_what_is_in_use_does_not_end(signed_in: Client, clock: Any, off_duty: None) -> None:
    for _time in range(4):
        clock.travel(hours=number("session_idle_h") - 1)
        assert is_in(signed_in)


def test_a_poll_of_an_open_page_is_use_too(signed_in: Client, clock: Any, off_duty: None) -> None:
    for address in ("/api/v1/events/", "/me/session/", "/me/alarms/"):
        clock.travel(hours=number("session_idle_h") - 1)
        assert signed_in.get(address).status_code == 200


def test_a_busy_page_writes_once_in_five_minutes(signed_in: Client, clock: Any, off_duty: None) -> None:
    clock.travel(hours=1)
    assert is_in(signed_in)
    with CaptureQueriesContext(connection) as asked:
        for _time in range(20):
            assert is_in(signed_in)
    assert not [q for q in asked.captured_queries if "django_session" in q["sql"] and q["sql"].startswith("UPDATE")]
    before = row(signed_in).expire_date
    clock.travel(minutes=6)
    assert is_in(signed_in)
    assert row(signed_in).expire_date - before >= 5 * MINUTE


def test_nobody_stays_signed_in_for_ever(signed_in: Client, clock: Any, off_duty: None) -> None:
    hours = 0
    while is_in(signed_in):
        assert hours <= 24 * number("session_longest_d")
        clock.travel(hours=6)
        hours += 6
    assert hours >= 24 * number("session_longest_d")


def test_whoever_is_on_duty_is_not_signed_out_before_the_handover(
    signed_in: Client, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift_ends = clock.now() + 23 * HOUR
    on_duty_till(monkeypatch, shift_ends)
    clock.travel(minutes=10)
    assert is_in(signed_in)
    clock.travel(hours=22, minutes=50)  # the page was closed all the while
    assert clock.now() >= shift_ends - MINUTE
    clock.travel(minutes=number("session_shift_grace_min") - 1)
    assert is_in(signed_in)


def test_a_shift_that_has_begun_outlasts_the_longest_life(
    signed_in: Client, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now()
    longest = dt.timedelta(days=number("session_longest_d"))
    monkeypatch.setattr("emergency.middleware.session_age.on_until", lambda *_: began + longest + 5 * HOUR)
    end = session_age.end_of_session(1, began, began + longest - HOUR)
    assert end == began + longest + 5 * HOUR + number("session_shift_grace_min") * MINUTE


def test_the_numbers_are_data(signed_in: Client, clock: Any, off_duty: None) -> None:
    Number.objects.create(
        code="session_idle_h", value=2, measure="hours", source="test", effective_from=clock.now() - MINUTE
    )
    began = clock.now()
    assert session_age.end_of_session(1, began, began) == began + 2 * HOUR


def test_signing_out_stays_signed_out_though_another_request_was_under_way(
    signed_in: Client, officer: Person, off_duty: None
) -> None:
    from emergency.actions import extend_session
    from emergency.authentication.sessions import SessionStore

    under_way = SessionStore(signed_in.cookies["sessionid"].value)
    under_way.load()
    signed_in.post("/logout/")
    assert under_way.ends is not None
    assert not extend_session(under_way.session_key, under_way.ends + HOUR, by=officer)
    assert not Session.objects.filter(session_key=under_way.session_key).exists()


def test_saving_something_else_does_not_move_the_end(signed_in: Client, off_duty: None) -> None:
    from emergency.authentication.sessions import SessionStore

    before = row(signed_in).expire_date
    other = SessionStore(signed_in.cookies["sessionid"].value)
    other["something"] = 1
    other.save()
    assert row(signed_in).expire_date == before
