"""Live push over real sockets: who hears what, in what order, and what happens when something stands still."""

from __future__ import annotations

import datetime as dt
import itertools
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from channels import layers
from knox.models import AuthToken
from rest_framework.test import APIClient
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from database.clock import now
from journal.live import client as live_client
from journal.live import frames, hub
from org.actions import appoint, deactivate_person, end_appointment
from org.models import Appointment, Person, Post, Unit
from tests.support.live import Held, LiveServer, happen, newest, until

COUNTY, JUSHUI, ELSEWHERE = "33.11.26", "33.11.26.206", "33.11.26.105"


def test_an_event_reaches_its_unit_and_those_above_and_nobody_else(
    server: LiveServer, officer: Person, township: Person, village: Person, admin: Person
) -> None:
    clients = {who.username: server.client(who) for who in (officer, township, village, admin)}
    inside, beside, above = happen(JUSHUI, ELSEWHERE, COUNTY)
    last = happen(JUSHUI + ".200")[0]
    for client in clients.values():
        client.gets([last])
    assert clients["officer"].seqs == [inside, beside, above, last]
    assert clients["admin"].seqs == [inside, beside, above, last]
    assert clients["township"].seqs == [inside, last]
    assert clients["village"].seqs == [last]


def test_a_frame_carries_what_the_interface_promises(server: LiveServer, officer: Person) -> None:
    client = server.client(officer)
    (seq,) = happen(JUSHUI)
    client.gets([seq])
    frame = client.frames[0]
    assert set(frame) == {"seq", "at", "verb", "subject", "unit", "card"}
    assert (frame["verb"], frame["subject"], frame["unit"]) == ("test.shown", "test:1", "331126206")
    assert frame["at"][-6] in "+-", "times carry their offset"


def test_a_number_that_is_committed_late_is_still_delivered(server: LiveServer, officer: Person) -> None:
    client = server.client(officer)
    held = Held(JUSHUI)
    (later,) = happen(JUSHUI)
    assert held.seq < later
    client.gets([later])
    assert held.seq not in client.seqs
    held.let_go()
    client.gets([held.seq])


def test_a_number_held_since_before_anything_recent_reaches_a_client_that_joined_meanwhile(
    server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "OVERLAP_S", 1.0)
    happen(JUSHUI)
    held = Held(JUSHUI)
    time.sleep(1.1)  # only time itself makes the first event old
    monkeypatch.setattr(frames, "OVERLAP_S", 1.05)
    happen(JUSHUI)
    client = server.client(officer)
    held.let_go()
    client.gets([held.seq])


def test_a_person_in_two_scopes_hears_an_event_once(server: LiveServer, township: Person, admin: Person) -> None:
    two = Unit.objects.get(path=ELSEWHERE)
    appoint(person=township, post=Post.objects.get(code="township_station"), unit=two, by=admin)
    client = server.client(township)
    seqs = happen(JUSHUI, ELSEWHERE, JUSHUI + ".200")
    client.gets(seqs)
    end = happen(JUSHUI)
    client.gets(end)
    assert client.seqs == seqs + end


def test_a_burst_of_an_order_to_the_county_closes_no_healthy_client(server: LiveServer, officer: Person) -> None:
    clients = [server.client(officer) for _ in range(3)]
    seqs = happen(*[JUSHUI] * 500, text="字" * 500)
    for client in clients:
        client.gets(seqs)
        assert client.seqs == seqs, "each once, in order"
        assert client.close_code is None


def test_a_client_that_takes_nothing_is_closed_with_1013_and_the_others_do_not_notice(
    server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_client, "STALLED_AFTER_S", 0.3)
    well = server.client(officer)
    stalled = _Stalled(server, officer)
    for _ in range(60):
        seqs = happen(*[JUSHUI] * 20, text="x" * 20_000)
        well.gets(seqs, seconds=5)
        if _hub(server).stalled_left():
            break
    assert _hub(server).stalled_left()
    well.gets(happen(JUSHUI))
    assert well.close_code is None
    assert stalled.read_to_the_end() == 1013


class _Stalled:
    """A client that completes its handshake and then reads nothing."""

    def __init__(self, server: LiveServer, person: Person) -> None:
        from knox.models import AuthToken

        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", server.port))
        token = AuthToken.objects.create(user=person)[1]
        raw.sendall(
            f"GET /ws/live/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Token {token}\r\n\r\n".encode()
        )
        self.raw = raw
        until(lambda: b"101" in raw.recv(16, socket.MSG_PEEK), what="the handshake")
        until(lambda: len(_hub(server).hub._all) == 2, what="both clients in the hub")

    def read_to_the_end(self) -> int | None:
        """The code of the close frame behind everything that was waiting."""
        self.raw.settimeout(10)
        data = bytearray()
        while chunk := self.raw.recv(1 << 20):
            data += chunk
            at = bytes(data[-4:])
            if at[:2] == b"\x88\x02":
                return int.from_bytes(at[2:], "big")
        return None


class _hub:  # noqa: N801 - a look inside, not a thing
    def __init__(self, server: LiveServer) -> None:
        self.hub = hub.hubs[id(server.loop)]

    def stalled_left(self) -> bool:
        return any(client.closing for client in self.hub._all)


def test_a_new_post_widens_and_a_lost_one_narrows_what_a_socket_hears_at_once(
    server: LiveServer, township: Person, admin: Person
) -> None:
    client = server.client(township)
    station, unit = Post.objects.get(code="township_station"), Unit.objects.get(path=ELSEWHERE)
    place = appoint(person=township, post=station, unit=unit, by=admin)
    (heard,) = happen(ELSEWHERE)
    client.gets([heard])
    end_appointment(appointment=place, by=admin)
    (unheard,) = happen(ELSEWHERE)
    (marker,) = happen(JUSHUI)
    client.gets([marker])
    assert unheard not in client.seqs


def test_a_deactivated_person_is_shut_out_at_once(server: LiveServer, township: Person, admin: Person) -> None:
    client = server.client(township)
    deactivate_person(person=township, by=admin)
    assert until(lambda: client.close_code) == 4401


def test_an_appointment_that_ends_by_time_alone_is_noticed(
    server: LiveServer, township: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECHECK_EVERY_S", 0.2)
    client = server.client(township)
    Appointment.objects.filter(person=township).update(valid_to="2020-01-02T00:00Z", valid_from="2020-01-01T00:00Z")
    assert until(lambda: client.close_code) == 4403


def test_rights_that_cannot_be_looked_up_send_the_client_away_to_come_back(
    server: LiveServer, township: Person, admin: Person
) -> None:
    client = server.client(township)

    def fails(people: Any, credentials: Any) -> Any:
        raise OSError("the database is away")

    _hub(server).hub._standing = fails
    deactivate_person(person=township, by=admin)
    assert until(lambda: client.close_code) == 1013


def test_who_is_not_signed_in_gets_4401_and_who_holds_no_post_4403(server: LiveServer, admin: Person) -> None:
    assert until(lambda: server.client(None).close_code) == 4401
    nobody = Person.objects.create(username="nobody", name="无岗")
    assert until(lambda: server.client(nobody).close_code) == 4403


def test_a_replay_gives_everything_after_the_cursor_in_scope_and_overlaps_a_little(
    server: LiveServer, township: Person
) -> None:
    before = happen(JUSHUI, ELSEWHERE, JUSHUI)
    missed = happen(JUSHUI, ELSEWHERE)
    client = server.client(township, after=before[2])
    client.gets([missed[0]])
    assert before[1] not in client.seqs
    assert missed[1] not in client.seqs
    assert {before[0], before[2]} <= set(client.seqs), "the overlap, which the client drops by seq"


def test_a_replay_finds_a_number_that_was_committed_after_the_cursor_was_given(
    server: LiveServer, officer: Person
) -> None:
    held = Held(JUSHUI)
    (cursor,) = happen(JUSHUI)
    held.let_go()
    server.client(officer, after=cursor).gets([held.seq])


def test_who_missed_too_much_is_told_to_load_anew(
    server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "REPLAY_LIMIT", 20)
    start = newest()
    happen(*[JUSHUI] * 21)
    client = server.client(officer, after=start)
    until(lambda: {"type": "reset"} in client.others)
    assert client.seqs == []
    seqs = happen(JUSHUI)
    client.gets(seqs)


def test_the_first_beat_comes_after_all_that_was_missed_and_tells_the_database_s_time(
    server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From it on a page is up to date: what its badge says hangs on it. The others follow by themselves."""
    monkeypatch.setattr(hub, "BEAT_EVERY_S", 0.05)
    token = AuthToken.objects.create(user=officer)[1]
    start = newest()
    missed = happen(*[JUSHUI] * 40)
    with connect(server.url(f"?after={start}"), additional_headers={"Authorization": f"Token {token}"}) as line:
        heard: set[int] = set()
        while "seq" in (said := orjson.loads(line.recv(10))):
            heard.add(said["seq"])
        before = now()
        beats = [said, *(orjson.loads(line.recv(10)) for _ in range(20))]
    assert heard >= set(missed)
    times = [dt.datetime.fromisoformat(one["now"]) for one in beats if one.get("type") == "beat"]
    assert len(times) > 1
    # The greeting and a beat to all may pass one another on their way.
    assert all(later - earlier > dt.timedelta(seconds=-1) for earlier, later in itertools.pairwise(times))
    assert abs((times[-1] - before).total_seconds()) < 60


def test_polling_tells_the_database_s_time_too(db: None, officer: Person) -> None:
    client = APIClient()
    client.force_authenticate(officer)
    for address in ("/api/v1/events/", f"/api/v1/events/?after={newest()}"):
        told = dt.datetime.fromisoformat(client.get(address).json()["now"])
        assert abs((told - now()).total_seconds()) < 60


def test_a_cursor_far_behind_is_a_reset_however_narrow_the_scope(
    server: LiveServer, village: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "REPLAY_SPAN", 10)
    start = newest()
    happen(*[ELSEWHERE] * 12)
    client = server.client(village, after=start)
    until(lambda: {"type": "reset"} in client.others)


@pytest.mark.parametrize("cursor", ["", "-1", "x", "9" * 30, "%C2%B2", "%EF%BC%91"])
def test_a_cursor_that_is_no_number_is_as_none(server: LiveServer, officer: Person, cursor: str) -> None:
    happen(JUSHUI)
    client = server.client(officer, query=f"?after={cursor}")
    seqs = happen(JUSHUI)
    client.gets(seqs)
    assert client.seqs == seqs


def test_more_events_than_one_look_reads_are_all_delivered(
    server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "LOOK_LIMIT", 50)
    client = server.client(officer)
    seqs = happen(*[JUSHUI] * 230)
    client.gets(seqs)
    assert client.seqs == seqs


def test_a_database_that_goes_away_costs_nothing_but_time(
    server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = server.client(officer)
    real, failing = frames.fetch_new, threading.Event()
    failing.set()

    def fetch(after: int, gaps: Any) -> Any:
        if failing.is_set():
            raise OSError("the database is away")
        return real(after, gaps)

    monkeypatch.setattr(frames, "fetch_new", fetch)
    seqs = happen(JUSHUI, JUSHUI)
    time.sleep(0.2)
    assert client.seqs == []
    failing.clear()
    client.gets(seqs)


def test_the_polling_form_answers_in_the_same_frames(
    server: LiveServer, township: Person, api: Callable[..., APIClient]
) -> None:
    client = server.client(township)
    start = newest()
    inside, beside = happen(JUSHUI, ELSEWHERE)
    client.gets([inside])
    answer = api(township).get("/api/v1/events/", {"after": start}).json()
    polled = {frame["seq"]: frame for frame in answer["results"]}
    assert polled[inside] == client.frames[0]
    assert beside not in polled
    assert answer["newest"] == beside
    assert answer["reset"] is False


# Redis away ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_redis(settings: Any, tmp_path: Any) -> Iterator[_Redis]:
    redis = _Redis(tmp_path)
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": f"redis://127.0.0.1:{redis.port}/0", "socket_timeout": None}]},
        }
    }
    layers.channel_layers.backends.clear()
    yield redis
    redis.kill()
    layers.channel_layers.backends.clear()


class _Redis:
    """A Redis of this test's own, to be killed and started again."""

    def __init__(self, folder: Any) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._folder = folder
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1", "--dir", self._folder]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(self._answers, what="Redis")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def test_without_redis_an_event_still_arrives_by_looking(
    own_redis: _Redis, server: LiveServer, officer: Person
) -> None:
    client = server.client(officer)
    own_redis.kill()
    began = time.monotonic()
    seqs = happen(JUSHUI)
    assert time.monotonic() - began < 4, "a commit does not wait for Redis"
    client.gets(seqs, seconds=4)
    client.gets(happen(JUSHUI), seconds=4)
    assert client.close_code is None


def test_the_wake_up_works_again_when_redis_is_back(
    own_redis: _Redis, server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = server.client(officer)
    client.gets(happen(JUSHUI))
    own_redis.kill()
    client.gets(happen(JUSHUI), seconds=4)
    own_redis.start()
    monkeypatch.setattr(hub, "LOOK_EVERY_S", 600.0)  # from the next round on only a wake-up brings anything

    def woken() -> bool:
        seqs = happen(JUSHUI)
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            if set(seqs) <= set(client.seqs):
                return True
            time.sleep(0.01)
        return False

    # One that still comes by looking ends the last short round; after it, several in a row must come by themselves.
    until(woken, seconds=15)
    until(lambda: all(woken() for _ in range(3)), seconds=15)


def test_a_browser_needs_our_origin_and_a_program_a_token(
    server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emergency import asgi

    outer = asgi.application.application_mapping["websocket"]
    monkeypatch.setattr(outer, "allowed_origins", ["sanji.example"])
    assert server.client(officer).close_code is None, "a program with a token has no origin"
    for origin in (None, "http://evil.example"):
        with pytest.raises(InvalidStatus) as refusal:
            connect(server.url(), origin=origin)  # type: ignore[arg-type]
        assert refusal.value.response.status_code == 403
    ours: Any = "http://sanji.example"
    with connect(server.url(), origin=ours) as allowed, pytest.raises(ConnectionClosed, match="4401"):
        allowed.recv(5)


def test_frames_are_encoded_once_for_all(server: LiveServer, officer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[Any] = []

    class Counting:
        loads = staticmethod(orjson.loads)

        @staticmethod
        def dumps(value: Any) -> bytes:
            encoded.append(value)
            return orjson.dumps(value)

    monkeypatch.setattr(frames, "orjson", Counting)
    clients = [server.client(officer) for _ in range(5)]
    seqs = happen(JUSHUI)
    for client in clients:
        client.gets(seqs)
    assert len([body for body in encoded if body.get("seq") == seqs[0]]) == 1
