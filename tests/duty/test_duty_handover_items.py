"""What a handover carries of the apps above duty: incidents, warnings, instructions, silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from command.actions import (
    acknowledge,
    call_off,
    end_incident,
    issue_order,
    open_incident,
    progress,
    set_response_level,
)
from command.models import Assignment, EndCondition, Incident, Order
from duty import actions
from duty.models import Handover
from duty.selectors import gather
from early_warning.actions import add_feed, receive
from early_warning.models import Feed, Warning
from journal.actions.recording import SYSTEM
from journal.timers import fire_due
from norms.actions import draft_papers, sign_paper
from norms.models import OfficialPaper
from norms.rules.papers import PAPERS, Draft
from norms.selectors.papers import first_signers
from org.models import Person, Unit
from tests.early_warning.messages import cancel, info, message
from tests.support.duty import TOWN

pytestmark = pytest.mark.django_db

COUNTY, NEIGHBOUR, VILLAGE = "331126", "331126105", "331126206200"
LEADERS = ("township_head", "township_deputy")
AREA = "<area><areaDesc>x</areaDesc><geocode><valueName>division</valueName><value>{}</value></geocode></area>"


def items(section: str, code: str) -> list[dict[str, Any]]:
    parts = {part["section"]: part for part in gather.gathered(Unit.objects.get(code=code))}
    assert not parts[section]["failed"]
    return parts[section]["items"]


def titles(section: str, code: str) -> list[Any]:
    return [item["title"] for item in items(section, code)]


def test_the_sections_stand_in_the_order_in_which_one_reads() -> None:
    codes = [section.code for section in gather.sections()]
    assert codes[:4] == ["open_incidents", "warnings", "instructions", "unanswered"]


class TestIncidents:
    @pytest.fixture
    def incident(self, officer: Person) -> Incident:
        return open_incident(by=officer, title="山洪", category="natural_disaster", unit=VILLAGE)

    def test_it_stands_with_its_unit_and_every_unit_above_and_with_no_other(self, incident: Incident) -> None:
        wanted = [f"{incident.ref} 山洪"]
        assert [titles("open_incidents", code) for code in (VILLAGE, TOWN, COUNTY)] == [wanted] * 3
        assert titles("open_incidents", NEIGHBOUR) == []

    def test_it_is_said_in_both_languages_with_its_level(self, incident: Incident, leader: Person) -> None:
        unit = incident.unit
        said = items("open_incidents", TOWN)[0]
        assert said["detail"] == {"zh": f"{unit.name}，监测中", "en": f"{unit.name_en}, monitored"}
        assert said["url"] == f"/incidents/{incident.pk}/"
        set_response_level(incident.pk, by=leader, level="IV", grounds="雨量")
        detail = items("open_incidents", TOWN)[0]["detail"]
        assert detail["en"] == f"{unit.name_en}, responding, level IV emergency response"
        assert "Ⅳ级应急响应" in detail["zh"]
        assert unit.name in detail["zh"]

    def test_one_that_has_ended_and_one_of_an_exercise_are_not_carried(
        self, incident: Incident, officer: Person
    ) -> None:
        drill = open_incident(by=officer, title="演练", category="accident", unit=TOWN)
        Incident.objects.filter(pk=drill.pk).update(exercise=1)
        assert titles("open_incidents", TOWN) == [f"{incident.ref} 山洪"]
        end_incident(incident.pk, by=officer, grounds="x", confirmed=EndCondition.Code.values)
        assert titles("open_incidents", TOWN) == []

    def test_of_very_many_the_last_item_says_how_many_more_there_are(self, officer: Person, monkeypatch: Any) -> None:
        monkeypatch.setattr(gather, "MOST", 2)
        for n in range(5):
            open_incident(by=officer, title=f"no. {n}", category="accident", unit=TOWN)
        found = items("open_incidents", TOWN)
        assert [item["title"].split(" ", 1)[1] for item in found[:2]] == ["no. 4", "no. 3"]
        assert len(found) == 3
        assert "3 more" in found[2]["title"]["en"]
        assert found[2]["url"] == "/incidents/"


class TestOrders:
    @pytest.fixture
    def order(self, officer: Person) -> Order:
        return issue_order(
            by=officer, incident_id=None, text="转移群众", units=[TOWN, NEIGHBOUR], posts=LEADERS, ladder="red"
        )

    @pytest.fixture
    def mine(self, order: Order) -> list[Assignment]:
        return list(Assignment.objects.filter(order=order, unit__code=TOWN).order_by("post__rank"))

    def test_an_instruction_is_one_item_with_every_post_that_owes_it(
        self, order: Order, mine: list[Assignment]
    ) -> None:
        (item,) = items("instructions", TOWN)
        assert item["title"] == f"{order.ref} 转移群众"
        assert item["url"] == f"/orders/{order.pk}/"
        assert item["due_at"] == mine[0].ack_due_at
        for one in mine:
            assert one.post.name in item["detail"]["zh"]
            assert one.post.name_en in item["detail"]["en"]
        assert item["detail"]["en"].startswith(f"from {order.unit.name_en}")
        assert "called" in item["detail"]["en"]
        assert order.unit.name in item["detail"]["zh"]
        assert "已呼叫" in item["detail"]["zh"]

    def test_it_stays_until_the_last_post_has_done_it(self, order: Order, mine: list[Assignment]) -> None:
        first, second = mine
        acknowledge(first.pk, by=first.person)
        detail = items("instructions", TOWN)[0]["detail"]["en"]
        assert "received" in detail
        assert items("instructions", TOWN)[0]["due_at"] == second.ack_due_at
        for one in mine:
            if one != first:
                acknowledge(one.pk, by=one.person)
            assert titles("instructions", TOWN) == [f"{order.ref} 转移群众"]
            progress(one.pk, by=one.person, step="done")
        assert titles("instructions", TOWN) == []
        assert titles("instructions", NEIGHBOUR) == [f"{order.ref} 转移群众"]

    def test_the_county_owes_nothing_of_what_it_ordered_below(self, order: Order) -> None:
        assert titles("instructions", COUNTY) == []

    def test_silence_is_counted_under_the_unit_once_an_answer_was_due(
        self, order: Order, mine: list[Assignment], clock: Any
    ) -> None:
        assert titles("unanswered", COUNTY) == []
        acknowledge(mine[0].pk, by=mine[0].person)
        clock.travel(minutes=6)
        (item,) = items("unanswered", COUNTY)
        assert item["title"] == f"{order.ref} 转移群众"
        assert item["detail"]["en"] == "3 not answered"
        assert item["detail"]["zh"].startswith("3")
        assert item["due_at"] == mine[1].ack_due_at
        assert items("unanswered", TOWN)[0]["detail"]["en"] == "1 not answered"

    def test_the_longest_silence_stands_first(self, order: Order, officer: Person, clock: Any) -> None:
        clock.travel(minutes=1)
        later = issue_order(by=officer, incident_id=None, text="later", units=[TOWN], posts=LEADERS, ladder="red")
        clock.travel(minutes=10)
        assert [item["subject"] for item in items("unanswered", TOWN)] == [f"order:{order.pk}", f"order:{later.pk}"]

    def test_an_order_that_was_called_off_or_belongs_to_an_exercise_is_not_carried(
        self, order: Order, officer: Person, clock: Any
    ) -> None:
        drill = issue_order(by=officer, incident_id=None, text="drill", units=[TOWN], posts=LEADERS, ladder="red")
        Order.objects.filter(pk=drill.pk).update(exercise=1)
        call_off(order.pk, by=officer, reason="x")
        clock.travel(minutes=10)
        assert titles("instructions", TOWN) == titles("unanswered", TOWN) == []


class TestWarnings:
    @pytest.fixture
    def feed(self, demo_county: Unit) -> Feed:
        return add_feed("paper", "平台", demo_county, by=SYSTEM, token="t" * 40)[0]

    def take(self, feed: Feed, identifier: str, *, code: str = TOWN, extra: str = "", **changes: str) -> Warning:
        area, shown = AREA.format(code), changes.pop("headline", "暴雨预警")
        severity = changes.pop("severity", "Severe")
        block = info(area, headline=shown, severity=severity)
        english = info(area, language="en-GB", event="Rainstorm", headline="Rainstorm warning", severity=severity)
        receive(message(block + english, extra=extra, identifier=identifier, **changes), by=feed)
        return Warning.objects.latest("id")

    def test_it_stands_where_it_falls_and_above_in_both_languages(self, feed: Feed) -> None:
        warning = self.take(feed, "w-1")
        for code in (TOWN, COUNTY):
            (item,) = items("warnings", code)
            assert item["title"] == {"zh": "暴雨预警", "en": "Rainstorm warning"}
            assert item["url"] == f"/warnings/{warning.pk}/"
            assert item["due_at"] == warning.expires
        assert titles("warnings", NEIGHBOUR) == []

    def test_whether_somebody_has_decided_on_it_is_told(self, feed: Feed, officer: Person) -> None:
        warning = self.take(feed, "w-1")
        assert items("warnings", TOWN)[0]["detail"]["en"] == "nobody has decided on it yet"
        opened = open_incident(by=officer, title="x", category="natural_disaster", unit=COUNTY, warning_id=warning.pk)
        Warning.objects.filter(pk=warning.pk).update(incident=opened)
        detail = items("warnings", TOWN)[0]["detail"]
        assert detail["en"] == "taken up as an incident"
        assert detail["zh"] != detail["en"]

    def test_one_that_is_not_for_the_public_stays_with_whom_it_was_sent_to(self, feed: Feed) -> None:
        self.take(feed, "w-1", scope="Restricted", extra="<restriction>只供县级</restriction>")
        assert len(titles("warnings", COUNTY)) == 1
        assert titles("warnings", TOWN) == []

    def test_tests_exercises_and_what_was_cancelled_are_not_carried(self, feed: Feed) -> None:
        self.take(feed, "w-1", status="Test")
        drill = self.take(feed, "w-2")
        Warning.objects.filter(pk=drill.pk).update(exercise=1)
        self.take(feed, "test-1")
        assert len(titles("warnings", TOWN)) == 1
        receive(cancel(), by=feed)
        assert titles("warnings", TOWN) == []

    def test_the_gravest_stands_first(self, feed: Feed) -> None:
        of = {"黄色": "Moderate", "红色": "Extreme", "蓝色": "Minor"}
        for name, (colour, severity) in zip(("w-1", "w-2", "w-3"), of.items(), strict=True):
            self.take(feed, name, headline=f"暴雨{colour}预警", severity=severity)
        colours = dict(Warning.objects.values_list("infos__0__headline", "colour"))
        assert set(colours.values()) == {"red", "yellow", "blue"}
        assert [colours[title["zh"]] for title in titles("warnings", TOWN)] == ["red", "yellow", "blue"]


class TestInAHandover:
    @pytest.fixture(autouse=True)
    def two_shifts(self, at_time: Any, shift_of: Any) -> None:
        at_time("2027-02-20 12:00")
        shift_of("2027-03-01", 0), shift_of("2027-03-02", 1)
        at_time("2027-03-02 08:10")
        fire_due()

    @pytest.fixture
    def handover(self) -> Handover:
        return Handover.objects.get()

    def accept(self, handover: Handover, team: Any) -> Handover:
        actions.sign_handover(handover.pk, by=team[0]["main"])
        return actions.sign_handover(handover.pk, by=team[1]["main"])

    def page(self, client: Client, handover: Handover) -> str:
        return client.get(f"/duty/handovers/{handover.pk}/").content.decode()

    def test_while_it_is_open_the_page_follows_and_afterwards_it_keeps_what_it_carried(
        self, handover: Handover, team: Any, officer: Person, township: Person, browse: Any
    ) -> None:
        first = open_incident(by=officer, title="first", category="accident", unit=TOWN)
        client = browse(township)
        assert first.ref in self.page(client, handover)
        second = open_incident(by=officer, title="second", category="accident", unit=TOWN)
        assert second.ref in self.page(client, handover)
        self.accept(handover, team)
        third = open_incident(by=officer, title="third", category="accident", unit=TOWN)
        end_incident(first.pk, by=officer, grounds="x", confirmed=EndCondition.Code.values)
        page = self.page(client, handover)
        assert first.ref in page
        assert second.ref in page
        assert third.ref not in page
        handover.refresh_from_db()
        assert handover.items[0]["items"][1]["title"] == f"{first.ref} first"
        assert handover.items[0]["items"][1]["detail"]["en"] == "Jushui Township, monitored"

    def test_it_is_read_in_the_language_of_whoever_reads_it(
        self, handover: Handover, team: Any, officer: Person, township: Person, browse: Any
    ) -> None:
        open_incident(by=officer, title="first", category="accident", unit=TOWN)
        self.accept(handover, team)
        assert "Jushui Township, monitored" in self.page(browse(township), handover)
        assert "举水乡，监测中" in self.page(browse(township, language="zh-hans"), handover)

    def test_a_section_that_fails_in_the_database_is_told_and_stops_nobody(
        self, handover: Handover, team: Any, officer: Person, township: Person, browse: Any
    ) -> None:
        def broken(unit: Unit) -> list[gather.Item]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
            return []

        lent = gather.SECTIONS.lent({"open_incidents": replace(gather.SECTIONS["open_incidents"], gather=broken)})
        issue_order(by=officer, incident_id=None, text="go", units=[TOWN], posts=LEADERS, ladder="red")
        failed = "This part could not be gathered"
        with lent:
            assert self.page(browse(township), handover).count(failed) == 1
            row = self.accept(handover, team)
        row.refresh_from_db()
        assert row.status == "accepted"
        assert [(part["section"], part["failed"], len(part["items"])) for part in row.items[:4]] == [
            ("open_incidents", True, 0), ("warnings", False, 0), ("instructions", False, 1), ("unanswered", False, 0),
        ]  # fmt: skip
        assert self.page(browse(township), handover).count(failed) == 1

    def test_it_takes_as_many_queries_however_much_it_carries(
        self, officer: Person, demo_county: Unit, town: Unit, clock: Any
    ) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as seen:
                gather.gathered(town)
            return len(seen)

        def fill(number: int) -> None:
            feed = Feed.objects.get(code="paper")
            for n in range(number):
                name = f"{number}-{n}"
                open_incident(by=officer, title=name, category="accident", unit=TOWN)
                issue_order(by=officer, incident_id=None, text=name, units=[TOWN], posts=LEADERS, ladder="red")
                receive(message(info(AREA.format(TOWN)), identifier=name), by=feed)
            clock.travel(minutes=10)

        add_feed("paper", "平台", demo_county, by=SYSTEM, token="t" * 40)
        fill(1)
        few = queries()
        fill(8)
        assert all(len(part["items"]) == 9 for part in gather.gathered(town)[:4])
        assert queries() == few <= 27


class TestPapers:
    def test_a_draft_stands_with_its_signer_until_it_is_signed(self, demo_county: Unit) -> None:
        assert titles("papers", COUNTY) == []
        with PAPERS.lent({"circular_test": PAPERS["response_ended"].__class__("circular")}):
            draft = Draft("circular_test", "", Unit.objects.get(code=COUNTY), "关于测试的通报", ["现予通报。"], [], [])
            (paper,) = draft_papers([draft], by=SYSTEM)
            (signer,) = first_signers(paper)
            (item,) = items("papers", COUNTY)
            assert (item["title"], item["url"]) == ("关于测试的通报", f"/papers/{paper.pk}/")
            assert item["due_at"] == paper.sign_due_at
            assert signer.name in item["detail"]["zh"]
            assert f"to be signed by {signer.name_en}" in item["detail"]["en"]
            assert titles("papers", TOWN) == [], "a township hands over its own"
            OfficialPaper.objects.filter(pk=paper.pk).update(exercise=1)
            assert titles("papers", COUNTY) == []
            OfficialPaper.objects.filter(pk=paper.pk).update(exercise=None)
            sign_paper(paper.pk, by=signer)
            assert titles("papers", COUNTY) == []
