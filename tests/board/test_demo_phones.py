"""The demonstration's telephones: the exchange verifies and takes once, the phones show what it took, and the account
is refused where DEMO is off.
"""

from __future__ import annotations

import json
import time
import uuid
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from board.actions import end_demonstration
from board.demo.gateway import SECRET, TOKEN, found_gateway, missing, tell
from board.selectors.demo_phones import SHOWN, UNANSWERED_S, phones
from board.selectors.demo_places import groups, speakers
from command.actions import issue_order, open_incident
from command.models import Assignment
from journal.actions.recording import SYSTEM
from journal.models import Event
from notify.actions.deliver import Deliverer
from notify.actions.lines import access_to
from notify.gateways.contract import GATEWAYS, Accepted, NotThere, Outgoing, Refused
from notify.gateways.generic import sign
from notify.models import Account, Delivery, Inbound
from org.models import Person
from tests.support.county import BACKEND, Clock
from tests.support.gateways import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def references_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test has handed over is not known to the next."""
    monkeypatch.setattr("board.selectors.exchange.PREFIX", f"sanji:test:{uuid.uuid4().hex}:")


@pytest.fixture
def account(settings: Any) -> Account:
    settings.DEMO = True
    return found_gateway(SYSTEM)


def post(client: Client, body: dict[str, Any] | bytes, secret: str = SECRET) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/demo/exchange/", raw, "application/json", headers={"X-Signature": sign(secret, raw)})


GOOD = {"reference": "k3-1", "channel": "sms", "to": "19900000001", "text": "转移", "question": "", "code": "1"}


def test_the_exchange_takes_each_reference_once_and_can_be_asked(client: Client, account: Account) -> None:
    first, again = post(client, GOOD), post(client, GOOD)
    assert (first.status_code, first.json()) == (200, {"id": "demo-k3-1", "again": False})
    assert (again.status_code, again.json()) == (200, {"id": "demo-k3-1", "again": True})
    signed = {"X-Signature": sign(SECRET, b"")}
    assert client.get("/demo/exchange/k3-1", headers=signed).json() == {"id": "demo-k3-1"}
    assert client.get("/demo/exchange/k4-1", headers=signed).status_code == 404
    assert client.get("/demo/exchange/k3-1").status_code == 401


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({**GOOD, "reference": ""}, ["reference"]),
        ({**GOOD, "reference": "no reference of ours"}, ["reference"]),
        ({**GOOD, "channel": "fax", "to": ""}, ["to", "channel"]),
        (b"[]", ["to", "text", "channel", "reference"]),
        (b"{", ["to", "text", "channel", "reference"]),
    ],
)
def test_the_exchange_says_what_is_wrong(client: Client, account: Account, body: Any, faults: list[str]) -> None:
    answer = post(client, body)
    assert (answer.status_code, answer.json()["fields"]) == (400, faults)


def test_a_wrong_signature_is_refused(client: Client, account: Account) -> None:
    assert post(client, GOOD, "another secret").status_code == 401
    assert client.post("/demo/exchange/", json.dumps(GOOD), "application/json").status_code == 401


def test_without_demo_there_is_neither_exchange_nor_phone(client: Client, officer: Person, settings: Any) -> None:
    settings.DEMO = False
    assert post(client, GOOD).status_code == 404
    client.force_login(officer, BACKEND)
    assert client.get("/demo/phones/").status_code == 404
    assert client.get("/demo/phones/state/").status_code == 404


def test_the_founding_is_the_same_again_and_follows_another_port(account: Account, settings: Any) -> None:
    assert (account.gateway, account.channels, account.unit.code) == ("generic", ["sms", "voice"], "331126")
    assert "secret" not in account.settings
    assert found_gateway(SYSTEM).pk == account.pk
    settings.DEMO_EXCHANGE_URL = "http://127.0.0.1:8123/demo/exchange/"
    assert found_gateway(SYSTEM).settings["url"] == "http://127.0.0.1:8123/demo/exchange/"
    access = access_to(Account.objects.get(code="demo"))
    assert access is not None
    assert access["secret"] == SECRET


def test_the_story_ends_with_the_telephones_of_the_silent(officer: Person, settings: Any) -> None:
    settings.DEMO = True
    incident = open_incident(by=officer, title="山洪", category="natural_disaster", unit="331126")
    order = issue_order(
        by=officer, incident_id=incident.pk, text="立即转移", units=["331126206"], descendants=True,
        posts=["village_head"], ladder="red",
    )  # fmt: skip
    assert not Delivery.objects.exclude(channel="in_app").exists(), "no telephone yet"
    assert missing()
    tell()
    assert not missing()
    queued = Delivery.objects.filter(state="queued")
    people = queued.filter(message__person__isnull=False).values_list("message__person", flat=True)
    assert set(people) == set(order.assignments.values_list("person", flat=True))
    assert queued.filter(channel="board").values_list("address", flat=True).get() == "331126206"
    villages = set(order.assignments.values_list("unit__code", flat=True)) - {"331126206"}
    assert set(queued.filter(channel="loudspeaker").values_list("address", flat=True)) == villages
    count = queued.count()
    tell()
    assert queued.count() == count


def test_without_demo_the_account_is_refused_until_the_demonstration_is_ended(account: Account, settings: Any) -> None:
    settings.DEMO = False
    names = "demo, demo-boards, demo-loudspeakers"
    with pytest.raises(SystemCheckError, match=f"gateway accounts with the published token: {names}"):
        call_command("check", "--deploy", "--tag", "published", stdout=StringIO(), stderr=StringIO())
    end_demonstration(by=SYSTEM)
    call_command("check", "--deploy", "--tag", "published", stdout=StringIO(), stderr=StringIO())
    account.refresh_from_db()
    assert not account.enabled


@pytest.fixture
def ordered(account: Account, client: Client, officer: Person, monkeypatch: pytest.MonkeyPatch) -> list[Assignment]:
    """A red order to the villages of two townships, handed over to the exchange by the deliverer."""
    made = GATEWAYS["generic"]

    def send(access: Any, message: Outgoing) -> Accepted:
        return Accepted(f"demo-{message.reference}")

    monkeypatch.setattr(made, "send", send)
    incident = open_incident(by=officer, title="山洪", category="natural_disaster", unit="331126")
    order = issue_order(
        by=officer, incident_id=incident.pk, text="立即转移", units=["331126206", "331126105"], descendants=True,
        posts=["village_head"], ladder="red",
    )  # fmt: skip
    Delivery.objects.filter(channel="sms").update(channel="voice", then=[])
    deliverer = Deliverer()
    for _turn in range(100):
        deliver(deliverer)
        if not Delivery.objects.filter(state="queued").exists():
            break
        time.sleep(0.02)  # the rate of the account
    deliverer.close()
    return list(order.assignments.select_related("person"))


def state(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.get("/demo/phones/state/", query)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def door(client: Client, kind: str, body: Any, account: str = "demo") -> dict[str, Any]:
    headers = {"Authorization": f"Token {TOKEN}"}
    answer = client.post(f"/api/v1/inbound/{kind}/{account}/", json.dumps(body), "application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_phones_ring_and_a_number_answers(client: Client, ordered: list[Assignment], officer: Person) -> None:
    client.force_login(officer, BACKEND)
    found = state(client)
    assert found["total"] == found["ringing"] == len({one.person_id for one in ordered})
    assert len(found["phones"]) <= SHOWN
    village = next(one for one in ordered if one.person.username == "village")
    phone = state(client, q=village.person.phone)["phones"][0]
    assert phone["call"]["question"]
    assert door(client, "reply", {"from": phone["number"], "key": "*"})["ask_again"]
    assert state(client, q=phone["number"])["phones"][0]["call"]["wrong"] == 1
    told = door(client, "reply", {"from": phone["number"], "key": "23#", "reference": phone["call"]["reference"]})
    assert told == {"assignment": village.pk, "understood": True, "ask_again": False}
    village.refresh_from_db()
    assert village.status == "received"
    told = Event.objects.filter(subject=f"assignment:{village.pk}", verb="assignment.acknowledged").latest("seq").data
    assert told["figure"] == 23
    phone = state(client, q=phone["number"])["phones"][0]
    assert phone["call"] is None
    assert [one["text"] for one in phone["bubbles"] if one["way"] == "own"] == ["*", "23#"]


def test_phones_are_found_by_name_and_unit_and_turned_in_pages(
    client: Client, ordered: list[Assignment], officer: Person
) -> None:
    client.force_login(officer, BACKEND)
    total = state(client)["total"]
    assert total > SHOWN
    pages = [state(client, page=number)["phones"] for number in range(1, state(client)["pages"] + 1)]
    assert len({phone["id"] for page in pages for phone in page}) == total
    one = ordered[0]
    assert one.person.pk in {phone["id"] for phone in state(client, q=one.person.name)["phones"]}
    assert one.person.pk in {phone["id"] for phone in state(client, q=one.unit.name)["phones"]}
    assert state(client, q="nobody is called so")["total"] == 0
    assert state(client, page="x" * 9)["page"] == 1


def test_a_village_sees_its_own_phone_alone(client: Client, ordered: list[Assignment], village: Person) -> None:
    client.force_login(village, BACKEND)
    assert {phone["id"] for phone in state(client)["phones"]} == {village.pk}


def test_groups_show_what_they_were_told_and_the_answers_and_villages_prove_what_they_heard(
    client: Client, ordered: list[Assignment], officer: Person
) -> None:
    client.force_login(officer, BACKEND)
    village = next(one for one in ordered if one.person.username == "village")
    found = state(client)
    assert {group["id"] for group in found["groups"]["shown"]} == {"331126206", "331126105"}
    group = next(one for one in found["groups"]["shown"] if one["id"] == "331126206")
    assert [bool(one["who"]) for one in group["bubbles"]] == [False]
    assert village.person.phone in group["bubbles"][0]["mentioned"]
    assert found["speakers"]["total"] == len({one.unit_id for one in ordered})
    speaker = next(one for one in found["speakers"]["shown"])
    assert (speaker["receipt"], speaker["outcome"]) == (True, "")
    body = {"reference": speaker["reference"], "outcome": "delivered"}
    assert door(client, "receipt", body, "demo-loudspeakers") == {"matched": 1}
    assert door(client, "receipt", body) == {"matched": 0}, "the account of telephones knows nothing of it"
    call = state(client, q=village.person.phone)["phones"][0]["call"]
    door(client, "reply", {"from": village.person.phone, "key": "23#", "reference": call["reference"]})
    found = state(client)
    group = next(one for one in found["groups"]["shown"] if one["id"] == "331126206")
    assert village.person.label in group["bubbles"][-1]["who"]
    again = next(one for one in found["speakers"]["shown"] if one["id"] == speaker["id"])
    assert (again["receipt"], bool(again["outcome"])) == (False, True)
    client.force_login(village.person, BACKEND)
    mine = state(client)
    assert mine["groups"]["total"] == 0, "a village sees nothing of its township's group here"
    assert [one["id"] for one in mine["speakers"]["shown"]] == [village.unit.code]


def test_a_call_that_nobody_takes_is_given_up_after_a_while(
    client: Client, ordered: list[Assignment], officer: Person, clock: Clock
) -> None:
    client.force_login(officer, BACKEND)
    found = state(client)
    assert (found["unanswered"], found["ringing"] > 1) == ([], True)
    clock.travel(seconds=UNANSWERED_S + 1)
    lost = state(client)["unanswered"]
    assert len(lost) == Delivery.objects.filter(channel="voice").count()
    door(client, "receipt", [{"reference": one, "outcome": "no_answer"} for one in lost])
    assert set(Delivery.objects.filter(channel="voice").values_list("outcome", flat=True)) == {"no_answer"}
    found = state(client)
    assert (found["unanswered"], found["ringing"]) == ([], 0)


def test_many_groups_cost_as_many_queries_as_one(ordered: list[Assignment], officer: Person) -> None:
    groups(officer)
    with CaptureQueriesContext(connection) as many:
        assert groups(officer)["total"] == 2
        assert speakers(officer)["total"] > 2
    Delivery.objects.filter(channel="board").exclude(address="331126206").delete()
    with CaptureQueriesContext(connection) as one:
        groups(officer)
        speakers(officer)
    assert len(many) == len(one) <= 6


def test_many_phones_cost_as_many_queries_as_one(ordered: list[Assignment], officer: Person) -> None:
    phones(officer, "", 1)
    with CaptureQueriesContext(connection) as many:
        phones(officer, "", 1)
    with CaptureQueriesContext(connection) as one:
        phones(officer, ordered[0].person.phone, 1)
    assert len(many) == len(one) <= 9


def test_a_text_that_answers_nothing_lies_open(client: Client, account: Account, village: Person) -> None:
    assert not door(client, "reply", {"from": village.phone, "text": "路断了"})["understood"]
    assert Inbound.objects.get().state == "open"


def test_the_real_gateway_speaks_with_the_exchange(client: Client, account: Account) -> None:
    """The request of notify/gateways/generic as it is, over a transport that asks the exchange."""
    import httpx

    def through(request: httpx.Request) -> httpx.Response:
        signature = {"X-Signature": request.headers.get("X-Signature", "")}
        if request.method == "GET":
            answer = client.get(request.url.path, headers=signature)
        else:
            answer = client.post(request.url.path, request.content, "application/json", headers=signature)
        return httpx.Response(answer.status_code, content=answer.content)

    access = access_to(account)
    assert access is not None
    access = type(access)(access.code, access.values, httpx.Client(transport=httpx.MockTransport(through)))
    made = GATEWAYS["generic"]
    message = Outgoing("k7-1", "voice", "19900000001", "转移", question="几人？")
    assert made.send(access, message) == Accepted("demo-k7-1", 1)
    assert made.look_up(access, "k7-1", "", "19900000001") is None
    with pytest.raises(NotThere):
        made.look_up(access, "k8-1", "", "19900000001")
    wrong = type(access)(access.code, {**access.values, "secret": "x"}, access.http)
    with pytest.raises(Refused, match="401"):
        made.send(wrong, message)
