"""Nothing that a stranger can send is an error of ours: every address with bad values in each of its places.

The addresses come from the resolver and the parameters from what each view looks at, so that one added tomorrow is
walked too. It commits, in a database of its own: a value that the database refuses ends a transaction around it.
"""

from __future__ import annotations

import base64
import http.client
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from org.models import Person
from tests.architecture.test_jurisdiction_walk import (
    NEIGHBOUR,
    Noting,
    NotingHandler,
    Planted,
    addresses,
    client_of,
    plant,
)
from tests.support.live import LiveServer
from web.bounds import LARGEST_NUMBER, whole_number

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
    "-1", TOO_MANY, "nan", "²", "a\x00b", "甲" * 300, "0000-01", "9999-12", "9999-12-31",
    "0001-01-01T00:00:00+14:00", "1,2,3", "{",
)  # fmt: skip
NAMES = {"cursor", "page", "page_size", "month", "unit", "q", "start", "end", "at", "after", "ordering", "status"}
VALUES: tuple[Any, ...] = (
    *(None, True, 2**31, 2**64 - 1, 1e300, "\x00", "甲" * 6000, "9999-12-31T23:59:59-14:00", [[]], ["\x00", 2**63]),
    {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": [{}]}]},
)
BODIES = (b"", b"\xff\xfe", b'"\\ud800"', b'{"\\udfff": 1}', b"[1]", b"null", b"{" * 600, b'{"a": ' + b"9" * 60 + b"}")
LEFT_OUT = ("/static/", "/jsi18n/", "/logout/", "/readyz", "/metrics")


@pytest.fixture
def planted(transactional_db: None, tmp_path: Path, settings: Any) -> Planted:
    settings.MEDIA_ROOT = tmp_path  # by the fixture, which tells the storage of the end too
    return plant()


def of_all(planted: Planted) -> list[tuple[int, str]]:
    """Numbered, for which kind goes into which place moves on from address to address. One unit a route is enough."""
    found = [address for _route, address in addresses(planted) if not address.startswith(LEFT_OUT)]
    return list(enumerate(address for address in found if f"/{NEIGHBOUR}201/" not in address))


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


def bent(address: str, kinds: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address with each of its numbers, and each of its words, exchanged for what is none."""
    for part in re.finditer(r"(?<=[/-])[\w-]*\d[\w-]*(?=[/.-])", address):
        for odd in kinds:
            yield address[: part.start()] + odd + address[part.end() :], {}


def queried(client: Client, number: int, address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address with bad values in the parameters that are looked at there, each of them with one kind at least. One
    at a time: of all at once, the first that is refused would hide the others.
    """
    client.handler = NotingHandler(enforce_csrf_checks=False)
    answer = client.get(address)
    if answer.status_code not in (200, 400) or answer.headers.get("Content-Type") == "application/pdf":
        return  # a paper is printed from the list that its page shows
    names = set(client.handler.query.read)
    names = (names - {Noting.ALL, "format"}) | (NAMES if Noting.ALL in names else set())
    for name, odd in spread(sorted(names), number):
        yield f"{address}?{urlencode({name: odd})}", {}
    for odd in (CURSORS[number % len(CURSORS) :] + CURSORS)[:2] if "cursor" in names else ():
        yield f"{address}?{urlencode({'cursor': odd})}", {}


def spread(names: Sequence[str], number: int) -> Iterator[tuple[str, str]]:
    """Each name with one text, and four texts at least; which meet which depends on ``number``, so that over the
    addresses each text meets each kind of name.
    """
    for place in range(max(len(names), 4) if names else 0):
        yield names[place % len(names)], TEXTS[(place + number) % len(TEXTS)]


@pytest.mark.parametrize("username", ["officer", "village", ""])
def test_no_address_with_bad_ids_or_parameters_is_an_error_of_ours(planted: Planted, username: str) -> None:
    client = client_of(username) if username else Client()
    # A quarter of the kinds an address, by officer and village, the others at the next ones; who is not signed in is
    # asked to before anything is looked at.
    share = {"officer": 0, "village": 1}.get(username, 2)
    wrong: dict[str, Any] = {}
    for number, address in of_all(planted):
        wrong |= wrong_of(client, "get", bent(address, IDS[(number + 2 * share) % 4 :: 4 if share < 2 else 6]))
        if username == "officer":
            wrong |= wrong_of(client, "get", queried(client, number, address))
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


def posted(
    client: Client, number: int, address: str, bodies: dict[str, set[str]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A page's form, or a body of the API, with bad values in all fields, until each kind has been in one of them.

    A form or a serialiser looks at all of its fields, so that none hides another.
    """
    names = sorted(fields_of(client, address, bodies) - {"csrfmiddlewaretoken"})
    form = "application/x-www-form-urlencoded"
    if not address.startswith("/api/"):
        for fields in filled(names, TEXTS, number):
            yield address, {"data": urlencode(fields), "content_type": form}
        return
    yield address, {"data": "a=%00", "content_type": form}
    for fields in filled(names, VALUES, number):
        yield address, {"data": orjson.dumps(fields), "content_type": "application/json"}


def filled(names: Sequence[str], kinds: Sequence[Any], number: int) -> Iterator[dict[str, Any]]:
    """The fields with kinds one after the other, twice at least, and as often as it takes until each kind has come."""
    step = min(len(names), len(kinds) // 2) or len(kinds)
    for turn in range(-(-len(kinds) // step)):
        start = number + turn * step
        yield {name: kinds[(start + place) % len(kinds)] for place, name in enumerate(names)}


@pytest.mark.parametrize("username", ["officer", "village", ""])
def test_no_bad_form_or_body_is_an_error_of_ours(planted: Planted, username: str) -> None:
    client = client_of(username) if username else Client()
    bodies = bodies_of_the_schema()
    wrong: dict[str, Any] = {}
    for number, address in of_all(planted):
        if client.post(address).status_code in (302, 401, 403, 404, 405):
            continue
        wrong |= wrong_of(client, "post", posted(client, number, address, bodies))
    assert wrong == {}


# One door each ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/xml", "image/x", "x"])
def test_a_body_that_is_none_is_refused_in_the_api_s_own_shape(
    api: Callable[..., Any], officer: Person, kind: str
) -> None:
    client = api(officer)
    for address in ("/api/v1/incidents/", "/api/v1/shifts/import/", "/api/v1/hazards/", "/api/v1/plans/import/"):
        for body in BODIES:
            answer = client.generic("POST", address, body, content_type=kind)
            assert answer.status_code in (400, 403, 415), (address, body, answer.status_code)
            assert judged(answer, address) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/nothing/", 404),
        ("get", "/api/v1/incidents/x/", 404),
        ("get", f"/api/v1/incidents/{TOO_MANY}/", 404),
        ("get", "/api/v1/incidents/-1/", 404),
        ("get", "/api/v1/incidents/%00/", 400),
        ("get", "/api/v1/incidents/?q=%00", 400),
        ("get", "/api/v1/map/nothing.geojson", 404),
        ("post", f"/api/v1/plans/{LARGEST_NUMBER + 1}/activate/", 404),
        ("delete", "/api/v1/incidents/", 405),
        ("post", "/api/v1/events/", 405),
    ],
)
def test_an_error_of_the_api_is_always_json_in_the_reader_s_language(
    api: Callable[..., Any], officer: Person, language: str, method: str, address: str, status: int
) -> None:
    answer = getattr(api(officer, language=language), method)(address)
    assert (answer.status_code, judged(answer, address)) == (status, "")
    assert answer.json()["detail"].isascii() == (language == "en")


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_refused_as_json(api: Callable[..., Any], settings: Any, officer: Person) -> None:
    settings.ALLOWED_HOSTS = ["sanji.example"]
    answer = api(officer).get("/api/v1/incidents/", headers={"host": "evil.example"})
    assert (answer.status_code, judged(answer, "/api/")) == (400, "")
    assert api(officer).get("/incidents/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["k" * 121, "k\x00", "k\x7f", "\ud800k"])
def test_an_idempotency_key_that_is_none_is_refused(api: Callable[..., Any], officer: Person, key: str) -> None:
    answer = api(officer).post("/api/v1/incidents/", {}, HTTP_IDEMPOTENCY_KEY=key)
    assert answer.status_code == 400
    assert answer.json()["fields"]["Idempotency-Key"]


@pytest.mark.django_db
def test_a_number_beyond_64_bits_with_an_idempotency_key_is_refused(api: Callable[..., Any], officer: Person) -> None:
    for number in (2**63, 2**64 - 1, 2**64, 10**60):
        body = b'{"to": %d}' % number
        answer = api(officer).generic(
            "POST",
            "/api/v1/incidents/1/offer-command/",
            body,
            content_type="application/json",
            HTTP_IDEMPOTENCY_KEY="k",
        )
        assert (answer.status_code in (400, 404), judged(answer, "/api/")) == (True, "")


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["\x00", "a\x00b", "9" * 5000, "\xff\xfe", "../..", "x" * 32])
def test_a_session_or_language_cookie_of_nonsense_is_nobody_s(cookie: str) -> None:
    client = Client(raise_request_exception=False)
    for name in ("sessionid", "csrftoken", "django_language", "theme"):
        client.cookies.clear()
        client.cookies[name] = "x"
        client.cookies[name].set(name, cookie, cookie)
        assert client.get("/incidents/").status_code in (302, 400)
        assert client.get("/api/v1/incidents/").status_code in (400, 401)


@pytest.mark.django_db
def test_a_wall_screen_s_address_and_a_token_of_nonsense_let_nobody_in() -> None:
    client = Client(raise_request_exception=False)
    for odd in ("%00", "a%00b", "%FF%FE", "x" * 4000, "²"):
        assert client.get(f"/wall/device/{odd}/").status_code in (302, 400, 403, 404), odd
    for token in ("\x00", "a\x00b", "\xff\xfe", "x" * 9000, "口"):
        answer = client.get("/api/v1/incidents/", headers={"authorization": f"Token {token}"})
        assert (answer.status_code in (400, 401), judged(answer, "/api/")) == (True, ""), token


@pytest.mark.django_db
@pytest.mark.parametrize(
    "place", [5, 2**63, True, None, 1.5, "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00"]
)
@pytest.mark.parametrize("ordering", ["-id", "due", "-people", "found"])
def test_a_cursor_of_tickets_with_a_place_of_another_kind_is_refused(
    api: Callable[..., Any], officer: Person, ordering: str, place: Any
) -> None:
    for pk in (1, 2**63, True, "1"):
        cursor = base64.urlsafe_b64encode(orjson.dumps([ordering, False, place, pk])).decode()
        answer = api(officer).get("/api/v1/hazards/", {"ordering": ordering, "cursor": cursor})
        assert answer.status_code in (200, 400), (ordering, place, pk)


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_nobody_gave_out_is_refused(api: Callable[..., Any], officer: Person, cursor: str) -> None:
    for path in ("incidents", "orders", "shifts", "plans", "units", "warnings", "call-logs"):
        answer = api(officer).get(f"/api/v1/{path}/", {"cursor": cursor})
        assert (answer.status_code in (200, 404), judged(answer, "/api/")) == (True, ""), path


@pytest.mark.parametrize("text", ["²", "-1", "", "1e3", "٣", str(LARGEST_NUMBER + 1), TOO_MANY, "\x00"])
def test_what_is_no_id_is_no_number(text: str) -> None:
    assert whole_number(text) is None


def test_the_largest_id_is_a_number() -> None:
    assert whole_number(str(LARGEST_NUMBER)) == LARGEST_NUMBER


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_past_all_checks_is_the_sender_s_error(
    api: Callable[..., Any], browse: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = Person.objects.get(username="officer")
    for bad in (2**70, 2**63, "\x00"):
        monkeypatch.setattr(
            "command.selectors.visible.incidents_visible_to", lambda person, bad=bad: refused_by_the_database(bad)
        )
        answer = api(officer).get("/api/v1/incidents/")
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def refused_by_the_database(bad: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM org_person WHERE id = %s::bigint OR name = %s", [bad if bad != "\x00" else 1, str(bad)]
        )


@pytest.mark.django_db(transaction=True)
def test_a_query_that_is_no_utf_8_is_refused_by_the_real_server_as_json(transactional_db: None) -> None:
    server = LiveServer()
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as link:
            link.sendall(b"GET /api/v1/incidents/?q=\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            said = b"".join(iter(lambda: link.recv(65536), b""))
        assert b" 400 " in said.split(b"\r\n", 1)[0]
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for path in ("/api/v1/incidents/%00/", "/api/v1/nothing/", f"/api/v1/incidents/{TOO_MANY}/"):
            client.request("GET", path, headers={"Accept-Language": "en"})
            answer = client.getresponse()
            body = orjson.loads(answer.read())
            assert (answer.status in (400, 404), set(body)) == (True, {"code", "detail", "fields"})
        client.close()
    finally:
        server.stop()
