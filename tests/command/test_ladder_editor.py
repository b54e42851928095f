"""The editor of ladders: new versions with a source and a date, nothing that calls nobody, and a night by it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from command import actions
from command.models import Ladder
from command.selectors import ladders
from command.selectors.ladder_preview import night
from command.selectors.ladder_rules import NewLadder
from command.views.forms_ladder import LadderForm
from journal.models import Event
from org.models import Person, Post, Unit
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
VILLAGE = "331126206200"


@pytest.fixture
def red(demo_county: Unit) -> Ladder:
    return Ladder.objects.get(colour="red", fast=False)


def new(red: Ladder, **changes: Any) -> NewLadder:
    fields = {"ack_within_s": red.ack_within_s, "called": red.called, "deputies": red.deputies, "above": red.above}
    return NewLadder(**{**fields, "rungs": [dict(rung) for rung in red.rungs], **changes})


def stored(red: Ladder, by: Person, clock: Any, ladder: NewLadder | None = None, **more: Any) -> Ladder:
    fields = {"source": "县防指〔2026〕7号", "effective_from": clock.now(), **more}
    return actions.set_ladder(by=by, colour="red", ladder=ladder or new(red), **fields)


def test_a_new_version_counts_from_its_date_and_orders_that_are_out_keep_theirs(
    red: Ladder, admin: Person, officer: Person, clock: Any
) -> None:
    order = actions.issue_order(by=officer, incident_id=None, text="x", units=[VILLAGE], ladder="red")
    rungs = [{**rung, "after_s": rung["after_s"] * 2} for rung in red.rungs]
    later = clock.now() + dt.timedelta(hours=1)
    row = stored(red, admin, clock, new(red, rungs=rungs), effective_from=later)
    assert (row.version, row.set_by) == (red.version + 1, admin)
    assert ladders.in_force("red").data["version"] == red.version
    clock.travel(hours=1, seconds=1)
    assert ladders.in_force("red").rungs[0].after_s == red.rungs[0]["after_s"] * 2
    order.refresh_from_db()
    assert order.ladder["version"] == red.version
    assert Event.objects.get(verb="ladder.set").data["source"] == "县防指〔2026〕7号"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rungs": []}, "rungs"),
        ({"ack_within_s": 0}, "ack_within_s"),
        ({"ack_within_s": 10**9}, "ack_within_s"),
        ({"called": {}}, "called_village"),
        ({"above": {"village": []}}, "above_village"),
        ({"deputies": {"village_head": "village_head"}}, "deputies"),
        ({"deputies": {"village_head": "no_such_post"}}, "deputies"),
    ],
)
def test_what_would_call_nobody_is_refused_by_field(
    red: Ladder, admin: Person, clock: Any, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        stored(red, admin, clock, new(red, **changes))
    assert field in refused.value.fields


@pytest.mark.parametrize(
    "change",
    [
        lambda rungs: rungs[0].update(after_s=0),
        lambda rungs: rungs.reverse(),
        lambda rungs: rungs[1].update(after_s=rungs[0]["after_s"]),
        lambda rungs: rungs[0].update(after_s=10**9),
        lambda rungs: rungs[0].update(do="pray"),
        lambda rungs: rungs[0].update(repeat_s=60),
        lambda rungs: rungs[-1].update(repeat_s=0),
        lambda rungs: rungs.__delitem__(slice(1, None)),
        lambda rungs: rungs.extend(dict(rungs[-1]) for _ in range(20)),
    ],
)
def test_rungs_are_sorted_not_zero_and_lead_to_somebody(red: Ladder, admin: Person, clock: Any, change: Any) -> None:
    rungs = [dict(rung) for rung in red.rungs]
    change(rungs)
    with pytest.raises(Invalid) as refused:
        stored(red, admin, clock, new(red, rungs=rungs))
    assert refused.value.fields["rungs"]


def test_a_post_that_nobody_holds_is_refused(red: Ladder, admin: Person, clock: Any) -> None:
    from org.models import Appointment

    Appointment.objects.filter(post__code="village_head").update(valid_to=clock.now())
    with pytest.raises(Invalid) as refused:
        stored(red, admin, clock)
    assert "called_village" in refused.value.fields


def test_it_needs_a_source_a_date_to_come_and_the_register_of_the_county(
    red: Ladder, admin: Person, township: Person, clock: Any
) -> None:
    for more in ({"source": " "}, {"source": "x" * 161}, {"effective_from": clock.now() - dt.timedelta(hours=1)}):
        with pytest.raises(Invalid):
            stored(red, admin, clock, **more)
    with pytest.raises(Forbidden):
        stored(red, township, clock)
    stored(red, admin, clock, expected=red.version)
    with pytest.raises(Conflict):
        stored(red, admin, clock, expected=red.version)


def test_a_night_says_who_of_a_village_would_be_called_when(red: Ladder, demo_county: Unit) -> None:
    found = night(ladders.in_force("red"), Unit.objects.get(code=VILLAGE))
    head = next(one for one in found if one.line.post.code == "village_head")
    assert head.steps[0].people == [head.line.person]
    assert all(step.people for step in head.steps), "on this register nobody is missing"


def posted(red: Ladder) -> dict[str, Any]:
    form = LadderForm(ladder=red)
    found = {name: value for name, value in form.initial.items() if value not in (None, [])}
    return found | {"effective_from": "2031-01-01T00:00", "source": "县防指", "night_unit": VILLAGE}


class TestPages:
    def test_an_administrator_stores_a_version_on_the_page(self, red: Ladder, admin: Person, client: Client) -> None:
        client.force_login(admin)
        assert "/orders/ladders/red/" in client.get("/orders/ladders/").content.decode()
        page = client.get("/orders/ladders/red/").content.decode()
        assert "night_unit" in page
        answer = client.post("/orders/ladders/red/", posted(red) | {"after_1": "0.5"})
        assert answer.status_code == 302, answer.content.decode()
        assert Ladder.objects.filter(colour="red", fast=False).first().rungs[0]["after_s"] == 30

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, red: Ladder, admin: Person, client: Client) -> None:
        client.force_login(admin)
        answer = client.post("/orders/ladders/red/", posted(red) | {"after_1": "0"})
        assert answer.status_code == 400
        answer = client.post("/orders/ladders/red/", posted(red) | {"source": ""})
        assert answer.status_code == 400

    def test_the_preview_shows_the_night_or_what_is_wrong(self, red: Ladder, admin: Person, client: Client) -> None:
        client.force_login(admin)
        head = night(ladders.in_force("red"), Unit.objects.get(code=VILLAGE))[0].line.person
        good = client.post("/orders/ladders/red/night/", posted(red))
        assert good.status_code == 200
        assert head.name in good.content.decode() or head.label in good.content.decode()
        assert client.post("/orders/ladders/red/night/", posted(red) | {"after_1": "0"}).status_code == 200
        assert client.post("/orders/ladders/red/night/", {}).status_code == 200
        assert client.get("/orders/ladders/purple/").status_code == 404

    def test_posts_of_screens_are_no_rungs(self, red: Ladder, admin: Person, client: Client) -> None:
        Post.objects.create(code="wall_in_the_hall", level="device", name="屏", name_en="Screen", rank=1)
        client.force_login(admin)
        page = client.get("/orders/ladders/red/")
        assert page.status_code == 200
        assert "wall_in_the_hall" not in page.content.decode()

    def test_others_may_look_and_not_store(self, red: Ladder, township: Person, client: Client) -> None:
        client.force_login(township)
        assert client.get("/orders/ladders/").status_code == 200
        assert client.post("/orders/ladders/red/", posted(red)).status_code == 403
