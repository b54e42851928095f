"""A township never sees another's ticket: in lists, by id, in counts, statistics, duplicates, or by a verb."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hazards import actions
from hazards.actions.tally import fold
from hazards.models import Hazard, Tally
from hazards.selectors import queue, tickets
from hazards.selectors.queue import Filters
from hazards.selectors.statistics import statistics, totals
from org.models import Person
from org.selectors.jurisdiction import Jurisdiction
from tests.support.hazards import COUNTY, NEIGHBOUR, TOWN, VILLAGE, WATER, fresh, holder
from web.errors import Invalid

pytestmark = pytest.mark.django_db

FILL = (Path(__file__).parents[2] / "hazards/sql/tally.sql").read_text()
LIST = "/api/v1/hazards/"
VERBS = ("register", "grade", "plan", "submit", "inspect", "send-back", "extend", "close", "reopen", "merge",
         "take-up", "turn-away", "reroute", "leader", "list", "publish-delisting")  # fmt: skip
BODIES = {
    "grade": {"grade": "general", "grounds": "x"},
    "extend": {"until": "2099-01-01", "reason": "x"},
    "merge": {"into": 1},
    "turn-away": {"grounds": "x"},
    "reopen": {"grounds": "x"},
    "reroute": {"unit": TOWN, "grounds": "x"},
    "leader": {"person": 1},
    "list": {"due_on": "2099-01-01"},
}


@pytest.fixture
def neighbour(demo_county: Any) -> Person:
    return holder(NEIGHBOUR, "township_head")


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


class TestTheNeighbour:
    def test_finds_nothing_of_it_anywhere(self, found: Any, neighbour: Person, api: Any) -> None:
        hazard = found()
        client = api(neighbour)
        assert ids(client.get(LIST)) == []
        assert ids(client.get(LIST, {"unit": TOWN})) == []
        assert ids(client.get(LIST, {"q": hazard.ref})) == []
        assert client.get(f"{LIST}{hazard.pk}/").status_code == 404
        assert client.get(f"{LIST}{hazard.pk}/duplicates/").status_code == 404
        assert client.get(f"{LIST}counts/").json()["open"] == 0
        month = f"{hazard.found_at:%Y-%m}"
        assert client.get(f"{LIST}statistics/", {"first": month, "last": month}).json()["results"] == []
        assert client.get(f"{LIST}statistics/", {"first": month, "last": month, "unit": TOWN}).json()["results"] == []

    @pytest.mark.parametrize("verb", VERBS)
    def test_a_verb_answers_as_for_what_does_not_exist(
        self, verb: str, found: Any, neighbour: Person, api: Any
    ) -> None:
        hazard, client = found(), api(neighbour)
        there, nothing = (client.post(f"{LIST}{pk}/{verb}/", BODIES.get(verb, {})) for pk in (hazard.pk, 999_999_999))
        assert (there.status_code, there.json()) == (404, nothing.json())

    def test_bulk_assigning_it_is_refused_whole(self, found: Any, neighbour: Person, api: Any) -> None:
        mine, theirs = found(code=NEIGHBOUR), found()
        body = {"hazards": [mine.pk, theirs.pk], "unit": NEIGHBOUR, "grounds": "x"}
        assert api(neighbour).post(f"{LIST}assign/", body).status_code == 404
        assert fresh(mine).owner_id == mine.owner_id


class TestWhoSees:
    def test_the_place_above_it_the_owner_the_finder_and_the_leader(
        self, found: Any, officer: Person, township: Person, village: Person, neighbour: Person
    ) -> None:
        hazard = found("flash_flood_gully", by=neighbour)  # a neighbour passing by files it
        bureau = holder(WATER, "department_head")
        for person in (officer, township, village, bureau, neighbour):
            assert tickets.hazards_visible_to(person).filter(pk=hazard.pk).exists()
        stranger = holder("331126D09", "department_head")
        assert not tickets.hazards_visible_to(stranger).exists()
        Hazard.objects.filter(pk=hazard.pk).update(leader=stranger)
        assert tickets.hazards_visible_to(stranger).exists()

    def test_an_owner_that_loses_it_loses_sight_of_it(self, found: Any, officer: Person) -> None:
        hazard, bureau = found("other"), holder(WATER, "department_head")
        actions.reroute(hazard.pk, by=officer, unit=WATER, grounds="x")
        assert tickets.hazards_visible_to(bureau).exists()
        actions.reroute(hazard.pk, by=officer, unit=VILLAGE, grounds="x")
        assert not tickets.hazards_visible_to(bureau).exists()

    def test_who_of_the_public_reported_it_is_for_those_who_verify(
        self, found: Any, api: Any, township: Person
    ) -> None:
        hazard = found(door="public")
        Hazard.objects.filter(pk=hazard.pk).update(finder_contact="13900000000")
        assert api(township).get(f"{LIST}{hazard.pk}/").json()["finder_contact"] == "13900000000"
        assert api(holder(VILLAGE, "grid_worker")).get(f"{LIST}{hazard.pk}/").json()["finder_contact"] == ""


class TestTheList:
    def test_filters(self, found: Any, ticket: Any, officer: Person, api: Any, clock: Any) -> None:
        slope, closed = found("cut_slope"), ticket("closed")
        held = found(door="public", people_at_risk=0)
        there = found("flash_flood_gully", code=NEIGHBOUR, description="库岸渗漏")
        client = api(officer)

        def asked(**query: Any) -> set[int]:
            return set(ids(client.get(LIST, query)))

        assert asked() == {slope.pk, closed.pk, held.pk, there.pk}
        assert asked(status="closed,held") == {closed.pk, held.pk}
        assert asked(kind="cut_slope") == {slope.pk}
        assert asked(grade="general") == {closed.pk}
        assert asked(unit=TOWN) == {slope.pk, closed.pk, held.pk}
        assert asked(unit=VILLAGE + "") == {slope.pk, closed.pk, held.pk}
        assert asked(owner=WATER) == {there.pk}
        assert asked(open="true") == {slope.pk, held.pk, there.pk}
        assert asked(people="false") == {held.pk}
        assert asked(q="渗漏") == {there.pk}
        assert asked(q=slope.ref.lower()) == {slope.pk}
        assert asked(overdue="true") == set()
        assert asked(found_after=clock.now().isoformat()) == set()
        assert asked(bbox="118,27,120,28") == {slope.pk, closed.pk, held.pk, there.pk}
        assert asked(bbox="0,0,1,1") == set()
        clock.travel(days=10)
        assert asked(overdue="true") == asked(due_before=clock.now().isoformat()) == {slope.pk, held.pk, there.pk}

    @pytest.mark.parametrize(
        "query",
        [{"status": "nonsense"}, {"unit": "12"}, {"bbox": "1,2"}, {"ordering": "x"}, {"cursor": "x"},
         {"page_size": 501}, {"due_before": "soon"}, {"bbox": "nan,0,1,1"}],
    )  # fmt: skip
    def test_a_filter_that_is_none_is_said_by_name(self, query: dict, officer: Person, api: Any) -> None:
        answer = api(officer).get(LIST, query)
        assert answer.status_code == 400
        assert set(answer.json()["fields"]) == set(query)

    @pytest.mark.parametrize("ordering", ["-id", "id", "due", "-due", "-people", "found", "-found"])
    def test_pages_lead_through_everything_and_back(
        self, ordering: str, found: Any, officer: Person, api: Any, clock: Any
    ) -> None:
        everything = {
            found(people_at_risk=n // 2, found_at=clock.now() - dt.timedelta(hours=n // 3)).pk for n in range(8)
        }
        client = api(officer)
        pages, address = [], f"{LIST}?ordering={ordering}&page_size=3"
        while address:
            answer = client.get(address).json()
            pages.append([row["id"] for row in answer["results"]])
            last, address = answer, answer["next"]
        assert [len(page) for page in pages] == [3, 3, 2]
        assert sorted(pk for page in pages for pk in page) == sorted(everything)
        back = []
        while last["previous"]:
            last = client.get(last["previous"]).json()
            back.append([row["id"] for row in last["results"]])
        assert back == [pages[1], pages[0]]

    def test_what_is_filed_meanwhile_moves_no_page(self, found: Any, officer: Person, api: Any) -> None:
        first = [found().pk for _ in range(4)]
        client = api(officer)
        answer = client.get(f"{LIST}?page_size=2").json()
        found()
        assert [row["id"] for row in client.get(answer["next"]).json()["results"]] == [first[1], first[0]]

    def test_the_list_and_the_ticket_say_the_same(self, ticket: Any, officer: Person, api: Any) -> None:
        hazard, client = ticket("graded"), api(officer)
        listed, whole = client.get(LIST).json()["results"][0], client.get(f"{LIST}{hazard.pk}/").json()
        moments = ("found_at", "filed_at", "next_due_at")
        for name in moments:
            assert dt.datetime.fromisoformat(listed.pop(name)) == dt.datetime.fromisoformat(whole.pop(name))
        assert listed == {name: whole[name] for name in listed}

    def test_in_the_reader_s_language(self, found: Any, officer: Person, api: Any) -> None:
        hazard = found()
        names = {api(officer, language=one).get(LIST).json()["results"][0]["unit"]["name"] for one in ("en", "zh-hans")}
        assert names == {hazard.unit.name, hazard.unit.name_en}

    def test_a_hundred_take_as_many_statements_as_one(self, found: Any, township: Person, api: Any) -> None:
        client, counts = api(township), []
        for n in (1, 30):
            for _ in range(n):
                found()
            with CaptureQueriesContext(connection) as asked:
                assert len(ids(client.get(LIST, {"page_size": 100, "status": "found", "unit": TOWN}))) >= n
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 6

    def test_a_ticket_takes_at_most_a_fixed_number(self, ticket: Any, township: Person, api: Any) -> None:
        hazard, client = ticket("closed"), api(township)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{LIST}{hazard.pk}/")
        assert len(asked) <= 18


class TestVerbsOverTheApi:
    def test_a_whole_life(self, found: Any, village: Person, township: Person, api: Any, planned: Any) -> None:
        hazard = found()
        low, high = api(village), api(township)

        def post(client: Any, verb: str, **body: Any) -> Any:
            return client.post(f"{LIST}{hazard.pk}/{verb}/", body)

        assert post(low, "register").json()["status"] == "registered"
        assert post(high, "grade", grade="general", grounds="x").json()["status"] == "graded"
        missing = post(low, "plan", measures="x")
        assert missing.status_code == 400
        assert set(missing.json()["fields"]) == {"responsible", "funds", "finish_on", "contingency"}
        elements = planned()
        elements["finish_on"] = elements["finish_on"].isoformat()
        answer = post(low, "plan", **elements).json()
        assert answer["status"] == "rectifying"
        assert answer["plans"][0]["funds"] == elements["funds"]
        assert "time limit of the plan" in answer["deadlines"][0]["why"]
        refused = post(low, "inspect")
        assert refused.status_code == 403
        illegal = post(high, "close")
        assert (illegal.status_code, illegal.json()["current"]["status"]) == (409, "rectifying")
        assert post(low, "extend", until="2027-01-01").status_code in (400, 409)
        assert post(low, "extend").status_code == 400
        assert post(low, "submit").json()["status"] == "submitted"
        assert post(high, "send-back", note="未完成").json()["status"] == "rectifying"
        assert post(low, "submit").json()["status"] == "submitted"
        assert post(high, "inspect").json()["status"] == "inspected"
        closed = post(high, "close").json()
        assert (closed["status"], closed["closure"], closed["in_time"]) == ("closed", "rectified", True)
        assert post(high, "reopen", grounds="x").json()["status"] == "rectifying"

    def test_an_unknown_field_is_refused(self, found: Any, village: Person, api: Any) -> None:
        answer = api(village).post(f"{LIST}{found().pk}/register/", {"people": 3})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["people"])

    def test_a_verb_under_one_key_acts_once(self, found: Any, village: Person, api: Any) -> None:
        hazard, client = found(), api(village)
        answers = [
            client.post(f"{LIST}{hazard.pk}/register/", {}, headers={"idempotency-key": "k"}).status_code
            for _ in range(2)
        ]
        assert answers == [200, 200]

    def test_a_verb_takes_a_bounded_number_of_statements(self, found: Any, village: Person, api: Any) -> None:
        hazard, client = found(), api(village)
        with CaptureQueriesContext(connection) as asked:
            assert client.post(f"{LIST}{hazard.pk}/register/", {}).status_code == 200
        assert len(asked) <= 40


class TestStatistics:
    @pytest.fixture
    def year(self, at_time: Any, ticket: Any, found: Any, township: Person) -> None:
        at_time("2027-03-10 10:00")
        ticket("closed")
        again = ticket("closed")
        actions.reopen(again.pk, by=township, grounds="x")
        otherwise = found("cut_slope")
        actions.close(otherwise.pk, by=holder(COUNTY, "deputy_magistrate"), how="otherwise", grounds="x")
        twin = found()
        actions.merge(twin.pk, by=township, into=again.pk)
        found("flash_flood_gully", code=NEIGHBOUR, people_at_risk=0)
        found(door="public")
        at_time("2027-05-01 10:00")

    def lines(self, reader: Person, scope: str = "33.11.26") -> dict[tuple[str, str], dict[str, Any]]:
        month = dt.date(2027, 3, 1)
        return {(line["unit"], line["kind"]): line for line in statistics(reader, scope, month, month)}

    def test_by_township_and_kind(self, year: None, officer: Person) -> None:
        lines = self.lines(officer)
        assert set(lines) == {(TOWN, "timber_houses"), (TOWN, "cut_slope"), (NEIGHBOUR, "flash_flood_gully")}
        wood = lines[TOWN, "timber_houses"]
        expected = {"found": 2, "rectified": 1, "otherwise": 0, "in_time": 1, "reopened": 1, "open": 2}
        assert {name: wood[name] for name in expected} == expected
        assert lines[TOWN, "cut_slope"]["otherwise"] == 1
        water = lines[NEIGHBOUR, "flash_flood_gully"]
        assert (water["overdue"], water["overdue_7"], water["overdue_30"], water["overdue_more"]) == (1, 0, 0, 1)

    def test_overdue_by_age(self, year: None, officer: Person, at_time: Any) -> None:
        found = {}
        for day in ("2027-03-11 00:00", "2027-03-12 10:00", "2027-03-25 10:00", "2027-04-20 10:00"):
            at_time(day)
            line = self.lines(officer)[NEIGHBOUR, "flash_flood_gully"]
            found[day] = [line[name] for name in ("overdue_7", "overdue_30", "overdue_more")]
        assert list(found.values()) == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]

    def test_of_what_the_reader_sees_and_asks_for(self, year: None, officer: Person, township: Person) -> None:
        assert {unit for unit, _kind in self.lines(township)} == {TOWN}
        assert {unit for unit, _kind in self.lines(officer, "33.11.26.105")} == {NEIGHBOUR}

    def test_one_statement_and_sums(self, year: None, officer: Person) -> None:
        tickets.units_of(officer)
        month = dt.date(2027, 3, 1)
        with CaptureQueriesContext(connection) as asked:
            lines = statistics(officer, "33.11.26", month, month)
        assert len(asked) == 1
        assert totals(lines, "unit")[TOWN]["found"] == 3
        assert totals(lines, "kind")["flash_flood_gully"]["open"] == 1

    def test_the_roll_up_says_what_counting_every_ticket_says(
        self, year: None, officer: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = self.lines(officer)
        assert fold() > 0
        folded = self.lines(officer)
        assert fold() == 0
        Tally.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(FILL)
        anew = self.lines(officer)
        monkeypatch.setattr(Jurisdiction, "spans", lambda self, capability="": False)
        assert kept == folded == anew == self.lines(Person.objects.get(pk=officer.pk))

    def test_a_month_begins_in_beijing(self, at_time: Any, found: Any, officer: Person) -> None:
        at_time("2027-04-01 00:30")
        found()
        march, april = dt.date(2027, 3, 1), dt.date(2027, 4, 1)
        assert sum(line["found"] for line in statistics(officer, "33.11.26", march, march)) == 0
        assert sum(line["found"] for line in statistics(officer, "33.11.26", april, april)) == 1
        with pytest.raises(Invalid):
            statistics(officer, "33.11.26", april, march)

    def test_counts_are_of_what_the_reader_sees(self, year: None, officer: Person, township: Person) -> None:
        counts = queue.counts(queue.queue(officer))
        assert (counts["open"], counts["overdue"], counts["held"], counts["closed"]) == (3, 3, 1, 2)
        assert queue.counts(queue.queue(township, Filters(kind=("flash_flood_gully",))))["open"] == 0
