"""Messages to people: queued with the change, settled with its answer, delivered or known to have failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation

from command.actions import acknowledge as answer
from command.actions import issue_order
from command.models import Assignment
from journal.actions import relays
from journal.actions.recording import SYSTEM
from journal.models import Event, Timer
from journal.timers import fire_due
from notify import sentences
from notify.actions.messages import acknowledge, send_all, settle, shown
from notify.actions.outbox import GIVE_UP_AFTER
from notify.gateways.contract import Refused
from notify.models import Account, Delivery, Message, ReachRule
from notify.rules.notices import Notice
from notify.rules.references import key_of
from org.models import Person
from tests.support.county import Clock
from tests.support.gateways import Nowhere, deliver
from tests.support.gateways import gateway as lent_gateway
from web.errors import NotFound

PATH = "33.11.26.206"


@pytest.fixture
def gateway(demo_county: Any) -> Iterator[Nowhere]:
    rules = ReachRule.objects.filter(alarm=True, asked="message")
    rules.update(channels=["sms"])
    ReachRule.objects.create(alarm=False, asked="message", channels=["sms"], source="test")
    with lent_gateway() as made:
        yield made


def notice(person: Person, subject: str = "test:1", **more: Any) -> Notice:
    return Notice(person.pk, "test.asked", subject, PATH, **more)


def test_many_notices_take_one_statement_for_messages_and_one_for_deliveries(
    officer: Person, village: Person, gateway: Nowhere, django_assert_num_queries: Callable[[int], Any]
) -> None:
    notices = [notice(who, f"test:{n}") for n in range(50) for who in (officer, village)]
    with django_assert_num_queries(7):  # what is overtaken, messages, accounts, rules, people, contacts, deliveries
        messages = send_all(notices, by=SYSTEM)
    assert len(messages) == 100
    assert Delivery.objects.filter(message__in=messages).count() == 200
    Account.objects.update(enabled=False)
    with django_assert_num_queries(4):  # and whether any account is open
        send_all(notices, by=SYSTEM)
    with django_assert_num_queries(0):
        send_all([], by=SYSTEM)


def test_messages_come_back_in_the_order_of_their_notices(officer: Person) -> None:
    messages = send_all([notice(officer, f"test:{n}", data={"n": n}) for n in range(40)], by=SYSTEM)
    kept = Message.objects.in_bulk([message.pk for message in messages])
    assert [kept[message.pk].subject for message in messages] == [f"test:{n}" for n in range(40)]
    assert kept[messages[7].pk].data == {"n": 7}


def test_in_app_counts_as_sent_and_whom_a_channel_cannot_reach_gets_no_line_of_it(
    officer: Person, village: Person, gateway: Nowhere
) -> None:
    Person.objects.filter(pk=village.pk).update(phone="")
    mine, theirs = send_all([notice(officer), notice(village)], by=SYSTEM)
    lines = set(Delivery.objects.values_list("message_id", "channel", "state"))
    assert lines == {
        (mine.pk, "in_app", "sent"),
        (mine.pk, "sms", "queued"),
        (theirs.pk, "in_app", "sent"),
    }


def test_a_queued_message_is_handed_to_its_gateway_once(officer: Person, gateway: Nowhere) -> None:
    send_all([notice(officer)], by=SYSTEM)
    deliver()
    assert deliver() == 0
    line = Delivery.objects.get(channel="sms")
    assert line.state == "sent"
    assert line.sent_at is not None
    (sent,) = gateway.sent
    assert (sent.address, sent.reference) == (officer.phone, line.reference)
    assert key_of(sent.reference) == line.pk
    assert len(sent.reference.encode()) <= 15


@pytest.mark.parametrize(("language", "text"), [("en", "Silent now"), ("zh-hans", None)])
def test_a_message_speaks_its_reader_s_language_not_its_sender_s(
    officer: Person, gateway: Nowhere, language: str, text: str | None
) -> None:
    officer.language = language
    officer.save(update_fields=["language"])
    with translation.override(language):
        expected = text or translation.gettext("Silent now")
    send_all([notice(officer)], by=SYSTEM)
    with translation.override("zh-hans" if language == "en" else "en"):
        deliver()
    assert gateway.texts == [expected]


def test_an_order_s_message_names_unit_and_text_in_both_languages(officer: Person, village: Person) -> None:
    order = issue_order(
        by=officer, incident_id=None, text="转移", units=["331126206200"], posts=["village_head"], ladder="red"
    )
    message = Message.objects.get(subject=f"assignment:{order.lines[0].pk}")
    unit = order.lines[0].unit
    with translation.override("en"):
        assert sentences.text_of(message) == f"Order {order.ref} to {unit.name_en}: 转移"
    with translation.override("zh-hans"):
        assert unit.name in sentences.text_of(message)
        assert unit.name_en not in sentences.text_of(message)


def test_a_code_without_a_sentence_shows_as_itself(officer: Person) -> None:
    (message,) = send_all([Notice(officer.pk, "test.unknown", "test:1", PATH)], by=SYSTEM)
    assert sentences.text_of(message) == "test.unknown"


def test_settling_silences_the_alarm_and_drops_what_is_still_queued(officer: Person, gateway: Nowhere) -> None:
    send_all([notice(officer, alarm=True), notice(officer, "test:11", alarm=True)], by=SYSTEM)
    assert settle(["test:1"], by=SYSTEM) == 1
    deliver()
    states = dict(Delivery.objects.filter(channel="sms").values_list("message__subject", "state"))
    assert states == {"test:1": "cancelled", "test:11": "sent"}
    assert Message.objects.get(subject="test:1").state == "settled"
    assert Message.objects.get(subject="test:11").state == "open"


def test_an_answer_also_stops_what_a_gateway_has_not_sent_of_overtaken_and_seen_messages(
    officer: Person, village: Person, gateway: Nowhere
) -> None:
    overtaken, _newer = (send_all([notice(officer)], by=SYSTEM)[0] for _ in range(2))
    assert Message.objects.get(pk=overtaken.pk).state == "settled"
    (seen,) = send_all([notice(village)], by=SYSTEM)
    acknowledge(seen.pk, by=village)
    settle(["test:1"], by=SYSTEM)
    assert deliver() == 0
    assert gateway.sent == []


def test_an_answer_settles_everybody_s_messages_of_the_assignment(
    officer: Person, village: Person, clock: Clock
) -> None:
    order = issue_order(
        by=officer, incident_id=None, text="转移", units=["331126206200"], posts=["village_head"], ladder="red"
    )
    clock.travel(seconds=301)
    fire_due()
    subject = f"assignment:{order.lines[0].pk}"
    assert Message.objects.filter(subject=subject, state="open").count() == 2, "the reminder, the deputy"
    answer(order.lines[0].pk, by=village)
    assert not Message.objects.filter(subject=subject, state="open").exists()


def test_taking_note_twice_is_the_same_as_once(officer: Person, clock: Clock) -> None:
    (message,) = send_all([notice(officer)], by=SYSTEM)
    acknowledge(message.pk, by=officer)
    first = Message.objects.get(pk=message.pk)
    clock.travel(minutes=1)
    acknowledge(message.pk, by=officer)
    again = Message.objects.get(pk=message.pk)
    assert (again.state, again.closed_at) == (first.state, first.closed_at) == ("acknowledged", first.closed_at)


def test_taking_note_of_another_s_message_is_not_found(officer: Person, village: Person) -> None:
    (message,) = send_all([notice(officer)], by=SYSTEM)
    for person, number in ((village, message.pk), (officer, message.pk + 999)):
        with pytest.raises(NotFound):
            acknowledge(number, by=person)
    assert Message.objects.get(pk=message.pk).state == "open"


def test_the_page_answers_404_for_another_s_message(
    officer: Person, village: Person, browse: Callable[..., Any]
) -> None:
    (message,) = send_all([notice(officer)], by=SYSTEM)
    assert browse(village).post(f"/me/alarms/{message.pk}/acknowledge/").status_code == 404
    assert browse(village).get(f"/me/alarms/{message.pk}/acknowledge/").status_code in (404, 405)
    assert browse(officer).post(f"/me/alarms/{message.pk}/acknowledge/").status_code == 200


def test_a_screen_that_shows_a_message_is_its_receipt(officer: Person, village: Person) -> None:
    mine, theirs = send_all([notice(officer), notice(village)], by=SYSTEM)
    assert shown([mine.pk, theirs.pk], by=officer) == 1
    assert shown([mine.pk], by=officer) == 0, "the first receipt stands"
    assert dict(Delivery.objects.values_list("message_id", "state")) == {mine.pk: "delivered", theirs.pk: "sent"}


def test_a_failing_gateway_is_tried_three_times_and_then_it_is_an_event(
    officer: Person, gateway: Nowhere, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.error = Refused("no line is free")
    send_all([notice(officer, "assignment:1")], by=SYSTEM)
    for attempt in range(1, GIVE_UP_AFTER + 1):
        deliver()
        assert Delivery.objects.get(channel="sms").attempts == attempt
        Account.objects.update(resting_until=None)
        clock.travel(seconds=10)
    line = Delivery.objects.get(channel="sms")
    assert (line.state, line.error) == ("failed", "no line is free")
    event = Event.objects.get(verb="delivery.failed")
    assert event.data == {
        "channel": "sms", "person": officer.pk, "about": "assignment:1", "error": "no line is free",
        "outcome": "failed",
    }  # fmt: skip
    assert event.unit_path == PATH


def test_an_address_that_will_never_work_is_not_tried_again(officer: Person, gateway: Nowhere) -> None:
    gateway.error = Refused("no such number", permanent=True)
    send_all([notice(officer)], by=SYSTEM)
    deliver()
    assert Delivery.objects.get(channel="sms").state == "failed"
    assert Event.objects.filter(verb="delivery.failed").count() == 1


def test_one_failing_delivery_holds_up_no_other(officer: Person, village: Person, gateway: Nowhere) -> None:
    gateway.error, gateway.fails_for = OSError("broken"), {officer.phone}
    send_all([notice(officer), notice(village)], by=SYSTEM)
    deliver()
    assert gateway.addresses == [village.phone]


def _one_call(officer: Person) -> Assignment:
    order = issue_order(
        by=officer, incident_id=None, text="转移", units=["331126206200"], posts=["village_head"], ladder="red"
    )
    return order.lines[0]


def test_a_failed_delivery_climbs_at_once_while_nothing_else_reached_the_person(
    officer: Person, gateway: Nowhere, clock: Clock
) -> None:
    gateway.error = Refused("no such number", permanent=True)
    row = _one_call(officer)
    deliver()
    relays.run_pending()
    assert fire_due() == 1, "the first rung, three minutes before its time"
    row.refresh_from_db()
    assert (row.rung, row.climbed_to) == (1, "remind")
    following = Timer.objects.get(subject=f"assignment:{row.pk}", state="pending")
    assert 115 < (following.due_at - clock.now()).total_seconds() <= 120, "the next rung keeps its distance"


def test_a_failed_delivery_hurries_nobody_who_has_seen_it_on_a_screen(
    officer: Person, village: Person, gateway: Nowhere
) -> None:
    gateway.error = Refused("no such number", permanent=True)
    row = _one_call(officer)
    shown(list(Message.objects.filter(person=village).values_list("pk", flat=True)), by=village)
    deliver()
    relays.run_pending()
    assert fire_due() == 0
    row.refresh_from_db()
    assert row.rung == 0


def test_a_failed_delivery_of_something_answered_does_nothing(
    officer: Person, village: Person, gateway: Nowhere
) -> None:
    gateway.error = Refused("no such number", permanent=True)
    row = _one_call(officer)
    deliver()
    answer(row.pk, by=village)
    relays.run_pending()
    assert fire_due() == 0
