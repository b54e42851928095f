"""The pages of duty: who sees which, how many queries they take, and forms that say what is wrong where."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from database.clock import today
from duty import actions
from duty.models import CallLog, Handover, Season, Shift, Slot, SpotCheck, Swap
from duty.screens.calendar import month_of
from journal.actions.recording import SYSTEM
from journal.timers import fire_due
from org.models import Person, Unit

pytestmark = pytest.mark.django_db

TOWN, NEIGHBOUR = "331126206", "331126105"
PAGES = (
    "",
    "today/",
    "me/",
    "handovers/",
    "spot-checks/",
    "log/",
    "swaps/",
    "swaps/?show=all",
    "statistics/",
    "affected/",
)
Browse = Callable[..., Client]
Make = Callable[..., Shift]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", ["officer", "township", "village", "admin"])
def test_every_page_opens_empty_for_everybody(
    page: str, language: str, name: str, browse: Browse, person: Callable[[str], Person]
) -> None:
    assert browse(person(name), language=language).get(f"/duty/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_fragment_is_a_part_and_no_whole_document(page: str, browse: Browse, officer: Person) -> None:
    if page in ("affected/", "statistics/"):
        pytest.skip("not a live page")
    answer = browse(officer).get(f"/duty/{page}", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "?unit={unit}",
        "log/?unit={unit}",
        "statistics/?unit={unit}",
        "units/{unit}/2027-03/generate/",
        "units/{unit}/2027-03/publish/",
        "units/{unit}/2027-03/bulk/",
        "units/{unit}/2027-03/discard/",
        "units/{unit}/2027-03/export/",
        "units/{unit}/pattern/",
        "units/{unit}/season/",
        "units/{unit}/import/",
        "units/{unit}/override/",
        "units/{unit}/shifts/2027-03-01/",
        "units/{unit}/log/new/",
        "units/{unit}/log/export/",
    ],
)
def test_a_neighbours_pages_are_not_there(address: str, browse: Browse, township: Person) -> None:
    client = browse(township)
    assert client.get("/duty/" + address.format(unit=NEIGHBOUR)).status_code == 404
    assert client.get("/duty/" + address.format(unit=TOWN)).status_code == 200


@pytest.fixture
def stranger(demo_county: Unit) -> Person:
    return Person.objects.filter(appointments__unit__code=NEIGHBOUR, appointments__valid_to=None)[0]


def test_a_neighbours_things_are_not_there(
    browse: Browse, stranger: Person, township: Person, officer: Person, shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    shift = shift_of("2027-03-03")
    slot = shift.slots.get(post="main")
    swap = actions.request_swap(by=slot.person, slot_id=slot.pk, reason="a wedding")
    call = actions.log_call(by=township, unit=TOWN, content="A rockfall")
    check = actions.start_spot_check(by=officer, unit=TOWN)
    client = browse(stranger)
    for address in (
        f"shifts/{shift.pk}/main/",
        f"shifts/{shift.pk}/move/",
        f"shifts/{shift.pk}/call-off/",
        f"slots/{slot.pk}/instead/",
        f"slots/{slot.pk}/swap/",
        f"swaps/{swap.pk}/",
        f"swaps/{swap.pk}/take/",
        f"swaps/{swap.pk}/refuse/",
        f"log/{call.pk}/correct/",
        f"spot-checks/{check.pk}/",
        f"spot-checks/{check.pk}/outcome/",
    ):
        assert client.get(f"/duty/{address}").status_code == 404, address


def _queries(client: Client, address: str) -> list[str]:
    """The beginnings of the statements of the page, without their figures."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return [re.sub(r"'[^']*'|\d+", "N", query["sql"])[:60] for query in seen.captured_queries]


def test_the_month_takes_as_many_queries_however_many_shifts(
    browse: Browse, township: Person, shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    client, address = browse(township), f"/duty/?unit={TOWN}&month=2027-03"
    shift_of("2027-03-01")
    few = _queries(client, address)
    for day in range(2, 29):
        shift_of(f"2027-03-{day:02d}", (day + 1) % 2)
    assert _queries(client, address) == few


def test_who_is_on_takes_as_many_queries_however_many_units(
    browse: Browse, officer: Person, shift_of: Make, crew_of: Callable[..., list[Person]], at_time: Any
) -> None:
    at_time("2027-03-01 12:00")
    shift_of("2027-03-01")
    few = _queries(browse(officer), "/duty/today/")
    for unit in Unit.objects.filter(level="township").exclude(code=TOWN)[:8]:
        people = crew_of(unit.code)
        crew = dict(zip(("leader", "main", "deputy"), people, strict=False))
        shift_of("2027-03-01", crew, unit=unit)
    assert _queries(browse(officer), "/duty/today/") == few


def test_gaps_stand_above_units_that_are_whole(
    browse: Browse, officer: Person, shift_of: Make, at_time: Any, town: Unit
) -> None:
    at_time("2027-03-01 12:00")
    shift_of("2027-03-01")
    page = browse(officer).get("/duty/today/").content.decode()
    assert page.index(f'id="on-{NEIGHBOUR}"') < page.index(f'id="on-{TOWN}"')
    only = browse(officer).get("/duty/today/?show=gaps").content.decode()
    assert f'id="on-{TOWN}"' not in only


def test_a_search_finds_a_unit_by_whoever_is_on(browse: Browse, officer: Person, shift_of: Make, at_time: Any) -> None:
    at_time("2027-03-01 12:00")
    main = shift_of("2027-03-01").slots.get(post="main").person
    page = browse(officer).get("/duty/today/", {"q": main.name}).content.decode()
    assert f'id="on-{TOWN}"' in page
    assert f'id="on-{NEIGHBOUR}"' not in page


def test_the_calendar_shouts_days_without_anybody(township: Person, town: Unit, shift_of: Make, at_time: Any) -> None:
    at_time("2027-03-01 07:00")
    shift_of("2027-03-02")
    found = month_of(township, town, dt.date(2027, 3, 1))
    first, second, third, fourth = found.days[:4]
    local = timezone.localtime
    assert [(local(h.start).hour, local(h.end).hour, len(h.posts)) for h in first.holes] == [(7, 0, 3)]
    assert [(local(h.start).strftime("%H:%M"), local(h.end).strftime("%H:%M")) for h in second.holes] == [
        ("00:00", "08:30")
    ]
    assert [local(h.start).strftime("%H:%M") for h in third.holes] == ["08:30"]
    assert fourth.holes[0].whole
    assert not second.entries[0].missing


def test_a_draft_is_no_hole_but_shows_the_post_that_it_lacks(
    township: Person, town: Unit, shift_of: Make, team: Any, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    crew = {post: who for post, who in team[0].items() if post != "leader"}
    shift_of("2027-03-02", crew, published=False)
    day = month_of(township, town, dt.date(2027, 3, 1)).days[1]
    assert [cell.post for cell in day.entries[0].missing] == ["leader"]
    assert all(timezone.localtime(hole.start).hour < 8 for hole in day.holes)


def test_holidays_adjusted_days_and_a_season_stand_in_the_month(township: Person, town: Unit, shift_of: Make) -> None:
    actions.set_calendar_year(
        2027, {dt.date(2027, 5, 3): ("holiday", "劳动节"), dt.date(2027, 5, 8): ("working", "调休上班")},
        source="a notice", official=True, by=SYSTEM,
    )  # fmt: skip
    actions.set_season(
        by=SYSTEM, unit=town, kind="flood", name="汛期", starts_on=dt.date(2027, 5, 1), ends_on=dt.date(2027, 6, 1)
    )
    shift_of("2027-05-04")
    found = month_of(township, town, dt.date(2027, 5, 1))
    days = {day.date.day: day for day in found.days}
    assert (days[3].kind, days[3].rest, days[8].kind, days[8].rest) == ("holiday", True, "working", False)
    assert days[1].rest
    assert not days[4].rest
    assert found.weak == days[4].entries


def test_a_year_that_is_not_official_is_told(browse: Browse, township: Person) -> None:
    assert (
        "The official calendar of 2031 is not loaded" in browse(township).get("/duty/?month=2031-03").content.decode()
    )


def test_a_slot_is_filled_from_its_dialog(
    browse: Browse, township: Person, shift_of: Make, people: list[Person], at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    shift = shift_of("2027-03-03")
    other = people[3]
    answer = browse(township).post(
        f"/duty/shifts/{shift.pk}/main/", {"person": other.pk}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert Slot.objects.get(shift=shift, post="main").person == other


def test_somebody_on_duty_elsewhere_is_refused_in_the_dialog(
    browse: Browse, township: Person, shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    shift = shift_of("2027-03-03")
    leader = shift.slots.get(post="leader").person
    answer = browse(township).post(f"/duty/shifts/{shift.pk}/main/", {"person": leader.pk})
    assert answer.status_code == 409
    assert leader.label in answer.content.decode()
    assert Slot.objects.get(shift=shift, post="main").person != leader


def test_two_people_exchange_their_posts_in_one_step(
    browse: Browse, township: Person, shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    one, other = shift_of("2027-03-03", 0), shift_of("2027-03-06", 1)
    a, b = one.slots.get(post="main").person_id, other.slots.get(post="main").person_id
    places = [f"{one.pk}:main:{b}", f"{other.pk}:main:{a}"]
    answer = browse(township).post("/duty/shifts/places/", {"place": places}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert (one.slots.get(post="main").person_id, other.slots.get(post="main").person_id) == (b, a)


@pytest.mark.parametrize("places", [[], ["nonsense"], ["1:main:2; DROP"], ["1:boss:2"]])
def test_nonsense_places_are_refused(places: list[str], browse: Browse, township: Person) -> None:
    assert browse(township).post("/duty/shifts/places/", {"place": places}).status_code == 400


def test_the_preview_counts_what_generating_would_draft_and_keeps_nothing(
    browse: Browse, township: Person, town: Unit, people: list[Person]
) -> None:
    rotation = {"leader": people[:1], "main": people[1:3], "deputy": people[3:5]}
    first = today()
    actions.set_pattern(by=SYSTEM, unit=town, name="daily", rotation=rotation, valid_from=first)
    data = {"first": first.isoformat(), "last": (first + dt.timedelta(days=9)).isoformat()}
    address = f"/duty/units/{TOWN}/{first:%Y-%m}/generate/"
    answer = browse(township).post(address + "preview/", data)
    assert ">10</b>" in answer.content.decode()
    assert not Shift.objects.filter(unit=town).exists()
    browse(township).post(address, data)
    fire_due()
    assert Shift.objects.filter(unit=town).count() == 10


def test_the_publish_dialog_says_what_blocks_it(
    browse: Browse, township: Person, shift_of: Make, team: Any, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    crew = {post: who for post, who in team[0].items() if post != "leader"}
    shift = shift_of("2027-03-03", crew, published=False)
    address = f"/duty/units/{TOWN}/2027-03/publish/"
    assert "1 thing blocks it" in browse(township).get(address).content.decode()
    answer = browse(township).post(address)
    assert answer.status_code == 400
    assert "lacks: leader on duty" in answer.content.decode()
    shift.refresh_from_db()
    assert not shift.live


def test_a_pattern_is_made_of_rows(browse: Browse, township: Person, town: Unit, people: list[Person]) -> None:
    data = {
        "name": "Daily", "kind": "normal", "days": "every", "starts": "08:30 20:30", "hours": 12,
        "valid_from": "2027-03-01", "leader_0": people[0].pk, "main_0": people[1].pk, "main_1": people[2].pk,
        "deputy_0": people[3].pk,
    }  # fmt: skip
    answer = browse(township).post(f"/duty/units/{TOWN}/pattern/", data)
    assert answer.status_code == 302
    pattern = town.roster_patterns.get()
    assert pattern.rotation == {
        "leader": [people[0].pk],
        "main": [people[1].pk, people[2].pk],
        "deputy": [people[3].pk],
    }
    assert pattern.starts == [dt.time(8, 30), dt.time(20, 30)]


def test_a_pattern_with_a_wrong_time_says_so(browse: Browse, township: Person, town: Unit) -> None:
    data = {
        "name": "Daily",
        "kind": "normal",
        "days": "every",
        "starts": "8h30",
        "hours": 24,
        "valid_from": "2027-03-01",
    }
    answer = browse(township).post(f"/duty/units/{TOWN}/pattern/", data)
    assert answer.status_code == 400
    assert "Times are written as 08:30" in answer.content.decode()


def test_a_season_is_declared_with_its_last_day_included(browse: Browse, township: Person, town: Unit) -> None:
    data = {"kind": "flood", "name": "汛期", "starts_on": "2027-04-15", "last": "2027-10-15"}
    assert browse(township).post(f"/duty/units/{TOWN}/season/", data).status_code == 302
    assert Season.objects.get(unit=town).ends_on == dt.date(2027, 10, 16)


def test_one_tap_checks_in(browse: Browse, people: list[Person], shift_of: Make, at_time: Any) -> None:
    at_time("2027-03-01 08:20")
    shift = shift_of("2027-03-01")
    main = shift.slots.get(post="main").person
    client = browse(main)
    assert "I am at my post" in client.get("/duty/me/").content.decode()
    assert client.post("/duty/me/check-in/", headers={"HX-Request": "true"}).status_code == 204
    assert "I am at my post" not in client.get("/duty/me/").content.decode()


def test_both_sides_sign_the_handover(browse: Browse, shift_of: Make, at_time: Any) -> None:
    at_time("2027-03-01 09:00")
    one, other = shift_of("2027-03-01", 0), shift_of("2027-03-02", 1)
    at_time("2027-03-02 08:10")
    fire_due()
    row = Handover.objects.get(shift=other)
    out, into = one.slots.get(post="main").person, other.slots.get(post="main").person
    address = f"/duty/handovers/{row.pk}/"
    assert "I hand over" in browse(out).get(address).content.decode()
    browse(out).post(address + "sign/", {"side": "out", "note": "The generator is lent to the clinic."})
    page = browse(into).get(address).content.decode()
    assert "I take over" in page
    assert "The generator is lent to the clinic." in page
    browse(into).post(address + "sign/", {"side": "in"})
    row.refresh_from_db()
    assert row.status == Handover.Status.ACCEPTED


def test_a_swap_goes_from_asking_to_taking_to_approval(
    browse: Browse, people: list[Person], shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 07:00")
    slot = shift_of("2027-03-05").slots.get(post="deputy")
    second = people[5]
    browse(slot.person).post(f"/duty/slots/{slot.pk}/swap/", {"reason": "A wedding"})
    swap = Swap.objects.get(slot=slot)
    assert "A wedding" in browse(second).get("/duty/me/").content.decode()
    browse(second).post(f"/duty/swaps/{swap.pk}/take/", {"in_return": ""})
    head = people[1]
    assert f"/duty/swaps/{swap.pk}/approve/" in browse(head).get("/duty/swaps/").content.decode()
    browse(head).post(f"/duty/swaps/{swap.pk}/approve/")
    slot.refresh_from_db()
    assert slot.person == second


def test_a_spot_check_is_answered_and_recorded(browse: Browse, officer: Person, shift_of: Make, at_time: Any) -> None:
    at_time("2027-03-01 12:00")
    main = shift_of("2027-03-01").slots.get(post="main").person
    client = browse(officer)
    assert client.post("/duty/spot-checks/start/", {"unit": TOWN, "post": "main", "method": "phone"}).status_code == 302
    check = SpotCheck.objects.get()
    assert "presence check" in browse(main).get("/duty/me/").content.decode()
    client.post(f"/duty/spot-checks/{check.pk}/outcome/", {"outcome": "wrong_answer", "note": "Did not know the rain"})
    check.refresh_from_db()
    assert (check.status, check.outcome, check.note) == ("closed", "wrong_answer", "Did not know the rain")


def test_planned_checks_are_hidden_from_whom_they_are_of(browse: Browse, officer: Person, township: Person) -> None:
    month = (today().replace(day=1) + dt.timedelta(days=32)).strftime("%Y-%m")
    data = {"levels": ["township"], "month": month, "each": 1, "method": "phone"}
    assert browse(officer).post("/duty/spot-checks/plan/", data).status_code == 302
    check = SpotCheck.objects.get(unit__code=TOWN)
    assert "Planned; nobody below sees them" in browse(officer).get("/duty/spot-checks/").content.decode()
    assert "Planned; nobody below sees them" not in browse(township).get("/duty/spot-checks/").content.decode()
    assert browse(township).get(f"/duty/spot-checks/{check.pk}/").status_code == 404


def test_a_call_is_logged_corrected_and_stays(browse: Browse, township: Person) -> None:
    client = browse(township)
    data = {"at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "content": "Rockfall at Houlong", "place": "Houlong"}
    assert client.post(f"/duty/units/{TOWN}/log/new/", data).status_code == 302
    call = CallLog.objects.get()
    again = {**data, "place": "Qianlong", "reason": "Wrong village"}
    assert client.post(f"/duty/log/{call.pk}/correct/", again).status_code == 302
    page = client.get("/duty/log/").content.decode()
    assert "<del>Rockfall at Houlong</del>" in page
    assert "Correction: Wrong village" in page
    assert "/incidents/new/?title=Rockfall+at+Houlong&amp;place=Qianlong" in page
    assert client.get(f"/duty/units/{TOWN}/log/export/").content[:2] == b"PK"


def test_a_call_without_content_is_refused_beside_its_field(browse: Browse, township: Person) -> None:
    answer = browse(township).post(f"/duty/units/{TOWN}/log/new/", {"at": "2027-03-01T08:00", "place": "Houlong"})
    assert answer.status_code == 400
    assert 'id="id_content_error"' in answer.content.decode()
    assert 'value="Houlong"' in answer.content.decode()


def test_a_formula_in_a_call_stays_text_in_the_sheet(browse: Browse, township: Person) -> None:
    import io

    from openpyxl import load_workbook

    actions.log_call(by=township, unit=TOWN, content="=1+1")
    content = browse(township).get(f"/duty/units/{TOWN}/log/export/").content
    cell = load_workbook(io.BytesIO(content)).active["H2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_feed_is_shown_once_and_works(browse: Browse, township: Person, client: Client) -> None:
    page = browse(township).post("/duty/me/feed/").content.decode()
    address = page.split('value="http://testserver')[1].split('"')[0]
    assert client.get(address).content.startswith(b"BEGIN:VCALENDAR")
    assert address not in browse(township).get("/duty/me/").content.decode()


def test_a_sheet_that_is_none_says_so_and_loads_nothing(browse: Browse, township: Person) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("roster.xlsx", b"nothing of the kind")
    answer = browse(township).post(f"/duty/units/{TOWN}/import/", {"file": file})
    assert answer.status_code == 400
    assert "This is not an Excel workbook" in answer.content.decode()


def test_the_board_says_how_many_units_have_a_gap(
    browse: Browse, officer: Person, shift_of: Make, at_time: Any
) -> None:
    at_time("2027-03-01 12:00")
    before = browse(officer).get("/board/strip/").context["duty"]
    shift_of("2027-03-01")
    after = browse(officer).get("/board/strip/").context["duty"]
    assert len(after.gaps) == len(before.gaps) - 1
    assert after.whole == before.whole + 1
