"""When many files are being read at once, every door says so with Retry-After, stores nothing, and works again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from command.actions import issue_order
from command.models import Assignment
from hazards.actions.posters import make_posters
from hazards.models import Hazard, PublicFiling
from journal.models import Attachment
from org.models import Person
from tests.org import evil_workbooks as evil
from tests.support.hazards import VILLAGE, point_in
from tests.support.photos import jpeg
from web.limited import Busy, Pool

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Until it is called, the pool takes nobody."""

    @contextmanager
    def turn(self: Pool, sender: str) -> Iterator[Pool]:
        raise Busy
        yield self

    monkeypatch.setattr(Pool, "turn", turn)
    return monkeypatch.undo


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", jpeg())


def workbook() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.xlsx", evil.book(evil.people()))


def test_pages_for_workbooks_say_so(browse: Any, admin: Person, officer: Person, leader: Person, full: Any) -> None:
    answers = [
        browse(admin).post("/register/import/people/", {"p-file": workbook()}),
        browse(leader).post("/duty/units/331126/import/", {"file": workbook()}),
        browse(officer).post("/hazards/import/", {"file": workbook()}),
        browse(leader).post("/plans/import/", {"file": workbook(), "unit": "331126"}),
    ]
    for answer in answers:
        assert "send it again in a moment" in answer.content.decode()


def test_the_api_says_so_and_the_same_key_goes_through_later(api: Any, officer: Person, full: Any) -> None:
    client, key = api(officer), str(uuid.uuid4())
    lon, lat = point_in(VILLAGE)
    report = {
        "client_id": str(uuid.uuid4()), "kind": "cut_slope", "description": "坡面开裂", "point": [lon, lat],
        "found_at": timezone.now().isoformat(),
    }  # fmt: skip
    address = f"/api/v1/hazards/{client.post('/api/v1/hazards/', report).json()['id']}/photos/"
    answer = client.post(address, {"photo": photo()}, format="multipart", headers={"Idempotency-Key": key})
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "5", "busy")
    full()
    answer = client.post(address, {"photo": photo()}, format="multipart", headers={"Idempotency-Key": key})
    assert answer.status_code == 201


def test_the_public_keeps_what_it_typed(client: Any, admin: Person, full: Any) -> None:
    poster = make_posters(by=admin, units=[VILLAGE])[0]
    fields = {
        "kind": "cut_slope", "description": "坡面开裂", "place": "村口", "found_at": timezone.now().isoformat(),
        "client_id": str(uuid.uuid4()),
    }  # fmt: skip
    answer = client.post(f"/public/hazard/?p={poster.key}", fields | {"photos": [photo()]})
    assert answer.status_code == 503
    assert "村口" in answer.content.decode()
    assert not Hazard.objects.filter(client_id=fields["client_id"]).exists()
    full()
    assert client.post(f"/public/hazard/?p={poster.key}", fields | {"photos": [photo()]}).status_code == 201
    assert PublicFiling.objects.filter(poster=poster).count() == 1, "a try that was not taken is not counted"


def test_a_tap_with_a_photo_waits_in_the_phones_outbox(
    browse: Any, officer: Person, village: Person, full: Any
) -> None:
    issue_order(by=officer, incident_id=None, text="查看河道", units=[VILLAGE], ladder="red")
    row = Assignment.objects.filter(person=village).latest("pk")
    answer = browse(village).post(f"/orders/mine/{row.pk}/act/", {"step": "received"})
    assert answer.status_code in (200, 302)
    answer = browse(village).post(f"/orders/mine/{row.pk}/act/", {"step": "in_place", "photo": photo()})
    assert answer.status_code == 503, "the outbox keeps what is answered with 5xx (static/js/core/outbox.js)"
    assert not Attachment.objects.filter(subject=f"assignment:{row.pk}").exists()
