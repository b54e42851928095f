"""Pages of reach: messages by person, order and night; the inbox worked off in one tap; gateway accounts, whose secrets
are never shown again; how one is reached.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from command.actions import issue_order, open_incident
from command.models import Assignment, Order
from database.clock import now
from journal.models import Event
from notify.actions.inbound import take_reply
from notify.actions.messages import send_all
from notify.files.sealing import unseal
from notify.gateways.contract import Refused, Reply
from notify.models import Account, Contact, Delivery, Inbound, Template
from notify.rules.notices import Notice
from org.models import Person
from tests.support.county import BACKEND
from tests.support.gateways import account, deliver, gateway

pytestmark = pytest.mark.django_db


def order_of(officer: Person) -> Order:
    incident = open_incident(by=officer, title="山洪", category="natural_disaster", unit="331126")
    return issue_order(
        by=officer, incident_id=incident.pk, text="立即转移", units=["331126206"], descendants=True,
        posts=["village_head"], ladder="red",
    )  # fmt: skip


def signed_in(client: Client, person: Person) -> Client:
    client.force_login(person, BACKEND)
    return client


@pytest.fixture
def keeper(officer: Person) -> Person:
    """An administrator, who keeps every register."""
    Person.objects.filter(pk=officer.pk).update(is_superuser=True)
    return Person.objects.get(pk=officer.pk)


# Messages ------------------------------------------------------------------------------------------------------------


def test_messages_of_a_person_an_order_an_incident_and_a_night(client: Client, officer: Person) -> None:
    signed_in(client, officer)
    assert "No message like this" in client.get("/messages/", headers={"Accept-Language": "en"}).content.decode()
    with gateway(fee_fen=5):
        order = order_of(officer)
        deliver()
    rows = Delivery.objects.filter(channel="sms")
    total, row = rows.count(), rows.select_related("message__person").first()
    assert total >= 6
    page = client.get("/messages/")
    assert page.context["totals"].messages == total
    assert page.context["totals"].fen == 5 * sum(rows.values_list("parts", flat=True))
    assert [one.row.pk for one in client.get("/messages/", {"person": row.address}).context["lines"]] == [row.pk]
    assert client.get("/messages/", {"order": order.pk}).context["totals"].messages == total
    assert client.get("/messages/", {"order": order.pk + 1}).context["totals"].messages == 0
    assert client.get("/messages/", {"incident": order.incident_id}).context["totals"].messages == total
    assert client.get("/messages/", {"order": "x", "state": "nonsense"}).status_code == 200
    cost = client.get(f"/incidents/{order.incident_id}/?tab=orders").context["cost"]
    assert (cost.messages, cost.fen) == (total, page.context["totals"].fen)


def test_a_night_is_from_ten_to_six(client: Client, officer: Person, clock: Any) -> None:
    with gateway():
        order_of(officer)
    created = Delivery.objects.filter(channel="sms").first().message.created_at
    local = created.astimezone(dt.timezone(dt.timedelta(hours=8)))
    at_night = local.hour >= 22 or local.hour < 6
    assert bool(signed_in(client, officer).get("/messages/", {"when": "night"}).context["lines"]) == at_night
    assert client.get("/messages/", {"when": "day"}).context["lines"]


def test_a_township_sees_its_own_and_many_cost_as_few_queries_as_one(
    client: Client, officer: Person, township: Person
) -> None:
    with gateway():
        order_of(officer)
        Delivery.objects.filter(message__person__username="village").first()
    signed_in(client, township)
    assert client.get("/messages/").context["totals"].messages > 0
    elsewhere = Person.objects.filter(appointments__unit__code="331126105", appointments__post__code="township_head")
    assert signed_in(client, elsewhere.first()).get("/messages/").context["totals"].messages == 0
    signed_in(client, officer)
    client.get("/messages/")
    with CaptureQueriesContext(connection) as many:
        client.get("/messages/")
    with CaptureQueriesContext(connection) as one:
        client.get("/messages/", {"person": "周"})
    assert len(many) <= len(one) + 1


# Inbox ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def strange(officer: Person, village: Person) -> tuple[Inbound, Assignment]:
    """A reply that fits nothing, of somebody with an open order."""
    with gateway():
        order = order_of(officer)
        take_reply(Account.objects.get(code="nowhere"), Reply(village.phone, "桥断了"))
    return Inbound.objects.get(), Assignment.objects.get(order=order, person=village)


def test_a_reply_is_worked_off_in_one_tap(client: Client, officer: Person, strange: tuple[Inbound, Assignment]) -> None:
    reply, row = strange
    page = signed_in(client, officer).get("/messages/inbox/").content.decode()
    address = f"/messages/inbox/{reply.pk}/acknowledge/{row.pk}/"
    assert "桥断了" in page
    assert address in page
    assert client.post(address).status_code == 302
    row.refresh_from_db()
    reply.refresh_from_db()
    assert (row.status, reply.state, reply.subject) == ("received", "settled", f"assignment:{row.pk}")
    assert (reply.settled_by, Event.objects.filter(verb="reply.settled").count()) == (officer, 1)
    assert client.post(address).status_code == 404, "it is worked off"


def test_a_reply_is_settled_without_an_order(
    client: Client, officer: Person, strange: tuple[Inbound, Assignment]
) -> None:
    reply, row = strange
    signed_in(client, officer)
    assert client.post(f"/messages/inbox/{reply.pk}/settle/").status_code == 302
    row.refresh_from_db()
    assert row.status == "called"
    assert not client.get("/messages/inbox/").context["items"]


def test_a_reply_answers_nobody_else_s_order(
    client: Client, officer: Person, strange: tuple[Inbound, Assignment]
) -> None:
    reply, row = strange
    other = Assignment.objects.filter(order=row.order).exclude(pk=row.pk).first()
    answer = signed_in(client, officer).post(f"/messages/inbox/{reply.pk}/acknowledge/{other.pk}/")
    assert answer.status_code == 400
    assert Inbound.objects.get().state == "open"


def test_neighbours_neither_see_nor_settle_it(client: Client, strange: tuple[Inbound, Assignment]) -> None:
    reply, row = strange
    elsewhere = Person.objects.filter(appointments__unit__code="331126105", appointments__post__code="township_head")
    signed_in(client, elsewhere.first())
    assert "桥断了" not in client.get("/messages/inbox/").content.decode()
    assert client.post(f"/messages/inbox/{reply.pk}/settle/").status_code == 404
    assert client.post(f"/messages/inbox/{reply.pk}/acknowledge/{row.pk}/").status_code == 404


# Gateways ------------------------------------------------------------------------------------------------------------

NEW = {
    "code": "box", "name": "县里的短信猫", "channels": ["sms"], "priority": 1, "rate_per_s": 10, "lines": 5,
    "fee_fen": 4, "set_url": "http://127.0.0.1:9/send", "set_secret": "sehr-geheim-123",
}  # fmt: skip


def test_an_account_is_added_changed_and_never_shows_its_secret(client: Client, keeper: Person) -> None:
    signed_in(client, keeper)
    assert client.get("/register/gateways/").status_code == 200
    assert client.get("/register/gateways/new/generic/").status_code == 200
    shown = client.post("/register/gateways/new/generic/", NEW)
    row = Account.objects.get(code="box")
    assert shown.context["token"] in shown.content.decode()
    assert unseal(row.sealed) == {"secret": "sehr-geheim-123"}
    assert "secret" not in row.settings
    form = client.get(f"/register/gateways/{row.pk}/").content.decode()
    assert "sehr-geheim-123" not in form
    assert "http://127.0.0.1:9/send" in form
    changed = {**NEW, "name": "新短信猫", "set_secret": "", "lines": 7}
    assert client.post(f"/register/gateways/{row.pk}/", changed).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.lines, unseal(row.sealed)) == ("新短信猫", 7, {"secret": "sehr-geheim-123"})
    told = str(list(Event.objects.filter(subject=f"account:{row.pk}").values_list("verb", "data", "card")))
    assert "gateway.added" in told
    assert "gateway.changed" in told
    assert "geheim" not in told
    page = client.get("/register/gateways/").content.decode()
    assert "新短信猫" in page
    assert "geheim" not in page


def test_what_is_wrong_with_an_account_is_said(client: Client, keeper: Person) -> None:
    signed_in(client, keeper)
    wrong: dict[str, Any]
    for wrong in ({"channels": []}, {"channels": ["email"]}, {"set_url": ""}, {"lines": 0}, {"code": "a b"}):
        assert client.post("/register/gateways/new/generic/", {**NEW, **wrong}).status_code == 400, wrong
    assert client.post("/register/gateways/new/nonsense/", NEW).status_code == 404
    client.post("/register/gateways/new/generic/", NEW)
    assert client.post("/register/gateways/new/generic/", NEW).status_code == 400, "the code is taken"
    assert Account.objects.filter(code="box").count() == 1


def test_an_account_is_switched_and_its_token_renewed(client: Client, keeper: Person) -> None:
    signed_in(client, keeper)
    row = account("nowhere")
    before = row.inbound_digest
    assert client.post(f"/register/gateways/{row.pk}/switch/").status_code == 302
    assert not Account.objects.get().enabled
    shown = client.post(f"/register/gateways/{row.pk}/token/")
    assert shown.context["token"] in shown.content.decode()
    assert Account.objects.get().inbound_digest != before


def test_nobody_else_sees_accounts(client: Client, township: Person) -> None:
    row = account("nowhere")
    signed_in(client, township)
    assert not client.get("/register/gateways/").context["rows"], "they keep their township's register alone"
    addresses = ["new/generic/", f"{row.pk}/", f"{row.pk}/switch/", f"{row.pk}/test/", f"{row.pk}/token/",
                 f"{row.pk}/texts/", f"{row.pk}/texts/text/"]  # fmt: skip
    for address in addresses:
        assert client.get(f"/register/gateways/{address}").status_code in (403, 404), address
    assert client.post(f"/register/gateways/{row.pk}/switch/").status_code in (403, 404)
    assert Account.objects.get().enabled


def test_a_test_goes_to_one_s_own_phone_over_this_account(client: Client, keeper: Person) -> None:
    signed_in(client, keeper)
    with gateway() as nowhere:
        account("other", gateway="nowhere", priority=1)
        row = Account.objects.get(code="nowhere")
        answer = client.post(f"/register/gateways/{row.pk}/test/", {"channel": "sms"})
        assert answer.status_code == 302
        sent = Delivery.objects.get()
        assert nowhere.addresses == [keeper.phone]
        assert (sent.account, sent.state, sent.reference != "") == (row, "sent", True)
        nowhere.error = Refused("no balance")
        refused = client.post(f"/register/gateways/{row.pk}/test/", {"channel": "sms"})
        assert (refused.status_code, "no balance" in refused.content.decode()) == (409, True)
        assert client.get("/register/gateways/").context["rows"][0].tone == "danger"


def test_an_approved_text_is_shown_in_its_parts(client: Client, keeper: Person) -> None:
    signed_in(client, keeper)
    row = account("nowhere")
    assert client.get(f"/register/gateways/{row.pk}/texts/").status_code == 200
    given = {"key": "order_issued", "vendor_code": "SMS_1", "params": "ref text", "text": "转" * 71}
    assert client.post(f"/register/gateways/{row.pk}/texts/text/", given).status_code == 302
    assert client.post(f"/register/gateways/{row.pk}/texts/text/", {**given, "vendor_code": "SMS_2"}).status_code == 302
    kept = Template.objects.get()
    assert (kept.vendor_code, kept.params) == ("SMS_2", ["ref", "text"])
    rows = client.get(f"/register/gateways/{row.pk}/texts/").context["rows"]
    assert [len(part) for part in rows[0].parts] == [67, 4]


# One's own page ------------------------------------------------------------------------------------------------------

WISHES = {"second_phone": "199 0000 9999", "email": "a@b.cn", "by_email": "on", "language": "en",
          "quiet_from": "22:00", "quiet_to": "06:00"}  # fmt: skip


def test_one_says_how_one_is_reached(client: Client, village: Person) -> None:
    signed_in(client, village)
    assert client.get("/me/contact/").status_code == 200
    assert client.post("/me/contact/", WISHES).status_code == 302
    kept, person = Contact.objects.get(person=village), Person.objects.get(pk=village.pk)
    assert (kept.second_phone, kept.by_email, kept.quiet_from) == ("19900009999", True, dt.time(22))
    assert (person.email, person.language) == ("a@b.cn", "en")
    assert "19900009999" not in str(list(Event.objects.filter(verb="contact.changed").values("data", "card")))
    page = client.get("/me/").content.decode()
    assert "19900009999" in page
    assert "22:00–06:00" in page


@pytest.mark.parametrize(
    "wrong",
    [{"second_phone": "12"}, {"email": "nonsense"}, {"email": ""}, {"quiet_to": ""}, {"language": "fr"},
     {"quiet_from": "25:00"}],
)  # fmt: skip
def test_what_cannot_be_is_refused(client: Client, village: Person, wrong: dict[str, str]) -> None:
    assert signed_in(client, village).post("/me/contact/", {**WISHES, **wrong}).status_code == 400
    assert not Contact.objects.exists()


def test_calls_at_night_are_counted_and_the_deputy_stands_on_the_page(client: Client, village: Person) -> None:
    with gateway(("voice",)):
        send_all([notice_to(village, f"order:{number}") for number in range(3)], by=village)
    rows = list(Delivery.objects.filter(channel="voice").order_by("pk"))
    beijing = dt.timezone(dt.timedelta(hours=8))
    midnight = now().astimezone(beijing).replace(hour=0, minute=0, second=0) - dt.timedelta(days=2)
    hours = (dt.timedelta(hours=2), dt.timedelta(hours=12), dt.timedelta(hours=22, minutes=1))
    for row, hour in zip(rows, hours, strict=True):
        Delivery.objects.filter(pk=row.pk).update(handed_over_at=midnight + hour)
    page = signed_in(client, village).get("/me/")
    assert page.context["wakings"] == 2
    deputies = [one.person for row in page.context["posts"] for one in row.deputies]
    content = page.content.decode()
    assert all(person.phone in content for person in deputies)


def notice_to(person: Person, subject: str, *, alarm: bool = True) -> Notice:
    return Notice(
        person_id=person.pk, code="order.reminded", data={}, subject=subject, unit_path="33.11.26.206", alarm=alarm
    )


def test_quiet_hours_hold_back_what_is_no_alarm(village: Person) -> None:
    present = now().astimezone(dt.timezone(dt.timedelta(hours=8)))
    begins, ends = (present - dt.timedelta(hours=1)).time(), (present + dt.timedelta(hours=1)).time()
    Contact.objects.create(person=village, quiet_from=begins, quiet_to=ends)
    with gateway():
        quiet, loud = (notice_to(village, f"order:{n}", alarm=alarm) for n, alarm in ((1, False), (2, True)))
        send_all([quiet, loud], by=village)
    by_subject = {row.message.subject: row for row in Delivery.objects.filter(channel="sms")}
    waits = by_subject["order:1"].not_before - now()
    assert dt.timedelta(minutes=58) < waits < dt.timedelta(minutes=61)
    assert by_subject["order:2"].not_before <= now()


def test_many_quiet_messages_are_held_back_by_one_update(village: Person, officer: Person) -> None:
    present = now().astimezone(dt.timezone(dt.timedelta(hours=8)))
    begins = (present - dt.timedelta(hours=1)).time()
    ends = {village.pk: (present + dt.timedelta(hours=1)).time(), officer.pk: (present + dt.timedelta(hours=2)).time()}
    people = list(Person.objects.filter(pk__in=ends))
    Contact.objects.bulk_create(Contact(person=one, quiet_from=begins, quiet_to=ends[one.pk]) for one in people)

    def updates(count: int, first: int) -> tuple[int, int]:
        """(statements that hold back, all statements) of so many messages to each."""
        notices = [notice_to(one, f"order:{first + n}", alarm=False) for one in people for n in range(count)]
        with CaptureQueriesContext(connection) as asked:
            send_all(notices, by=village)
        held = [one for one in asked.captured_queries if one["sql"].startswith("UPDATE notify_delivery")]
        return len(held), len(asked)

    with gateway():
        few, many = updates(1, 1), updates(20, 100)
    assert few == many
    assert few[0] == 1
    queued = Delivery.objects.filter(channel="sms").select_related("message")
    assert queued.count() == 42
    for row in queued:
        hours = 1 if row.message.person_id == village.pk else 2
        assert dt.timedelta(minutes=60 * hours - 2) < row.not_before - now() < dt.timedelta(minutes=60 * hours + 1)
