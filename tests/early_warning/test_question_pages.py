"""The page of a warning and the list: questions with their acts, parts, tabs, and what a stranger wrote."""

from __future__ import annotations

import pytest

from early_warning.actions import accept_question, turn_into_incident
from early_warning.models import Question
from tests.early_warning.chains import JUSHUI, ZHUKOU, Series, block, cases, moment, state, the_question
from tests.early_warning.messages import area

ELSEWHERE = area(codes=("330100",))
WALK = "/api/v1/warning-questions/"


@pytest.fixture
def series(feed) -> Series:
    return Series(feed)


@pytest.fixture
def doubtful(series):
    """A red one, and an update of it that lies elsewhere."""
    return series.alert("a"), series.update("b", of="a", infos=block("yellow", where=ELSEWHERE))


def test_both_pages_show_the_question_and_what_may_be_done(doubtful, browse, officer, township):
    for warning in doubtful:
        page = browse(officer).get(f"/warnings/{warning.pk}/").text
        assert "Does this update replace what it names?" in page
        assert "Its area lies outside this county" in page
        assert "Accept the update" in page
        assert all(other.ref in page for other in doubtful)
    below = browse(township).get(f"/warnings/{doubtful[0].pk}/").text
    assert "Accept the update" not in below
    assert browse(township).get(f"/warnings/{doubtful[1].pk}/").status_code == 404


@pytest.mark.parametrize(("act", "states"), [("accept", ["updated", "active"]), ("reject", ["active", "rejected"])])
def test_the_buttons_decide_and_come_back_to_the_page(doubtful, browse, officer, act, states):
    client = browse(officer)
    answer = client.post(f"/warnings/questions/{the_question().pk}/{act}/", {"reason": "电话核实"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/warnings/{doubtful[1].pk}/"
    assert [state(warning) for warning in doubtful] == states
    assert "电话核实" in answer.text


def test_the_tabs_are_in_force_to_decide_elsewhere_and_ended(doubtful, series, browse, officer):
    quiet = series.alert("c", block(where=ELSEWHERE))
    client = browse(officer)
    page = client.get("/warnings/")
    counts = {tab["key"]: tab["count"] for tab in page.context["tabs"]}
    assert (counts["active"], counts["decide"], counts["elsewhere"]) == (1, 1, 1)
    assert doubtful[0].ref in page.text
    assert quiet.ref not in page.text
    assert "Does this update replace" in client.get("/warnings/?status=decide").text
    assert quiet.ref in client.get("/warnings/?status=elsewhere").text
    accept_question(the_question().pk, by=officer, reason="x")
    assert "Nothing awaits a decision" in client.get("/warnings/?status=decide").text
    assert doubtful[0].ref in client.get("/warnings/?status=ended").text


def test_a_cancel_that_is_in_doubt_stands_in_the_list_though_it_has_no_page(series, browse, officer):
    series.alert("a")
    new = series.update("b", of="a")
    series.cancel("c", of="a")
    page = browse(officer).get("/warnings/?status=decide").text
    assert "s-c" in page
    assert new.ref in page
    answer = browse(officer).post(f"/warnings/questions/{the_question().pk}/accept/", {"reason": "x"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/warnings/{new.pk}/"


def test_the_page_shows_each_part_with_its_units_colour_and_end(feed, browse, officer):
    from early_warning.actions import receive

    (body,) = cases("multi_parts")
    warning = receive(body, by=feed).warning
    context = browse(officer).get(f"/warnings/{warning.pk}/").context
    shown = [(one["part"].colour, [unit.code for unit in one["townships"]]) for one in context["parts"]]
    assert shown == [("red", [JUSHUI]), ("blue", [ZHUKOU])]
    page = browse(officer).get(f"/warnings/{warning.pk}/").text
    assert page.count("data-countdown") >= 2 or page.count("countdown") >= 2
    assert "2 parts" in page


def test_dismissing_does_not_lead_once_there_is_an_incident(series, browse, officer):
    warning = series.alert("a")
    turn_into_incident(warning.pk, by=officer)
    page = browse(officer).get(f"/warnings/{warning.pk}/").text
    assert 'data-key="acts"' not in page
    assert page.index("What the sender says" if "What the sender says" in page else "As sent") < page.index("/dismiss/")


def test_every_language_block_can_be_reached_and_links_of_strangers_are_links_only_to_the_web(series, browse, officer):
    infos = block("red", web="https://weather.example/x") + block("red", language="fr", headline="Pluie", event="Pluie")
    warning = series.alert("a", infos)
    page = browse(officer).get(f"/warnings/{warning.pk}/").text
    assert 'href="https://weather.example/x"' in page
    assert "Pluie" in page
    bad = series.alert("b", block("red", web="javascript:alert(1)"))
    page = browse(officer).get(f"/warnings/{bad.pk}/").text
    assert 'href="javascript:' not in page
    assert "javascript:alert(1)" in page


def test_the_page_tells_when_an_update_will_take_over(series, browse, officer):
    old = series.alert("a")
    new = series.update("b", of="a", infos=block("yellow", effective=moment(30)))
    assert new.ref in browse(officer).get(f"/warnings/{old.pk}/").text
    assert "takes over" in browse(officer).get(f"/warnings/{new.pk}/").text


def test_the_api_lists_questions_and_takes_decisions_once(doubtful, api, officer, township):
    pk = the_question().pk
    (row,) = api(officer).get(WALK).json()["results"]
    assert (row["id"], row["concerns"], row["warning"]) == (pk, [doubtful[0].pk], doubtful[1].pk)
    assert row["reasons"][0]["detail"]
    assert api(township).get(WALK).json()["results"] == []
    assert api(township).post(f"{WALK}{pk}/accept/", {"reason": "x"}, format="json").status_code in (403, 404)
    assert api(officer).post(f"{WALK}{pk}/accept/", {"reason": ""}, format="json").status_code == 400
    assert api(officer).post(f"{WALK}{pk}/accept/", {"reason": "x"}, format="json").json()["status"] == "accepted"
    again = api(officer).post(f"{WALK}{pk}/reject/", {"reason": "x"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    questions = api(officer).get(f"/api/v1/warnings/{doubtful[0].pk}/").json()["questions"]
    assert [q["id"] for q in questions] == [pk]


def test_a_platform_is_told_through_the_door_what_became_of_a_doubtful_update(post):
    from tests.early_warning.messages import message, reference

    sent = moment(-30)
    post(message(block(), sent=sent, identifier="d-1"))
    answer = post(message(block("yellow", where=ELSEWHERE), identifier="d-2", sent=moment(-20), msgType="Update",
                          references=reference("d-1", sent)))  # fmt: skip
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["ended"]) == ("held", [])
    assert "lies_elsewhere" in [note["code"] for note in body["notes"]]
    assert all(note["detail"] for note in body["notes"])


def test_the_list_of_many_questions_is_bounded(series, browse, officer):
    series.alert("a")
    for i in range(12):
        series.update(f"u{i}", of="a", infos=block("yellow", where=ELSEWHERE))
    assert Question.objects.filter(status="open").count() == 12
    assert len(browse(officer).get("/warnings/?status=decide").context["questions"]) == 12
