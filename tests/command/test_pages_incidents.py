"""The pages of incidents: list, opening one, workspace, and what can be done there."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from command import actions
from command.models import Incident
from database.clock import now
from tests.support.pages import JUSHUI, LINGTOU, flood, of, order_to
from tests.support.plans import holder

HTMX = {"HX-Request": "true"}


def new_incident(**more):
    at = now().astimezone().strftime("%Y-%m-%dT%H:%M")
    return {
        "token": uuid.uuid4(),
        "title": "桥头漫水",
        "category": "natural_disaster",
        "unit": "331126",
        "learned_at": at,
        **more,
    }


def test_the_list_puts_an_incident_with_somebody_silent_above_a_newer_one(officer, browse, clock):
    older = flood(officer, title="有人未应答")
    order_to(officer, JUSHUI, incident=older)
    newer = flood(officer, title="刚刚发生")
    clock.travel(minutes=20)
    page = browse(officer).get("/incidents/").content.decode()
    assert page.index(older.title) < page.index(newer.title)


def test_the_list_filters_by_what_stands_in_the_address(officer, browse):
    flood(officer, title="山洪")
    flood(officer, title="化工泄漏", category="accident")
    page = browse(officer).get("/incidents/?category=accident").content.decode()
    assert "化工泄漏" in page
    assert "山洪" not in page
    assert "No incident fits these filters" in browse(officer).get("/incidents/?state=closed").content.decode()


def test_the_list_holds_its_query_count_with_ten_times_the_incidents(officer, browse, django_assert_max_num_queries):
    client = browse(officer)
    for number in range(30):
        flood(officer, title=f"事件{number}")
    client.get("/incidents/")
    with django_assert_max_num_queries(25):
        assert client.get("/incidents/").content.decode().count("row-link") == 30


def test_an_incident_is_opened_with_its_point_and_leads_to_its_workspace(officer, browse):
    answer = browse(officer).post("/incidents/new/", new_incident(point="119.15,27.7", place="月山村"))
    incident = Incident.objects.get()
    assert answer.status_code == 302
    assert answer.url == f"/incidents/{incident.pk}/"
    assert (round(incident.point.x, 2), round(incident.point.y, 2)) == (119.15, 27.7)
    assert (incident.commander, incident.desk_officer) == (None, officer)


def test_a_form_sent_twice_opens_one_incident_and_leads_to_it_both_times(officer, browse):
    form = new_incident()
    first, second = (browse(officer).post("/incidents/new/", form) for _ in range(2))
    assert Incident.objects.count() == 1
    assert first.url == second.url


def test_errors_stand_beside_their_fields_and_what_was_typed_stays(officer, browse):
    answer = browse(officer).post("/incidents/new/", new_incident(title="", description="十一户临溪", point="99,999"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'id="id_title_error"' in page
    assert 'id="id_point_error"' in page
    assert "十一户临溪" in page
    assert not Incident.objects.exists()


def test_a_learned_at_in_the_future_is_refused_beside_its_field(officer, browse):
    answer = browse(officer).post("/incidents/new/", new_incident(learned_at="2199-01-01T00:00"))
    assert answer.status_code == 400
    assert "This lies in the future." in answer.content.decode()


@pytest.mark.parametrize("point", ["119.15", "a,b", "119,27,3", "nan,nan", "999,27"])
def test_a_point_that_is_none_is_refused(officer, browse, point):
    assert browse(officer).post("/incidents/new/", new_incident(point=point)).status_code == 400


def test_the_address_fills_the_form_in_from_the_map(officer, browse):
    page = browse(officer).get("/incidents/new/?point=119.2,27.6&title=滑坡").content.decode()
    assert 'value="119.2,27.6"' in page
    assert 'value="滑坡"' in page


def test_opening_from_a_warning_happens_on_the_warnings_own_page(officer, browse):
    assert browse(officer).get("/incidents/new/?warning=7").url == "/warnings/7/"


@pytest.mark.parametrize("tab", ["orders", "timeline", "map", "people", "nonsense"])
def test_every_tab_of_the_workspace_shows_the_four_scales(officer, browse, tab):
    incident = flood(officer)
    order_to(officer, JUSHUI, incident=incident)
    page = browse(officer).get(f"/incidents/{incident.pk}/?tab={tab}").content.decode()
    for scale in ("Category", "Grade", "Warning colour", "Response level", "Desk officer in charge"):
        assert re.search(rf"<dt>(?:<span[^>]*>)?{scale}<", page)


def test_the_people_tab_names_vacancies_first(officer, browse):
    incident = flood(officer)
    order_to(officer, "331126204", incident=incident)
    page = browse(officer).get(f"/incidents/{incident.pk}/?tab=people").content.decode()
    assert page.index("person-vacant") < page.index("person-name", page.index("<tbody>"))


def test_the_timeline_tells_an_order_once_and_not_unit_by_unit(officer, browse):
    incident = flood(officer)
    order = order_to(officer, JUSHUI, incident=incident)
    page = browse(officer).get(f"/incidents/{incident.pk}/?tab=timeline").content.decode()
    assert page.count(order.ref) == 1


def test_the_timeline_pages_by_sequence(officer, browse):
    incident = flood(officer)
    for number in range(60):
        actions.amend_incident(incident.pk, by=officer, changes={"description": f"第{number}报"})
    client = browse(officer)
    first = client.get(f"/incidents/{incident.pk}/?tab=timeline")
    assert len(first.context["events"]) == 50
    rest = client.get(f"/incidents/{incident.pk}/?tab=timeline&before={first.context['more']}")
    assert len(rest.context["events"]) == 11
    assert rest.context["more"] is None


def test_an_approver_starts_a_response_and_the_page_learns_what_was_done(leader, officer, browse):
    incident = flood(officer)
    answer = browse(leader).post(
        f"/incidents/{incident.pk}/level/", {"level": "III", "grounds": "雨量超阈值", "expected": ""}, headers=HTMX
    )
    assert answer.status_code == 204
    assert "III" in json.loads(answer["HX-Trigger"])["acted"]["said"]
    incident.refresh_from_db()
    assert incident.response_level == "III"


def test_a_level_that_changed_meanwhile_is_a_conflict_that_keeps_the_typed_grounds(leader, officer, browse):
    incident = flood(officer)
    actions.set_response_level(incident.pk, by=leader, level="IV", grounds="先行启动")
    answer = browse(leader).post(
        f"/incidents/{incident.pk}/level/", {"level": "III", "grounds": "河水猛涨", "expected": ""}, headers=HTMX
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "In effect now: level IV emergency response." in page
    assert "河水猛涨" in page


def test_the_level_dialog_names_who_approves_and_tells_the_officer_whom_to_call(officer, leader, browse):
    incident = flood(officer)
    page = browse(officer).get(f"/incidents/{incident.pk}/level/").content.decode()
    assert leader.label in page or leader.name_en in page
    assert f"tel:{leader.phone}" in page
    assert "None of your posts approves a level" in page
    assert "Put into effect" not in page


def test_ending_names_each_condition_that_is_not_met(leader, officer, browse):
    incident = flood(officer)
    data = {"grounds": "险情解除", "confirmed": ["nobody_missing"]}
    answer = browse(leader).post(f"/incidents/{incident.pk}/end/", data, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Not met: Secondary dangers are under control." in page
    assert "Not met: A final report is drafted." in page
    assert "Not met: Nobody is missing" not in page
    assert "险情解除" in page


def test_ending_with_every_condition_met_ends_it(leader, officer, browse):
    incident = flood(officer)
    data = {
        "grounds": "险情解除",
        "confirmed": ["nobody_missing", "secondary_dangers_controlled", "final_report_drafted"],
    }
    assert browse(leader).post(f"/incidents/{incident.pk}/end/", data).url == f"/incidents/{incident.pk}/"
    incident.refresh_from_db()
    assert incident.status == "ended"


def test_command_is_offered_and_taken_from_the_page(officer, leader, browse):
    incident = flood(officer)
    actions.set_response_level(incident.pk, by=holder("331126", "magistrate"), level="III", grounds="雨大")
    browse(officer).post(f"/incidents/{incident.pk}/offer/", {"to": leader.pk})
    assert "offers you command" in browse(leader).get(f"/incidents/{incident.pk}/").content.decode()
    assert browse(leader).post(f"/incidents/{incident.pk}/accept/", headers=HTMX).status_code == 204
    incident.refresh_from_db()
    assert incident.commander == leader


def test_taking_command_that_was_not_offered_is_a_conflict(officer, leader, browse):
    incident = flood(officer)
    assert browse(leader).post(f"/incidents/{incident.pk}/accept/", headers=HTMX).status_code == 409


def test_an_act_without_script_is_a_page_of_its_own(officer, browse):
    incident = flood(officer)
    page = browse(officer).get(f"/incidents/{incident.pk}/warn/").content.decode()
    assert "<html" in page
    assert 'name="grounds"' in page


def test_the_live_refresh_gets_the_fragment_alone(officer, browse):
    incident = flood(officer)
    page = browse(officer).get(f"/incidents/{incident.pk}/", headers=HTMX).content.decode()
    assert "<html" not in page
    assert incident.title in page


@pytest.mark.parametrize("path", ["", "?tab=timeline", "units/", "level/", "end/", "offer/", "warn/"])
def test_another_townships_incident_is_not_there(officer, township, browse, path):
    incident = flood(officer, unit=LINGTOU)
    assert browse(township).get(f"/incidents/{incident.pk}/{path}").status_code == 404


@pytest.mark.parametrize(
    "verb", ["level", "end", "offer", "accept", "decline", "warn", "recovery", "review", "archive"]
)
def test_another_townships_incident_cannot_be_acted_on(officer, township, browse, verb):
    incident = flood(officer, unit=LINGTOU)
    data = {"grounds": "x", "level": "IV", "to": township.pk}
    assert browse(township).post(f"/incidents/{incident.pk}/{verb}/", data).status_code == 404


def test_another_townships_incident_is_not_listed_or_counted(officer, township, browse):
    flood(officer, unit=LINGTOU, title="岭头乡的事")
    answer = browse(township).get("/incidents/")
    assert "岭头乡的事" not in answer.content.decode()
    assert answer.context["totals"]["all"] == 0


def test_a_township_reached_by_a_county_order_sees_only_its_own_part(officer, township, browse):
    incident = flood(officer)
    order_to(officer, JUSHUI, LINGTOU, incident=incident)
    page = browse(township).get(f"/incidents/{incident.pk}/").content.decode()
    assert "Jushui" in page
    assert "Lingtou" not in page
    people = browse(township).get(f"/incidents/{incident.pk}/?tab=people").content.decode()
    assert "Lingtou" not in people


def test_a_person_reads_their_own_answer_in_the_people_tab(officer, village, browse):
    incident = flood(officer)
    order = order_to(officer, JUSHUI, incident=incident)
    actions.acknowledge(of(order, village).pk, by=village)
    assert "Received" in browse(village).get(f"/incidents/{incident.pk}/?tab=people").content.decode()
