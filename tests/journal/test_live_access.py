"""What opened a socket ends, and the socket with it: at once, and without Redis by the next look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from channels import layers
from django.contrib.sessions.models import Session
from django.test import Client
from knox.models import AuthToken

from board.actions import add_device, revoke_device
from journal.actions.recording import SYSTEM
from journal.live import client as live_client
from journal.live import hub, rights
from journal.live.rights import Credential, standing
from org.actions import (
    appoint,
    change_password,
    deactivate_person,
    end_appointment,
    issue_token,
    revoke_token,
    revoke_tokens_of,
)
from org.models import Appointment, Person, Post, Unit
from tests.support.live import LiveServer, happen, until

COUNTY, JUSHUI, ELSEWHERE = "33.11.26", "33.11.26.206", "33.11.26.105"
PASSWORD = "correct horse battery"


@pytest.fixture
def signed_in(browse: Callable[..., Client]) -> Callable[[Person], Client]:
    return browse


@pytest.fixture
def no_rechecks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a word over the channel layer, or an event, is left to end a socket."""
    monkeypatch.setattr(hub, "RECHECK_EVERY_S", 600.0)


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": "redis://127.0.0.1:1/0", "socket_timeout": None}]},
        }
    }
    layers.channel_layers.backends.clear()
    yield
    layers.channel_layers.backends.clear()


def code(client: Any) -> int:
    return until(lambda: client.close_code, what="the end of the socket")


def stays(client: Any, server: LiveServer, path: str = JUSHUI) -> None:
    client.gets(happen(path))
    assert client.close_code is None


@pytest.mark.usefixtures("no_rechecks")
def test_signing_out_ends_the_sockets_of_that_session_and_of_no_other(
    server: LiveServer, township: Person, signed_in: Callable[[Person], Client]
) -> None:
    here, there = signed_in(township), signed_in(township)
    tabs = [server.page_of(here), server.page_of(here)]
    other, program = server.page_of(there), server.client(township)
    here.post("/logout/")
    assert [code(tab) for tab in tabs] == [4401, 4401]
    stays(other, server)
    stays(program, server)


@pytest.mark.usefixtures("no_rechecks")
def test_a_new_password_ends_every_session_s_sockets_and_spares_tokens(
    server: LiveServer, township: Person, signed_in: Callable[[Person], Client]
) -> None:
    page, program = server.page_of(signed_in(township)), server.client(township)
    change_password(township, password=PASSWORD, by=township)
    assert code(page) == 4401
    stays(program, server)


def test_the_browser_that_changes_its_password_is_not_told_to_sign_in_before_the_answer_has_come(
    server: LiveServer, township: Person, signed_in: Callable[[Person], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECHECK_EVERY_S", 0.1)
    here, there = signed_in(township), signed_in(township)
    old, other = server.page_of(here), server.page_of(there)
    given = {"current": "sanji-demo", "password": PASSWORD, "again": PASSWORD}
    assert here.post("/me/password/", given).status_code == 302
    assert code(other) == 4401
    stays(old, server)
    stays(server.page_of(here), server)
    monkeypatch.setattr(live_client, "GRACE_S", 0.0)
    assert code(old) == 4401, "a copy of the old cookie hears no more either"


@pytest.mark.usefixtures("no_rechecks")
def test_a_revoked_token_ends_its_own_sockets_alone(
    server: LiveServer, township: Person, signed_in: Callable[[Person], Client]
) -> None:
    row, secret = issue_token(township, name="gauge", by=township)
    one, another = server.opened(Authorization=f"Token {secret}"), server.client(township)
    page = server.page_of(signed_in(township))
    revoke_token(row.digest, by=township)
    assert code(one) == 4401
    stays(another, server)
    stays(page, server)
    revoke_tokens_of(township, by=SYSTEM)
    assert code(another) == 4401
    stays(page, server)


@pytest.mark.usefixtures("no_rechecks")
def test_a_deactivated_person_loses_sessions_and_tokens(
    server: LiveServer, township: Person, admin: Person, signed_in: Callable[[Person], Client]
) -> None:
    browser = signed_in(township)
    clients = [server.page_of(browser), server.client(township)]
    deactivate_person(township, by=admin)
    assert [code(client) for client in clients] == [4401, 4401]
    assert browser.get("/me/").status_code == 302
    assert not AuthToken.objects.filter(user=township).exists()


@pytest.mark.usefixtures("no_rechecks")
def test_the_last_appointment_s_end_closes_with_4403(server: LiveServer, township: Person, admin: Person) -> None:
    client = server.client(township)
    for held in Appointment.objects.filter(person=township, valid_to=None):
        end_appointment(held, by=admin)
    assert code(client) == 4403


@pytest.mark.usefixtures("no_rechecks")
def test_a_moved_person_hears_the_new_township_and_nothing_more_of_the_old_one(
    server: LiveServer, township: Person, admin: Person, signed_in: Callable[[Person], Client]
) -> None:
    client = server.page_of(signed_in(township))
    for held in Appointment.objects.filter(person=township, valid_to=None):
        end_appointment(held, by=admin)
    station = Post.objects.get(code="township_station")
    assert code(client) == 4403, "between the two there is nothing to hear"
    appoint(person=township, post=station, unit=Unit.objects.get(path=ELSEWHERE), by=admin)
    again = server.page_of(signed_in(township))
    (old,), (new,) = happen(JUSHUI), happen(ELSEWHERE)
    again.gets([new])
    assert old not in again.seqs


@pytest.mark.usefixtures("no_rechecks")
def test_not_even_the_event_that_comes_with_the_end_of_a_post_is_told(
    server: LiveServer, township: Person, admin: Person
) -> None:
    station, unit = Post.objects.get(code="township_station"), Unit.objects.get(path=ELSEWHERE)
    second = appoint(person=township, post=station, unit=unit, by=admin)
    client = server.client(township)
    end_appointment(second, by=admin)
    (unheard,) = happen(ELSEWHERE)
    client.gets(happen(JUSHUI))
    assert [frame for frame in client.frames if frame["unit"] == "331126105"] == []
    assert unheard not in client.seqs


@pytest.mark.usefixtures("no_rechecks")
def test_a_revoked_screen_is_closed_with_4403_by_token_and_by_session(server: LiveServer, settings: Any) -> None:
    token = add_device(name="hall", unit="331126206", by=SYSTEM)[1]
    browser = Client()
    browser.get(f"/wall/device/{token}/")
    screens = [server.opened(Authorization=f"token {token}"), server.page_of(browser)]
    for screen in screens:
        stays(screen, server)
    revoke_device(name="hall", by=SYSTEM)
    assert [code(screen) for screen in screens] == [4403, 4403]
    assert code(server.opened(Authorization=f"Token {token}")) == 4401


def _signs_out(browser: Client, person: Person, token: str) -> None:
    browser.post("/logout/")


def _loses_the_session(browser: Client, person: Person, token: str) -> None:
    Session.objects.filter(session_key=browser.cookies["sessionid"].value).delete()


def _has_the_password_changed_by_hand(browser: Client, person: Person, token: str) -> None:
    person.set_password("another")
    person.save()


def _is_shut_by_hand(browser: Client, person: Person, token: str) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.usefixtures("no_redis")
@pytest.mark.parametrize(
    "ends",
    [_signs_out, _loses_the_session, _has_the_password_changed_by_hand, _is_shut_by_hand],
    ids=lambda f: f.__name__,
)
def test_without_redis_the_next_look_at_all_sockets_finds_it(
    server: LiveServer,
    township: Person,
    officer: Person,
    signed_in: Callable[[Person], Client],
    monkeypatch: pytest.MonkeyPatch,
    ends: Callable[[Client, Person, str], None],
) -> None:
    monkeypatch.setattr(hub, "RECHECK_EVERY_S", 0.2)
    browser = signed_in(township)
    page, other = server.page_of(browser), server.client(officer)
    ends(browser, township, "")
    assert code(page) == 4401
    stays(other, server)


def test_a_token_that_runs_out_closes_its_sockets(
    server: LiveServer, township: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECHECK_EVERY_S", 0.2)
    row, secret = issue_token(township, name="x", by=township)
    client = server.opened(Authorization=f"Token {secret}")
    AuthToken.objects.filter(digest=row.digest).update(expiry="2020-01-01T00:00Z")
    assert code(client) == 4401


def test_sockets_are_looked_up_once_in_a_beat() -> None:
    assert hub.RECHECK_EVERY_S <= hub.BEAT_EVERY_S


@pytest.mark.django_db
def test_all_sockets_of_a_process_are_looked_up_with_one_statement(
    township: Person, officer: Person, django_assert_num_queries: Any
) -> None:
    tokens = [AuthToken.objects.create(user=person)[0] for person in (township, officer) for _ in range(20)]
    credentials = [Credential.of_token(row.digest) for row in tokens]
    credentials += [Credential.of_session(f"session{n}abcdef", township) for n in range(20)]
    with django_assert_num_queries(1):
        found = standing([township.pk, officer.pk], credentials)
    assert [found.holds(row.user_id, Credential.of_token(row.digest)) for row in tokens] == [True] * 40
    assert not found.holds(township.pk, credentials[-1])
    assert found.sight(officer.pk) == rights.Sight((COUNTY,), False)


def test_while_the_database_is_away_nobody_is_sent_away(
    server: LiveServer, township: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECHECK_EVERY_S", 0.05)
    client = server.client(township)
    asked = []

    def fails(people: Any, credentials: Any) -> Any:
        asked.append(people)
        raise OSError("the database is away")

    inner = hub.hubs[id(server.loop)]
    inner._standing = fails
    until(lambda: len(asked) > 2, what="several looks")
    inner._standing = standing
    stays(client, server)


def test_what_ends_between_the_sign_in_and_the_joining_is_found(
    server: LiveServer, township: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emergency.authentication import sockets

    found = sockets.known_token

    def revoked_meanwhile(raw: bytes) -> Any:
        known = found(raw)
        AuthToken.objects.filter(digest=known.token.digest).delete()
        return known

    monkeypatch.setattr(sockets, "known_token", revoked_meanwhile)
    monkeypatch.setattr(sockets, "note_use", lambda digest, by: None)
    assert code(server.client(township)) == 4401


def test_whoever_opens_sockets_too_fast_is_told_so_and_the_others_come_in(
    server: LiveServer, township: Person, officer: Person, rates_in_force: dict[str, Any]
) -> None:
    rates_in_force["sockets"] = (3, 60)
    flooding, other = (AuthToken.objects.create(user=township)[1] for _ in range(2))
    for _ in range(3):
        client = server.opened(Authorization=f"Token {flooding}")
        stays(client, server)
        client.close()
    assert code(server.opened(Authorization=f"Token {flooding}")) == 4429
    stays(server.opened(Authorization=f"Token {other}"), server)
    stays(server.client(township), server)
    stays(server.client(officer), server)


@pytest.mark.parametrize("place", ["credential", "person", "address"])
def test_one_client_cannot_take_every_place(
    server: LiveServer, township: Person, officer: Person, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(live_client, "MOST", {**live_client.MOST, place: 3})
    secret = AuthToken.objects.create(user=township)[1]
    clients = [server.opened(Authorization=f"Token {secret}") for _ in range(3)]
    assert code(server.opened(Authorization=f"Token {secret}")) == 4429
    for client in clients:
        stays(client, server)
    if place != "address":
        stays(server.client(officer), server)
    clients[0].close()
    until(lambda: server.opened(Authorization=f"Token {secret}").close_code is None, what="a place that is free again")


BAD_TOKENS = [b"", b"x", b"\xff\xfe\xfd", "口令".encode(), b"a" * 5000, b"\xc3\x28" * 32, b"%00", b"wall-", b"a" * 15]


@pytest.mark.parametrize("raw", BAD_TOKENS, ids=repr)
def test_a_token_that_is_none_is_refused_cleanly(
    server: LiveServer, raw: bytes, caplog: pytest.LogCaptureFixture, township: Person, signed_in: Any
) -> None:
    cookie = signed_in(township).cookies["sessionid"].value
    header = raw.decode("latin-1")
    assert code(server.opened(Authorization=f"Token {header}", Cookie=f"sessionid={cookie}")) == 4401
    assert [record for record in caplog.records if record.exc_info] == []


BAD_KEYS = ['"abcdefgh\\000"', "x", "", "a" * 4000, "../../etc/passwd", "\xe5\x8f\xa3" * 8, "'; DROP--", "%00"]


@pytest.mark.parametrize("cookie", BAD_KEYS)
def test_a_session_that_is_none_is_refused_cleanly(
    server: LiveServer, cookie: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert code(server.opened(Cookie=f"sessionid={cookie}")) == 4401
    assert [record for record in caplog.records if record.exc_info] == []
