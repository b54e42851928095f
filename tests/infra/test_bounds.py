"""What outsiders send is bounded before it is parsed: bodies, fields, files, JSON, addresses; told in one sentence."""

from __future__ import annotations

import base64
import http.client
import io
import random
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from org.models import Person
from tests.support.live import LiveServer
from web import bounds
from web.bounded_json import read_json

pytestmark = pytest.mark.django_db
INCIDENTS = "/api/v1/incidents/"
BAD_JSON = {
    "deep lists": b"[" * 500 + b"]" * 500,
    "deeper than the parser": b"[" * 200_000,
    "deep objects": b'{"a":' * 500 + b"1" + b"}" * 500,
    "deep in a field": b'{"title":' + b"[" * 300 + b"]" * 300 + b"}",
    "a million values": b"[" + b"1," * 1_000_000 + b"1]",
    "empty lists without end": b"[" + b"[]," * 500_000 + b"[]]",
    "a number without end": b'{"scale":' + b"9" * 100_000 + b"}",
    "infinite": b'{"point":[1e999,1]}',
    "not a number": b'{"point":[NaN,1]}',
    "half a character": b'{"title":"\\ud800"}',
    "not UTF-8": b'{"title":"\xff\xfe"}',
    "nothing": b"",
    "larger than 5 MB": b'{"title":"' + b"a" * (5 << 20) + b'"}',
    "a geometry in a geometry": b'{"point":'
    + b'{"type":"GeometryCollection","geometries":[' * 200
    + b"]}" * 200
    + b"}",
    "a point of a thousand numbers": b'{"point":[' + b"1," * 1000 + b"1]}",
    "a point off the earth": b'{"point":[1e300,-1e300]}',
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_json_without_measure_is_refused_with_a_sentence(api: Any, officer: Person, name: str) -> None:
    answer = api(officer).post(INCIDENTS, data=BAD_JSON[name], content_type="application/json")
    assert answer.status_code == 400
    body = answer.json()
    assert body["code"]
    assert str(body["detail"]).strip()


def test_json_of_a_usual_shape_is_read() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": [1, 2.5, "x", null, {"b": []}]}') == {"a": [1, 2.5, "x", None, {"b": []}]}


def test_ten_thousand_fields_are_refused_on_pages_and_in_the_api(browse: Any, api: Any, officer: Person) -> None:
    fields = {f"f{number}": "1" for number in range(10_000)}
    answers = {
        "page": browse(officer).post("/incidents/new/", fields),
        "multipart page": browse(officer).post("/hazards/import/", fields),
        "sign-in": browse(officer).post(reverse("login"), fields),
        "api": api(officer).post("/api/v1/shifts/import/", fields, format="multipart"),
    }
    for door, answer in answers.items():
        assert answer.status_code == 400, door
        assert "3000 fields" in answer.content.decode(), door
    assert answers["api"].json()["code"] == "too_much"


def test_many_files_are_refused(api: Any, browse: Any, officer: Person) -> None:
    files = {f"f{number}": SimpleUploadedFile("a.jpg", b"a") for number in range(50)}
    answer = browse(officer).post("/hazards/import/", files)
    assert (answer.status_code, "20 files" in answer.content.decode()) == (400, True)


def test_five_megabytes_of_text_in_a_form_are_refused(browse: Any, officer: Person) -> None:
    answer = browse(officer).post("/incidents/new/", {"title": "a" * (6 << 20)})
    assert (answer.status_code, "5 MB" in answer.content.decode()) == (413, True)


@pytest.mark.parametrize(
    "body", [b"--x\r\n" * 50_000, b"--x\r\nContent-Disposition: form-data; name=" + b"a" * 100_000, b"\0" * 1000]
)
def test_a_broken_multipart_body_is_no_error_of_ours(browse: Any, officer: Person, body: bytes) -> None:
    answer = browse(officer).post("/hazards/import/", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code < 500


LONG = "9" * 4000
ODD = [
    "",
    "nan",
    "-1",
    "1e999",
    LONG,
    "\x00",
    "%",
    "甲" * 1000,
    "[" * 1000,
    "1,2,3,4,5",
    "nan,nan,nan,nan",
    "1e300,1,2,3",
]
ADDRESSES = [
    "/api/v1/map/units.geojson?bbox={}&zoom=9", "/api/v1/map/hazards.geojson?bbox=119,27,120,28&zoom={}",
    "/api/v1/map/incidents.geojson?at={}", "/search/?q={}", "/hazards/?cursor={}", "/hazards/?q={}&unit={}",
    "/api/v1/hazards/?cursor={}", "/api/v1/hazards/?page_size={}", "/api/v1/events/?cursor={}", "/api/v1/units/?q={}",
    "/api/v1/events/?after={}", "/public/hazard/?p={}", "/duty/ical/{}.ics", "/warnings/?colour={}", "/orders/?page={}",
    "/incidents/?q={}", "/duty/?month={}", "/login/?next={}", "/api/v1/shifts/?start={}",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_odd_parameter_is_never_an_error_of_ours(browse: Any, officer: Person, address: str) -> None:
    client = browse(officer)
    for odd in ODD:
        path, _mark, query = address.partition("?")
        asked = path.replace("{}", quote(odd, safe="")) + "?" + query.replace("{}", quote(odd, safe=""))
        assert client.get(asked).status_code < 500, asked[:200]


def test_a_cursor_with_impossible_numbers_is_refused(api: Any, officer: Person) -> None:
    for value, pk in ((2**80, 1), (1, 2**80), ("2026-01-01T00:00:00", 2**70), ("9999-12-31T23:59:59+00:00", 1)):
        text = orjson.dumps(["-found_at", False, float(value) if isinstance(value, int) else value, float(pk)])
        for cursor in (text, text.replace(b".0", b"").replace(b"e21", b"").replace(b"e24", b"")):
            asked = base64.urlsafe_b64encode(cursor).decode()
            assert api(officer).get(f"/api/v1/hazards/?cursor={asked}").status_code < 500


@pytest.mark.django_db(transaction=True)
def test_a_body_without_end_and_an_address_without_end_are_refused_by_the_real_server(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LARGEST_BODY", 3 << 20)
    server = LiveServer()
    try:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        link.request("POST", "/api/v1/incidents/", random.randbytes(3_500_000), {"Accept-Language": "en"})
        answer = link.getresponse()
        assert (answer.status, "3 MB" in answer.read().decode()) == (413, True)
        link.close()
        link.request("GET", "/login/?next=" + "a" * 20_000, headers={"Accept-Language": "en"})
        answer = link.getresponse()
        assert (answer.status, "too long" in answer.read().decode()) == (414, True)
    finally:
        link.close()
        server.stop()


def test_a_file_of_nothing_is_told(api: Any, officer: Person) -> None:
    answer = api(officer).post(
        "/api/v1/shifts/import/", {"unit": "331126", "file": io.BytesIO(b"")}, format="multipart"
    )
    assert answer.status_code in (400, 403)
