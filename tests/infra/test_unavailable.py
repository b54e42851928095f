"""A full disk or a database that is away is said in a sentence, with the time to come again; nothing is half stored."""

from __future__ import annotations

import errno
import io
from typing import Any
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from PIL import Image

from journal.models import Attachment, Event
from org.models import Person
from tests.support.county import BACKEND

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(village: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(village, backend=BACKEND)
    return client


def failing(error: BaseException) -> Any:
    def fail(*args: Any, **more: Any) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    "error", [OperationalError("server closed the connection"), InterfaceError("connection already closed")]
)
def test_a_page_says_that_the_database_is_away(
    browser: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("command.selectors.lists.my_assignments", failing(error))
    answer = browser.get("/orders/mine/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "数据库暂无响应" in answer.content.decode()


def test_the_api_says_so_as_json(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journal.api.events.newest_seq", failing(OperationalError("gone")))
    answer = browser.get("/api/v1/events/")
    assert answer.status_code == 503
    assert (answer.json()["code"], answer.json()["fields"]) == ("unavailable", {})


def full_disk() -> None:
    """What PostgreSQL says when it has no room left."""
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$")


def test_a_database_without_room_is_told_apart_from_one_that_is_away(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journal.api.events.newest_seq", full_disk)
    answer = browser.get("/api/v1/events/")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "磁盘空间" in answer.json()["detail"]


def test_a_full_disk_keeps_no_photo_and_no_row_of_it(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = {
        "client_id": str(uuid4()), "kind": "cut_slope", "description": "坡面裂缝", "point": [119.2, 27.6],
        "found_at": "2026-07-09T10:15:00+08:00",
    }  # fmt: skip
    filed = browser.post("/api/v1/hazards/", ticket, content_type="application/json")
    assert filed.status_code == 201, filed.content
    before = Attachment.objects.count(), Event.objects.count()
    photo = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(photo, "JPEG")
    photo.seek(0)
    photo.name = "a.jpg"
    monkeypatch.setattr("os.fsync", failing(OSError(errno.ENOSPC, "No space left on device")))
    refused = browser.post(f"/api/v1/hazards/{filed.json()['id']}/photos/", {"photo": photo})
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert "磁盘空间" in refused.json()["detail"]
    assert (Attachment.objects.count(), Event.objects.count()) == before


def test_a_fault_of_ours_stays_one(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("command.selectors.lists.my_assignments", failing(ZeroDivisionError()))
    assert browser.get("/orders/mine/").status_code == 500
