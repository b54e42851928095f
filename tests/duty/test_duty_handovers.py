"""Handovers: what they carry, who signs, when the leader is told; and checking in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duty import actions
from duty.models import CheckIn, Handover, Shift
from duty.selectors import gather
from duty.selectors.check_ins import due_check_ins
from journal.models import Event
from journal.timers import fire_due
from notify.models import Message
from org.models import Person, Unit
from tests.support.duty import beijing, responsible
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_shifts(at_time: Any, shift_of: Any) -> tuple[Shift, Shift]:
    at_time("2027-02-20 12:00")
    both = shift_of("2027-03-01", 0), shift_of("2027-03-02", 1)
    at_time("2027-03-02 08:00:01")
    fire_due()
    return both


@pytest.fixture
def handover(two_shifts: Any) -> Handover:
    return Handover.objects.get(shift=two_shifts[1])


def test_it_opens_thirty_minutes_ahead_and_not_before(two_shifts: Any, shift_of: Any, at_time: Any) -> None:
    third = shift_of("2027-03-03", 0)
    at_time("2027-03-03 07:59:59")
    fire_due()
    assert not Handover.objects.filter(shift=third).exists()
    at_time("2027-03-03 08:00:00")
    fire_due()
    assert Handover.objects.filter(shift=third, status="open").exists()


def test_the_first_shift_after_a_gap_takes_over_from_nobody(two_shifts: Any, team: Any, town: Unit) -> None:
    assert not Handover.objects.filter(shift=two_shifts[0]).exists()
    assert responsible(town, two_shifts[0].during.lower)["main"] == team[0]["main"].pk


def test_both_sides_hear_that_it_is_open(handover: Handover, team: Any) -> None:
    told = Message.objects.filter(code="handover.opened").values_list("person", flat=True)
    assert set(told) == {crew[post].pk for crew in team for post in ("main", "deputy")}


@pytest.mark.parametrize("first", ["out", "in"])
def test_both_sign_in_either_order(handover: Handover, team: Any, first: str) -> None:
    signers = {"out": team[0]["main"], "in": team[1]["deputy"]}
    second = {"out": "in", "in": "out"}[first]
    row = actions.sign_handover(handover.pk, by=signers[first], note="钥匙在柜里")
    assert row.status == "half_signed"
    row = actions.sign_handover(handover.pk, by=signers[second], equipment="卫星电话1部")
    assert (row.status, row.out_by, row.in_by) == ("accepted", signers["out"], signers["in"])
    assert (row.note, row.equipment) == ("钥匙在柜里", "卫星电话1部")
    verbs = Event.objects.filter(subject=f"handover:{row.pk}").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["handover.opened", "handover.signed", "handover.accepted"]


def test_one_side_cannot_sign_twice_nor_for_the_other(handover: Handover, team: Any) -> None:
    actions.sign_handover(handover.pk, by=team[0]["main"])
    with pytest.raises(Conflict):
        actions.sign_handover(handover.pk, by=team[0]["deputy"])
    with pytest.raises(Forbidden):
        actions.sign_handover(handover.pk, by=team[0]["deputy"], side="in")


def test_leaders_and_others_do_not_sign(handover: Handover, team: Any, village: Person) -> None:
    with pytest.raises(Forbidden):
        actions.sign_handover(handover.pk, by=team[1]["leader"])
    with pytest.raises(Exception) as refused:
        actions.sign_handover(handover.pk, by=village)
    assert refused.value.status == 404


def test_whoever_was_put_in_by_an_override_signs(handover: Handover, team: Any, admin: Person, crew_of: Any) -> None:
    substitute = crew_of("331126204")[0]
    actions.override(
        by=admin, unit=handover.unit, post="main", person=substitute, start=beijing("2027-03-02 08:30"),
        end=beijing("2027-03-03 08:30"), reason="病假",
    )  # fmt: skip
    with pytest.raises(Forbidden):
        actions.sign_handover(handover.pk, by=team[1]["main"])
    actions.sign_handover(handover.pk, by=team[0]["main"])
    assert actions.sign_handover(handover.pk, by=substitute).status == "accepted"


def test_the_leader_is_told_once_ten_minutes_late(handover: Handover, team: Any, at_time: Any) -> None:
    at_time("2027-03-02 08:39:59")
    fire_due()
    late = Message.objects.filter(code="handover.late")
    assert not late.exists()
    at_time("2027-03-02 08:40:00")
    fire_due()
    assert [m.person for m in late] == [team[0]["leader"]]
    at_time("2027-03-02 12:00")
    fire_due()
    assert late.count() == 1
    assert Event.objects.filter(verb="handover.late").count() == 1


def test_signed_in_time_nobody_is_told(handover: Handover, team: Any, at_time: Any) -> None:
    actions.sign_handover(handover.pk, by=team[0]["main"])
    actions.sign_handover(handover.pk, by=team[1]["main"])
    at_time("2027-03-02 09:00")
    fire_due()
    assert not Message.objects.filter(code="handover.late").exists()
    assert not Message.objects.filter(code="handover.opened", state="open").exists()


def test_after_downtime_it_opens_and_is_told_late_all_the_same(shift_of: Any, at_time: Any) -> None:
    third = shift_of("2027-03-03", 0)
    at_time("2027-03-03 09:30")
    fire_due()
    row = Handover.objects.get(shift=third)
    assert row.late_told_at is not None


def test_a_leader_settles_what_nobody_signs(handover: Handover, team: Any, town: Unit, at_time: Any) -> None:
    at_time("2027-03-02 10:00")
    with pytest.raises(Forbidden):
        actions.settle_handover(handover.pk, by=team[1]["deputy"], reason="x")
    with pytest.raises(Invalid):
        actions.settle_handover(handover.pk, by=team[0]["leader"], reason=" ")
    row = actions.settle_handover(handover.pk, by=team[0]["leader"], reason="交班人住院")
    assert (row.status, row.settled_by) == ("accepted", team[0]["leader"])
    at_time("2027-03-02 10:01")
    assert responsible(town) == {post: person.pk for post, person in team[1].items()}
    with pytest.raises(Conflict):
        actions.sign_handover(handover.pk, by=team[0]["main"])


def test_it_carries_what_the_apps_above_gather_and_keeps_it_as_it_was(handover: Handover, team: Any) -> None:
    due = beijing("2027-03-02 09:00")
    items = [gather.Item("incident:1", {"zh": "暴雨", "en": "Rain"}, due_at=due)]

    def incidents(unit: Unit) -> list[gather.Item]:
        assert unit == handover.unit
        return items

    def broken(unit: Unit) -> list[gather.Item]:
        raise RuntimeError("an app above fails")

    sections = (
        gather.Section("open_incidents", "Open incidents", 1, incidents), gather.Section("broken", "Broken", 2, broken)
    )  # fmt: skip
    actions.sign_handover(handover.pk, by=team[0]["main"])
    with gather.SECTIONS.lent({one.code: one for one in sections}, alone=True):
        row = actions.sign_handover(handover.pk, by=team[1]["main"])
    row.refresh_from_db()
    assert [(s["section"], len(s["items"]), s["failed"]) for s in row.items] == [
        ("open_incidents", 1, False), ("broken", 0, True),
    ]  # fmt: skip
    assert row.items[0]["items"][0]["title"] == {"zh": "暴雨", "en": "Rain"}
    assert dt.datetime.fromisoformat(row.items[0]["items"][0]["due_at"]) == due


def test_a_moved_shift_hands_over_anew(handover: Handover, two_shifts: Any, team: Any, at_time: Any) -> None:
    second = two_shifts[1]
    from journal.actions.recording import SYSTEM

    actions.move_shift(second.pk, by=SYSTEM, start=beijing("2027-03-02 20:00"), end=beijing("2027-03-03 08:00"))
    handover.refresh_from_db()
    assert handover.status == "lapsed"
    at_time("2027-03-02 20:01")
    fire_due()
    assert responsible(handover.unit)["main"] == team[1]["main"].pk


class TestCheckIn:
    def test_one_tap_from_half_an_hour_ahead(self, team: Any, two_shifts: Any, at_time: Any) -> None:
        at_time("2027-03-02 08:10")
        rows = actions.check_in(by=team[1]["main"])
        assert [(r.shift_id, r.post, r.late) for r in rows] == [(two_shifts[1].pk, "main", False)]
        assert CheckIn.objects.count() == 1

    def test_again_changes_nothing(self, team: Any, at_time: Any) -> None:
        at_time("2027-03-02 08:35")
        first = actions.check_in(by=team[1]["main"])
        assert [r.pk for r in actions.check_in(by=team[1]["main"])] == [r.pk for r in first]
        assert CheckIn.objects.count() == 1

    def test_after_a_quarter_of_an_hour_it_is_late(self, team: Any, at_time: Any) -> None:
        at_time("2027-03-02 08:45:01")
        assert actions.check_in(by=team[1]["deputy"])[0].late

    def test_who_is_not_on_duty_has_nowhere_to_check_in(self, team: Any, village: Person, at_time: Any) -> None:
        at_time("2027-03-02 07:30")
        assert due_check_ins(team[1]["main"]) == []
        for person in (team[1]["main"], village):
            with pytest.raises(Conflict):
                actions.check_in(by=person)

    def test_when_nobody_checks_in_the_leader_hears_of_it(self, shift_of: Any, at_time: Any, team: Any) -> None:
        told = Message.objects.filter(code="duty.not_checked_in", subject=f"shift:{shift_of('2027-03-05', 0).pk}")
        at_time("2027-03-05 08:44:59")
        fire_due()
        assert not told.exists()
        at_time("2027-03-05 08:45")
        fire_due()
        assert [message.person for message in told] == [team[0]["leader"]]

    def test_one_who_did_is_enough(self, shift_of: Any, at_time: Any, team: Any) -> None:
        told = Message.objects.filter(code="duty.not_checked_in", subject=f"shift:{shift_of('2027-03-05', 0).pk}")
        at_time("2027-03-05 08:31")
        fire_due()
        actions.check_in(by=team[0]["deputy"])
        at_time("2027-03-05 09:00")
        fire_due()
        assert not told.exists()
