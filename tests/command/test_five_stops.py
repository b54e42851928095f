"""Five-stops orders: one paper that, once signed, is an order to those it names; lifted by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from command import actions
from command.models import Order
from database.clock import now
from journal.models import Event
from norms.actions import sign_paper
from norms.models import OfficialPaper
from notify.models import Message
from org.models import Person
from tests.support.hazards import COUNTY, NEIGHBOUR, TOWN, holder
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def magistrate() -> Person:
    return holder(COUNTY, "magistrate")


def draft(by: Person, **changes: Any) -> OfficialPaper:
    values: dict[str, Any] = {
        "stops": ["classes", "transport"],
        "area": [TOWN],
        "since": now() + dt.timedelta(hours=1),
        "until": now() + dt.timedelta(hours=20),
        "grounds": "受台风影响，预计今夜有特大暴雨",
        "told": ["停课：举水乡中心小学", "停运：举水至县城客运班线"],
        **changes,
    }
    return actions.draft_five_stops(by=by, **values)


def test_nothing_goes_out_before_it_is_signed_and_then_it_is_an_order_in_the_signer_s_name(officer: Person) -> None:
    paper = draft(officer)
    assert not Order.objects.exists()
    assert not Message.objects.filter(code="order.called").exists()
    with pytest.raises(Forbidden):
        sign_paper(paper.pk, by=officer)
    sign_paper(paper.pk, by=magistrate())
    order = Order.objects.get()
    paper.refresh_from_db()
    assert (order.paper, order.issued_by, order.rule) == (paper, magistrate(), None)
    assert order.text.startswith(f"{paper.number}：自")
    assert "停课、停运" in order.text
    assert order.assignments.filter(unit__code=TOWN).exists()
    assert order.assignments.filter(unit__path__startswith="33.11.26.206.").exists(), "villages too"
    assert not order.assignments.filter(unit__code=NEIGHBOUR).exists()
    assert "举水乡中心小学" in paper.content["facts"][0][1]


def test_the_paper_that_lifts_it_calls_the_order_off_and_tells_those_called(officer: Person) -> None:
    paper = draft(officer)
    with pytest.raises(Conflict):
        actions.lift_five_stops(paper.pk, by=officer, grounds="雨停")
    sign_paper(paper.pk, by=magistrate())
    lifting = actions.lift_five_stops(paper.pk, by=officer, grounds="经会商，风雨影响已结束")
    assert Order.objects.get().status == "in_force", "a draft lifts nothing"
    with pytest.raises(Conflict):
        actions.lift_five_stops(paper.pk, by=officer, grounds="再次")
    sign_paper(lifting.pk, by=magistrate())
    order = Order.objects.get()
    lifting.refresh_from_db()
    assert order.status == "called_off"
    assert str(lifting.number) in order.called_off_reason
    assert Message.objects.filter(code="order.withdrawn").exists()
    assert Event.objects.filter(verb="order.called_off").get().by == f"person:{magistrate().pk}"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stops": []}, "stops"),
        ({"stops": ["classes", "singing"]}, "stops"),
        ({"area": []}, "area"),
        ({"area": ["999999"]}, "area"),
        ({"until": now}, "until"),
        ({"grounds": "  "}, "grounds"),
        ({"told": ["字" * 81]}, "told"),
        ({"told": ["学校"] * 301}, "told"),
        ({"incident_id": 10**9}, "incident"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(
    officer: Person, changes: dict[str, Any], field: str
) -> None:
    changes = {name: value() if callable(value) else value for name, value in changes.items()}
    with pytest.raises(Invalid) as refused:
        draft(officer, **changes)
    assert field in refused.value.fields
    assert not OfficialPaper.objects.exists()


def test_a_township_stops_nothing_at_its_neighbour_s_and_lifts_nothing_of_the_county_s(
    officer: Person, township: Person
) -> None:
    with pytest.raises((Invalid, Forbidden)):
        draft(township, area=[NEIGHBOUR])
    paper = draft(officer)
    sign_paper(paper.pk, by=magistrate())
    with pytest.raises((NotFound, Forbidden)):
        actions.lift_five_stops(paper.pk, by=township, grounds="x")


def test_one_sheet_fills_the_list_from_the_register_drafts_and_lifts(
    browse: Callable[..., Any], officer: Person
) -> None:
    client = browse(officer)
    filled = client.get("/orders/five-stops/", {"stops": ["classes", "work"], "area": [TOWN]}).content.decode()
    assert "停课：举水乡各中小学" in filled
    assert "停工：举水乡各在建工程" in filled
    form = {"stops": ["classes"], "area": [TOWN], "since": "2036-01-01T20:00", "until": "2036-01-02T20:00",
            "grounds": "台风", "told": "停课：中心小学\n\n"}  # fmt: skip
    assert client.post("/orders/five-stops/", {**form, "stops": []}).status_code == 400
    answer = client.post("/orders/five-stops/", form)
    paper = OfficialPaper.objects.get()
    assert answer["Location"] == f"/papers/{paper.pk}/"
    assert paper.content["told"] == ["停课：中心小学"]
    sign_paper(paper.pk, by=magistrate())
    page = client.get("/orders/five-stops/").content.decode()
    assert f'href="/orders/five-stops/{paper.pk}/lift/"' in page
    assert client.post(f"/orders/five-stops/{paper.pk}/lift/", {"grounds": "雨停"}).status_code == 302
    assert OfficialPaper.objects.filter(kind="five_stops_lifted", lifts=paper, status="drafted").exists()
