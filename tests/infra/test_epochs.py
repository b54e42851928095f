"""After a restore the journal's numbers begin again: every cursor and act of before is told so."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from journal.actions import epochs
from journal.live.frames import newest_seq
from org.models import Person
from tests.support.county import BACKEND

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(officer: Person) -> APIClient:
    client = APIClient()
    client.force_authenticate(officer)
    return client


def test_pages_and_polls_carry_the_epoch(api: APIClient, officer: Person) -> None:
    browser = Client()
    browser.force_login(officer, backend=BACKEND)
    assert f'data-live-epoch="{epochs.current()}"' in browser.get("/incidents/").content.decode()
    told = [api.get(f"/api/v1/events/{query}").json()["epoch"] for query in ("", f"?after={newest_seq()}")]
    assert told == [epochs.current()] * 2


def test_a_restore_begins_another_epoch(api: APIClient) -> None:
    before = api.get("/api/v1/events/").json()["epoch"]
    epochs.begin("restored")
    assert api.get("/api/v1/events/").json()["epoch"] not in ("", before)


def test_a_cursor_of_the_future_is_told_to_start_over(api: APIClient) -> None:
    answer = api.get(f"/api/v1/events/?after={newest_seq() + 1000}").json()
    assert (answer["reset"], answer["results"]) == (True, [])
    assert api.get(f"/api/v1/events/?after={newest_seq()}").json()["reset"] is False


@pytest.mark.parametrize("path", ["/me/alarms/acknowledge/", "/orders/mine/1/act/"])
def test_an_act_that_was_kept_since_before_a_restore_is_refused_with_its_reason(officer: Person, path: str) -> None:
    browser = Client()
    browser.force_login(officer, backend=BACKEND)
    kept: Any = {"HTTP_X_SANJI_EPOCH": epochs.current(), "HTTP_X_SANJI_ITEM": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    assert browser.post(path, {}, **kept).status_code != 409
    epochs.begin("restored")
    refused = browser.post(path, {}, HTTP_HX_REQUEST="true", **kept)
    assert refused.status_code == 409
    assert refused.headers["X-Sanji-Item"] == kept["HTTP_X_SANJI_ITEM"]
    assert "备份" in refused.content.decode()


def test_reading_is_not_refused(officer: Person) -> None:
    browser = Client()
    browser.force_login(officer, backend=BACKEND)
    assert browser.get("/incidents/", HTTP_X_SANJI_EPOCH="another").status_code == 200
