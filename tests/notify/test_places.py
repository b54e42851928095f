"""What places are told: one message per township and order on its board, one broadcast per village."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from command.actions import acknowledge, call_off, issue_order, remind
from command.actions.cut_off import lift
from command.models import Assignment, CutOff, Order
from early_warning.actions import add_feed
from journal.actions import relays
from journal.actions.recording import SYSTEM
from journal.models import Event
from journal.selectors.participants import PARTICIPANTS
from journal.timers import fire_due
from notify.actions.deliver import Deliverer
from notify.actions.purges import messages as purge_messages
from notify.actions.trial import send_trial
from notify.files.sealing import seal
from notify.gateways.contract import BOARD, LOUDSPEAKER, SMS, VOICE, Outgoing, Refused
from notify.models import Account, Delivery, Message, PlaceRule
from notify.selectors.places import PlacePolicy
from org.models import Person, Unit
from tests.notify.gateways import vendors
from tests.notify.gateways.server import serving
from tests.notify.gateways.test_closed_networks import broadcast
from tests.support.county import Clock
from tests.support.exercises import Night
from tests.support.gateways import Nowhere, account, deliver, gateway
from web.errors import Invalid

pytestmark = pytest.mark.django_db
ALL = (SMS, VOICE, BOARD, LOUDSPEAKER)
EACH = 8


@pytest.fixture
def places(demo_county: Any) -> Iterator[Nowhere]:
    with gateway(ALL) as made:
        yield made


@pytest.fixture
def villages(demo_county: Any) -> list[Unit]:
    """Forty villages in five townships, each with a head."""
    townships = Unit.objects.filter(level="township", active=True).order_by("path").values_list("path", flat=True)
    found: list[Unit] = []
    for path in townships:
        inside = Unit.objects.filter(
            level="village", path__startswith=f"{path}.", active=True, appointments__post__code="village_head"
        )
        mine = list(inside.defer("boundary").distinct().order_by("path")[:EACH])
        if len(mine) == EACH:
            found += mine
        if len(found) == 5 * EACH:
            return found
    raise AssertionError(f"the demo county has {len(found)} such villages only")


def order_to(officer: Person, units: list[Unit], **more: Any) -> Order:
    fields = {"text": "立即转移", "posts": ["village_head"], "ladder": "red", **more}
    return issue_order(by=officer, incident_id=None, units=[unit.code for unit in units], **fields)


def told(made: Nowhere, channel: str) -> list[Outgoing]:
    return [one for one in made.sent if one.channel == channel]


def mentioned(one: Outgoing) -> set[str]:
    return {phone for phone in one.params["mobiles"].split(",") if phone}


def township_of(unit: Unit) -> str:
    return Unit.objects.values_list("code", flat=True).get(path=unit.path.rpartition(".")[0])


def phones_of(order: Order, township: str) -> set[str]:
    path = Unit.objects.values_list("path", flat=True).get(code=township)
    rows = Assignment.objects.filter(order=order, unit__path__startswith=f"{path}.", status="called")
    return set(rows.values_list("person__phone", flat=True)) - {None}


def test_one_message_per_township_for_forty_villages(places: Nowhere, villages: list[Unit], officer: Person) -> None:
    order = order_to(officer, villages)
    deliver()
    boards = told(places, BOARD)
    townships = sorted({township_of(unit) for unit in villages})
    assert len(townships) == 5
    assert sorted(one.address for one in boards) == townships
    for one in boards:
        people = phones_of(order, one.address)
        assert len(people) == EACH
        assert mentioned(one) == people
        assert "立即转移" in one.text
        assert order.ref in one.text
        assert "8" in one.text
        assert one.language == "zh-hans"
    spoken = told(places, LOUDSPEAKER)
    assert sorted(one.address for one in spoken) == sorted(unit.code for unit in villages)
    assert all(one.params["colour"] == "red" and "立即转移" in one.text for one in spoken)
    assert not Delivery.objects.filter(channel__in=(BOARD, LOUDSPEAKER), message__person__isnull=False).exists()


def test_a_milder_order_is_not_spoken_and_the_county_decides(
    places: Nowhere, villages: list[Unit], officer: Person
) -> None:
    order_to(officer, villages[:1], ladder="yellow")
    PlaceRule.objects.create(prefix="order.", colour="yellow", channels=["loudspeaker"], source="test")
    order_to(officer, villages[:1], ladder="yellow")
    deliver()
    assert (len(told(places, BOARD)), len(told(places, LOUDSPEAKER))) == (1, 1)


def test_forty_villages_cost_as_many_statements_as_one(places: Nowhere, villages: list[Unit], officer: Person) -> None:
    order_to(officer, villages[:1])
    with CaptureQueriesContext(connection) as one:
        order_to(officer, villages[:1])
    with CaptureQueriesContext(connection) as many:
        order_to(officer, villages)
    assert len(many) == len(one)
    Account.objects.update(channels=[SMS, VOICE])
    with CaptureQueriesContext(connection) as without:
        order_to(officer, villages)
    # accounts, rules, units, the lock, the clock, what was told, whose answers are awaited, the messages
    assert len(many) - len(without) == 8


def first_rung_s(order: Order) -> int:
    return int(order.ladder["rungs"][0]["after_s"])


def test_a_later_message_says_who_is_missing_once_a_rung(
    places: Nowhere, villages: list[Unit], officer: Person, clock: Clock
) -> None:
    order = order_to(officer, villages[: 2 * EACH])
    deliver()
    places.sent.clear()
    one, other = (township_of(villages[index]) for index in (0, EACH))
    rows = list(Assignment.objects.filter(order=order).select_related("person", "unit").order_by("unit__path"))
    for row in rows[: EACH - 2] + rows[EACH:]:
        acknowledge(row.pk, by=row.person)
    silent = {row.person.phone for row in rows[EACH - 2 : EACH]}
    clock.travel(seconds=first_rung_s(order) + 1)
    fire_due()
    deliver()
    (board,) = told(places, BOARD)
    assert board.address == one != other
    assert mentioned(board) == silent
    assert all(row.person.name in board.text for row in rows[EACH - 2 : EACH])
    assert told(places, LOUDSPEAKER) == []
    assert Message.objects.get(code="order.board_missing").data["rung"] == 1


def test_what_repeats_on_the_last_rung_is_not_told_again(
    places: Nowhere, villages: list[Unit], officer: Person, clock: Clock
) -> None:
    order = order_to(officer, villages[:1])
    rungs = order.ladder["rungs"]
    for before, after in zip([{"after_s": 0}, *rungs], rungs, strict=False):
        clock.travel(seconds=after["after_s"] - before["after_s"] + 1)
        fire_due()
    assert rungs[-1]["repeat_s"]
    for _ in range(3):
        clock.travel(seconds=rungs[-1]["repeat_s"] + 1)
        fire_due()
    told_at = list(Message.objects.filter(code="order.board_missing").values_list("data__rung", flat=True))
    assert sorted(told_at) == list(range(1, len(rungs) + 1))


def test_one_who_climbs_ahead_of_the_order_is_no_news_to_the_board(
    places: Nowhere, villages: list[Unit], officer: Person
) -> None:
    """A wrong number fails within seconds; the board has just been told."""
    places.error = Refused("wrong number", permanent=True)
    order = order_to(officer, villages[:EACH])
    deliver()
    relays.run_pending()
    fire_due()
    assert Assignment.objects.filter(order=order, rung__gt=0).exists()
    assert not Message.objects.filter(code="order.board_missing").exists()


def test_a_reminder_by_hand_tells_who_is_missing(places: Nowhere, villages: list[Unit], officer: Person) -> None:
    order = order_to(officer, villages[:EACH])
    row = Assignment.objects.filter(order=order).select_related("person").order_by("pk").first()
    assert row is not None
    acknowledge(row.pk, by=row.person)
    for _ in range(2):
        remind(order.pk, by=officer)
    deliver()
    boards = sorted(told(places, BOARD), key=lambda one: one.reference)
    assert len(boards) == 3
    assert sum(row.person.phone in mentioned(one) for one in boards) == 1
    assert len(told(places, LOUDSPEAKER)) == EACH, "the platform still repeats what it was given"


# Which account


def robots(url: str, secret: str, *codes: str) -> bytes:
    return seal({"robots": "\n".join(f"{code} {url}/robot/send?access_token=x {secret}" for code in codes)})


def test_the_robot_of_the_township_mentions_its_people(places: Nowhere, villages: list[Unit], officer: Person) -> None:
    """DingTalk's robot has an address for two townships, the county's own box for none of them."""
    Account.objects.update(channels=[SMS, VOICE])
    mine = [township_of(villages[0]), township_of(villages[EACH])]
    with serving(vendors.DingtalkRobot()) as (double, url):
        account("ding", (BOARD,), gateway="dingtalk_robot", sealed=robots(url, double.secret, *mine))
        order = order_to(officer, villages)
        deliver()
        assert len(double.taken) == 2
        assert {frozenset(one["at"]["atMobiles"]) for one in double.taken} == {
            frozenset(phones_of(order, code)) for code in mine
        }
        assert double.refused == []
    assert set(Delivery.objects.filter(channel=BOARD).values_list("address", "state")) == {
        (code, "sent") for code in mine
    }


def test_a_test_goes_to_a_group_and_never_to_a_village(places: Nowhere, admin: Person, villages: list[Unit]) -> None:
    mine = township_of(villages[0])
    with serving(vendors.DingtalkRobot()) as (double, url):
        row = account("ding", (BOARD,), gateway="dingtalk_robot", sealed=robots(url, double.secret, mine))
        sent = send_trial(row.pk, BOARD, by=admin)
        assert (sent.address, sent.state, len(double.taken)) == (mine, "sent", 1)
        assert double.taken[0]["at"]["atMobiles"] == []
    with pytest.raises(Invalid) as refused:
        send_trial(Account.objects.get(code="nowhere").pk, LOUDSPEAKER, by=admin)
    assert "channel" in refused.value.fields
    assert places.sent == []


def test_a_robot_says_no_more_than_twenty_a_minute(
    places: Nowhere, villages: list[Unit], officer: Person, clock: Clock
) -> None:
    Account.objects.update(channels=[SMS, VOICE])
    with serving(vendors.DingtalkRobot()) as (double, url):
        mine = robots(url, double.secret, township_of(villages[0]))
        account("ding", (BOARD,), gateway="dingtalk_robot", sealed=mine)
        order = order_to(officer, villages[:1])
        for _ in range(24):
            remind(order.pk, by=officer)
        deliver()
        assert len(double.taken) == 20
        assert Delivery.objects.filter(channel=BOARD, state="queued").count() == 5
        double.taken = []  # the double's minute is over too
        clock.travel(seconds=70)
        deliver()
        assert len(double.taken) == 5
    assert not Delivery.objects.filter(channel=BOARD).exclude(state="sent").exists()


def test_an_account_of_a_township_serves_it_alone(places: Nowhere, villages: list[Unit], officer: Person) -> None:
    mine = Unit.objects.get(code=township_of(villages[0]))
    Account.objects.update(unit=mine)
    order_to(officer, villages)
    deliver()
    assert [one.address for one in told(places, BOARD)] == [mine.code]
    assert {one.address for one in told(places, LOUDSPEAKER)} == {unit.code for unit in villages[:EACH]}
    Account.objects.update(sealed=b"under another key")
    assert PlacePolicy([]).serving == []


# Exercises


def test_an_exercise_is_told_only_where_an_account_allows_it_and_says_so(
    places: Nowhere, villages: list[Unit], officer: Person
) -> None:
    with PARTICIPANTS.lent({"tests": lambda exercise, people: set(sorted(people)[:1]) if exercise == 7 else set()}):
        order_to(officer, villages[:EACH], exercise=7)
        deliver()
        assert told(places, BOARD) == told(places, LOUDSPEAKER) == []
        Account.objects.update(settings={"exercises": "yes"})
        order = order_to(officer, villages[:EACH], exercise=7)
        deliver()
    (board,) = told(places, BOARD)
    people = sorted(Assignment.objects.filter(order=order).values_list("person", flat=True))
    assert mentioned(board) == {Person.objects.get(pk=people[0]).phone}
    spoken = told(places, LOUDSPEAKER)
    assert len(spoken) == EACH
    assert all("演练" in one.text and one.params["exercise"] for one in [board, *spoken])


# Loudspeakers


def test_a_village_that_is_cut_off_gets_its_loudspeaker_whatever_the_colour(
    places: Nowhere, villages: list[Unit], officer: Person
) -> None:
    lost = villages[0]
    CutOff.objects.create(unit=lost, grounds=[])
    order_to(officer, villages[:EACH], ladder="blue")
    deliver()
    assert told(places, LOUDSPEAKER) == []
    fire_due()
    deliver()
    (spoken,) = told(places, LOUDSPEAKER)
    assert (spoken.address, lost.name in spoken.text) == (lost.code, True)
    assert len(told(places, BOARD)) == 1, "that it is cut off is no rung of the order"
    fire_due()
    deliver()
    assert len(told(places, LOUDSPEAKER)) == 1
    lift([lost.pk], CutOff.Sign.ANSWER)


def test_a_broadcast_that_failed_is_made_again(places: Nowhere, villages: list[Unit], officer: Person) -> None:
    order = order_to(officer, villages[:1])
    places.error, places.fails_for = Refused("broken", permanent=True), {villages[0].code}
    deliver()
    assert Delivery.objects.get(channel=LOUDSPEAKER).state == "failed"
    event = Event.objects.get(verb="delivery.failed", data__channel=LOUDSPEAKER)
    assert (event.data["person"], event.data["about"]) == (None, f"order:{order.pk}")
    places.error = None
    remind(order.pk, by=officer)
    deliver()
    assert [one.address for one in told(places, LOUDSPEAKER)] == [villages[0].code]


def test_the_platform_is_asked_for_the_proof_and_the_pages_show_it(
    places: Nowhere, villages: list[Unit], officer: Person, clock: Clock, api: Any, browse: Any
) -> None:
    Account.objects.update(channels=[SMS, VOICE])
    with broadcast() as (double, there):
        account("speakers", (LOUDSPEAKER,), gateway="loudspeaker", settings=dict(there.values))
        order = order_to(officer, villages[:2])
        deliverer = Deliverer()
        deliver(deliverer)
        assert len(double.taken) == 2
        assert {one.findtext("EBM/MsgContent/AreaCode") for one in double.taken} == {v.code for v in villages[:2]}
        assert {one.findtext("EBM/TestType") for one in double.taken} == {"0"}
        rows = Delivery.objects.filter(channel=LOUDSPEAKER).order_by("address")
        assert {row.state for row in rows} == {"sent"}
        double.states[rows[0].provider_id], double.states[rows[1].provider_id] = "3", "2"
        clock.travel(seconds=15)
        deliverer.close()
        deliver()  # another one, which has not asked yet
        assert [(row.state, row.outcome) for row in rows.all()] == [("delivered", "delivered"), ("sent", "")]
    answer = api(officer).get(f"/api/v1/deliveries/?order={order.pk}&channel=loudspeaker").json()["results"]
    assert {(row["phone"], row["person"], row["outcome"]) for row in answer} == {
        (villages[0].code, None, "delivered"), (villages[1].code, None, ""),
    }  # fmt: skip
    page = browse(officer).get(f"/messages/?order={order.pk}&channel=loudspeaker").content.decode()
    assert "played, the platform says" in page
    assert villages[0].label in page
    assert villages[0].code in page
    page = browse(officer).get("/messages/", {"person": villages[0].name}).content.decode()
    assert villages[0].code in page


def test_places_that_have_heard_of_an_order_hear_that_it_is_called_off(
    places: Nowhere, villages: list[Unit], officer: Person
) -> None:
    order = order_to(officer, villages[:2])
    deliver()
    places.sent.clear()
    call_off(order.pk, by=officer, reason="误发")
    deliver()
    assert len(told(places, BOARD)) == 1
    assert {one.address for one in told(places, LOUDSPEAKER)} == {unit.code for unit in villages[:2]}
    assert all("误发" in one.text for one in [*told(places, BOARD), *told(places, LOUDSPEAKER)])


def test_what_was_called_off_is_neither_told_nor_spoken(places: Nowhere, villages: list[Unit], officer: Person) -> None:
    order = order_to(officer, villages[:1])
    call_off(order.pk, by=officer, reason="误发")
    deliver()
    assert told(places, BOARD) == told(places, LOUDSPEAKER) == []


def test_old_messages_of_places_are_deleted(
    places: Nowhere, villages: list[Unit], officer: Person, settings: Any, clock: Clock
) -> None:
    order_to(officer, villages[:1])
    deliver()
    assert Message.objects.filter(person=None).count() == 2
    clock.travel(days=settings.MESSAGES_KEPT_DAYS + 1)
    purge_messages()
    assert not Message.objects.filter(person=None).exists()
    assert Message.objects.filter(state="open").exists(), "what still waits for somebody's answer stays"


# Warnings


def test_a_red_warning_is_told_to_the_boards_of_the_townships_that_it_names(places: Nowhere, demo_county: Unit) -> None:
    feed = add_feed("played", "平台", demo_county, by=SYSTEM, token="p" * 40)[0]
    night = Night(feed, random.Random(1), None)
    night.warning("orange")
    deliver()
    assert told(places, BOARD) == []
    warning = night.warning("red")
    deliver()
    named = warning.named_units.filter(unit__level="township").values_list("unit__code", flat=True)
    boards = told(places, BOARD)
    assert sorted(one.address for one in boards) == sorted(named) != []
    assert all(warning.ref in one.text and not mentioned(one) for one in boards)
    assert told(places, LOUDSPEAKER) == [], "what a village hears somebody has decided"
    PlaceRule.objects.filter(prefix="warning.").update(channels=["loudspeaker"])
    again = night.warning("red")
    deliver()
    named = again.named_units.filter(unit__level="village").values_list("unit__code", flat=True)
    assert sorted(one.address for one in told(places, LOUDSPEAKER)) == sorted(named) != []
    assert len(told(places, BOARD)) == len(boards)
