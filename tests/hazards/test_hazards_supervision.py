"""What overdue brings: village → township → county, the letter, the circular, listed supervision (docs/domain.md 6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duty.selectors import gather
from hazards import actions
from hazards.models import Deadline, Hazard, Supervision
from journal.models import Event
from journal.timers import fire_due
from norms.actions import sign_paper
from norms.models import OfficialPaper
from norms.screens.papers import paper_of
from notify.models import Message
from org.models import Person, Unit
from tests.support.hazards import COUNTY, NEIGHBOUR, TOWN, VILLAGE, all_sides_sign, fresh, holder
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(at_time: Any, ticket: Any, village: Person, planned: Any) -> Hazard:
    """A village's general hazard that is due on 15 March 2027."""
    at_time("2027-03-01 10:00")
    hazard = ticket("graded")
    actions.plan(hazard.pk, by=village, **planned(finish_on=dt.date(2027, 3, 15)))
    return fresh(hazard)


def director() -> Person:
    return holder(COUNTY, "command_office_director")


def sign(row: Supervision) -> Supervision:
    """As its signer does: signed and served."""
    sign_paper(row.paper_id, by=director())
    return fresh(row)


def told() -> set[Person]:
    rows = Message.objects.filter(state="open", code__in=["hazard.overdue", "hazard.letter", "hazard.circular"])
    return {message.person for message in rows.select_related("person")}


class TestTheClimb:
    def test_village_then_township_then_the_county_s_letter_then_the_circular(
        self, late: Hazard, at_time: Any, village: Person, township: Person, leader: Person
    ) -> None:
        head = holder(TOWN, "township_head")
        at_time("2027-03-16 09:00")
        fire_due()
        assert told() == {village}
        assert fresh(late).overdue_step == 1
        at_time("2027-03-18 09:00")
        fire_due()
        assert told() == {village, township, head}
        assert fresh(late).overdue_step == 2
        assert not Supervision.objects.exists()
        at_time("2027-03-22 09:00")
        fire_due()
        assert told() == {village, township, head, leader, holder(COUNTY, "command_office_director")}
        letter = Supervision.objects.get()
        assert (letter.form, letter.to.code, letter.due_on, letter.paper.status) == (
            "letter", VILLAGE, None, "drafted",
        )  # fmt: skip
        at_time("2027-04-02 09:00")
        fire_due()
        assert Supervision.objects.count() == 1, "no circular before the letter was served"
        letter = sign(letter)
        assert letter.due_on == dt.date(2027, 4, 9), "the reply runs from the day of service"
        assert letter.paper.number == "庆安委督〔2027〕1号"
        at_time("2027-04-09 09:00")
        fire_due()
        assert Supervision.objects.count() == 1
        at_time("2027-04-10 09:00")
        fire_due()
        assert list(Supervision.objects.order_by("pk").values_list("form", flat=True)) == ["letter", "circular"]
        assert fresh(late).overdue_step == 4
        at_time("2027-04-20 09:00")
        fire_due()
        assert Supervision.objects.count() == 2

    def test_each_paper_is_in_the_timeline_in_both_languages(self, late: Hazard, at_time: Any) -> None:
        at_time("2027-03-22 09:00")
        fire_due()
        drafted = Event.objects.get(verb="hazard.letter_drafted")
        assert (drafted.by, drafted.data["rule"]["code"]) == ("system", "hazards.overdue")
        assert not Event.objects.filter(verb="hazard.supervised").exists()
        sign(Supervision.objects.get())
        event = Event.objects.get(verb="hazard.supervised")
        assert (event.subject, event.by) == (f"hazard:{late.pk}", f"person:{director().pk}")
        assert event.data["form_name"]["en"] == "supervision letter"
        assert event.card["overdue_step"] == 3

    def test_a_written_reason_holds_the_letter_back(
        self, late: Hazard, at_time: Any, village: Person, township: Person
    ) -> None:
        actions.ask_extension(late.pk, by=village, until=dt.date(2027, 5, 1), reason="汛期")
        at_time("2027-03-25 09:00")
        fire_due()
        assert not Supervision.objects.exists()
        actions.decide_extension(late.pk, by=township, granted=False, answer="x")
        at_time("2027-03-26 09:00")
        fire_due()
        assert Supervision.objects.get().form == "letter"

    def test_an_extension_starts_the_climb_anew(
        self, late: Hazard, at_time: Any, village: Person, township: Person
    ) -> None:
        at_time("2027-03-19 09:00")
        fire_due()
        actions.ask_extension(late.pk, by=village, until=dt.date(2027, 5, 1), reason="汛期")
        actions.decide_extension(late.pk, by=township, granted=True)
        assert fresh(late).overdue_step == 0
        at_time("2027-04-20 09:00")
        fire_due()
        assert not Supervision.objects.exists()

    def test_what_the_county_owes_brings_no_letter_to_itself(
        self, at_time: Any, found: Any, officer: Person, township: Person, planned: Any
    ) -> None:
        at_time("2027-03-01 10:00")
        hazard = found("cut_slope")
        actions.register(hazard.pk, by=township)
        actions.grade(hazard.pk, by=township, grade="general", grounds="x")
        actions.plan(hazard.pk, by=township, **planned(responsible=township.pk))
        actions.submit(hazard.pk, by=township)
        at_time("2027-05-01 09:00")
        fire_due()
        assert fresh(hazard).overdue_step == 1
        assert not Supervision.objects.exists()

    def test_a_township_s_climbs_straight_to_the_county(self, at_time: Any, found: Any) -> None:
        at_time("2027-03-01 10:00")
        hazard = found("cut_slope")  # to be registered by the 2nd
        at_time("2027-03-05 09:00")
        fire_due()
        assert fresh(hazard).overdue_step == 1
        at_time("2027-03-09 09:00")
        fire_due()
        assert Supervision.objects.get().to.code == TOWN

    def test_a_batch_climbs_in_as_many_statements_as_one(self, at_time: Any, found: Any) -> None:
        def statements(n: int, start: str, fire: str) -> int:
            at_time(start)
            for _ in range(n):
                found(people_at_risk=0)
            at_time(fire)
            with CaptureQueriesContext(connection) as asked:
                assert fire_due() >= n
            return len(asked)

        few = statements(2, "2027-03-01 10:00", "2027-03-02 09:00")
        Hazard.objects.update(generation=999)  # those are left alone from now on
        assert statements(20, "2027-06-01 10:00", "2027-06-02 09:00") == few
        assert few < 30


class TestListed:
    @pytest.fixture
    def major(self, at_time: Any, found: Any, village: Person, township: Person, planned: Any) -> Hazard:
        at_time("2027-03-01 10:00")
        hazard = found()
        actions.register(hazard.pk, by=village)
        actions.grade(hazard.pk, by=township, grade="major", reasons=["serious_harm"], grounds="x")
        head = holder(TOWN, "township_head")
        limit = planned(finish_on=dt.date(2027, 5, 20), interim="封路", leader=head.pk)
        actions.plan(hazard.pk, by=village, **limit)
        return fresh(hazard)

    def test_a_major_one_is_listed_with_the_letter(self, major: Hazard, at_time: Any) -> None:
        at_time("2027-05-27 09:00")
        fire_due()
        assert set(Supervision.objects.values_list("form", flat=True)) == {"letter", "listed"}
        assert not fresh(major).listed, "not before the notice was signed"
        sign(Supervision.objects.get(form="listed"))
        assert fresh(major).listed
        assert Event.objects.filter(verb="hazard.listed").count() == 1

    def test_a_draft_about_a_ticket_that_ends_is_withdrawn(
        self, major: Hazard, officer: Person, village: Person
    ) -> None:
        made = actions.put_on_list(major.pk, by=officer, due_on=dt.date(2027, 5, 20))
        actions.close(major.pk, by=officer, how="otherwise", grounds="已拆除")
        assert OfficialPaper.objects.get(pk=made.paper_id).status == "withdrawn"
        with pytest.raises(Conflict):
            sign(made)

    def test_the_county_lists_it_by_hand_once(self, major: Hazard, officer: Person, township: Person) -> None:
        with pytest.raises(Forbidden):
            actions.put_on_list(major.pk, by=township, due_on=dt.date(2027, 5, 20))
        with pytest.raises(Invalid):
            actions.put_on_list(major.pk, by=officer, due_on=dt.date(2027, 1, 1))
        actions.put_on_list(major.pk, by=officer, due_on=dt.date(2027, 5, 20))
        with pytest.raises(Conflict):
            actions.put_on_list(major.pk, by=officer, due_on=dt.date(2027, 5, 20))

    def test_an_extension_is_asked_twenty_working_days_ahead_and_decided_by_the_county(
        self, major: Hazard, at_time: Any, officer: Person, township: Person, village: Person
    ) -> None:
        sign(actions.put_on_list(major.pk, by=officer, due_on=dt.date(2027, 5, 20)))
        at_time("2027-04-22 23:59")  # 20 working days before 20 May
        ask = {"until": dt.date(2027, 8, 1), "reason": "雨季"}
        actions.ask_extension(major.pk, by=village, **ask)
        with pytest.raises(Forbidden):
            actions.decide_extension(major.pk, by=township, granted=True)
        actions.decide_extension(major.pk, by=officer, granted=False, answer="x")
        at_time("2027-04-23 00:01")
        with pytest.raises(Conflict) as refused:
            actions.ask_extension(major.pk, by=village, **ask)
        assert refused.value.code == "too_late"

    def test_closing_delists_it_and_the_county_publishes_that_in_five_working_days(
        self, major: Hazard, at_time: Any, officer: Person, village: Person, township: Person
    ) -> None:
        sign(actions.put_on_list(major.pk, by=officer, due_on=dt.date(2027, 5, 20)))
        with pytest.raises(NotFound):
            actions.publish_delisting(major.pk, by=officer)
        actions.submit(major.pk, by=village)
        actions.inspect(major.pk, by=officer)
        all_sides_sign(major)
        actions.close(major.pk, by=officer)
        assert not fresh(major).listed
        listed = Supervision.objects.get()
        assert listed.lifted_at is not None
        publish = Deadline.objects.get(hazard=major, ended_at=None)
        assert (publish.what, publish.due_at.astimezone().date()) == ("publish", dt.date(2027, 3, 8))
        at_time("2027-03-08 09:00")
        fire_due()
        assert Message.objects.filter(code="hazard.publish", person=holder(COUNTY, "command_office_director")).exists()
        with pytest.raises(Forbidden):
            actions.publish_delisting(major.pk, by=township)
        actions.publish_delisting(major.pk, by=officer)
        assert fresh(listed).published_on == dt.date(2027, 3, 8)
        assert not Deadline.objects.filter(hazard=major, ended_at=None).exists()


class TestTheLetter:
    @pytest.fixture
    def letter(self, late: Hazard, at_time: Any) -> Supervision:
        at_time("2027-03-22 09:00")
        fire_due()
        return Supervision.objects.get()

    def test_it_says_what_was_missed_and_counts_in_no_appraisal_without_a_decision(
        self, letter: Supervision, officer: Person
    ) -> None:
        paper = paper_of(officer, letter.paper_id)
        text = "".join(paper.content["paragraphs"])
        assert "至今已逾期7天" in text
        assert "自本函送达之日起7日内" in text
        assert "按规定纳入年度考核" in text
        assert "计入考核" not in text

    def test_a_neighbour_cannot_have_it_nor_its_addressee_before_it_is_served(self, letter: Supervision) -> None:
        addressee, neighbour = holder(VILLAGE, "village_head"), holder(NEIGHBOUR, "township_head")
        for person in (addressee, neighbour):
            with pytest.raises(NotFound):
                paper_of(person, letter.paper_id)
        sign(letter)
        assert paper_of(addressee, letter.paper_id).number
        with pytest.raises(NotFound):
            paper_of(neighbour, letter.paper_id)


def test_a_handover_carries_the_overdue_of_the_unit_and_under_it(late: Hazard, at_time: Any) -> None:
    def carried(code: str) -> list[str]:
        parts = {part["section"]: part for part in gather.gathered(Unit.objects.get(code=code))}
        assert not parts["overdue_hazards"]["failed"]
        return [item["subject"] for item in parts["overdue_hazards"]["items"]]

    at_time("2027-03-15 20:00")
    assert carried(TOWN) == []
    at_time("2027-03-16 00:00")
    assert [carried(code) for code in (VILLAGE, TOWN, COUNTY, NEIGHBOUR)] == [[f"hazard:{late.pk}"]] * 3 + [[]]
