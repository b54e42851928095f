"""The desk's pages of hazards: who sees what, filters in the address, acts offered when possible, tables in and out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from hazards import actions
from hazards.models import Hazard, SavedFilter
from hazards.screens.ticket import pairs
from org.models import Person, Unit
from tests.support.hazards import NEIGHBOUR, VILLAGE, holder, point_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def neighbour(demo_county: Any) -> Person:
    """At the station of the township next to it."""
    return holder(NEIGHBOUR, "township_station")


PAGES = ("", "?status=all", "?due=overdue", "map/", "register/", "statistics/", "import/", "views/new/?q=x")
Browse = Callable[..., Client]
Ticket = Callable[..., Hazard]
HX = {"HX-Request": "true"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["officer", "village"])
def test_every_page_opens_empty_and_full(
    page: str, name: str, browse: Browse, person: Callable[[str], Person], ticket: Ticket
) -> None:
    client = browse(person(name), language="en" if name == "officer" else "zh-hans")
    assert client.get(f"/hazards/{page}").status_code == 200
    ticket("graded")
    assert client.get(f"/hazards/{page}").status_code == 200


def test_a_fragment_is_a_part_and_no_whole_document(browse: Browse, officer: Person, ticket: Ticket) -> None:
    hazard = ticket("found")
    for address in ("/hazards/", f"/hazards/{hazard.pk}/", f"/hazards/{hazard.pk}/card/"):
        text = browse(officer).get(address, headers=HX).content.decode()
        assert hazard.ref in text
        assert "<html" not in text


def test_the_queue_shows_the_most_urgent_first_and_asks_little(
    browse: Browse, officer: Person, found: Ticket, clock: Any
) -> None:
    for _n in range(3):
        found()
    clock.travel(days=40)
    late = Hazard.objects.order_by("next_due_at")[0]
    fresh = found()
    client = browse(officer)
    client.get("/hazards/")
    with CaptureQueriesContext(connection) as few:
        text = client.get("/hazards/").content.decode()
    assert text.index(late.ref) < text.index(fresh.ref)
    for _n in range(6):
        found()
    with CaptureQueriesContext(connection) as more:
        client.get("/hazards/")
    assert len(few) == len(more) <= 16
    assert fresh.ref not in client.get("/hazards/?due=overdue").content.decode()
    assert late.ref in client.get("/hazards/?overdue=true").content.decode()


def test_filters_that_cannot_be_read_are_named(browse: Browse, officer: Person) -> None:
    for query in ("status=lost", "due=soon", "unit=12", "found_after=x"):
        assert browse(officer).get(f"/hazards/?{query}").status_code == 400, query


def test_a_neighbour_sees_nothing_of_it(browse: Browse, ticket: Ticket, neighbour: Person) -> None:
    hazard = ticket("rectifying")
    client = browse(neighbour)
    for page in ("", "register/", "?status=all"):
        assert hazard.ref not in client.get(f"/hazards/{page}").content.decode()
    for page in ("", "card/", "acts/reroute/"):
        assert client.get(f"/hazards/{hazard.pk}/{page}", headers=HX).status_code == 404
    sheet = load_workbook(io.BytesIO(client.get("/hazards/export/?status=all").content)).active
    assert sheet.max_row == 1
    assert client.get("/api/v1/map/hazards.geojson").json()["features"] == []
    assert VILLAGE[:9] not in client.get("/hazards/statistics/").content.decode()


def test_the_map_has_what_the_filters_let_through(browse: Browse, officer: Person, ticket: Ticket) -> None:
    graded, closed = ticket("graded"), ticket("closed", kind="other")
    client = browse(officer)
    ask = lambda query: [f["id"] for f in client.get(f"/api/v1/map/hazards.geojson?{query}").json()["features"]]  # noqa: E731
    assert ask("") == [graded.pk]
    assert ask("every=true") == [graded.pk, closed.pk]
    assert ask("kind=other&every=true") == [closed.pk]
    assert ask("overdue=true") == []
    assert ask("bbox=100,20,101,21") == []
    first = client.get("/api/v1/map/hazards.geojson").json()["features"][0]
    assert first["properties"]["grade"] == "general"
    assert first["geometry"]["coordinates"] == pytest.approx(point_in(VILLAGE), abs=1e-4)
    assert client.get("/api/v1/map/hazards.geojson?kind=nothing").status_code == 400
    assert client.get("/api/v1/map/hazards.geojson?at=2026-01-01T00:00:00%2B08:00").status_code == 400


STEPS = {
    "found": ("register", "village"),
    "registered": ("grade", "township"),
    "graded": ("plan", "village"),
    "rectifying": ("submit", "village"),
    "submitted": ("inspect", "township"),
    "inspected": ("close", "township"),
    "closed": ("reopen", "township"),
}


def test_the_map_marks_what_is_overdue_and_says_nothing_of_the_rest(ticket, api, officer, clock):
    late = ticket("registered")
    clock.travel(days=40)
    fresh = ticket("registered")
    found = api(officer).get("/api/v1/map/hazards.geojson").json()["features"]
    assert {one["id"]: one["properties"].get("late") for one in found} == {late.pk: True, fresh.pk: None}


@pytest.mark.parametrize("state", STEPS)
def test_a_ticket_offers_its_next_step_to_whose_turn_it_is(
    state: str, browse: Browse, ticket: Ticket, person: Callable[[str], Person]
) -> None:
    hazard = ticket(state)
    name, who = STEPS[state]
    own = f"/hazards/{hazard.pk}/acts/{name}/"
    assert own in browse(person(who)).get(f"/hazards/{hazard.pk}/").content.decode()
    for other, _who in STEPS.values():
        if other != name:
            text = browse(person(who)).get(f"/hazards/{hazard.pk}/").content.decode()
            assert f"/hazards/{hazard.pk}/acts/{other}/" not in text
    assert browse(person(who)).get(own, headers=HX).status_code == 200


def test_the_rectifier_is_not_offered_to_inspect(browse: Browse, ticket: Ticket, village: Person) -> None:
    hazard = ticket("submitted")
    text = browse(village).get(f"/hazards/{hazard.pk}/").content.decode()
    assert "acts/inspect/" not in text
    assert browse(village).post(f"/hazards/{hazard.pk}/acts/inspect/", {}, headers=HX).status_code == 403


def test_a_plan_names_everything_that_it_lacks(browse: Browse, ticket: Ticket, village: Person) -> None:
    hazard = ticket("graded")
    answer = browse(village).post(f"/hazards/{hazard.pk}/acts/plan/", {"measures": "x"}, headers=HX)
    assert answer.status_code == 400
    errors = answer.context["form"].errors
    assert set(errors) == {"responsible", "funds", "finish_on", "contingency"}
    hazard.refresh_from_db()
    assert hazard.status == "graded"


def test_an_act_acts_and_says_so(browse: Browse, ticket: Ticket, township: Person) -> None:
    hazard = ticket("registered")
    form = {"grade": "general", "grounds": "可当场整改"}
    answer = browse(township).post(f"/hazards/{hazard.pk}/acts/grade/", form, headers=HX)
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["acted"]["said"]
    hazard.refresh_from_db()
    assert (hazard.status, hazard.grade) == ("graded", "general")
    again = browse(township).post(f"/hazards/{hazard.pk}/acts/grade/", form, headers=HX)
    assert again.status_code == 409


def test_many_change_hands_at_once_or_none(
    browse: Browse, found: Ticket, ticket: Ticket, township: Person, neighbour: Person
) -> None:
    ids = [found().pk for _n in range(3)]
    form = {"hazards": ids, "unit": VILLAGE[:9], "grounds": "由镇统一整改"}
    client = browse(township)
    assert client.get(f"/hazards/assign/?hazards={ids[0]}", headers=HX).status_code == 200
    closed = ticket("closed").pk
    assert client.post("/hazards/assign/", {**form, "hazards": [*ids, closed]}, headers=HX).status_code == 409
    assert browse(neighbour).post("/hazards/assign/", form, headers=HX).status_code in (400, 404)
    assert not Hazard.objects.filter(pk__in=ids, owner__code=VILLAGE[:9]).exists()
    with CaptureQueriesContext(connection) as three:
        assert client.post("/hazards/assign/", form, headers=HX).status_code == 204
    assert Hazard.objects.filter(pk__in=ids, owner__code=VILLAGE[:9]).count() == 3
    more = [found().pk for _n in range(8)]
    with CaptureQueriesContext(connection) as eight:
        assert client.post("/hazards/assign/", {**form, "hazards": more}, headers=HX).status_code == 204
    assert len(eight) <= len(three)


def test_many_get_one_leader_or_none_does(
    browse: Browse, found: Ticket, township: Person, village: Person, neighbour: Person
) -> None:
    ids = [found().pk for _n in range(3)]
    client = browse(township)
    assert client.get(f"/hazards/lead/?hazards={ids[0]}", headers=HX).status_code == 200
    wrong = client.post("/hazards/lead/", {"hazards": ids, "person": neighbour.pk}, headers=HX)
    assert wrong.status_code == 400
    assert client.post("/hazards/lead/", {"hazards": ids, "person": village.pk}, headers=HX).status_code == 204
    assert Hazard.objects.filter(pk__in=ids, leader=village).count() == 3
    assert browse(neighbour).get(f"/hazards/lead/?hazards={ids[0]}", headers=HX).status_code == 404


def test_views_are_kept_and_belong_to_one_person(browse: Browse, officer: Person, township: Person) -> None:
    client = browse(officer)
    form = {"name": "超期重大", "query": "due=overdue&grade=major"}
    assert client.post("/hazards/views/new/", form, headers=HX).status_code == 204
    assert client.post("/hazards/views/new/", {**form, "query": "grade=major"}, headers=HX).status_code == 204
    view = SavedFilter.objects.get()
    assert (view.person, view.query) == (officer, "grade=major")
    assert "超期重大" in client.get("/hazards/").content.decode()
    assert "超期重大" not in browse(township).get("/hazards/").content.decode()
    assert browse(township).post(f"/hazards/views/{view.pk}/forget/", {}, headers=HX).status_code == 404
    assert client.post(f"/hazards/views/{view.pk}/forget/", {}, headers=HX).status_code == 204
    assert not SavedFilter.objects.exists()


# Tables --------------------------------------------------------------------------------------------------------------


def workbook(*lines: list[Any]) -> io.BytesIO:
    book = Workbook()
    book.active.append(["类型", "描述", "经度", "纬度", "发现时间", "受威胁人数", "地点"])
    for line in lines:
        book.active.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    buffer.seek(0)
    buffer.name = "hazards.xlsx"
    return buffer


def good(code: str = VILLAGE, text: str = "边坡开裂", **changes: Any) -> list[Any]:
    lon, lat = point_in(code)
    line = {
        "kind": "切坡",
        "text": text,
        "lon": lon,
        "lat": lat,
        "at": "2026-01-05 08:30",
        "people": 4,
        "place": "村口",
    }
    return list((line | changes).values())


def test_a_table_is_tried_then_filed_and_the_same_again_files_nothing(browse: Browse, officer: Person) -> None:
    client = browse(officer, language="zh-hans")
    lines = [good(kind="cut_slope"), good(NEIGHBOUR + "200", kind="other", text="屋后滑坡")]
    tried = client.post("/hazards/import/", {"file": workbook(*lines)})
    assert tried.status_code == 200
    assert tried.context["outcome"]["rows"] == 2
    assert not Hazard.objects.exists()
    done = client.post("/hazards/import/", {"file": workbook(*lines), "load": "1"})
    assert done.context["outcome"]["loaded"] == 2
    assert {(row.door, row.unit.code) for row in Hazard.objects.select_related("unit")} == {
        ("import", VILLAGE),
        ("import", NEIGHBOUR + "200"),
    }
    again = client.post("/hazards/import/", {"file": workbook(*lines), "load": "1"})
    assert (again.context["outcome"]["loaded"], again.context["outcome"]["unchanged"]) == (0, 2)
    assert Hazard.objects.count() == 2


def test_every_wrong_cell_is_named_and_nothing_is_filed(browse: Browse, officer: Person) -> None:
    lines = [
        good(kind="other"),
        good(kind="dragon", text=""),
        good(kind="other", lon=27.6, lat=119.0),
        good(kind="other", lon=10.0, lat=10.0, text="far"),
        good(kind="other", text="later", at="2999-01-01 08:00"),
        good(kind="other", text="many", people="viele"),
        good(kind="other"),
    ]
    answer = browse(officer, language="en").post("/hazards/import/", {"file": workbook(*lines), "load": "1"})
    assert answer.status_code == 400
    where = [problem["where"].split()[-1] for problem in answer.context["outcome"]["problems"]]
    assert where == ["A3", "B3", "D4", "5", "E6", "F7", "8"]
    assert not Hazard.objects.exists()
    text = io.BytesIO(b"not a workbook")
    text.name = "x.xlsx"
    assert browse(officer).post("/hazards/import/", {"file": text}).status_code == 400


def test_the_export_stores_text_as_text(browse: Browse, officer: Person, found: Ticket) -> None:
    hazard = found(description="=HYPERLINK(1)")
    sheet = load_workbook(io.BytesIO(browse(officer).get("/hazards/export/").content)).active
    line = list(sheet[2])
    assert line[0].value == hazard.ref
    assert (line[6].value, line[6].data_type) == ("=HYPERLINK(1)", "s")


def test_the_empty_workbook_can_be_read_back(browse: Browse, officer: Person) -> None:
    content = browse(officer, language="en").get("/hazards/import/form.xlsx").content
    file = io.BytesIO(content)
    file.name = "hazards.xlsx"
    tried = browse(officer).post("/hazards/import/", {"file": file})
    assert not tried.context["outcome"]["problems"]


def test_figures_stand_by_township_and_kind_and_in_a_workbook(
    browse: Browse, officer: Person, ticket: Ticket, village: Person
) -> None:
    ticket("closed")
    ticket("found", kind="other")
    answer = browse(officer, language="en").get("/hazards/statistics/")
    whole = answer.context["whole"]
    assert (whole["found"], whole["rectified"], whole["in_time"], whole["open"], whole["share"]) == (2, 1, 1, 1, 100)
    assert [row["code"] for row in answer.context["places"]] == [VILLAGE[:9]]
    book = load_workbook(io.BytesIO(browse(officer).get("/hazards/statistics/export/").content))
    assert [sheet.max_row for sheet in book] == [3, 4, 3]
    assert browse(officer).get("/hazards/statistics/?first=2026-13").status_code == 400
    assert browse(village).get(f"/hazards/statistics/?unit={NEIGHBOUR}").status_code == 404


def test_the_register_prints(browse: Browse, officer: Person, ticket: Ticket) -> None:
    ticket("graded")
    answer = browse(officer).get("/hazards/register/hazards.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")


def test_photos_stand_in_pairs() -> None:
    class Shot:
        def __init__(self, pk: int, shows: str, pair_id: int | None = None) -> None:
            self.pk, self.shows, self.pair_id = pk, shows, pair_id

    one, two, three = Shot(1, "before"), Shot(2, "before"), Shot(3, "after", 2)
    assert pairs([one, two, three]) == [(two, three), (one, None)]  # type: ignore[arg-type, list-item]
    four = Shot(4, "after")
    assert pairs([one, four]) == [(one, four)]  # type: ignore[arg-type, list-item]


def test_whoever_may_open_incidents_is_led_there(
    browse: Browse, ticket: Ticket, village: Person, officer: Person
) -> None:
    hazard = ticket("found")
    said = f"/incidents/new/?hazard={hazard.pk}"
    assert said not in browse(village).get(f"/hazards/{hazard.pk}/").content.decode()
    assert Unit.objects.exists()
    actions.register(hazard.pk, by=village)
    assert said in browse(officer).get(f"/hazards/{hazard.pk}/").content.decode()
