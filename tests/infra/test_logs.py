"""What the log tells: one line of a stranger's request, and no address that lets somebody in."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the process would have written."""
    out = io.StringIO()
    (console,) = [one for one in logging.getLogger().handlers if one.name == "console"]
    monkeypatch.setattr(console, "stream", out)
    return out


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
    assert line.endswith("Service Unavailable: /orders/: server closed the connection")


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
    assert "signed in" in said.getvalue()
    assert "5ec2e7" not in said.getvalue()
