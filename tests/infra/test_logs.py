"""What the log tells: who asked what, one line of a stranger's request, and no address that lets somebody in."""

from __future__ import annotations

import io
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django_structlog.celery.receivers import CeleryReceiver
from structlog.contextvars import bound_contextvars, clear_contextvars, get_contextvars

from emergency.logs import line_formatter
from org.models import Person
from tests.support.county import BACKEND

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the process would have written."""
    out = io.StringIO()
    (console,) = [one for one in logging.getLogger().handlers if one.name == "console"]
    monkeypatch.setattr(console, "stream", out)
    return out


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch, said: io.StringIO) -> Any:
    """Calling it gives the lines as objects, as LOG_FORMAT=json writes them."""
    (console,) = [one for one in logging.getLogger().handlers if one.name == "console"]
    monkeypatch.setattr(console, "formatter", line_formatter("json"))
    return lambda: [json.loads(line) for line in said.getvalue().splitlines()]


@pytest.fixture
def browser(township: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(township, backend=BACKEND)
    return client


def speaking(*args: Any, **more: Any) -> None:
    """In place of what a view calls: says something, and breaks."""
    logging.getLogger("command").warning("looked at %s", "/ical/5ec2e7.ics")
    raise ZeroDivisionError


def test_a_line_said_in_a_view_carries_the_request_and_who_asked(
    browser: Client, township: Person, monkeypatch: pytest.MonkeyPatch, rows: Any
) -> None:
    monkeypatch.setattr("command.selectors.lists.my_assignments", speaking)
    answers = [browser.get("/orders/mine/") for _ in range(2)]
    own, other = [line for line in rows() if line["logger"] == "command"]
    assert (own["event"], own["level"]) == ("looked at /ical/…", "warning")
    assert (own["actor"], own["unit"]) == (township.pk, township.appointments.first().unit.path)
    assert own["request_id"] != other["request_id"]
    broken = [line for line in rows() if "ZeroDivisionError" in line.get("exception", "")]
    assert [line["request_id"] for line in broken] == [own["request_id"], other["request_id"]]
    assert own["request_id"][:8] in answers[0].content.decode()
    assert get_contextvars() == {}


def test_a_line_said_for_a_program_carries_whose_token_it_brought(
    api: Any, township: Person, monkeypatch: pytest.MonkeyPatch, rows: Any
) -> None:
    client = api(township)
    client.raise_request_exception = False
    monkeypatch.setattr("journal.api.events.newest_seq", speaking)
    answer = client.get("/api/v1/events/")
    (line,) = [line for line in rows() if line["logger"] == "command"]
    assert line["actor"] == township.pk
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert line["request_id"][:8] in answer.json()["detail"]


@pytest.mark.parametrize("part", [False, True])
def test_whoever_meets_an_error_of_ours_is_told_the_code_for_support(
    browser: Client, monkeypatch: pytest.MonkeyPatch, rows: Any, part: bool
) -> None:
    monkeypatch.setattr("command.selectors.lists.my_assignments", speaking)
    answer = browser.get("/orders/mine/", headers={"HX-Request": "true"} if part else {})
    text = answer.content.decode()
    assert rows()[0]["request_id"][:8] in text
    assert (answer.status_code, "<" in text) == (500, not part)


def test_a_request_that_goes_well_says_nothing(browser: Client, said: io.StringIO) -> None:
    assert browser.get("/orders/mine/").status_code == 200
    assert said.getvalue() == ""


def test_a_task_is_named_and_carries_whoever_asked_for_it(rows: Any) -> None:
    celery, headers = CeleryReceiver(), dict[str, Any]()
    with bound_contextvars(request_id="5f1c", actor=7):
        celery.receiver_before_task_publish(headers=headers)
    task = SimpleNamespace(name="org.purge", request=SimpleNamespace(**headers))
    try:
        celery.receiver_task_prerun("t1", task)
        logging.getLogger("command").warning("at work")
    finally:
        clear_contextvars()
    (line,) = rows()
    expected = {"request_id": "5f1c", "actor": 7, "task": "org.purge", "task_id": "t1", "event": "at work"}
    assert {name: line[name] for name in expected} == expected


def test_the_sentinel_says_that_it_was_the_one(rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journal.actions.rounds.run_as_sentinel", lambda *_: {"timers": 3})
    call_command("sentinel", "--once")
    assert [(line["firer"], line["level"]) for line in rows()] == [("sentinel", "warning")]
    assert get_contextvars() == {}


def test_a_request_under_a_name_that_is_not_ours_is_one_line(client: Client, settings: Any, said: io.StringIO) -> None:
    settings.ALLOWED_HOSTS = ["sanji.example"]
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    lines = said.getvalue().splitlines()
    assert any("evil.example" in line for line in lines)
    assert "Traceback" not in said.getvalue()
    assert len(lines) <= 2, lines


def test_a_database_that_is_away_is_one_line_a_request(said: io.StringIO) -> None:
    try:
        raise OperationalError("server closed the connection\n")
    except OperationalError:
        logging.getLogger("django.request").exception("Service Unavailable: %s", "/orders/")
    (line,) = said.getvalue().splitlines()
    assert "Service Unavailable: /orders/: server closed the connection [django.request]" in line


def test_an_error_of_ours_keeps_its_traceback(said: io.StringIO) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("django.request").exception("broken")
    assert "ZeroDivisionError" in said.getvalue()


@pytest.mark.parametrize("address", ["/wall/device/wall-5ec2e7/", "/ical/5ec2e7.ics"])
def test_an_address_that_lets_somebody_in_is_not_in_it(client: Client, said: io.StringIO, address: str) -> None:
    client.get(address)
    logging.getLogger("axes.handlers").info("signed in: %s", {"path_info": address})
    try:
        raise LookupError(address)
    except LookupError:
        logging.getLogger("command").exception("broken")
    assert "signed in" in said.getvalue()
    assert "LookupError" in said.getvalue()
    assert "5ec2e7" not in said.getvalue()
