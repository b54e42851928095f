"""What the deliverer asks gateways for: receipts that were not pushed, what is left on an account, and the second
telephone after the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from journal.actions.recording import SYSTEM
from notify.actions import deliver as deliver_module
from notify.actions.deliver import Deliverer
from notify.actions.messages import send_all
from notify.gateways.contract import GATEWAYS, SMS, VOICE, Access, Receipt, Refused, Reply
from notify.gateways.reading import readable
from notify.models import Account, Contact, Delivery, Inbound, ReachRule
from notify.rules.notices import Notice
from org.models import Person
from tests.support.county import Clock
from tests.support.gateways import Nowhere, deliver, gateway

pytestmark = pytest.mark.django_db


class Asked(Nowhere):
    """Gives out what it has when it is asked, once; says what is left."""

    can_poll = True

    def __init__(self) -> None:
        super().__init__()
        self.receipts_to_give: list[Receipt] = []
        self.replies_to_give: list[Reply] = []
        self.left: str | Exception = "1200"

    def poll(self, access: Access) -> tuple[list[Receipt], list[Reply]]:
        given = self.receipts_to_give, self.replies_to_give
        self.receipts_to_give, self.replies_to_give = [], []
        return given

    def tells_balance(self, access: Access) -> bool:
        return True

    def balance(self, access: Access) -> str:
        if isinstance(self.left, Exception):
            raise self.left
        return self.left


@pytest.fixture
def asked(demo_county: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    ReachRule.objects.all().delete()
    ReachRule.objects.create(alarm=True, asked="message", channels=["sms"], source="test")
    monkeypatch.setattr(deliver_module, "LOOK_BACK_S", 0.0)
    made = Asked()
    with gateway(), GATEWAYS.lent({"nowhere": made}):
        yield made


def queue(person: Person) -> Delivery:
    message = send_all([Notice(person.pk, "duty.gap", f"gap:{person.pk}", "33.11.26", alarm=True)], by=SYSTEM)[0]
    return Delivery.objects.exclude(channel="in_app").get(message=message)


@pytest.fixture
def somebody(demo_county: Any) -> Person:
    return Person.objects.exclude(phone="").order_by("pk")[0]


def test_a_receipt_that_was_never_pushed_is_asked_for(asked: Asked, somebody: Person, clock: Clock) -> None:
    asked.can_look_up = True  # type: ignore[misc]
    row = queue(somebody)
    deliverer = Deliverer()
    deliver(deliverer)
    row.refresh_from_db()
    assert (row.state, row.outcome, asked.looked_up) == ("sent", "", [])
    clock.travel(seconds=deliver_module.NO_RECEIPT_S + 1)
    deliver(deliverer)
    assert asked.looked_up == [row.reference], "the gateway knows no more than that it was taken"
    deliver(deliverer)
    assert asked.looked_up == [row.reference], "and is not asked again within a minute"
    deliverer.close()
    asked.known[row.reference] = "delivered"
    deliver()
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("delivered", "delivered")


@pytest.mark.parametrize("error", [Refused("signature"), Refused("no such thing", permanent=True)])
def test_a_refused_question_says_nothing_of_the_message(
    asked: Asked, somebody: Person, clock: Clock, error: Exception
) -> None:
    asked.can_look_up = True  # type: ignore[misc]
    row = queue(somebody)
    deliver()
    asked.look_up_error = error
    clock.travel(seconds=deliver_module.NO_RECEIPT_S + 1)
    deliver()
    row.refresh_from_db()
    assert (row.state, len(asked.sent), len(asked.looked_up)) == ("sent", 1, 1)


def test_receipts_and_replies_that_are_asked_for_count_as_pushed_ones(asked: Asked, somebody: Person) -> None:
    row = queue(somebody)
    deliver()
    row.refresh_from_db()
    asked.receipts_to_give = [Receipt("delivered", row.reference)]
    asked.replies_to_give = [Reply("19999999999", "在吗", identity="7")]
    deliver()
    row.refresh_from_db()
    assert row.state == "delivered"
    assert Inbound.objects.get(identity="7").state == "open"


def test_an_entry_that_cannot_be_read_loses_no_other() -> None:
    def read(one: Any) -> int:
        if one == 2:
            raise ValueError
        return int(one)

    assert readable(read, [1, 2, 3]) == [1, 3]


def test_what_is_left_is_kept_and_a_refusal_is_the_account_s(asked: Asked) -> None:
    asked.can_poll = False  # type: ignore[misc]
    deliver()
    assert Account.objects.get(code="nowhere").balance == "1200"
    asked.left = Refused("HTTP 403: balance")
    deliver()
    found = Account.objects.get(code="nowhere")
    assert (found.balance, found.last_error) == ("1200", "HTTP 403: balance")


class TestSecondTelephone:
    @pytest.fixture(autouse=True)
    def second(self, somebody: Person) -> None:
        Contact.objects.update_or_create(person=somebody, defaults={"second_phone": "0578-6120001"})

    def test_it_is_tried_when_the_first_fails(self, demo_county: Any, somebody: Person) -> None:
        ReachRule.objects.all().delete()
        ReachRule.objects.create(alarm=True, asked="message", channels=["voice", "sms"], source="test")
        with gateway((SMS, VOICE)) as nowhere:
            nowhere.error, nowhere.fails_for = Refused("空号", permanent=True, outcome="bad_number"), {somebody.phone}
            queue(somebody)
            deliver()
            rows = Delivery.objects.filter(message__person=somebody).exclude(channel="in_app").order_by("pk")
            assert [(row.channel, row.address, row.state) for row in rows] == [
                ("voice", somebody.phone, "failed"), ("voice", "0578-6120001", "sent"),
            ]  # fmt: skip

    def test_every_way_is_tried_once(self, demo_county: Any, somebody: Person) -> None:
        ReachRule.objects.all().delete()
        ReachRule.objects.create(alarm=True, asked="message", channels=["voice", "sms"], source="test")
        with gateway((SMS, VOICE)) as nowhere:
            nowhere.error = Refused("空号", permanent=True, outcome="bad_number")
            queue(somebody)
            deliver()
        rows = Delivery.objects.filter(message__person=somebody).exclude(channel="in_app").order_by("pk")
        assert [(row.channel, row.address) for row in rows] == [
            ("voice", somebody.phone), ("voice", "0578-6120001"), ("sms", somebody.phone), ("sms", "0578-6120001"),
        ]  # fmt: skip
        assert set(rows.values_list("state", flat=True)) == {"failed"}
