"""On which ladder a new order begins, and what is said of it before it is sent."""

from __future__ import annotations

import pytest

from command import actions
from command.models import Order
from command.selectors import ladders
from org.models import Unit
from tests.support.pages import JUSHUI, LINGTOU, flood

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "colour"),
    [
        ({"grade": "", "colour": "red"}, "red"),
        ({"grade": "III", "colour": "blue"}, "yellow"),
        ({"grade": "I"}, "red"),
        ({"grade": "IV", "colour": "orange"}, "orange"),
        ({"grade": ""}, "yellow"),
    ],
)
def test_the_form_begins_with_the_gravest_of_what_is_known_of_the_incident(officer, browse, values, colour):
    incident = flood(officer, **values)
    form = browse(officer).get(f"/orders/new/?incident={incident.pk}").context["form"]
    assert form["ladder"].value() == colour


def test_a_running_response_makes_the_ladder_graver(officer, leader, browse):
    incident = flood(officer, grade="IV")
    actions.set_response_level(incident.pk, by=leader, level="III", grounds="雨")
    assert browse(officer).get(f"/incidents/{incident.pk}/units/").json()["ladder"] == "yellow"


def test_the_address_may_still_ask_for_another_ladder(officer, browse):
    incident = flood(officer, colour="red")
    form = browse(officer).get(f"/orders/new/?incident={incident.pk}&ladder=blue").context["form"]
    assert form["ladder"].value() == "blue"


@pytest.mark.parametrize("incident", ["", "0", "99999999", "x", "9" * 30])
def test_without_an_incident_the_form_begins_as_before(officer, browse, incident):
    form = browse(officer).get(f"/orders/new/?incident={incident}").context["form"]
    assert form["ladder"].value() == "yellow"


def test_the_api_takes_the_incident_s_colour_where_none_is_given_and_asks_where_there_is_no_incident(officer, api):
    incident = flood(officer, colour="red")
    body = {"text": "查", "units": [JUSHUI]}
    answer = api(officer).post("/api/v1/orders/", {**body, "incident": incident.pk})
    assert (answer.status_code, Order.objects.get().colour) == (201, "red")
    refused = api(officer).post("/api/v1/orders/", body)
    assert refused.status_code == 400
    assert list(refused.json()["fields"]) == ["ladder"]


def test_the_colour_follows_the_warnings_in_force_and_not_those_that_are_over(officer):
    incident = flood(officer, grade="IV")
    assert ladders.first_colour(incident) == "blue"
    assert ladders.first_colour(None) == ""


def form(**more):
    return {"text": "检查桥头\n逐户敲门", "units": [JUSHUI, LINGTOU], "descendants": "on", "ladder": "red", **more}


@pytest.mark.parametrize(("language", "said"), [("en", "answer within 5 min"), ("zh-hans", "5分钟内应答")])
def test_the_preview_says_colour_townships_villages_people_and_the_text(officer, browse, language, said):
    answer = browse(officer, language=language).post("/orders/preview/", form())
    places = answer.context["places"]
    assert [place.unit.code for place in places.rows] == [LINGTOU, JUSHUI]
    for place in places.rows:
        assert place.units == 1 + Unit.objects.filter(parent=place.unit, level="village").count()
        assert place.people
    page = answer.content.decode()
    assert said in page
    assert "逐户敲门" in page


def test_the_units_of_the_preview_are_those_that_get_the_order(officer, browse):
    places = browse(officer).post("/orders/preview/", form()).context["places"]
    order = actions.issue_order(by=officer, incident_id=None, text="查", units=[JUSHUI, LINGTOU], descendants=True,
                                ladder="red")  # fmt: skip
    assert places.units == len({line.unit_id for line in order.lines})


def test_a_whole_county_is_named_by_its_townships_the_first_twelve_at_once(
    officer, browse, django_assert_max_num_queries
):
    client = browse(officer)
    client.post("/orders/preview/", form(units=["331126"]))
    with django_assert_max_num_queries(24):  # ten of them for the time to wake, whatever the number of people
        answer = client.post("/orders/preview/", form(units=["331126"]))
    towns = Unit.objects.filter(level="township").count()
    assert answer.context["places"].townships == towns
    page = answer.content.decode()
    assert f"and {len(answer.context['places'].rows) - 12} more" in page
