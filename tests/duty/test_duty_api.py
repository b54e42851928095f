"""Duty over HTTP: verbs by POST, one shape of errors, sheets in and out, feeds by secret."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar
from openpyxl import Workbook, load_workbook

from duty import actions
from duty.models import Shift, Slot
from journal.actions.recording import SYSTEM
from journal.timers import fire_due
from org.actions import deactivate_person
from org.models import Person, Unit
from tests.support.duty import beijing

SAID = {"said_warning": "无", "said_here": "三人", "said_told": "各村"}
pytestmark = pytest.mark.django_db
TOWN = "331126206"


@pytest.fixture(autouse=True)
def february(at_time: Any) -> None:
    at_time("2027-02-10 09:00")


def crew(team: Any, n: int) -> dict[str, int]:
    return {post: person.pk for post, person in team[n].items()}


def new_shift(team: Any, **changes: Any) -> dict[str, Any]:
    return {
        "unit": TOWN, "start": "2027-03-01T08:30:00+08:00", "end": "2027-03-02T08:30:00+08:00",
        "people": crew(team, 0), "published": True,
    } | changes  # fmt: skip


class TestShifts:
    def test_added_read_moved_and_called_off(self, api: Any, township: Person, team: Any) -> None:
        client = api(township)
        made = client.post("/api/v1/shifts/", new_shift(team))
        assert made.status_code == 201, made.json()
        pk = made.json()["id"]
        assert [s["post"] for s in made.json()["slots"]] == ["leader", "main", "deputy"]
        moved = client.post(
            f"/api/v1/shifts/{pk}/move/", {"start": "2027-03-05T20:00:00+08:00", "end": "2027-03-06T08:00:00+08:00"}
        )
        assert (moved.status_code, moved.json()["start"]) == (200, "2027-03-05T12:00:00+00:00")
        off = client.post(f"/api/v1/shifts/{pk}/call-off/", {"reason": "调整"})
        assert off.json()["status"] == "called_off"
        assert client.get(f"/api/v1/shifts/{pk}/").status_code == 404

    def test_a_list_of_a_period_takes_few_queries(
        self, api: Any, township: Person, shift_of: Any, django_assert_max_num_queries: Any
    ) -> None:
        for day in range(1, 29, 2):
            shift_of(f"2027-03-{day:02}", day // 2 % 2)
        client = api(township)
        with django_assert_max_num_queries(8):
            body = client.get("/api/v1/shifts/", {"unit": TOWN, "first": "2027-03-05", "until": "2027-03-20"}).json()
        assert len(body["results"]) == 8
        assert all(len(row["slots"]) == 3 for row in body["results"])

    def test_a_taken_person_is_409_with_the_place(self, api: Any, township: Person, team: Any, shift_of: Any) -> None:
        shift = shift_of("2027-03-01", 0)
        answer = api(township).post("/api/v1/shifts/", new_shift(team, start="2027-03-02T07:00:00+08:00"))
        assert answer.status_code == 409
        assert answer.json()["code"] == "taken"
        assert answer.json()["current"]["shift"] == shift.pk

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"end": "2027-03-01T08:30:00+08:00"}, "end"),
            ({"end": "2027-03-02T08:31:00+08:00"}, "end"),
            ({"unit": "331126204"}, "unit"),
            ({"kind": "lazy"}, "kind"),
            ({"people": {"main": 999999}}, "main"),
            ({"people": {}}, "incomplete"),
        ],
    )
    def test_what_will_not_do_is_400_by_field(
        self, api: Any, township: Person, team: Any, changes: dict, field: str
    ) -> None:
        answer = api(township).post("/api/v1/shifts/", new_shift(team, **changes))
        assert answer.status_code == 400, answer.json()
        assert field in answer.json()["fields"]
        assert not Shift.objects.exists()

    def test_who_keeps_no_roster_is_403(self, api: Any, people: Any, team: Any) -> None:
        assert api(people[5]).post("/api/v1/shifts/", new_shift(team)).status_code == 403

    def test_drafts_are_for_whoever_keeps_the_roster(self, api: Any, people: Any, township: Person, team: Any) -> None:
        pk = api(township).post("/api/v1/shifts/", new_shift(team, published=False)).json()["id"]
        assert api(people[5]).get(f"/api/v1/shifts/{pk}/").status_code == 404
        assert api(township).get(f"/api/v1/shifts/{pk}/").json()["status"] == "draft"

    def test_the_same_key_adds_one_shift(self, api: Any, township: Person, team: Any) -> None:
        client = api(township)
        answers = [client.post("/api/v1/shifts/", new_shift(team), headers={"Idempotency-Key": "k"}) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert Shift.objects.count() == 1

    def test_generated_watched_and_published(self, api: Any, township: Person, town: Unit, people: Any) -> None:
        actions.set_pattern(
            by=SYSTEM, unit=town, name="x", valid_from=dt.date(2027, 3, 1),
            rotation={"leader": people[:2], "main": people[2:4], "deputy": people[4:]},
        )  # fmt: skip
        client = api(township)
        asked = client.post("/api/v1/shifts/generate/", {"unit": TOWN, "first": "2027-03-01", "until": "2027-04-01"})
        assert (asked.status_code, asked.json()["status"]) == (202, "running")
        fire_due()
        progress = client.get(f"/api/v1/shifts/generations/{asked.json()['id']}/").json()
        assert (progress["status"], progress["done"], progress["shifts"]) == ("done", 1, 31)
        published = client.post("/api/v1/shifts/publish/", {"unit": TOWN, "month": "2027-03"})
        assert published.json()["rosters"][0]["status"] == "published"
        again = client.post("/api/v1/shifts/publish/", {"unit": TOWN, "month": "2027-03"})
        assert again.status_code == 409

    def test_cells_are_assigned_in_bulk(self, api: Any, township: Person, shift_of: Any, people: Any) -> None:
        shifts = [shift_of("2027-03-01", 0), shift_of("2027-03-05", 0)]
        places = [{"shift": shift.pk, "post": "main", "person": people[3].pk} for shift in shifts]
        answer = api(township).post("/api/v1/shifts/bulk-assign/", {"places": places})
        assert answer.json() == {"changed": 2}
        assert set(Slot.objects.filter(post="main").values_list("person", flat=True)) == {people[3].pk}


class TestWhoIsOn:
    def test_now_and_at_an_instant(self, api: Any, township: Person, shift_of: Any, team: Any, at_time: Any) -> None:
        shift_of("2027-03-01", 0)
        client = api(township)
        assert client.get("/api/v1/shifts/on-duty/").json()["results"] == []
        at = {"at": "2027-03-01T12:00:00+08:00"}
        rows = client.get("/api/v1/shifts/on-duty/", at).json()["results"]
        assert {row["post"]: row["person"]["id"] for row in rows} == crew(team, 0)
        one = client.get("/api/v1/shifts/on-duty/", {**at, "unit": TOWN, "post": "main"}).json()["results"]
        assert [row["person"]["phone"] for row in one] == [team[0]["main"].phone]
        at_time("2027-03-01 12:00")
        client = api(township)  # signed in by the clock of then
        assert len(client.get("/api/v1/shifts/on-duty/").json()["results"]) == 3

    def test_only_units_in_sight(self, api: Any, shift_of: Any, crew_of: Any, village: Person) -> None:
        shift_of("2027-03-01", 0)
        at = {"at": "2027-03-01T12:00:00+08:00"}
        assert api(village).get("/api/v1/shifts/on-duty/", at).json()["results"] == []
        assert api(village).get("/api/v1/shifts/on-duty/", {**at, "unit": TOWN}).status_code == 400
        assert api().get("/api/v1/shifts/on-duty/").status_code == 401

    def test_gaps_thirty_days_ahead(self, api: Any, township: Person) -> None:
        body = api(township).get("/api/v1/shifts/gaps/", {"unit": TOWN}).json()
        assert {row["post"] for row in body["results"]} == {"leader", "main", "deputy"}
        assert {row["seconds"] for row in body["results"]} == {30 * 86400}


def test_a_swap_from_request_to_approval(api: Any, shift_of: Any, team: Any, people: Any) -> None:
    slot = shift_of("2027-03-01", 0).slots.get(post="main")
    asked = api(team[0]["main"]).post("/api/v1/swaps/", {"slot": slot.pk, "reason": "家事"})
    assert asked.status_code == 201, asked.json()
    path = f"/api/v1/swaps/{asked.json()['id']}/"
    assert api(people[5]).post("/api/v1/swaps/", {"slot": slot.pk, "reason": "x"}).status_code == 403
    assert api(people[3]).post(path + "take/", {}).json()["status"] == "taken"
    assert api(people[3]).post(path + "approve/", {}).status_code == 403
    approved = api(people[1]).post(path + "approve/", {})
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert api(people[1]).post(path + "refuse/", {"answer": "x"}).status_code == 409


def test_a_handover_is_read_and_signed(api: Any, shift_of: Any, team: Any, at_time: Any) -> None:
    shift_of("2027-03-01", 0)
    shift_of("2027-03-02", 1)
    at_time("2027-03-02 08:10")
    fire_due()
    out, coming = api(team[0]["main"]), api(team[1]["main"])
    pk = out.get("/api/v1/handovers/", {"status": "open"}).json()["results"][0]["id"]
    assert isinstance(out.get(f"/api/v1/handovers/{pk}/").json()["sections"], list)
    assert out.post(f"/api/v1/handovers/{pk}/sign/", {"note": "n"}).json()["status"] == "half_signed"
    done = coming.post(f"/api/v1/handovers/{pk}/sign/", {"side": "in"})
    assert (done.json()["status"], done.json()["note"]) == ("accepted", "n")
    assert coming.post("/api/v1/handovers/check-in/", {}).json()["checked_in"][0]["post"] == "main"


def test_a_spot_check_is_ordered_answered_and_counted(
    api: Any, officer: Person, shift_of: Any, team: Any, at_time: Any
) -> None:
    shift_of("2027-03-01", 0)
    at_time("2027-03-01 23:00")
    client = api(officer)
    check = client.post("/api/v1/spot-checks/", {"unit": TOWN}).json()
    assert check["person"]["id"] == team[0]["main"].pk
    answered = api(team[0]["main"]).post(f"/api/v1/spot-checks/{check['id']}/answer/", SAID)
    assert answered.json()["outcome"] == "normal"
    rows = client.get("/api/v1/spot-checks/statistics/", {"unit": "331126", "month": "2027-03"}).json()["results"]
    assert next(row for row in rows if row["code"] == TOWN)["normal"] == 1
    planned = client.post(
        "/api/v1/spot-checks/plan/",
        {"checking": "331126", "units": [TOWN, "331126204"], "month": "2027-04", "each": 2, "seed": 5},
    )
    assert planned.json() == {"planned": 4}
    assert api(team[0]["main"]).get("/api/v1/spot-checks/").json()["results"][0]["id"] == check["id"]
    assert len(api(team[0]["main"]).get("/api/v1/spot-checks/").json()["results"]) == 1


def test_a_call_is_logged_and_corrected(api: Any, township: Person) -> None:
    client = api(township)
    made = client.post("/api/v1/call-logs/", {"unit": TOWN, "content": "塌方", "caller_phone": "13800000000"})
    assert made.status_code == 201
    path = f"/api/v1/call-logs/{made.json()['id']}/"
    corrected = client.post(path + "correct/", {"reason": "误", "content": "小塌方"}).json()
    assert (corrected["corrects"], corrected["content"]) == (made.json()["id"], "小塌方")
    assert client.get(path).json()["corrected_by"] == corrected["id"]
    assert client.post(path + "correct/", {"reason": "误"}).status_code == 409
    assert client.delete(path).status_code == 405


def workbook(*rows: list[Any]) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile("roster.xlsx", buffer.getvalue())


class TestSheet:
    HEAD = ["日期", "带班领导", "主班", "副班"]

    def send(self, client: Any, *rows: list[Any], dry_run: bool = False) -> Any:
        body = {"unit": TOWN, "file": workbook(*rows), "dry_run": dry_run}
        return client.post("/api/v1/shifts/import/", body, format="multipart")

    def test_dates_down_and_posts_across_become_drafts(self, api: Any, township: Person, people: Any) -> None:
        a, b = people[0], people[1]
        rows = [
            ["举水乡值班表", None, None, None],
            self.HEAD,
            [dt.date(2027, 3, 1), a.name, people[2].name, people[4].name],
            ["2027年3月2日", b.name, people[3].name, people[5].name],
        ]
        dry = self.send(api(township), *rows, dry_run=True)
        assert (dry.json()["state"], dry.json()["result"]["rows"], dry.json()["result"]["problems"]) == ("done", 2, [])
        assert not Shift.objects.exists()
        done = self.send(api(township), *rows)
        assert (done.json()["state"], done.json()["result"]["loaded"]) == ("done", 2)
        assert [s.during.lower for s in Shift.objects.order_by("during")] == [
            beijing("2027-03-01 08:30"), beijing("2027-03-02 08:30"),
        ]  # fmt: skip
        assert not Shift.objects.filter(live=True).exists()
        again = self.send(api(township), *rows)
        assert (again.json()["result"]["loaded"], again.json()["result"]["unchanged"]) == (0, 2)

    def test_every_wrong_cell_is_told_and_nothing_loaded(self, api: Any, township: Person, people: Any) -> None:
        rows = [
            self.HEAD,
            ["2027-03-01", people[0].name, "查无此人", people[4].name],
            ["三月二日", people[0].name, people[2].name, ""],
            ["2027-03-03", people[0].name, people[0].name, people[4].name],
            ["2027-03-04", people[0].name, people[2].name, people[4].name],
            ["2027-03-04", people[1].name, people[3].name, people[5].name],
        ]
        refused = self.send(api(township), *rows)
        assert (refused.json()["state"], refused.json()["error"]["code"]) == ("failed", "import_refused")
        fields = refused.json()["error"]["fields"]
        assert {"cell C2", "cell A3", "cell D3", "row 4", "row 6"} <= set(fields), fields
        assert not Shift.objects.exists()
        dry = self.send(api(township), *rows, dry_run=True)
        assert (dry.json()["state"], len(dry.json()["result"]["problems"])) == ("done", 5)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"not a workbook"])
    def test_what_is_no_workbook_fails(self, api: Any, township: Person, content: bytes) -> None:
        file = SimpleUploadedFile("x.xlsx", content or b" ")
        answer = api(township).post("/api/v1/shifts/import/", {"unit": TOWN, "file": file}, format="multipart")
        assert (answer.json()["state"], answer.json()["error"]["code"]) == ("failed", "import_refused")

    def test_a_sheet_that_is_written_can_be_read_back(self, api: Any, township: Person, shift_of: Any) -> None:
        shift_of("2027-03-01", 0)
        shift_of("2027-03-31 20:00", 1, hours=12)
        client = api(township)
        written = client.get("/api/v1/shifts/export/", {"unit": TOWN, "month": "2027-03"})
        sheet = load_workbook(io.BytesIO(written.content)).active
        assert [cell.value for cell in sheet[1]][:4] == ["date", "start", "end", "leader"]
        assert sheet.max_row == 3
        body = {"unit": TOWN, "file": SimpleUploadedFile("x.xlsx", written.content)}
        back = client.post("/api/v1/shifts/import/", body, format="multipart")
        assert (back.json()["result"]["loaded"], back.json()["result"]["unchanged"]) == (0, 2)


class TestFeed:
    def events(self, token: str) -> list[Any]:
        answer = Client().get(f"/duty/ical/{token}.ics")
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        return list(Calendar.from_ical(answer.content).walk("VEVENT"))

    def test_ones_own_shifts_and_the_units(self, town: Unit, shift_of: Any, team: Any) -> None:
        shift_of("2027-03-01", 0)
        shift_of("2027-03-02", 1)
        mine = self.events(actions.issue_feed(by=team[0]["main"]))
        assert [(e["dtstart"].dt, e["dtend"].dt) for e in mine] == [
            (beijing("2027-03-01 08:30"), beijing("2027-03-02 08:30"))
        ]
        assert len(self.events(actions.issue_feed(by=team[0]["main"], unit=town))) == 6

    def test_it_follows_a_late_handover(self, town: Unit, shift_of: Any, team: Any, at_time: Any) -> None:
        shift_of("2027-03-01", 0)
        second = shift_of("2027-03-02", 1)
        token = actions.issue_feed(by=team[0]["main"])
        at_time("2027-03-02 09:00")
        fire_due()
        row = second.handovers.get()
        actions.sign_handover(row.pk, by=team[0]["main"])
        row = actions.sign_handover(row.pk, by=team[1]["main"])
        ends = max(e["dtend"].dt for e in self.events(token))
        assert abs(ends - row.accepted_at) < dt.timedelta(seconds=1)

    def test_revoked_or_of_somebody_gone_it_is_not_there(self, team: Any, admin: Person, at_time: Any) -> None:
        old = actions.issue_feed(by=team[0]["main"])
        new = actions.issue_feed(by=team[0]["main"])
        assert Client().get(f"/duty/ical/{old}.ics").status_code == 404
        assert Client().get(f"/duty/ical/{new}.ics").status_code == 200
        deactivate_person(team[0]["main"], by=admin)
        assert Client().get(f"/duty/ical/{new}.ics").status_code == 404
        assert Client().get("/duty/ical/x.ics").status_code == 404
