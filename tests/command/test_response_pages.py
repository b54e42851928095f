"""The pages of a response: plan and level with their preview, the board, conditions, the checklist, proposals."""

from __future__ import annotations

import re

import pytest

from command import actions
from command.models import Assignment, Proposal, Response, Task
from org.models import Person, Unit
from plans.models import Plan
from plans.selectors.signals import Signal
from tests.support.levels import JUSHUI, action, finish, flood_plan, plan_of
from tests.support.photos import jpeg

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def a_plan(**more):
    return plan_of(
        action("patrol", due_min=30),
        action("move", ("III", "II", "I"), unit_kind="village", post="village_head", after=["patrol"], due_min=120,
               phase="rescue", evidence="count", counted="转移人数"),
        action("close-school", ("II", "I"), due_min=60),
        **more,
    )  # fmt: skip


def started(incident, leader, version=None, level="III", **more):
    version = version or a_plan()
    more.setdefault("area", [JUSHUI])
    return actions.start_level(incident.pk, by=leader, version_id=version.pk, level=level, grounds="暴雨", **more)


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def magistrate():
    return Person.objects.get(appointments__post__code="magistrate", appointments__role="A")


# Deciding ------------------------------------------------------------------------------------------------------------


def test_the_plan_that_fits_the_incident_is_chosen_beforehand(incident, leader, browse):
    Plan.objects.filter(pk=a_plan().plan_id).update(hazard_type="earthquake")
    fits = flood_plan()
    page = text_of(browse(leader).get(f"/incidents/{incident.pk}/response/"))
    assert f'href="/incidents/{incident.pk}/response/?version={fits.pk}" aria-current="true"' in page
    assert page.index(f"?version={fits.pk}") < page.index("Another plan")


def test_the_preview_says_who_gets_what_by_when_and_what_waits(incident, leader, browse):
    version = a_plan()
    page = text_of(browse(leader).get(f"/incidents/{incident.pk}/response/?version={version.pk}&level=III"))
    assert "T+30 min" in page
    assert "T+2 h" in page
    assert "close-school" not in page
    assert "Begins after:" in page
    assert "You may put this level into effect." in page
    assert not Response.objects.exists()


def test_the_people_of_one_action_are_named_with_their_phones(incident, leader, browse):
    version = a_plan()
    address = f"/incidents/{incident.pk}/response/who/?version={version.pk}&level=III&area={JUSHUI}&action=patrol"
    page = text_of(browse(leader).get(address))
    holder = Person.objects.get(appointments__post__code="township_station", appointments__unit__code=JUSHUI,
                                appointments__role="A")  # fmt: skip
    assert holder.phone in page
    by_place = browse(leader).get(address.replace("action=patrol", f"place={JUSHUI}")).content.decode()
    assert by_place.count("T+") > 1


def test_starting_goes_to_the_board_and_the_second_is_told(incident, leader, browse):
    version = a_plan()
    sent = {"version": version.pk, "level": "III", "grounds": "雨势", "document": "1号", "expected": "", "area": JUSHUI}
    client = browse(leader)
    answer = client.post(f"/incidents/{incident.pk}/response/", sent, headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/incidents/{incident.pk}/?tab=response"
    assert Response.objects.get().area == [JUSHUI]
    again = client.post(f"/incidents/{incident.pk}/response/", sent)
    assert again.status_code == 409
    assert "A response runs already: level III" in text_of(again)
    assert Response.objects.count() == 1


def test_without_grounds_nothing_starts_and_what_was_typed_stays(incident, leader, browse):
    sent = {"version": a_plan().pk, "level": "III", "grounds": "", "document": "庆防指〔2026〕1号"}
    answer = browse(leader).post(f"/incidents/{incident.pk}/response/", sent)
    assert answer.status_code == 400
    assert "庆防指〔2026〕1号" in text_of(answer)
    assert not Response.objects.exists()


def test_whoever_may_not_is_shown_the_approver_with_a_phone_and_no_button(incident, officer, leader, browse):
    page = text_of(browse(officer).get(f"/incidents/{incident.pk}/response/?version={a_plan().pk}&level=III"))
    assert "Ask the approver" in page
    assert leader.phone in page
    assert "btn-big" not in page


def test_a_township_may_act_first_and_the_approver_approves(township, leader, browse):
    incident = actions.open_incident(by=township, title="暴雨", category="natural_disaster", unit=JUSHUI)
    version = a_plan()
    address = f"/incidents/{incident.pk}/response/"
    assert "Act first" in text_of(browse(township).get(f"{address}?version={version.pk}&level=III"))
    sent = {"version": version.pk, "level": "III", "grounds": "险情紧急", "act_first": "1"}
    assert browse(township).post(address, sent).status_code == 302
    response = Response.objects.get()
    assert response.approved_at is None
    board = f"/incidents/{incident.pk}/?tab=response"
    assert f"/responses/{response.pk}/approve/" not in text_of(browse(township).get(board))
    assert f"/responses/{response.pk}/approve/" in text_of(browse(leader).get(board))
    assert browse(leader).post(f"/responses/{response.pk}/approve/").status_code == 302
    response.refresh_from_db()
    assert response.approved_by == leader


def test_raising_shows_only_the_difference_and_sends_it(incident, leader, browse):
    response = started(incident, leader)
    client = browse(magistrate())
    page = text_of(client.get(f"/incidents/{incident.pk}/response/?level=II"))
    assert "Response level III → Response level II" in page
    assert "out-close-school" in page
    assert "out-patrol" not in page
    sent = {
        "version": response.version_id,
        "response": response.pk,
        "level": "II",
        "expected": "III",
        "grounds": "加强",
    }
    assert client.post(f"/incidents/{incident.pk}/response/", sent).status_code == 302
    response.refresh_from_db()
    assert response.level == "II"
    late = client.post(f"/incidents/{incident.pk}/response/", {**sent, "level": "I"})
    assert late.status_code == 409


def test_lowering_says_what_is_withdrawn(incident, leader, browse):
    started(incident, magistrate(), level="II")
    page = text_of(browse(magistrate()).get(f"/incidents/{incident.pk}/response/?level=III"))
    assert "outlook-withdrawn" in page
    assert "close-school" in page[page.index("outlook-withdrawn") :]


# The board -----------------------------------------------------------------------------------------------------------


def test_the_board_counts_by_action_and_township_and_says_what_waits(incident, leader, browse):
    started(incident, leader)
    page = text_of(browse(leader).get(f"/incidents/{incident.pk}/"))
    assert 'id="action-patrol"' in page
    assert "tone-held" in page
    assert "Begins after:" in page
    assert "Jushui Township" in page


def test_overdue_is_red_and_can_be_filtered(incident, leader, browse, clock):
    started(incident, leader)
    clock.travel(minutes=40)
    address = f"/incidents/{incident.pk}/?tab=response&state=overdue"
    page = text_of(browse(leader).get(address))
    assert 'class="matrix-action tone-late" id="action-patrol"' in page
    assert 'id="action-move"' not in page
    assert "No task fits these filters" in text_of(browse(leader).get(address + "&phase=recovery"))


def test_an_opened_row_names_people_phones_and_evidence(incident, leader, village, browse):
    response = started(incident, leader)
    finish(response, "patrol")
    row = Assignment.objects.get(task__action__code="move", person=village)
    actions.acknowledge(row.pk, by=village)
    actions.progress(row.pk, by=village, step="done", note="已到安置点", figure=41)
    page = text_of(browse(leader).get(f"/responses/{response.pk}/tasks/?action=move"))
    assert village.phone in page
    assert "已到安置点" in page
    assert '转移人数 <b class="num">41</b>' in page


def test_the_board_and_its_rows_hold_their_query_counts(incident, leader, browse, django_assert_max_num_queries):
    response = started(incident, leader, flood_plan(), area=["331126"])
    client = browse(leader)
    client.get(f"/incidents/{incident.pk}/")
    with django_assert_max_num_queries(30):
        client.get(f"/incidents/{incident.pk}/")
    busiest = Task.objects.filter(response=response, unit__level="village", status="out").first().action.code
    with django_assert_max_num_queries(30):
        page = client.get(f"/responses/{response.pk}/tasks/?action={busiest}").content.decode()
    assert page.count('id="assignment-') > 100


def test_the_sheet_for_print_lists_every_action(incident, leader, browse):
    response = started(incident, leader)
    page = text_of(browse(leader).get(f"/responses/{response.pk}/print/"))
    assert "T+30 min" in page
    assert "Nobody is missing" in page


# Ending --------------------------------------------------------------------------------------------------------------


def test_the_end_is_refused_with_what_is_unmet_and_accepted_when_all_is_met(incident, leader, browse):
    response = started(incident, leader)
    client = browse(leader)
    refused = client.post(f"/incidents/{incident.pk}/end/", {"grounds": "雨停"}, headers=HTMX)
    assert refused.status_code == 409
    assert "Not met: nobody is missing; secondary dangers are under control; a final report is drafted" in text_of(
        refused
    )
    for code in ("nobody_missing", "secondary_dangers_controlled", "final_report_drafted"):
        said = {"met": "yes", "note": "乡镇逐户核实"}
        assert client.post(f"/responses/{response.pk}/conditions/{code}/", said, headers=HTMX).status_code == 204
    assert client.post(f"/incidents/{incident.pk}/end/", {"grounds": "雨停"}, headers=HTMX).status_code == 204
    response.refresh_from_db()
    assert response.status == "ended"
    assert "Over" in text_of(client.get(f"/incidents/{incident.pk}/?tab=response"))


def test_a_condition_is_met_only_on_grounds(incident, leader, browse):
    response = started(incident, leader)
    address = f"/responses/{response.pk}/conditions/secondary_dangers_controlled/"
    answer = browse(leader).post(address, {"met": "yes", "note": ""}, headers=HTMX)
    assert answer.status_code == 400
    assert "Say on what grounds" in text_of(answer)
    assert browse(leader).get(f"/responses/{response.pk}/conditions/nothing/").status_code == 404


# The phone -----------------------------------------------------------------------------------------------------------


def test_the_checklist_is_ordered_by_due_and_says_what_a_held_task_waits_for(incident, leader, village, browse):
    version = plan_of(
        action("late", unit_kind="village", post="village_head", due_min=90),
        action("early", unit_kind="village", post="village_head", due_min=20, evidence="photo"),
        action("after", unit_kind="village", post="village_head", due_min=120, after=["late"]),
    )
    response = started(incident, leader, version)
    page = text_of(browse(village).get(f"/responses/{response.pk}/mine/"))
    early, late, after = (page.index(words) for words in ("early：", "late：", "after: do it at once"))
    assert early < late < after
    assert "photo needed" in page
    assert "Begins after: late: do it at once" in page
    assert f"/responses/{response.pk}/mine/" in text_of(browse(village).get("/orders/mine/"))


def test_done_is_refused_without_the_figure_and_taken_with_it(incident, leader, village, browse):
    response = started(incident, leader)
    finish(response, "patrol")
    row = Assignment.objects.get(task__action__code="move", person=village)
    actions.acknowledge(row.pk, by=village)
    client, act = browse(village), f"/orders/mine/{row.pk}/act/"
    refused = client.post(act, {"step": "done", "note": "好了", "whole": "1"}, headers=HTMX)
    assert refused.status_code == 400
    assert "转移人数" in text_of(refused)
    assert "好了" in text_of(refused)
    assert client.post(act, {"step": "done", "figure": "3x"}, headers=HTMX).status_code == 400
    assert client.post(act, {"step": "done", "figure": "37"}, headers=HTMX).status_code == 200
    row.refresh_from_db()
    assert (row.status, row.figure) == ("done", 37)


def test_a_photo_closes_what_asks_for_one(incident, leader, village, browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    version = plan_of(action("look", unit_kind="village", post="village_head", evidence="photo"))
    response = started(incident, leader, version)
    row = Assignment.objects.get(task__response=response, person=village)
    actions.acknowledge(row.pk, by=village)
    client, act = browse(village), f"/orders/mine/{row.pk}/act/"
    assert client.post(act, {"step": "done"}, headers=HTMX).status_code == 400
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
    assert client.post(act, {"step": "done", "photo": photo}, headers=HTMX).status_code == 200
    assert "task-photo" in text_of(browse(leader).get(f"/responses/{response.pk}/tasks/?action=look"))


# Proposals -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def proposal(leader) -> Proposal:
    a_plan(triggers={"orange": [{"signal": "warning", "colour": ["red"], "events": ["rainstorm"]}]})
    signal = Signal(
        kind="warning", subject="gauge:7", unit=Unit.objects.get(code="331126"),
        facts={"colour": "red", "event": ["rainstorm"]}, area=[JUSHUI],
        title={"zh": "暴雨红色预警", "en": "Red rainstorm"},
        url="/warnings/",
    )  # fmt: skip
    return actions.propose(signal)[0]


def test_an_open_proposal_stands_at_the_top_of_the_left_panel(proposal, leader, browse):
    page = text_of(browse(leader).get("/board/left/"))
    assert f'href="/proposals/{proposal.pk}/"' in page
    assert page.index("To be decided") < page.index("Open incidents")
    assert "data-waiting" in page[page.index("left-proposal") : page.index("Open incidents")]


def test_accepting_opens_the_incident_and_starts_the_level(proposal, leader, browse):
    client = browse(leader)
    page = text_of(client.get(f"/proposals/{proposal.pk}/"))
    assert "Red rainstorm" in page
    assert "The incident is opened with it." in page
    assert client.get(f"/proposals/{proposal.pk}/who/?action=patrol").status_code == 200
    answer = client.post(f"/proposals/{proposal.pk}/accept/", {"grounds": "", "document": "2号"}, headers=HTMX)
    response = Response.objects.get()
    assert answer.headers["HX-Redirect"] == f"/incidents/{response.incident_id}/?tab=response"
    assert response.level == "orange"
    again = client.post(f"/proposals/{proposal.pk}/accept/", {})
    assert again.status_code == 409
    assert "Accepted" in text_of(again)


def test_refusing_needs_a_reason_that_is_shown_afterwards(proposal, leader, browse):
    client = browse(leader)
    assert client.post(f"/proposals/{proposal.pk}/refuse/", {"reason": ""}, headers=HTMX).status_code == 400
    assert client.post(f"/proposals/{proposal.pk}/refuse/", {"reason": "雨带已东移"}, headers=HTMX).status_code == 204
    assert "雨带已东移" in text_of(client.get(f"/proposals/{proposal.pk}/"))
    assert f"/proposals/{proposal.pk}/" not in text_of(client.get("/board/left/"))


def test_whoever_may_not_decide_sees_the_deciders_and_no_button(proposal, officer, leader, browse):
    page = text_of(browse(officer).get(f"/proposals/{proposal.pk}/"))
    assert leader.phone in page
    assert "/accept/" not in page
    assert browse(officer).post(f"/proposals/{proposal.pk}/accept/", {}).status_code == 403
    proposal.refresh_from_db()
    assert proposal.status == "open"


def test_a_village_sees_neither_the_county_s_proposal_nor_the_start_of_a_level(proposal, incident, village, browse):
    assert browse(village).get(f"/proposals/{proposal.pk}/").status_code == 404
    assert browse(village).get(f"/incidents/{incident.pk}/response/").status_code == 404
