"""The pages of plans: who sees which, the editor and what it refuses, the ways into force, files, comparison, dates."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from database.clock import now
from journal.actions.recording import SYSTEM
from org.models import Person, Unit
from plans import actions
from plans.files import yaml_format
from plans.files.documents import document_of, normal
from plans.models import Due, Plan, RevisionItem, Version
from plans.rules.problems import Problem
from plans.screens.words import place_of, t_plus
from tests.support.plans import COUNTY, NEIGHBOUR, TOWN, action, flood, set_report_times

pytestmark = pytest.mark.django_db

Browse = Callable[..., Client]
InForce = Callable[..., Version]
HX = {"HX-Request": "true"}


def text_of(answer: HttpResponse) -> str:
    """What a reader sees, without tags and with single spaces."""
    plain = re.sub(r"<template.*?</template>|<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(plain))


def draft(document: dict[str, Any] | None = None, unit: str = COUNTY, by: Any = SYSTEM) -> Version:
    return actions.create_plan(by=by, unit=unit, document=document or flood())


def codes(version: Version) -> list[str]:
    return [one["code"] for one in document_of(Version.objects.get(pk=version.pk))["actions"]]


def row(version: Version, code: str) -> dict[str, Any]:
    document = normal(document_of(Version.objects.get(pk=version.pk)))
    return next(one for one in document["actions"] if one["code"] == code)


def sent(data: dict[str, Any], generation: int, seen: dict[str, Any] | None = None) -> dict[str, Any]:
    """A form of the editor as a browser sends it."""
    fields = {name: value for name, value in data.items() if value is not False}
    return {**fields, "expected": json.dumps({"generation": generation, "row": seen or {}})}


# Who sees which ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", ["officer", "leader", "township", "village", "admin"])
def test_every_page_opens_for_whoever_reads_the_plan(
    name: str, language: str, browse: Browse, person: Callable[[str], Person], in_force: InForce
) -> None:
    in_force()
    client = browse(person(name), language=language)
    for page in (
        "",
        "calendar/",
        "flood-test/",
        "flood-test/?level=III",
        "flood-test/compare/",
        "?q=flood&kind=special",
    ):
        assert client.get(f"/plans/{page}").status_code == 200, page
    for page in ("", "calendar/", "flood-test/"):
        answer = client.get(f"/plans/{page}", headers=HX)
        assert answer.status_code == 200, page
        assert "<html" not in answer.content.decode(), page


ADDRESSES = (
    "", "export.yaml", "export.xlsx", "compare/", "inherit/", "draft/", "submit/", "send-back/", "approve/", "file/",
    "discard/", "items/new/", "due/review/", "due/drill/date/", "edit/", "edit/head/", "edit/levels/III/",
    "edit/levels/III/remove/", "edit/new/", "edit/actions/confer/", "edit/actions/confer/remove/",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_neighbours_plan_is_not_there(address: str, browse: Browse, township: Person) -> None:
    version = draft(flood(kind="township"), unit=NEIGHBOUR)
    item = actions.raise_item(version.plan_id, by=SYSTEM, source="risk", text="a new gully")
    client = browse(township)
    for ask in (client.get, client.post):
        assert ask(f"/plans/flood-test/{address}").status_code == 404
        assert ask(f"/plans/items/{item.pk}/answer/").status_code == 404
    assert client.post("/plans/flood-test/edit/actions/confer/cell/", {"due_min": 3}).status_code == 404


@pytest.mark.parametrize("name", ["draft/", "due/review/", "due/drill/date/"])
def test_a_township_reads_the_county_plan_but_changes_nothing(
    name: str, browse: Browse, township: Person, in_force: InForce
) -> None:
    version = in_force()
    client = browse(township)
    shown = text_of(client.get("/plans/flood-test/"))
    assert "New version…" not in shown
    assert "Create a unit's version" in shown
    day = {"done_on": "2026-01-01", "due_on": "2030-01-01"}
    assert client.post(f"/plans/flood-test/{name}", day).status_code == 403
    assert Plan.objects.get().versions.get() == version


def test_a_draft_of_the_county_stays_with_the_county(browse: Browse, township: Person, in_force: InForce) -> None:
    version = in_force()
    actions.draft_version(version.plan_id, by=SYSTEM)
    client = browse(township)
    assert client.get("/plans/flood-test/?version=2").status_code == 404
    assert client.get("/plans/flood-test/export.yaml?version=2").status_code == 404
    assert client.get("/plans/flood-test/edit/").status_code == 302
    assert client.get("/plans/flood-test/edit/new/").status_code == 404


# The list ------------------------------------------------------------------------------------------------------------


def test_an_empty_list_offers_the_library_to_whoever_writes_plans(
    browse: Browse, officer: Person, village: Person
) -> None:
    assert "Take over the library" in text_of(browse(officer).get("/plans/"))
    assert "Take over the library" not in text_of(browse(village).get("/plans/"))


def test_the_list_filters_by_what_the_address_says(browse: Browse, officer: Person, in_force: InForce) -> None:
    version = in_force()
    draft(flood(code="quake", hazard_type="earthquake", name="地震预案", name_en="Quake plan"))
    actions.raise_item(version.plan_id, by=SYSTEM, source="risk", text="a new gully")
    client = browse(officer)

    def shown(query: str) -> set[str]:
        return set(re.findall(r'href="/plans/([\w-]+)/" data-row', client.get(f"/plans/?{query}").content.decode()))

    assert shown("") == {"flood-test", "quake"}
    assert shown("hazard_type=earthquake") == {"quake"}
    assert shown("status=approved") == {"flood-test"}
    assert shown("status=draft") == {"quake"}
    assert shown("open=1") == {"flood-test"}
    assert shown("q=Quake") == {"quake"}
    assert shown("q=nothing") == set()
    assert shown("late=1") == set()
    actions.set_due(version.plan_id, by=SYSTEM, what="drill", due_on=dt.date(2020, 1, 1))
    assert shown("late=1") == {"flood-test"}
    assert shown("kind=nonsense&status=nonsense") == {"flood-test", "quake"}


def test_the_list_says_which_levels_of_both_ladders_a_plan_has(
    browse: Browse, officer: Person, in_force: InForce
) -> None:
    in_force()
    assert "blue orange IV III" in text_of(browse(officer).get("/plans/"))


def test_more_plans_take_no_more_queries(browse: Browse, officer: Person) -> None:
    def queries(page: str) -> int:
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(page)
        return len(found)

    client = browse(officer)
    draft(flood(code="one"))
    few = queries("/plans/")
    for number in range(6):
        draft(flood(code=f"more-{number}"))
    assert queries("/plans/") == few <= 20


def test_a_longer_plan_takes_no_more_queries(browse: Browse, officer: Person) -> None:
    def queries(page: str) -> int:
        client.get(page)
        with CaptureQueriesContext(connection) as found:
            client.get(page)
        return len(found)

    client, version = browse(officer), draft()
    pages = ("/plans/flood-test/", "/plans/flood-test/edit/")
    few = [queries(page) for page in pages]
    document = normal(document_of(version))
    document["actions"] += [action(code=f"more-{n}") for n in range(40)]
    actions.save_draft(version.pk, by=SYSTEM, document=document)
    assert [queries(page) for page in pages] == few
    assert max(few) <= 32


# Beginning a plan ----------------------------------------------------------------------------------------------------

NEW = {"unit": COUNTY, "name": "防汛", "kind": "special", "hazard_type": "flood", "code": "flood-2027"}


def test_a_new_plan_is_begun_and_opens_in_the_editor(browse: Browse, officer: Person) -> None:
    client = browse(officer)
    answer = client.post("/plans/new/", NEW, headers=HX)
    assert answer.headers["HX-Redirect"] == "/plans/flood-2027/edit/"
    shown = text_of(client.get("/plans/flood-2027/edit/"))
    assert "A plan needs at least one level." in shown
    assert "Add this level…" in shown


@pytest.mark.parametrize(
    ("field", "value"), [("code", "Flood 2027"), ("code", "calendar"), ("unit", "000"), ("name", "")]
)
def test_a_new_plan_says_which_field_is_wrong(field: str, value: str, browse: Browse, officer: Person) -> None:
    answer = browse(officer).post("/plans/new/", {**NEW, field: value})
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Plan.objects.exists()


def test_the_library_is_taken_over_in_one_act(browse: Browse, leader: Person) -> None:
    fields = {"unit": COUNTY, "in_force": "on", "document": "庆政办〔2026〕9号"}
    refused = browse(leader).post("/plans/library/", fields, headers=HX)
    assert refused.status_code == 400
    assert "which the county has not set yet" in refused.content.decode()
    set_report_times()
    assert browse(leader).post("/plans/library/", fields, headers=HX).status_code == 204
    assert Version.objects.filter(status="approved", document="庆政办〔2026〕9号").count() == Plan.objects.count() >= 8


# The editor ----------------------------------------------------------------------------------------------------------

EDIT = "/plans/flood-test/edit/"


def test_an_action_is_added_without_thinking_of_a_code(browse: Browse, officer: Person) -> None:
    version = draft()
    fields = sent(
        {**action(verb="relocate", levels=["III"], text="转移"), "code": "", "evidence": "none"}, version.generation
    )
    assert browse(officer).post(f"{EDIT}new/", fields, headers=HX).status_code == 204
    assert codes(version)[-1] == "relocate-2"
    assert row(version, "relocate-2")["text"] == "转移"


def test_a_copy_stands_next_to_what_it_copies(browse: Browse, officer: Person) -> None:
    version = draft()
    client = browse(officer)
    page = client.get(f"{EDIT}new/?copy=stand-by", headers=HX)
    assert "{unit}在岗值守" in page.content.decode()
    fields = sent({**row(version, "stand-by"), "code": "stand-by-too"}, version.generation)
    assert client.post(f"{EDIT}new/?copy=stand-by", fields, headers=HX).status_code == 204
    assert codes(version)[2:4] == ["stand-by", "stand-by-too"]


def test_an_action_is_changed_and_its_new_code_is_followed(browse: Browse, officer: Person) -> None:
    version = draft()
    old = row(version, "stand-by")
    fields = sent({**old, "code": "on-post", "due_min": 20}, version.generation, old)
    assert browse(officer).post(f"{EDIT}actions/stand-by/", fields, headers=HX).status_code == 204
    assert row(version, "on-post")["due_min"] == 20
    assert row(version, "relocate")["after"] == ["on-post"]


def test_a_circle_is_refused_in_words(browse: Browse, officer: Person) -> None:
    version = draft()
    old = row(version, "stand-by")
    fields = sent({**old, "levels": ["III"], "after": ["relocate"]}, version.generation, old)
    answer = browse(officer).post(f"{EDIT}actions/stand-by/", fields, headers=HX)
    assert answer.status_code == 400
    assert "in a circle: stand-by → relocate → stand-by" in text_of(answer)
    assert row(version, "stand-by")["after"] == []


def test_a_prerequisite_must_stand_at_every_level_of_the_action(browse: Browse, officer: Person) -> None:
    version = draft()
    old = row(version, "stand-by")
    fields = sent({**old, "after": ["open-reservoir"]}, version.generation, old)
    answer = browse(officer).post(f"{EDIT}actions/stand-by/", fields, headers=HX)
    assert answer.status_code == 400
    missing = "blue warning response, orange warning response, level IV emergency response"
    assert f"“open-reservoir” is no action of: {missing}." in text_of(answer)


def test_a_refusal_of_the_action_stands_beside_its_field(browse: Browse, officer: Person) -> None:
    version = draft()
    fields = sent(action(code="confer", evidence="none"), version.generation)
    answer = browse(officer).post(f"{EDIT}new/", fields, headers=HX)
    assert answer.status_code == 400
    assert re.search(r'id="id_code_error">\s*<div>“confer” is the code of action 1 already', answer.content.decode())


def test_whoever_looked_before_a_change_is_told_what_changed_and_may_then_save(browse: Browse, officer: Person) -> None:
    version = draft()
    old = row(version, "stand-by")
    actions.change_action(version.pk, "stand-by", by=officer, changes={"due_min": 40})
    client = browse(officer)
    stale = sent({**old, "text": "全员在岗"}, version.generation, old)
    answer = client.post(f"{EDIT}actions/stand-by/", stale, headers=HX)
    assert answer.status_code == 409
    shown = text_of(answer)
    assert "minutes from the start T+15 min T+40 min" in shown
    assert "changed the draft" in shown
    assert "全员在岗" in shown
    again = html.unescape(re.search(r'name="expected" value="([^"]*)"', answer.content.decode())[1])  # type: ignore[index]
    assert 'name="due_min" value="40"' in answer.content.decode()
    told = {**stale, "expected": again, "due_min": 40}
    assert client.post(f"{EDIT}actions/stand-by/", told, headers=HX).status_code == 204
    assert (row(version, "stand-by")["text"], row(version, "stand-by")["due_min"]) == ("全员在岗", 40)


def test_triggers_that_one_did_not_touch_follow_somebody_elses_change(browse: Browse, officer: Person) -> None:
    version = draft()
    seen = normal(document_of(version))["levels"]["blue"]
    changed = [{"signal": "gauge", "hours": 6, "mm_min": 77}]
    actions.set_level(version.pk, "blue", by=officer, approver=seen["approver"], triggers=changed)
    mine = {
        "trigger-0-signal": "warning",
        "trigger-0-warning-colour": ["blue"],
        "trigger-0-warning-events": ["rainstorm", "typhoon"],
    }
    fields = sent({"approver": "magistrate", "note": "", **mine}, version.generation, seen)
    answer = browse(officer).post(f"{EDIT}levels/blue/", fields, headers=HX)
    assert answer.status_code == 409
    assert 'value="77"' in answer.content.decode()
    assert '<option value="magistrate" selected' in answer.content.decode()


def test_a_change_elsewhere_in_the_draft_is_said_to_be_elsewhere(browse: Browse, officer: Person) -> None:
    version = draft()
    old = row(version, "stand-by")
    actions.change_action(version.pk, "relocate", by=officer, changes={"due_min": 40})
    answer = browse(officer).post(f"{EDIT}actions/stand-by/", sent(old, version.generation, old), headers=HX)
    assert answer.status_code == 409
    assert "the change was elsewhere in the draft" in text_of(answer)


def test_an_action_that_somebody_removed_is_refused_as_gone(browse: Browse, officer: Person) -> None:
    version = draft()
    old = row(version, "stand-by")
    actions.remove_action(version.pk, "stand-by", by=officer)
    answer = browse(officer).post(f"{EDIT}actions/stand-by/", sent(old, version.generation, old), headers=HX)
    assert answer.status_code == 409
    assert "stand-by" not in codes(version)


def test_removing_names_those_that_waited(browse: Browse, officer: Person) -> None:
    version = draft()
    client = browse(officer)
    assert "will wait no longer: relocate." in text_of(client.get(f"{EDIT}actions/stand-by/remove/", headers=HX))
    fields = sent({}, version.generation, row(version, "stand-by"))
    assert client.post(f"{EDIT}actions/stand-by/remove/", fields, headers=HX).status_code == 204
    assert "stand-by" not in codes(version)
    assert row(version, "relocate")["after"] == []


def cell(client: Client, code: str, generation: int, **fields: Any) -> Any:
    return client.post(f"{EDIT}actions/{code}/cell/", {**fields, "generation": generation})


def test_cells_are_changed_in_place_one_after_another(browse: Browse, officer: Person) -> None:
    version, client = draft(), browse(officer)
    first = cell(client, "relocate", version.generation, level="IV", on=1)
    second = cell(client, "relocate", first.json()["generation"], due_min=45)
    third = cell(client, "relocate", second.json()["generation"], level="III", on=0)
    assert third.status_code == 200
    assert (row(version, "relocate")["levels"], row(version, "relocate")["due_min"]) == (["IV"], 45)


def test_a_cell_of_a_draft_that_moved_on_is_refused(browse: Browse, officer: Person) -> None:
    version, client = draft(), browse(officer)
    cell(client, "relocate", version.generation, due_min=45)
    answer = cell(client, "relocate", version.generation, due_min=50)
    assert answer.status_code == 409
    assert answer.json()["code"] == "changed"
    assert row(version, "relocate")["due_min"] == 45


@pytest.mark.parametrize("fields", [{"due_min": "soon"}, {"due_min": "-1"}, {"level": "III", "on": 0}])
def test_a_cell_says_what_it_does_not_take(fields: dict[str, Any], browse: Browse, officer: Person) -> None:
    version, client = draft(), browse(officer)
    answer = cell(client, "relocate", version.generation, **fields)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert row(version, "relocate")["due_min"] == 60
    assert row(version, "relocate")["levels"] == ["III"]


def test_an_action_moves_among_those_of_its_phase(browse: Browse, officer: Person) -> None:
    version, client = draft(), browse(officer)
    assert codes(version) == ["confer", "open-reservoir", "stand-by", "relocate", "patrol-gullies"]
    moved = cell(client, "patrol-gullies", version.generation, up=1)
    assert codes(version) == ["confer", "open-reservoir", "patrol-gullies", "stand-by", "relocate"]
    moved = cell(client, "patrol-gullies", moved.json()["generation"], down=1)
    assert codes(version) == ["confer", "open-reservoir", "stand-by", "patrol-gullies", "relocate"]
    assert cell(client, "patrol-gullies", moved.json()["generation"], down=1).json() == moved.json()


def test_the_head_of_a_draft_is_changed(browse: Browse, officer: Person) -> None:
    version = draft()
    head = {
        "kind": "special",
        "hazard_type": "flood",
        "name": "新名",
        "review_months": 12,
        "drill_months": 6,
        "summary": "s",
    }
    assert browse(officer).post(f"{EDIT}head/", sent(head, version.generation), headers=HX).status_code == 204
    plan = Plan.objects.get()
    assert (plan.name, plan.review_months, plan.drill_months) == ("新名", 12, 6)


TRIGGERS = {
    "trigger-0-signal": "warning", "trigger-0-warning-colour": ["red", "orange"],
    "trigger-0-warning-events": ["rainstorm", "typhoon"],
    "trigger-0-gauge-hours": "3", "trigger-2-signal": "quake", "trigger-2-quake-magnitude_min": "4.5",
    "trigger-2-quake-inside": "yes", "trigger-3-signal": "",
}  # fmt: skip


def test_a_level_is_described_with_rows_of_triggers(browse: Browse, officer: Person) -> None:
    version = draft()
    fields = sent({"approver": "magistrate", "note": "橙色", **TRIGGERS}, version.generation)
    assert browse(officer).post(f"{EDIT}levels/II/", fields, headers=HX).status_code == 204
    level = version.levels.get(level="II")
    assert (level.approver, level.note) == ("magistrate", "橙色")
    assert level.triggers == [
        {"signal": "warning", "colour": ["red", "orange"], "events": ["rainstorm", "typhoon"]},
        {"signal": "quake", "magnitude_min": 4.5, "inside": True},
    ]


def test_a_trigger_that_is_wrong_is_shown_again_with_what_is_wrong(browse: Browse, officer: Person) -> None:
    version = draft()
    bad = {"trigger-0-signal": "gauge", "trigger-0-gauge-mm_min": "viel"}
    answer = browse(officer).post(
        f"{EDIT}levels/III/", sent({"approver": "deputy_magistrate", **bad}, version.generation)
    )
    assert answer.status_code == 400
    assert "rain at least (mm): This is a number, zero or more." in text_of(answer)
    assert 'value="viel"' in answer.content.decode()
    assert len(version.levels.get(level="III").triggers) == 1


def test_only_posts_that_may_start_a_level_are_offered_for_it(browse: Browse, officer: Person) -> None:
    draft()
    page = browse(officer).get(f"{EDIT}levels/I/", headers=HX).content.decode()
    assert 'value="party_secretary"' in page
    assert 'value="command_office_director"' not in page


def test_a_level_that_is_an_actions_only_one_is_not_removed(browse: Browse, officer: Person) -> None:
    version = draft()
    answer = browse(officer).post(f"{EDIT}levels/III/remove/", sent({}, version.generation), headers=HX)
    assert answer.status_code == 400
    assert "open-reservoir" in text_of(answer)
    assert version.levels.filter(level="III").exists()


def test_the_problems_of_a_draft_lead_to_their_places(browse: Browse, officer: Person) -> None:
    document = flood()
    document["levels"]["IV"]["approver"] = ""
    document["actions"][3]["after"] = ["nothing"]
    draft(document)
    page = browse(officer).get(EDIT).content.decode()
    assert '<a href="#level-IV">' in page
    assert 'id="level-IV"' in page
    assert '<a href="#action-relocate">' in page
    assert 'id="action-relocate"' in page
    assert "There is no action “nothing”." in page


def test_places_are_put_into_words() -> None:
    assert place_of(Problem("actions[4] relocate: after", "")).words == "Action 4 · relocate · only after"
    assert (
        place_of(Problem("levels.III.triggers[2].mm_min", "")).words
        == "Level III emergency response · triggers 2 · mm_min"
    )
    assert place_of(Problem("values.shelter", "")).anchor == "head"
    assert [t_plus(minutes) for minutes in (0, 45, 60, 95, 1500)] == [
        "T+0 min",
        "T+45 min",
        "T+1 h",
        "T+1 h 35 min",
        "T+1 d 1 h",
    ]


# Into force ----------------------------------------------------------------------------------------------------------


def test_a_draft_with_problems_is_not_sent_and_says_why(browse: Browse, officer: Person) -> None:
    document = flood()
    document["levels"]["IV"]["approver"] = ""
    version = draft(document)
    client = browse(officer)
    shown = client.get("/plans/flood-test/submit/", headers=HX)
    assert "Nobody approves this level: name a post." in text_of(shown)
    assert ">Send<" not in shown.content.decode()
    assert client.post("/plans/flood-test/submit/", headers=HX).status_code == 400
    assert Version.objects.get(pk=version.pk).status == "draft"


def test_a_plan_goes_its_way_into_force_and_is_filed_when_nothing_is_open(
    browse: Browse, officer: Person, leader: Person
) -> None:
    version = draft()
    at = "/plans/flood-test/"
    writer, approver = browse(officer), browse(leader)

    def status() -> str:
        return Version.objects.get(pk=version.pk).status

    assert writer.post(f"{at}submit/", headers=HX).headers["HX-Redirect"] == at
    assert writer.post(f"{at}approve/", {"document": "1"}, headers=HX).status_code == 403
    assert approver.post(f"{at}send-back/", {"reason": "时限过长"}, headers=HX).status_code == 204
    assert status() == "draft"
    writer.post(f"{at}submit/", headers=HX)
    assert approver.post(f"{at}approve/", {"document": ""}, headers=HX).status_code == 400
    assert approver.post(f"{at}approve/", {"document": "庆政办〔2026〕3号"}, headers=HX).status_code == 204
    assert status() == "approved"
    raised = {"source": "problem", "text": "三个村共用一部电话", "subject": "incident:5"}
    assert writer.post(f"{at}items/new/", raised, headers=HX).status_code == 204
    refused = writer.post(f"{at}file/", {"receipt": "备2026-8"}, headers=HX)
    assert refused.status_code == 409
    assert "三个村共用一部电话" in text_of(refused)
    item = RevisionItem.objects.get()
    decided = {"decision": "rejected", "answer": "已逐村核实"}
    assert writer.post(f"/plans/items/{item.pk}/answer/", decided, headers=HX).status_code == 204
    assert writer.post(f"{at}file/", {"receipt": "备2026-8"}, headers=HX).status_code == 204
    assert status() == "filed"


def test_an_item_is_adopted_only_with_a_new_version(browse: Browse, officer: Person, in_force: InForce) -> None:
    version = in_force()
    item = actions.raise_item(version.plan_id, by=SYSTEM, source="risk", text="a new gully")
    client, decided = browse(officer), {"decision": "adopted", "answer": "done"}
    refused = client.post(f"/plans/items/{item.pk}/answer/", decided, headers=HX)
    assert refused.status_code == 409
    assert "begin a new version first" in text_of(refused)
    assert client.post("/plans/flood-test/draft/", headers=HX).headers["HX-Redirect"] == EDIT
    assert client.post(f"/plans/items/{item.pk}/answer/", decided, headers=HX).status_code == 204


def test_the_only_draft_of_a_plan_is_discarded_with_it(browse: Browse, officer: Person) -> None:
    draft()
    client = browse(officer)
    assert "goes with it" in text_of(client.get("/plans/flood-test/discard/", headers=HX))
    assert client.post("/plans/flood-test/discard/", headers=HX).headers["HX-Redirect"] == "/plans/"
    assert not Plan.objects.exists()


# Comparison ----------------------------------------------------------------------------------------------------------


def test_two_versions_stand_side_by_side(browse: Browse, officer: Person, in_force: InForce) -> None:
    later = actions.draft_version(in_force().plan_id, by=SYSTEM)
    actions.change_action(later.pk, "relocate", by=SYSTEM, changes={"due_min": 90})
    actions.remove_action(later.pk, "confer", by=SYSTEM)
    actions.add_action(later.pk, by=SYSTEM, action=action(code="survey", verb="survey"))
    shown = text_of(browse(officer).get("/plans/flood-test/compare/?a=1&b=2"))
    assert "− removed confer" in shown
    assert "+ added survey" in shown
    assert re.search(r"~ changed relocate .*minutes from the start \(changed\) T\+1 h T\+1 h 30 min", shown)
    assert "patrol-gullies" not in shown
    assert "patrol-gullies" in text_of(browse(officer).get("/plans/flood-test/compare/?a=2&b=1&all=1"))


# Dates ---------------------------------------------------------------------------------------------------------------


def test_the_calendar_shows_a_year_and_a_drill_is_recorded_on_it(
    browse: Browse, officer: Person, in_force: InForce
) -> None:
    plan_id = in_force().plan_id
    day = timezone.localdate(now())
    actions.set_due(plan_id, by=SYSTEM, what="drill", due_on=day - dt.timedelta(days=3))
    client = browse(officer)
    assert "Overdue 1" in text_of(client.get("/plans/calendar/"))
    assert "Overdue" not in text_of(client.get("/plans/calendar/?what=filing")).split("Print")[1]
    future = {"done_on": (day + dt.timedelta(days=1)).isoformat()}
    assert client.post("/plans/flood-test/due/drill/", future, headers=HX).status_code == 400
    assert (
        client.post("/plans/flood-test/due/drill/", {"done_on": day.isoformat(), "note": "桌面推演"}).status_code == 302
    )
    done = Due.objects.get(what="drill", done_on=day)
    assert done.note == "桌面推演"
    assert "桌面推演" in text_of(client.get(f"/plans/calendar/?year={day.year}"))
    following = Due.objects.get(what="drill", done_on=None).due_on
    assert (following.year, following.month) == (day.year + 3, day.month)


@pytest.mark.parametrize("what", ["filing", "nonsense"])
def test_only_reviews_and_drills_are_recorded_as_held(
    what: str, browse: Browse, officer: Person, in_force: InForce
) -> None:
    in_force()
    assert browse(officer).get(f"/plans/flood-test/due/{what}/").status_code == 404


# Files ---------------------------------------------------------------------------------------------------------------


def upload(client: Client, content: bytes, name: str = "plan.yaml", **fields: str) -> Any:
    return client.post("/plans/import/", {"unit": COUNTY, "file": SimpleUploadedFile(name, content), **fields})


def test_a_file_is_tried_then_stored(browse: Browse, officer: Person) -> None:
    client, content = browse(officer), yaml_format.dump(flood()).encode()
    tried = upload(client, content)
    assert tried.status_code == 200
    assert "a new plan" in text_of(tried)
    assert not Plan.objects.exists()
    assert upload(client, content, store="1").headers["Location"] == EDIT
    assert codes(Version.objects.get()) == [one["code"] for one in flood()["actions"]]


def test_a_file_with_problems_says_where_and_stores_nothing(browse: Browse, officer: Person) -> None:
    document = flood()
    document["actions"][2]["verb"] = "dance"
    for fields in ({}, {"store": "1"}):
        answer = upload(browse(officer), yaml_format.dump(document).encode(), **fields)
        assert answer.status_code == 400
        assert "actions[3] stand-by: verb" in text_of(answer)
        assert "“dance” is unknown" in text_of(answer)
    assert not Plan.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"- [", b""])
def test_a_file_that_is_no_plan_is_refused(content: bytes, browse: Browse, officer: Person) -> None:
    for name in ("plan.yaml", "plan.xlsx", "plan.pdf"):
        assert upload(browse(officer), content, name).status_code == 400, name


def test_what_is_exported_comes_back_the_same(browse: Browse, officer: Person, in_force: InForce) -> None:
    before = document_of(in_force())
    client = browse(officer)
    for kind in ("yaml", "xlsx"):
        file = client.get(f"/plans/flood-test/export.{kind}")
        assert file.headers["Content-Disposition"] == f'attachment; filename="flood-test-v1.{kind}"'
        stored = upload(client, file.content, f"plan.{kind}", store="1")
        assert stored.status_code == 302, text_of(stored)
        version = Version.objects.get(status="draft")
        assert document_of(version) == before
        actions.discard_draft(version.pk, by=SYSTEM)


def test_whoever_writes_no_plans_imports_none(browse: Browse, village: Person) -> None:
    assert browse(village).get("/plans/import/").status_code == 403


# Inheriting ----------------------------------------------------------------------------------------------------------


def test_a_township_fills_the_blanks_of_the_county_plan(browse: Browse, township: Person, in_force: InForce) -> None:
    in_force()
    client = browse(township)
    units = client.get("/plans/flood-test/inherit/").content.decode()
    assert f"/plans/flood-test/inherit/{TOWN}/" in units
    assert NEIGHBOUR not in units
    at = f"/plans/flood-test/inherit/{TOWN}/"
    assert "转移至{shelter}" in text_of(client.get(at))
    missing = client.post(at, {"values.shelter": " "}, headers=HX)
    assert missing.status_code == 400
    assert re.search(r'id="id_values.shelter_error">\s*<div>The blank {shelter} has no value', missing.content.decode())
    assert not Plan.objects.filter(unit__code=TOWN).exists()
    made = client.post(at, {"values.shelter": "举水小学"}, headers=HX)
    plan = Plan.objects.get(unit__code=TOWN)
    assert made.headers["HX-Redirect"] == f"/plans/{plan.code}/edit/"
    assert plan.values == {"shelter": "举水小学"}


def test_nobody_inherits_for_a_neighbour(browse: Browse, township: Person, in_force: InForce) -> None:
    in_force()
    assert browse(township).post(f"/plans/flood-test/inherit/{NEIGHBOUR}/", {"values.shelter": "x"}).status_code == 404
    assert not Plan.objects.filter(unit=Unit.objects.get(code=NEIGHBOUR)).exists()
