"""The pages under /warnings/ and the API under /api/v1/warnings/: what they show, and to whom."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from early_warning.actions import dismiss, receive, turn_into_incident
from early_warning.models import Warning
from tests.early_warning.messages import area, cancel, info, message, published, update

OTHER_TOWN = area(codes=("331126101",))


@pytest.fixture
def red(feed):
    return receive(published("rainstorm_12379").replace(b"2026-07-09T22", b"2126-07-09T22"), by=feed).warning


def listed(client, query: str = "") -> list[str]:
    return [warning.ref for warning in client.get(f"/warnings/{query}").context["page"]]


def test_the_empty_list_says_that_it_is_as_it_should_be(browse, officer):
    assert "No warning is in force" in browse(officer).get("/warnings/").text


def test_the_list_puts_what_waits_for_a_decision_first(feed, browse, officer):
    taken = receive(message(identifier="a", infos=info(headline="暴雨红色预警")), by=feed).warning
    turn_into_incident(taken.pk, by=officer)
    blue = receive(message(identifier="b", infos=info(headline="暴雨蓝色预警")), by=feed).warning
    red = receive(message(identifier="c", infos=info(headline="暴雨红色预警")), by=feed).warning
    assert listed(browse(officer)) == [red.ref, blue.ref, taken.ref]


def test_filters_live_in_the_address(feed, browse, officer):
    orange = receive(message(identifier="a"), by=feed).warning
    gone = receive(message(identifier="b"), by=feed).warning
    dismiss(gone.pk, reason="x", by=officer)
    tried = receive(message(identifier="c", status="Test"), by=feed).warning
    client = browse(officer)
    assert listed(client) == listed(client, "?colour=orange") == listed(client, "?status=nonsense") == [orange.ref]
    assert listed(client, "?colour=red") == []
    assert listed(client, "?status=dismissed") == [gone.ref]
    assert listed(client, "?status=test") == [tried.ref]


def test_the_list_takes_the_same_statements_for_one_as_for_many(feed, browse, officer):
    receive(message(identifier="0"), by=feed)
    client, counted = browse(officer), []
    for more in (0, 12):
        for n in range(more):
            receive(message(identifier=f"m{n}"), by=feed)
        with CaptureQueriesContext(connection) as queries:
            assert len(listed(client)) == 1 + more
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_page_shows_words_scales_units_and_acts(red, browse, officer):
    text = browse(officer).get(f"/warnings/{red.pk}/").text
    for expected in (
        "Red rainstorm warning for Jushui and Zhukou",
        "Stop all outdoor work",
        "Red warning",
        "Not graded",
        "No response running",
        "Open an incident from this warning",
        "Jushui",
        "stated by the platform",
    ):
        assert expected in text


def test_the_page_speaks_the_readers_language(red, browse, officer):
    assert "庆元县气象台发布暴雨红色预警" in browse(officer, language="zh-hans").get(f"/warnings/{red.pk}/").text


def test_a_language_that_nobody_here_reads_is_better_than_none(feed, browse, officer):
    amber = published("oasis_amber")
    start, end = amber.index(b"<info>"), amber.index(b"</info>") + 7
    warning = receive(amber[:start] + amber[end:], by=feed).warning
    assert "Alerta Amber" in browse(officer).get(f"/warnings/{warning.pk}/").text


def test_what_a_stranger_wrote_is_shown_as_text(feed, browse, officer):
    hostile = info(
        headline="1 &lt; 2 &lt;script&gt;alert(1)&lt;/script&gt;", extra="<description>&lt;img src=x&gt;</description>"
    )
    warning = receive(message(infos=hostile), by=feed).warning
    for address in ("/warnings/", f"/warnings/{warning.pk}/"):
        text = browse(officer).get(address).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "1 &lt; 2" in text


def test_the_message_comes_back_word_for_word_as_a_file(red, browse, officer):
    answer = browse(officer).get(f"/warnings/{red.pk}/message.xml")
    assert b"".join(answer.streaming_content) == bytes(red.raw.body)
    assert answer["Content-Disposition"] == f'attachment; filename="{red.ref}.xml"'
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_map_of_the_page_draws_the_area_over_the_townships_named(red, browse, officer):
    features = json.loads(browse(officer).get(f"/warnings/{red.pk}/area.geojson").content)["features"]
    kinds = sorted(feature["properties"]["kind"] for feature in features)
    assert kinds == ["township", "township", "warning"]


def test_buttons_do_what_they_say(red, browse, officer):
    client = browse(officer)
    assert client.post(f"/warnings/{red.pk}/dismiss/", {"reason": ""}).status_code == 400
    assert client.post(f"/warnings/{red.pk}/dismiss/", {"reason": "mistaken"})["Location"] == f"/warnings/{red.pk}/"
    assert "mistaken" in client.get(f"/warnings/{red.pk}/").text
    assert client.post(f"/warnings/{red.pk}/reopen/", {"reason": "real"}).status_code == 302
    answer = client.post(f"/warnings/{red.pk}/incident/", {"title": "大雨"})
    red.refresh_from_db()
    assert answer["Location"] == f"/incidents/{red.incident_id}/"
    assert client.post(f"/warnings/{red.pk}/incident/").status_code == 409


def test_the_page_shows_the_chain_of_updates(feed, browse, officer):
    old = receive(message(), by=feed).warning
    new = receive(update(), by=feed).warning
    text = browse(officer).get(f"/warnings/{old.pk}/").text
    assert new.ref in text
    assert f"/warnings/{new.pk}/" in text
    assert old.ref in browse(officer).get(f"/warnings/{new.pk}/").text


@pytest.mark.parametrize(
    "path", ["/warnings/{}/", "/warnings/{}/message.xml", "/warnings/{}/area.geojson", "/api/v1/warnings/{}/"]
)
def test_a_township_gets_only_what_names_it_and_was_meant_for_all(feed, browse, api, township, path):
    mine = receive(message(identifier="a"), by=feed).warning
    theirs = receive(message(identifier="b", infos=info(area=OTHER_TOWN)), by=feed).warning
    closed = receive(message(identifier="c", scope="Restricted", restriction="county staff"), by=feed).warning
    tried = receive(message(identifier="d", status="Test"), by=feed).warning
    client = api(township) if path.startswith("/api") else browse(township)
    codes = [client.get(path.format(w.pk)).status_code for w in (mine, theirs, closed, tried)]
    assert codes == [200, 404, 404, 404]


def test_a_township_is_not_told_of_the_others_in_a_warning_that_names_it(feed, browse, api, township):
    warning = receive(message(infos=info(area=area(codes=("331126206", "331126101")))), by=feed).warning
    text = browse(township).get(f"/warnings/{warning.pk}/").text
    assert "Jushui" in text
    assert "Zhukou" not in text
    assert "Open an incident" not in text
    codes = api(township).get(f"/api/v1/warnings/{warning.pk}/").json()["named_units"]
    assert codes
    assert all(code.startswith("331126206") for code in codes)


def test_the_api_lists_filters_and_tells_all_of_one(red, api, officer):
    client = api(officer)
    (row,) = client.get("/api/v1/warnings/?status=active&colour=red").json()["results"]
    assert (row["id"], row["ref"], row["unit"], row["headline"]["en"]) == (
        red.pk, red.ref, "331126", "Red rainstorm warning for Jushui and Zhukou",
    )  # fmt: skip
    assert client.get("/api/v1/warnings/?colour=blue").json()["results"] == []
    one = client.get(f"/api/v1/warnings/{red.pk}/").json()
    assert len(one["infos"]) == 2
    assert len(one["bbox"]) == 4
    assert "331126206" in one["named_units"]


def test_the_verbs_of_the_api_answer_with_the_new_state_or_by_field(feed, api, officer, township):
    first, second = (receive(message(identifier=name), by=feed).warning for name in "ab")
    client = api(officer)
    bad = client.post(f"/api/v1/warnings/{first.pk}/dismiss/", {})
    assert (bad.status_code, list(bad.json()["fields"])) == (400, ["reason"])
    assert client.post(f"/api/v1/warnings/{first.pk}/dismiss/", {"reason": "x"}).json()["status"] == "dismissed"
    again = client.post(f"/api/v1/warnings/{first.pk}/dismiss/", {"reason": "x"})
    assert (again.status_code, again.json()["current"]["status"]) == (409, "dismissed")
    assert client.post(f"/api/v1/warnings/{first.pk}/reopen/", {"reason": "x"}).json()["status"] == "active"
    made = client.post(f"/api/v1/warnings/{second.pk}/incident/", {"grade": "II"})
    assert (made.status_code, made.json()["status"]) == (201, "warned")
    assert client.post(f"/api/v1/warnings/{second.pk}/incident/", {}).status_code == 409
    assert api(township).post(f"/api/v1/warnings/{first.pk}/dismiss/", {"reason": "x"}).status_code == 403
    assert api().get("/api/v1/warnings/").status_code in (401, 403)


def test_the_history_is_told_in_sentences(feed, browse, officer):
    warning = receive(message(), by=feed).warning
    receive(cancel(), by=feed)
    text = browse(officer).get(f"/warnings/{warning.pk}/").text
    assert f"气象平台 cancelled the warning {warning.ref}" in text
    assert Warning.objects.get().status == "cancelled"


@pytest.mark.parametrize("path", ["/warnings/", "/warnings/{}/"])
def test_a_live_refresh_gets_the_inside_of_the_page_only(red, browse, officer, path):
    client = browse(officer)
    whole, inside = (client.get(path.format(red.pk), headers=headers).text for headers in ({}, {"HX-Request": "true"}))
    assert "<html" in whole
    assert "<html" not in inside
    assert red.ref in inside
    assert red.ref in whole


def test_the_page_takes_the_same_statements_for_few_units_as_for_many(feed, browse, officer):
    client, counted = browse(officer), []
    for identifier, code in (("a", "331126206200"), ("b", "331126")):
        warning = receive(message(identifier=identifier, infos=info(area=area(codes=(code,)))), by=feed).warning
        client.get(f"/warnings/{warning.pk}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/warnings/{warning.pk}/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
