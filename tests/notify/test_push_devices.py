"""Web Push: a person's devices over the API and on ``/me/``, and alarms that reach them beside every other way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from command.actions import issue_order, open_incident
from database.clock import now
from journal.models import Event
from notify.actions.accounts import Settled, add_account, change_account
from notify.actions.messages import send_all
from notify.actions.trial import send_trial
from notify.files.sealing import seal, unseal
from notify.gateways.contract import BESIDE, VOICE
from notify.gateways.webpush import new_private_key, public_key
from notify.models import Account, Delivery, PushSubscription
from notify.rules.default_reach import rows
from notify.rules.notices import Notice
from notify.selectors.push import offered
from org.models import Person, Unit
from tests.notify.gateways.push_service import PushService
from tests.notify.gateways.server import serving
from tests.support.county import BACKEND
from tests.support.gateways import Nowhere, account, deliver, gateway
from web.errors import Invalid

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/me/push/"
Post = tuple[PushService, str]


@pytest.fixture(autouse=True)
def _over_the_internet(settings: Any) -> None:
    settings.WEB_PUSH = True


@pytest.fixture
def texts(demo_county: Unit) -> Iterator[Nowhere]:
    """Texts and calls go nowhere, and are kept."""
    with gateway(("sms", "voice")) as made:
        yield made


@pytest.fixture
def push(texts: Nowhere) -> Iterator[Post]:
    """The push service, and its address; an account that may ask it."""
    private = new_private_key()
    with serving(PushService(public_key(private))) as (double, url):
        account(
            "push", ("push",), gateway="webpush", sealed=seal({"private_key": private}),
            settings={"contact": "mailto:duty@county.test", "hosts": "127.0.0.1"},
        )  # fmt: skip
        yield double, url


def signed_in(person: Person, **more: Any) -> Client:
    client = Client(**more)
    client.force_login(person, BACKEND)
    return client


def switched_on(person: Person, push: Post, name: str = "1", device: str = "Chrome, Android") -> dict[str, Any]:
    """The body that the browser sent."""
    body = {**push[0].subscription(push[1], name), "device": device}
    answer = signed_in(person).post(ADDRESS, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return body


def told(verb: str) -> list[tuple[str, str]]:
    return list(Event.objects.filter(verb=verb).values_list("subject", "data__device"))


# Switching on and off -------------------------------------------------------------------------------------------------


def test_a_device_is_switched_on_once_and_listed_without_its_endpoint(village: Person, push: Post) -> None:
    client = signed_in(village)
    body = switched_on(village, push)
    again = client.post(ADDRESS, body, content_type="application/json")
    assert (again.status_code, again.json()["device"]) == (200, "Chrome, Android")
    listed = client.get(ADDRESS).json()
    assert (len(listed["devices"]), listed["server_key"]) == (1, push[0].server_key)
    assert told("push.switched_on") == [(f"person:{village.pk}", "Chrome, Android")]
    event = Event.objects.get(verb="push.switched_on")
    assert event.unit_path.startswith("33.11.26.206")
    assert body["endpoint"] not in client.get(ADDRESS).content.decode() + str(event.data)
    left = client.delete(ADDRESS, {"endpoint": body["endpoint"]}, content_type="application/json")
    assert (left.status_code, left.json()["devices"]) == (200, [])
    assert told("push.switched_off") == [(f"person:{village.pk}", "Chrome, Android")]
    client.delete(ADDRESS, {"endpoint": body["endpoint"]}, content_type="application/json")
    assert len(told("push.switched_off")) == 1


def test_a_device_belongs_to_whoever_is_signed_in_on_it_and_nobody_else_switches_it_off(
    village: Person, township: Person, push: Post
) -> None:
    body = switched_on(village, push)
    other = signed_in(township)
    assert other.delete(ADDRESS, {"endpoint": body["endpoint"]}, content_type="application/json").status_code == 200
    row = PushSubscription.objects.get()
    assert other.post(f"/me/push/{row.pk}/remove/").status_code == 404
    assert PushSubscription.objects.get().person == village
    assert other.post(ADDRESS, body, content_type="application/json").status_code == 201
    assert PushSubscription.objects.get().person == township
    assert told("push.switched_off") == [(f"person:{village.pk}", "Chrome, Android")]
    assert signed_in(village).get(ADDRESS).json()["devices"] == []


def test_a_sixth_device_is_refused_with_how_many_there_are(village: Person, push: Post) -> None:
    bodies = [switched_on(village, push, str(number)) for number in range(5)]
    client = signed_in(village)
    body = {**push[0].subscription(push[1], "6"), "device": "Firefox, Linux"}
    answer = client.post(ADDRESS, body, content_type="application/json")
    assert (answer.status_code, answer.json()["current"]) == (409, {"devices": 5})
    assert client.post(ADDRESS, bodies[0], content_type="application/json").status_code == 200
    assert PushSubscription.objects.count() == 5


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("endpoint", {"endpoint": "http://10.0.0.1/push/1"}),
        ("endpoint", {"endpoint": "https://fcm.googleapis.com.evil.example/1"}),
        ("endpoint", {"endpoint": "nonsense"}),
        ("endpoint", {"endpoint": "https://[127.0.0.1/"}),
        ("endpoint", {"endpoint": "http://127.0.0.1:99999/push/1"}),
        ("endpoint", {"endpoint": "http://x@127.0.0.1/push/1"}),
        ("endpoint", {"endpoint": "https://fcm.googleapis.com/" + "a" * 1000}),
        ("p256dh", {"keys": {"p256dh": "AAAA", "auth": "A" * 22}}),
        ("p256dh", {"keys": {"p256dh": "B" + "A" * 86, "auth": "A" * 22}}),
        ("auth", {"keys": {"auth": "AAAA"}}),
        ("auth", {"keys": {"auth": "!" * 22}}),
        ("device", {"device": ""}),
        ("keys", {"keys": None}),
    ],
)
def test_what_is_no_subscription_is_refused_and_says_where(
    village: Person, push: Post, field: str, wrong: dict[str, Any]
) -> None:
    body = {**push[0].subscription(push[1]), "device": "Chrome, Android"}
    keys = {"keys": {**body["keys"], **wrong["keys"]}} if wrong.get("keys") else {}
    answer = signed_in(village).post(ADDRESS, {**body, **wrong, **keys}, content_type="application/json")
    assert answer.status_code == 400
    assert field in answer.json()["fields"], answer.json()
    assert not PushSubscription.objects.exists()


def test_a_page_of_another_site_switches_nothing_on(village: Person, push: Post) -> None:
    body = {**push[0].subscription(push[1]), "device": "Chrome, Android"}
    client = signed_in(village, enforce_csrf_checks=True)
    assert client.post(ADDRESS, body, content_type="application/json").status_code == 403
    assert client.post(ADDRESS, body).status_code == 403
    assert Client().get(ADDRESS).status_code == 401
    assert not PushSubscription.objects.exists()


def test_the_own_page_lists_the_devices_and_removes_one(village: Person, push: Post) -> None:
    switched_on(village, push)
    client = signed_in(village)
    page = client.get("/me/", headers={"Accept-Language": "en"})
    content = page.content.decode()
    assert "Notifications on this device" in content
    assert "Chrome, Android" in content
    assert PushSubscription.objects.get().endpoint not in content
    assert client.post(f"/me/push/{PushSubscription.objects.get().pk}/remove/").status_code == 302
    assert not PushSubscription.objects.exists()
    assert "Chrome, Android" not in client.get("/me/").content.decode()


@pytest.mark.parametrize("closed", ["no account", "switched off", "closed network", "spoilt key"])
def test_where_nothing_carries_pushes_nothing_is_shown_and_nothing_promised(
    village: Person, push: Post, settings: Any, closed: str
) -> None:
    body = switched_on(village, push)
    account_of_pushes = Account.objects.filter(code="push")
    if closed == "no account":
        account_of_pushes.update(gateway="nowhere")
    elif closed == "switched off":
        account_of_pushes.update(enabled=False)
    elif closed == "spoilt key":
        account_of_pushes.update(sealed=seal({"private_key": "nonsense"}))
    else:
        settings.WEB_PUSH = False
    client = signed_in(village)
    page = client.get("/me/", headers={"Accept-Language": "en"}).content.decode()
    assert "data-push" not in page
    assert "Notifications on this device" not in page
    assert client.get(ADDRESS).json() == {"server_key": None, "most": 5, "devices": []}
    assert client.post(ADDRESS, body, content_type="application/json").status_code == 409
    if closed in ("switched off", "closed network"):
        send_all([alarm(village)], by=village)
        assert set(Delivery.objects.values_list("channel", flat=True)) == {"in_app", "sms"}


# What goes out --------------------------------------------------------------------------------------------------------


def alarm(person: Person, subject: str = "order:1", *, rings: bool = True) -> Notice:
    return Notice(
        person_id=person.pk, code="order.reminded", data={"text": "秘事"}, subject=subject, unit_path="33.11.26.206",
        url="/orders/mine/7/", alarm=rings, group="order:1",
    )  # fmt: skip


def deliveries() -> dict[str, tuple[str, list[str]]]:
    found = Delivery.objects.exclude(channel="in_app")
    return {row.channel: (row.state, row.then) for row in found}


@pytest.mark.parametrize(("language", "title", "word"), [("en", "ALARM", "answer"), ("zh-hans", "告警", "答复")])
def test_an_order_reaches_the_devices_with_nothing_personal_in_it(
    officer: Person, village: Person, push: Post, language: str, title: str, word: str
) -> None:
    Person.objects.filter(pk=village.pk).update(language=language)
    switched_on(village, push)
    switched_on(village, push, "2", "Firefox, Linux")
    incident = open_incident(by=officer, title="山洪", category="natural_disaster", unit="331126")
    issue_order(
        by=officer, incident_id=incident.pk, text="请转移王家三口", units=["331126206200"], posts=["village_head"],
        ladder="red",
    )  # fmt: skip
    deliver()
    row = Delivery.objects.get(channel="push")
    assert (row.state, row.address) == ("sent", "Chrome, Android, Firefox, Linux")
    assert deliveries()["sms"][0] == "sent"
    assert {path for _told, _urgency, path in push[0].taken} == {"/push/1", "/push/2"}
    payload, urgency, _path = push[0].taken[0]
    assert (payload["title"], urgency, payload["urgent"], payload["lang"]) == (title, "high", True, language)
    assert word in payload["text"]
    assert payload["url"] == row.message.url
    assert signed_in(village).get(payload["url"]).status_code == 200
    assert payload["tag"] == f"alarm-{row.message_id}"
    said = str(payload)
    assert not [one for one in ("王家", village.name, village.phone, "山洪", officer.name) if one in said]
    assert PushSubscription.objects.filter(last_used_at=None).count() == 0


def test_what_belongs_to_an_exercise_says_so_and_what_is_no_alarm_does_not_ring(
    village: Person, push: Post, django_assert_num_queries: Callable[[int], Any]
) -> None:
    switched_on(village, push)
    with django_assert_num_queries(8):  # the reply codes beside the seven of a message without devices
        send_all([alarm(village, rings=False)], by=village)
    deliver()
    payload, urgency, _path = push[0].taken[0]
    assert (urgency, payload["urgent"]) == ("normal", False)
    Delivery.objects.filter(channel="push").update(state="queued")
    Delivery.objects.get(channel="push").message.__class__.objects.update(exercise=1)
    deliver()
    assert "演练" in push[0].taken[1][0]["text"]


def test_a_push_takes_the_place_of_no_other_way_and_its_failure_is_no_step(
    village: Person, push: Post, texts: Nowhere
) -> None:
    body = switched_on(village, push)
    push[0].gone.add("/push/1")
    send_all([alarm(village)], by=village)
    assert deliveries() == {"sms": ("queued", ["voice"]), "push": ("queued", [])}
    deliver()
    assert deliveries() == {"sms": ("sent", ["voice"]), "push": ("failed", [])}
    assert texts.addresses == [village.phone]
    assert not Event.objects.filter(verb="delivery.failed").exists()
    assert told("push.gone") == [(f"person:{village.pk}", "Chrome, Android")]
    assert not PushSubscription.objects.filter(endpoint=body["endpoint"]).exists()
    assert Account.objects.get(code="push").failures == 0, "a browser that is gone says nothing of the account"
    send_all([alarm(village, "order:2")], by=village)
    assert Delivery.objects.filter(channel="push").count() == 1, "nobody is left to push to"


def test_a_call_that_has_just_been_made_is_not_made_up_for_by_pushes(village: Person, push: Post) -> None:
    switched_on(village, push)
    call = [Notice(**{**vars(alarm(village, f"assignment:{number}")), "asked": "phone"}) for number in (1, 2, 3)]
    send_all(call, by=village)
    assert Delivery.objects.filter(channel="voice").count() == 1
    assert Delivery.objects.filter(channel="push").count() == 1, "one line, one notification"


def test_a_service_that_is_away_lets_the_account_go_on_with_others(village: Person, push: Post) -> None:
    switched_on(village, push)
    push[0].faults = [503] * 3
    send_all([alarm(village)], by=village)
    for _attempt in range(3):
        deliver()
        Delivery.objects.filter(channel="push").update(not_before=now())
    assert deliveries()["push"][0] == "failed"
    kept = Account.objects.get(code="push")
    assert (kept.failures, kept.resting_until) == (0, None)
    assert not Event.objects.filter(verb="delivery.failed").exists()
    assert PushSubscription.objects.count() == 1


def test_one_device_that_is_gone_is_dropped_and_the_other_used(village: Person, push: Post) -> None:
    switched_on(village, push)
    switched_on(village, push, "2", "Firefox, Linux")
    push[0].gone.add("/push/1")
    send_all([alarm(village)], by=village)
    deliver()
    left = PushSubscription.objects.get()
    assert (left.device, left.last_used_at is None) == ("Firefox, Linux", False)
    assert deliveries()["push"][0] == "sent"


def test_no_rule_that_the_county_begins_with_reaches_an_alarm_by_push_alone() -> None:
    for rule in rows():
        channels = rule["channels"]
        others = [channel for channel in channels if channel not in BESIDE]
        assert others == channels[: len(others)], "the others first"
        assert not rule["alarm"] or VOICE in others
    assert any("push" in rule["channels"] for rule in rows())


def test_the_test_of_the_account_goes_to_one_s_own_devices(officer: Person, push: Post) -> None:
    Person.objects.filter(pk=officer.pk).update(is_superuser=True)
    keeper = Person.objects.get(pk=officer.pk)
    switched_on(keeper, push)
    assert send_trial(Account.objects.get(code="push").pk, "push", by=keeper).state == "sent"
    assert len(push[0].taken) == 1


# The key --------------------------------------------------------------------------------------------------------------


def test_an_account_without_a_key_gets_one_and_keeps_it(demo_county: Unit, officer: Person) -> None:
    Person.objects.filter(pk=officer.pk).update(is_superuser=True)
    keeper = Person.objects.get(pk=officer.pk)
    client = signed_in(keeper)
    entered = {
        "code": "push", "name": "推送", "channels": ["push"], "priority": 1, "rate_per_s": 20, "lines": 20,
        "fee_fen": 0, "set_private_key": "", "set_contact": "mailto:a@b.cn", "set_hosts": "127.0.0.1",
    }  # fmt: skip
    assert client.post("/register/gateways/new/webpush/", entered).status_code == 200
    made = Account.objects.get(code="push")
    private = unseal(made.sealed)["private_key"]
    offer = offered()
    assert offer is not None
    assert (offer.server_key, len(offer.server_key)) == (public_key(private), 87)
    values = {"contact": "mailto:c@d.cn", "hosts": "127.0.0.1"}
    change_account(made.pk, Settled("推送", ["push"], values), by=keeper)
    assert unseal(Account.objects.get(code="push").sealed)["private_key"] == private
    other, _token = add_account("push-2", "webpush", demo_county, Settled("推送", ["push"], values), by=keeper)
    assert unseal(other.sealed)["private_key"] != private


@pytest.mark.parametrize(("name", "value"), [("private_key", "nonsense"), ("contact", "duty desk")])
def test_an_account_that_no_push_service_would_take_is_refused(
    demo_county: Unit, officer: Person, name: str, value: str
) -> None:
    Person.objects.filter(pk=officer.pk).update(is_superuser=True)
    values = {"contact": "mailto:c@d.cn", "hosts": "127.0.0.1", name: value}
    with pytest.raises(Invalid) as refused:
        add_account(
            "push", "webpush", demo_county, Settled("推送", ["push"], values), by=Person.objects.get(pk=officer.pk)
        )
    assert list(refused.value.fields) == [name]
    assert not Account.objects.filter(code="push").exists()


def test_a_device_that_was_made_for_another_key_is_said_so(village: Person, push: Post) -> None:
    switched_on(village, push)
    Account.objects.filter(code="push").update(sealed=seal({"private_key": new_private_key()}))
    page = signed_in(village).get("/me/", headers={"Accept-Language": "en"}).content.decode()
    assert "switch it on again there" in page
    assert "data-push-device" not in page
