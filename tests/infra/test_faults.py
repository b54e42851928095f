"""Nothing that a stranger can send is an error of ours: every address with bad values in each of its places.

The addresses come from the resolver and the parameters from what each view looks at, so that one added tomorrow is
walked too. It commits, in a database of its own: a value that the database refuses ends a transaction around it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from journal.bounds import LARGEST_NUMBER
from tests.architecture.test_jurisdiction_walk import Noting, NotingHandler, Planted, addresses, client_of, plant

TOO_MANY = "9" * 40
IDS = (
    "0",
    "-1",
    str(LARGEST_NUMBER),
    str(LARGEST_NUMBER + 1),
    TOO_MANY,
    "1e3",
    "x",
    "²",
    "٣",
    "%00",
    "%FF",
    "%ED%A0%80",
)
"""In an address, in place of each of its numbers."""
CURSORS = [
    base64.b64encode(text).decode()
    for text in (b"p=x", b"p=" + TOO_MANY.encode(), b"r=1&p=2026-01-01", b"o=-1&p=1", b"p=%00", b"\xff\xfe", b"o=x&p=1")
]
TEXTS = (
    "x", "-1", "0", str(2**31), str(LARGEST_NUMBER + 1), TOO_MANY, "nan", "1e400", "²", "\x00", "a\x00b", "甲" * 300,
    "0000-00-00", "0000-01", "0001-01", "9999-12", "9999-12-31", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-13-45", "1,2,3", "nan,nan,nan,nan", "{", "[]", "true",
)  # fmt: skip
SHARP = (TOO_MANY, "²", "0001-01", "9999-12-31")
NAMES = {"cursor", "page", "page_size", "month", "unit", "q", "start", "end", "at", "after", "ordering", "status"}
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 2**31, 2**63 - 1, 2**64 - 1, 1e300, [], {}, "", "x", "\x00", "甲" * 6000, "0001-01-01"),
    *("9999-12-31T23:59:59-14:00", [[]], [None], [2**63], {"type": "Point", "coordinates": [[[]]]}, ["\x00"]),
    *({"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": [{}]}]},),
)
BODIES = (b"", b"\xff\xfe", b'"\\ud800"', b'{"\\udfff": 1}', b"[1]", b"null", b"{" * 600, b'{"a": ' + b"9" * 60 + b"}")
LEFT_OUT = ("/static/", "/jsi18n/", "/logout/", "/readyz", "/metrics")


@pytest.fixture
def planted(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planted:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    return plant()


def of_all(planted: Planted) -> list[str]:
    return [address for _route, address in addresses(planted) if not address.startswith(LEFT_OUT)]


def judged(answer: HttpResponse, address: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.reason_phrase}"
    if address.startswith("/api/") and answer.status_code >= 400:
        body = orjson.loads(answer.content) if "json" in answer.headers.get("Content-Type", "") else {}
        if set(body) - {"current"} != {"code", "detail", "fields"} or not str(body["detail"]).strip():
            return f"{answer.status_code} without code, detail and fields: {answer.content[:80]!r}"
    return ""


def wrong_of(client: Client, method: str, asked: Iterator[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    client.raise_request_exception = False
    found = {}
    for address, sent in asked:
        if fault := judged(getattr(client, method)(address, **sent), address):
            found[f"{address[:120]} {str(sent)[:80]}"] = fault
    return found


def bent(address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address with each of its numbers, and each of its words, exchanged for what is none."""
    for part in re.finditer(r"(?<=[/-])[\w-]*\d[\w-]*(?=[/.-])", address):
        for odd in IDS:
            yield address[: part.start()] + odd + address[part.end() :], {}


def queried(client: Client, address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address with bad values in every parameter that is looked at there: in all of them, and in one alone."""
    client.handler = NotingHandler(enforce_csrf_checks=False)
    answer = client.get(address)
    if answer.status_code not in (200, 400) or answer.headers.get("Content-Type") == "application/pdf":
        return  # a paper is printed from the list that its page shows
    names = set(client.handler.query.read)
    names = (names - {Noting.ALL, "format"}) | (NAMES if Noting.ALL in names else set())
    for odd in TEXTS if names else ():
        yield f"{address}?{urlencode(dict.fromkeys(names, odd))}", {}
    for name in sorted(names):
        for odd in (*SHARP, *(CURSORS if name == "cursor" else ())):
            yield f"{address}?{urlencode({name: odd})}", {}


@pytest.mark.parametrize("username", ["officer", "village", ""])
def test_no_address_with_bad_ids_or_parameters_is_an_error_of_ours(planted: Planted, username: str) -> None:
    client = client_of(username) if username else Client()
    wrong, parameters = {}, username == "officer"
    for address in of_all(planted):
        wrong |= wrong_of(client, "get", bent(address))
        if parameters:
            wrong |= wrong_of(client, "get", queried(client, address))
    assert wrong == {}


def fields_of(client: Client, address: str, bodies: dict[str, set[str]]) -> set[str]:
    """What can be posted there: by the API's schema, or by the form on the page."""
    if address.startswith("/api/"):
        return bodies.get(re.sub(r"/[^/]*\d[^/]*/", "/{}/", address), set())
    return set(re.findall(r'name="([\w-]+)"', client.get(address).content.decode("utf-8", "replace")))


def bodies_of_the_schema() -> dict[str, set[str]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    parts = schema["components"]["schemas"]
    found = {}
    for path, operations in schema["paths"].items():
        content = operations.get("post", {}).get("requestBody", {}).get("content", {})
        names = [kind.get("schema", {}).get("$ref", "").rpartition("/")[2] for kind in content.values()]
        found[re.sub(r"\{\w+\}", "{}", path)] = {
            key for name in names for key in parts.get(name, {}).get("properties", {})
        }
    return found


def posted(client: Client, address: str, bodies: dict[str, set[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    names = fields_of(client, address, bodies) - {"csrfmiddlewaretoken"}
    for odd in TEXTS:
        yield (
            address,
            {"data": urlencode(dict.fromkeys(names, odd)), "content_type": "application/x-www-form-urlencoded"},
        )
    if not address.startswith("/api/"):
        return
    for value in VALUES:
        yield address, {"data": orjson.dumps(dict.fromkeys(names, value)), "content_type": "application/json"}
    for body in BODIES:
        for kind in ("application/json", "multipart/form-data; boundary=x", "text/xml", "image/\xff"):
            yield address, {"data": body, "content_type": kind}


@pytest.mark.parametrize("username", ["officer", "village", ""])
def test_no_bad_form_or_body_is_an_error_of_ours(planted: Planted, username: str) -> None:
    client = client_of(username) if username else Client()
    bodies, wrong = bodies_of_the_schema(), {}
    for address in of_all(planted):
        if client.post(address).status_code in (302, 401, 403, 404, 405):
            continue
        wrong |= wrong_of(client, "post", posted(client, address, bodies))
    assert wrong == {}
