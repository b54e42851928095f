"""Tonight's most worrying points and the brief for the video call."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from psycopg2.extras import DateTimeTZRange

from board.actions import edit_brief
from board.rules.daylight import daylight, hours_until_dark
from board.rules.worry import CODES, Facts, is_rain, score
from board.screens.brief import brief
from board.screens.worrying import worries
from board.selectors.worrying import worrying_points
from command.models import Incident, Order
from duty.actions import authorise, file_absence, tell_in_county
from duty.models import Leave
from hazards.models import Hazard
from journal.models import Event
from journal.rules.world import World
from norms.selectors.numbers import numbers
from org.models import Appointment, Person, Unit
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
QUIET = Facts(10, "", False, "gas", False, False, True, 9)


def test_the_sun_sets_over_the_county_when_it_does() -> None:
    rise, sets = daylight(dt.datetime(2026, 6, 21, 12, tzinfo=dt.UTC), 119.06, 27.62)
    assert abs(sets - dt.datetime(2026, 6, 21, 11, 0, tzinfo=dt.UTC)) < dt.timedelta(minutes=8)
    assert abs(rise - dt.datetime(2026, 6, 20, 21, 12, tzinfo=dt.UTC)) < dt.timedelta(minutes=8)
    night = dt.datetime(2026, 6, 20, 19, 0, tzinfo=dt.UTC)  # 03:00 in Beijing
    assert hours_until_dark(night, 119.06, 27.62) == 0
    assert 10 < hours_until_dark(dt.datetime(2026, 6, 21, 0, 30, tzinfo=dt.UTC), 119.06, 27.62) < 11


def test_each_factor_raises_the_score() -> None:
    weights = numbers(*CODES)
    calm = score(QUIET, weights, 100)
    for name, worse in {"people": 90, "colour": "red", "kind": "cut_slope", "major": True, "silent": True,
                        "keeper": False, "dark_in_h": 0.0}.items():  # fmt: skip
        assert score(Facts(**{**vars(QUIET), name: worse}), weights, 100) > calm, name
    assert score(Facts(None, "", False, "", False, False, True, 9), weights, 0) == 0


def test_what_rain_brings_is_said_by_the_catalogue_and_by_no_word_of_a_headline() -> None:
    assert all(is_rain(code) for code in ("rainstorm", "typhoon", "geological-risk", "flash-flood-risk", "dam-release"))
    assert not any(is_rain(code) for code in ("snowstorm", "heat", "forest-fire-danger", "", "暴雨", "no such kind"))


def test_the_number_of_queries_does_not_grow_with_the_places(
    officer: Person, township: Person, order: Order, clock: Any
) -> None:
    clock.travel(minutes=10)
    with CaptureQueriesContext(connection) as many:
        rows = worrying_points(officer)
    assert rows
    assert len(many) <= 10, [q["sql"][:120] for q in many]
    assert len(rows) <= 10
    with CaptureQueriesContext(connection) as few:
        own = worrying_points(township)
    assert len(few) <= 10
    assert {row.unit.path[:12] for row in own} == {"33.11.26.206"}


def test_a_silent_village_comes_with_its_reason_its_keeper_and_the_phone(
    officer: Person, order: Order, clock: Any, browse: Callable[..., Client]
) -> None:
    Hazard.objects.update(people_at_risk=0)
    assert worrying_points(officer) == []
    page = browse(officer).get("/tonight/").text
    assert "Nothing threatens anybody tonight by what the system knows" in page
    clock.travel(minutes=10)
    rows = worries(officer)
    assert rows
    assert all("has not answered" in row.why for row in rows)
    assert worrying_points(officer, World(at=order.issued_at)) == [], "nobody was late when it was issued"
    assert worrying_points(officer, World(exercise=7)) == []
    page = browse(officer).get("/tonight/").text
    assert "tel:" in page
    assert "has not answered" in page
    assert browse(officer).get(rows[0].href).status_code == 200


def test_a_silent_village_without_a_recorded_seat_is_listed_and_says_nothing_of_the_dark(
    officer: Person, order: Order, clock: Any
) -> None:
    Hazard.objects.update(people_at_risk=0)
    Unit.objects.update(seat=None)
    clock.travel(minutes=10)
    rows = worries(officer)
    assert rows
    assert not any("dark" in row.why for row in rows)


def test_the_api_says_the_same(officer: Person, order: Order, clock: Any, api: Callable[..., Any]) -> None:
    clock.travel(minutes=10)
    points = api(officer).get("/api/v1/worrying-points/").json()["points"]
    assert [one["why"] for one in points] == [one.why for one in worries(officer)]
    assert api(None).get("/api/v1/worrying-points/").status_code in (401, 403)


def section(person: Person, incident: Incident, code: str) -> Any:
    with override("en"):
        return next(one for one in brief(person, incident) if one.code == code)


def test_the_brief_names_who_is_silent_and_what_comes_next(
    officer: Person, incident: Incident, order: Order, clock: Any, browse: Callable[..., Client]
) -> None:
    assert "Everybody has answered" in section(officer, incident, "silent").wording
    clock.travel(minutes=10)
    with CaptureQueriesContext(connection) as asked:
        sections = brief(officer, incident)
    assert len(sections) == 8
    assert len(asked) <= 45
    assert "due at" in section(officer, incident, "silent").wording
    assert "who has gone to" in section(officer, incident, "ask").wording
    assert "None" in section(officer, incident, "doubt").wording
    assert browse(officer).get(f"/incidents/{incident.pk}/brief/").status_code == 200
    assert browse(officer, language="zh-hans").get("/brief/").status_code == 302


def test_a_leader_away_by_their_own_word_stands_in_the_brief_with_who_signs(
    officer: Person, incident: Incident, clock: Any
) -> None:
    assert "recorded as away" in section(officer, incident, "absent").wording
    county = Unit.objects.get(code="331126")
    magistrate = Appointment.objects.get(unit=county, post__code="magistrate", role="A", valid_to=None).person
    times = {"start": clock.now() - dt.timedelta(hours=1), "end": clock.now() + dt.timedelta(days=2)}
    file_absence(by=magistrate, person=magistrate, unit=county, kind="away", place="Hangzhou", **times)
    (line,) = section(officer, incident, "absent").lines
    assert line.href == "/duty/leaders/"
    assert all(part in line.text for part in (magistrate.name_en, "Hangzhou", "authorised nobody"))
    leader = Person.objects.get(username="leader")
    authorise(by=magistrate, giver=magistrate, deputy=leader, unit=county, matters=["level_II"], **times)
    assert f"{leader.name_en} signs for" in section(officer, incident, "absent").wording
    tell_in_county(by=magistrate, unit=county)
    assert "recorded as away" in section(officer, incident, "absent").wording, "the last word counts"


def test_whoever_leads_a_township_and_is_on_leave_stands_in_the_brief(
    officer: Person, incident: Incident, clock: Any
) -> None:
    held = Appointment.objects.get(unit__code="331126206", post__code="township_head", role="A", valid_to=None)
    during = DateTimeTZRange(clock.now() - dt.timedelta(hours=1), clock.now() + dt.timedelta(days=1))
    Leave.objects.create(person=held.person, unit=held.unit, during=during, asked_by=held.person, status="approved")
    (line,) = section(officer, incident, "absent").lines
    assert line.href == "/duty/leave/"
    assert held.person.name_en in line.text
    assert "on leave until" in line.text


def test_a_wording_is_kept_with_who_and_when_and_none_is_lost(
    officer: Person, township: Person, incident: Incident, order: Order
) -> None:
    first = edit_brief(incident.pk, by=officer, section="ask", text="举水：谁去了？")
    assert (first.verb, first.root) == ("brief.edited", f"incident:{incident.pk}")
    found = section(officer, incident, "ask")
    assert (found.typed, found.last.by_name) == ("举水：谁去了？", officer.name)
    with pytest.raises(Conflict, match="谁去了"):
        edit_brief(incident.pk, by=officer, section="ask", text="other")
    edit_brief(incident.pk, by=officer, section="ask", text="", seen=first.seq)
    assert section(officer, incident, "ask").typed == ""
    for wrong in ({"section": "no", "text": ""}, {"section": "ask", "text": "x" * 1001}):
        with pytest.raises(Invalid):
            edit_brief(incident.pk, by=officer, **wrong)
    with pytest.raises((Forbidden, NotFound)):
        edit_brief(incident.pk, by=township, section="late", text="x")
    assert Event.objects.filter(verb="brief.edited").count() == 2


def test_a_figure_that_fell_is_the_doubtful_one(officer: Person, incident: Incident, order: Order) -> None:
    row = order.assignments.filter(unit__level="village").select_related("unit").first()
    assert row is not None
    path, root = row.unit.path, f"incident:{incident.pk}"
    type(row).objects.filter(pk=row.pk).update(figure=12)
    for figure in (30, 12):
        Event.objects.create(verb="assignment.done", by="system", unit_path=path, root=root,
                             subject=f"assignment:{row.pk}", card={"figure": figure})  # fmt: skip
    assert "30" in section(officer, incident, "doubt").wording
