"""Swaps: asked, taken, approved; chains, refusal, expiry; a swap follows its shift."""

from __future__ import annotations

from typing import Any

import pytest

from duty import actions
from duty.models import Slot, Swap
from journal.actions.recording import SYSTEM
from journal.models import Event
from journal.timers import fire_due
from notify.models import Message
from org.models import Person, Unit
from tests.support.duty import beijing, responsible
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roster(at_time: Any, shift_of: Any, people: list[Person]) -> None:
    at_time("2027-02-10 09:00")
    shift_of("2027-03-01", 0)


@pytest.fixture
def slot(team: Any) -> Slot:
    return Slot.objects.get(post="main", shift__live=True, shift__during__startswith=beijing("2027-03-01 08:30"))


@pytest.fixture
def asker(team: Any) -> Person:
    return team[0]["main"]


@pytest.fixture
def taker(people: list[Person]) -> Person:
    """The station head, free on 1 March."""
    return people[3]


@pytest.fixture
def decider(people: list[Person]) -> Person:
    """The township head, who keeps the roster."""
    return people[1]


@pytest.fixture
def swap(slot: Slot, asker: Person) -> Swap:
    return actions.request_swap(by=asker, slot_id=slot.pk, reason="家中有事")


@pytest.fixture
def taken(swap: Swap, taker: Person) -> Swap:
    return actions.take_swap(swap.pk, by=taker)


def on_first_of_march(town: Unit) -> int:
    return responsible(town, beijing("2027-03-01 12:00"))["main"]


def test_nothing_changes_until_the_leader_approves(
    town: Unit, taken: Swap, asker: Person, taker: Person, decider: Person
) -> None:
    assert on_first_of_march(town) == asker.pk
    actions.approve_swap(taken.pk, by=decider)
    assert on_first_of_march(town) == taker.pk
    assert Slot.objects.get(pk=taken.slot_id).rostered == asker
    verbs = Event.objects.filter(subject=f"swap:{taken.pk}").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["swap.requested", "swap.taken", "swap.approved"]


def test_whoever_leads_the_shift_may_approve_too(taken: Swap, team: Any) -> None:
    assert actions.approve_swap(taken.pk, by=team[0]["leader"]).status == "approved"


def test_the_two_hear_of_the_decision(taken: Swap, decider: Person, asker: Person, taker: Person) -> None:
    assert Message.objects.filter(code="swap.to_approve", person=decider, state="open").exists()
    actions.approve_swap(taken.pk, by=decider)
    told = Message.objects.filter(code="swap.approved", state="open").values_list("person", flat=True)
    assert set(told) == {asker.pk, taker.pk}
    assert not Message.objects.filter(code="swap.to_approve", state="open").exists()


def test_only_whoever_stands_in_the_slot_can_ask(slot: Slot, taker: Person) -> None:
    with pytest.raises(Forbidden):
        actions.request_swap(by=taker, slot_id=slot.pk, reason="x")


def test_it_is_asked_a_day_ahead(slot: Slot, asker: Person, at_time: Any) -> None:
    at_time("2027-02-28 08:30:01")
    with pytest.raises(Invalid):
        actions.request_swap(by=asker, slot_id=slot.pk, reason="x")


def test_a_second_swap_of_the_same_slot_waits_for_the_first(swap: Swap, slot: Slot, asker: Person) -> None:
    with pytest.raises(Conflict) as refused:
        actions.request_swap(by=asker, slot_id=slot.pk, reason="x")
    assert refused.value.current == {"swap": swap.pk}


def test_nobody_from_outside_takes_it(swap: Swap, crew_of: Any, village: Person) -> None:
    with pytest.raises(Exception) as refused:
        actions.take_swap(swap.pk, by=village)
    assert refused.value.status in (403, 404)
    with pytest.raises(Exception) as refused:
        actions.take_swap(swap.pk, by=Person.objects.get(username="officer"))
    assert refused.value.status == 403


def test_nor_the_one_who_asks_nor_one_who_is_on_duty_then(swap: Swap, asker: Person, team: Any) -> None:
    with pytest.raises(Forbidden):
        actions.take_swap(swap.pk, by=asker)
    with pytest.raises(Conflict):
        actions.take_swap(swap.pk, by=team[0]["deputy"])


def test_who_comes_second_is_told_that_it_is_taken(taken: Swap, people: list[Person], taker: Person) -> None:
    with pytest.raises(Conflict) as refused:
        actions.take_swap(taken.pk, by=people[5])
    assert refused.value.current == {"id": taken.pk, "status": "taken", "taken_by": taker.pk}


def test_nobody_decides_on_their_own(taken: Swap, asker: Person, taker: Person, people: list[Person]) -> None:
    for person in (asker, taker):
        with pytest.raises(Forbidden):
            actions.approve_swap(taken.pk, by=person)
    with pytest.raises(Forbidden):
        actions.approve_swap(taken.pk, by=people[5])  # the second duty officer keeps no roster


def test_one_that_nobody_took_cannot_be_approved(swap: Swap, decider: Person) -> None:
    with pytest.raises(Conflict):
        actions.approve_swap(swap.pk, by=decider)


def test_refused_everything_stays(town: Unit, taken: Swap, decider: Person, asker: Person) -> None:
    actions.refuse_swap(taken.pk, by=decider, answer="人手不足")
    assert on_first_of_march(town) == asker.pk
    with pytest.raises(Conflict):
        actions.approve_swap(taken.pk, by=decider)


def test_taken_back_it_cannot_be_taken_any_more(swap: Swap, asker: Person, taker: Person) -> None:
    actions.cancel_swap(swap.pk, by=asker)
    with pytest.raises(Conflict):
        actions.take_swap(swap.pk, by=taker)


def test_a_chain_ends_with_its_last_taker(
    town: Unit, taken: Swap, taker: Person, decider: Person, people: list[Person], slot: Slot, asker: Person
) -> None:
    actions.approve_swap(taken.pk, by=decider)
    with pytest.raises(Forbidden):
        actions.request_swap(by=asker, slot_id=slot.pk, reason="again")
    second = actions.request_swap(by=taker, slot_id=slot.pk, reason="出差")
    actions.take_swap(second.pk, by=people[5])
    actions.approve_swap(second.pk, by=decider)
    assert on_first_of_march(town) == people[5].pk
    third = actions.request_swap(by=people[5], slot_id=slot.pk, reason="还班")
    actions.take_swap(third.pk, by=asker)
    actions.approve_swap(third.pk, by=decider)
    assert on_first_of_march(town) == asker.pk
    assert Slot.objects.get(pk=slot.pk).rostered == asker


def test_in_return_goes_a_slot_of_the_taker(
    town: Unit, swap: Swap, shift_of: Any, taker: Person, asker: Person, decider: Person
) -> None:
    later = shift_of("2027-03-05", 1)
    back = later.slots.get(post="main")
    assert back.person == taker
    actions.take_swap(swap.pk, by=taker, in_return=back.pk)
    actions.approve_swap(swap.pk, by=decider)
    assert on_first_of_march(town) == taker.pk
    assert responsible(town, later.during.lower)["main"] == asker.pk


def test_undecided_it_expires_when_the_shift_begins(taken: Swap, town: Unit, at_time: Any, asker: Person) -> None:
    at_time("2027-03-01 08:29:59")
    fire_due()
    taken.refresh_from_db()
    assert taken.status == "taken"
    at_time("2027-03-01 08:30:01")
    fire_due()
    taken.refresh_from_db()
    assert taken.status == "expired"
    assert on_first_of_march(town) == asker.pk


def test_it_follows_its_shift(town: Unit, taken: Swap, decider: Person, taker: Person, at_time: Any) -> None:
    moved = actions.move_shift(
        taken.slot.shift_id, by=SYSTEM, start=beijing("2027-03-09 20:00"), end=beijing("2027-03-10 08:00")
    )
    at_time("2027-03-02 10:00")  # past the old start: the old clock must not end it
    fire_due()
    taken.refresh_from_db()
    assert (taken.status, taken.expires_at) == ("taken", moved.during.lower)
    actions.approve_swap(taken.pk, by=decider)
    assert responsible(town, beijing("2027-03-10 02:00"))["main"] == taker.pk


def test_an_approved_one_follows_too(town: Unit, taken: Swap, decider: Person, taker: Person) -> None:
    actions.approve_swap(taken.pk, by=decider)
    actions.move_shift(
        taken.slot.shift_id, by=SYSTEM, start=beijing("2027-03-09 20:00"), end=beijing("2027-03-10 08:00")
    )
    assert responsible(town, beijing("2027-03-10 02:00"))["main"] == taker.pk


def test_a_taker_who_is_booked_meanwhile_is_a_conflict(
    town: Unit, taken: Swap, decider: Person, taker: Person, asker: Person, admin: Person
) -> None:
    actions.override(
        by=admin, unit=Unit.objects.get(code="331126204"), post="main", person=taker,
        start=beijing("2027-03-01 10:00"), end=beijing("2027-03-01 11:00"), reason="支援",
    )  # fmt: skip
    with pytest.raises(Conflict):
        actions.approve_swap(taken.pk, by=decider)
    assert on_first_of_march(town) == asker.pk
    taken.refresh_from_db()
    assert taken.status == "taken"


def test_nobody_swaps_into_two_days_on_end(swap: Swap, shift_of: Any, taker: Person, decider: Person) -> None:
    shift_of("2027-03-02", 1)
    actions.take_swap(swap.pk, by=taker)
    with pytest.raises(Invalid) as refused:
        actions.approve_swap(swap.pk, by=decider)
    assert "too_long" in refused.value.fields


def test_a_called_off_shift_takes_its_swap_along(taken: Swap) -> None:
    actions.call_off_shift(taken.slot.shift_id, by=SYSTEM, reason="x")
    taken.refresh_from_db()
    assert taken.status == "cancelled"
