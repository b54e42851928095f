"""The page of the rules of reach, in words and as acts; numbers to check; links to messages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from command.actions import issue_order, open_incident
from duty.actions import start_comm_test
from duty.actions.comm_tests import close_comm_tests
from duty.models import CommTestLine
from duty.selectors.comm_tests import lines_of
from journal.models import Event
from notify.gateways.contract import SMS, VOICE, Refused
from notify.models import Account, Delivery, ReachRule
from org.models import Person
from tests.support.county import BACKEND, Clock
from tests.support.gateways import deliver, gateway

pytestmark = pytest.mark.django_db

ENGLISH = {"Accept-Language": "en"}
CHANNELS = {"channels": "voice", "second": "sms", "third": "", "fourth": ""}


@pytest.fixture
def keeper(client: Client, officer: Person) -> Person:
    """An administrator, signed in."""
    Person.objects.filter(pk=officer.pk).update(is_superuser=True)
    keeper = Person.objects.get(pk=officer.pk)
    client.force_login(keeper, BACKEND)
    return keeper


def base() -> ReachRule:
    return ReachRule.objects.get(prefix="", colour="", alarm=True, asked="message")


# Rules of reach ------------------------------------------------------------------------------------------------------


def test_the_page_says_what_a_red_order_does_step_by_step(client: Client, keeper: Person) -> None:
    with gateway((SMS, VOICE)):
        red = client.get("/register/reach/", headers=ENGLISH).context["chains"][0]
        assert red.colour == "red"
        told = [(step.after, step.who, step.how) for step in red.steps]
        assert told[:3] == [
            ("at once", "called", "text, if it fails call"),
            ("after 3 min", "reminded", "call, if it fails text"),
            ("after 5 min", "deputy called", "call, if it fails text"),
        ]
        assert not any(step.silent for step in red.steps)
        ReachRule.objects.create(prefix="order.", colour="red", asked="message", channels=["voice"], source="test")
        red, orange = client.get("/register/reach/", headers=ENGLISH).context["chains"][:2]
        assert (red.steps[0].how, orange.steps[0].how) == ("call", "text, if it fails call")


def test_it_warns_where_an_alarm_reaches_nobody(client: Client, keeper: Person) -> None:
    with gateway((VOICE,)):
        page = client.get("/register/reach/", headers=ENGLISH)
        assert page.context["chains"][0].steps[0].how == "text (no account), if it fails call"
        assert not any(line.silent for line in page.context["lines"])
        only_text = {"channels": "sms", "seen_channels": "sms voice push"}
        answer = client.post(f"/register/reach/{base().pk}/", only_text, headers={**ENGLISH, "HX-Request": "true"})
        assert "rings nobody" in answer.headers["HX-Trigger"]
        page = client.get("/register/reach/", headers=ENGLISH)
        assert [line.silent for line in page.context["lines"] if line.rule.pk == base().pk] == [True]
        assert page.context["chains"][0].steps[0].silent
        assert "reaches nobody" in page.content.decode()
    Account.objects.update(enabled=False)
    assert "No gateway account is in use" in client.get("/register/reach/", headers=ENGLISH).content.decode()
    ReachRule.objects.filter(prefix="", asked="phone").delete()
    assert client.get("/register/reach/").context["lacks"]


def test_a_rule_is_changed_added_taken_away_and_restored(client: Client, keeper: Person) -> None:
    address = f"/register/reach/{base().pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {**CHANNELS, "seen_channels": "sms voice push"}).status_code == 302
    assert base().channels == ["voice", "sms"]
    assert client.post(address, {**CHANNELS, "seen_channels": "sms voice push"}).status_code == 409, (
        "it has changed meanwhile"
    )
    assert client.get("/register/reach/new/").status_code == 200
    new = {"about": "order.", "colour": "red", "kind": "phone", **CHANNELS}
    assert client.post("/register/reach/new/", new).status_code == 302
    row = ReachRule.objects.get(prefix="order.", colour="red", asked="phone")
    assert row.channels == ["voice", "sms"]
    assert client.post("/register/reach/new/", new).status_code == 409
    assert client.post(f"/register/reach/{row.pk}/remove/").status_code == 302
    assert client.get(f"/register/reach/{row.pk}/").status_code == 404
    assert client.post(f"/register/reach/{base().pk}/remove/").status_code == 400
    assert client.post("/register/reach/defaults/").status_code == 302
    assert base().channels == ["sms", "voice", "push"]
    verbs = Event.objects.filter(verb__startswith="reach.").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["reach.changed", "reach.added", "reach.removed", "reach.restored"]


def test_a_silent_alarm_is_refused_beside_its_field(client: Client, keeper: Person) -> None:
    for wrong in (
        {"channels": ""},
        {"channels": "email"},
        {"channels": "sms", "second": "sms"},
        {"channels": "pigeon"},
    ):
        answer = client.post(f"/register/reach/{base().pk}/", {**wrong, "seen_channels": "sms voice push"})
        assert answer.status_code == 400, wrong
        assert "channels" in answer.context["form"].errors
    assert base().channels == ["sms", "voice", "push"]


def test_a_township_looks_and_changes_nothing(client: Client, township: Person) -> None:
    client.force_login(township, BACKEND)
    page = client.get("/register/reach/")
    assert (page.status_code, page.context["may"]) == (200, False)
    refused = {f"{base().pk}/": 404, f"{base().pk}/remove/": 404, "new/": 403, "defaults/": 403}
    for address, status in refused.items():
        for answer in (client.get(f"/register/reach/{address}"), client.post(f"/register/reach/{address}", CHANNELS)):
            assert answer.status_code == status, address
    assert base().channels == ["sms", "voice", "push"]


# Numbers to check ----------------------------------------------------------------------------------------------------


@pytest.fixture
def wrong(keeper: Person, clock: Clock) -> CommTestLine:
    """The line of a test that met a wrong number."""
    with gateway() as nowhere:
        test = start_comm_test(by=keeper, unit="331126206", levels=["village"], window_min=15)
        line = lines_of(test).exclude(phone="").first()
        assert line is not None
        nowhere.error, nowhere.fails_for = Refused("空号", permanent=True, outcome="bad_number"), {line.phone}
        deliver()
        clock.travel(minutes=16)
        close_comm_tests([test.pk])
    return CommTestLine.objects.get(pk=line.pk)


def shown(client: Client) -> dict[int, Any]:
    return {row.line.pk: row for row in client.get("/register/numbers/", headers=ENGLISH).context["rows"]}


def test_a_wrong_number_is_proposed_with_what_the_gateway_said(client: Client, wrong: CommTestLine) -> None:
    rows = shown(client)
    assert wrong.pk in rows, "nobody else's: one silence is not enough"
    assert {row.line.phone for row in rows.values()} == {wrong.phone}
    said = rows[wrong.pk].said[0]
    assert (said.words, said.account) == ("text: wrong number (空号)", "nowhere")
    assert said.at is not None
    page = client.get("/register/numbers/").content.decode()
    assert wrong.phone in page
    Delivery.objects.all().delete()
    assert shown(client)[wrong.pk].said[0].words == "wrong number", "the messages are purged"


def test_it_is_corrected_with_the_old_number_in_the_journal(client: Client, wrong: CommTestLine) -> None:
    address = f"/register/numbers/{wrong.pk}/"
    assert client.get(address).status_code == 200
    for phone in ("12", "", wrong.phone):
        assert client.post(address, {"phone": phone}).status_code == 400, phone
    assert client.post(address, {"phone": "139 0000 1234"}).status_code == 302
    person = Person.objects.get(pk=wrong.person_id)
    assert (person.phone, person.phone_confirmed_at) == ("13900001234", None)
    event = Event.objects.get(verb="comm_test.number_corrected")
    assert (event.data["old"], event.data["person"]) == (wrong.phone, person.pk)
    assert Event.objects.filter(verb="org.phone_changed", subject=f"person:{person.pk}").exists()
    assert wrong.pk not in shown(client)
    late = client.post(address, {"phone": "13900005678"})
    assert (late.status_code, "13900001234" in late.content.decode()) == (409, True)
    assert Event.objects.filter(verb="comm_test.number_corrected").count() == 1


def test_it_is_confirmed_in_one_tap_and_gone(client: Client, wrong: CommTestLine) -> None:
    address = f"/register/numbers/{wrong.pk}/confirm/"
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    person = Person.objects.get(pk=wrong.person_id)
    assert (person.phone, person.phone_confirmed_at is not None) == (wrong.phone, True)
    assert Event.objects.filter(verb="org.phone_confirmed", subject=f"person:{person.pk}").count() == 1
    assert wrong.pk not in shown(client)
    assert client.post(address).status_code == 409
    assert client.post(f"/register/numbers/{wrong.pk}/", {"phone": "13900001234"}).status_code == 409


def test_it_goes_away_by_itself_when_the_number_changes(client: Client, wrong: CommTestLine) -> None:
    Person.objects.filter(pk=wrong.person_id).update(phone="13900004321")
    assert wrong.pk not in shown(client)


def test_a_neighbour_neither_sees_nor_corrects_it(client: Client, wrong: CommTestLine, township: Person) -> None:
    heads = Person.objects.filter(appointments__unit__code="331126105", appointments__post__code="township_head")
    client.force_login(heads.first(), BACKEND)
    assert client.get("/register/numbers/").status_code in (200, 403)
    assert wrong.phone not in client.get("/register/numbers/").content.decode()
    for address in (f"/register/numbers/{wrong.pk}/", f"/register/numbers/{wrong.pk}/confirm/"):
        assert client.post(address, {"phone": "13900001234"}).status_code in (403, 404)
    assert Person.objects.get(pk=wrong.person_id).phone == wrong.phone


def test_many_numbers_cost_as_few_queries_as_one(client: Client, wrong: CommTestLine) -> None:
    client.get("/register/numbers/")
    with CaptureQueriesContext(connection) as one:
        client.get("/register/numbers/")
    CommTestLine.objects.filter(test=wrong.test_id).exclude(phone="").update(outcome="bad_number")
    with CaptureQueriesContext(connection) as many:
        assert len(client.get("/register/numbers/").context["rows"]) > 5
    assert len(many) == len(one)


# Links ---------------------------------------------------------------------------------------------------------------


def test_an_order_and_a_person_lead_to_their_messages(client: Client, keeper: Person, village: Person) -> None:
    with gateway():
        incident = open_incident(by=keeper, title="山洪", category="natural_disaster", unit="331126")
        order = issue_order(
            by=keeper, incident_id=incident.pk, text="立即转移", units=["331126206"], descendants=True,
            posts=["village_head"], ladder="red",
        )  # fmt: skip
    assert f'href="/messages/?order={order.pk}"' in client.get(f"/orders/{order.pk}/").content.decode()
    code = village.appointments.first().unit.code
    assert f'href="/messages/?who={village.pk}"' in client.get(f"/register/units/{code}/").content.decode()
    lines = client.get("/messages/", {"who": village.pk}).context["lines"]
    assert {line.row.message.person_id for line in lines} == {village.pk}
    assert client.get("/messages/", {"who": village.pk, "order": order.pk + 1}).context["totals"].messages == 0
    assert client.get("/messages/", {"who": "x"}).context["totals"].messages == 0
