"""``/api/v1/plans/``: what it shows to whom, its verbs, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.actions.recording import SYSTEM
from org.models import Person, Unit
from plans import actions
from plans.files import sheets, yaml_format
from plans.files.documents import concise
from plans.models import Plan, Version
from tests.support.plans import COUNTY, NEIGHBOUR, TOWN, flood, holder

URL = "/api/v1/plans/"


def test_a_plan_s_whole_life_over_the_api(county: Unit, api: Any, officer: Person, leader: Person) -> None:
    writer, chief = api(officer), api(leader)
    made = writer.post(URL, {"unit": COUNTY, "document": flood()})
    assert made.status_code == 201, made.json()
    plan = f"{URL}{made.json()['id']}/"
    assert made.json()["document"] == concise(flood())
    assert made.json()["in_force"] is None
    generation = made.json()["versions"][0]["generation"]
    saved = writer.post(plan + "save/", {"document": flood(name="改"), "generation": generation})
    assert saved.json()["name"] == "改"
    raced = writer.post(plan + "save/", {"document": flood(), "generation": generation})
    assert (raced.status_code, raced.json()["current"]["generation"]) == (409, generation + 1)
    assert writer.post(plan + "approve/", {"document": "x"}).status_code == 403
    early = chief.post(plan + "approve/", {"document": "x"})
    assert (early.status_code, early.json()["code"], early.json()["current"]["status"]) == (
        409,
        "illegal_move",
        "draft",
    )
    assert writer.post(plan + "submit/", {}).json()["versions"][0]["status"] == "in_review"
    assert chief.post(plan + "send-back/", {"reason": "再议"}).json()["versions"][0]["status"] == "draft"
    writer.post(plan + "submit/", {})
    approved = chief.post(plan + "approve/", {"document": "庆政办1号"}).json()
    assert (approved["in_force"], approved["versions"][0]["approved_by"]["id"]) == (1, leader.pk)
    assert {due["what"] for due in approved["dues"]} == {"review", "drill", "filing"}
    nothing = writer.post(plan + "submit/", {})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no_version")
    item = writer.post(plan + "raise-item/", {"source": "problem", "text": "电话打不通", "subject": "incident:5"})
    assert item.status_code == 201
    refused = writer.post(plan + "file/", {"receipt": "备1"})
    assert (refused.status_code, refused.json()["current"]["open_items"]) == (409, [item.json()["id"]])
    writer.post(plan + "answer-item/", {"item": item.json()["id"], "decision": "rejected", "answer": "已修复"})
    assert writer.post(plan + "file/", {"receipt": "备1"}).json()["versions"][0]["status"] == "filed"
    assert writer.post(plan + "record-due/", {"what": "drill", "done_on": "2026-01-01"}).status_code == 200
    assert writer.post(plan + "set-due/", {"what": "review", "due_on": "2030-01-01"}).status_code == 200
    assert len(writer.post(plan + "draft/", {}).json()["versions"]) == 2


def test_what_is_wrong_is_told_by_place(county: Unit, api: Any, officer: Person) -> None:
    document = flood()
    document["actions"][0]["verb"] = "teleport"
    answer = api(officer).post(URL, {"unit": COUNTY, "document": document})
    assert (answer.status_code, answer.json()["code"]) == (400, "plan_refused")
    assert list(answer.json()["fields"]) == ["actions[1] confer: verb"]
    assert not Plan.objects.exists()
    address = api(officer).post(URL, {"unit": COUNTY, "document": {**flood(), "code": "library"}})
    assert (address.status_code, list(address.json()["fields"])) == (400, ["code"])
    taken = api(officer).post(URL, {"unit": COUNTY, "document": flood()})
    again = api(officer).post(URL, {"unit": COUNTY, "document": flood()})
    assert (taken.status_code, again.status_code, list(again.json()["fields"])) == (201, 400, ["code"])


def test_a_level_is_compiled_to_named_people(in_force: Callable[..., Version], api: Any, officer: Person) -> None:
    version = in_force()
    url = f"{URL}{version.plan_id}/compile/"
    made = api(officer).post(url, {"level": "III", "area": [TOWN], "values": {"shelter": "小学"}}).json()
    lines = [line for line in made["lines"] if line["action"] == "relocate"]
    assert {line["text"] for line in lines} == {"转移至小学"}
    assert lines[0]["people"][0]["id"] == holder(lines[0]["unit"], "village_head").pk
    assert (made["version"], made["problems"], made["vacancies"]) == (1, [], [])
    assert api(officer).post(url, {"level": "V"}).status_code == 400
    assert api(officer).post(url, {"level": "III", "version": 9}).status_code == 409
    unknown = api(officer).post(url, {"level": "III", "area": ["000000"]}).json()
    assert "area" in {problem["place"] for problem in unknown["problems"]}


def test_a_township_compiles_the_county_s_plan_for_its_own_people(
    in_force: Callable[..., Version], api: Any, township: Person
) -> None:
    version = in_force()
    made = api(township).post(f"{URL}{version.plan_id}/compile/", {"level": "III"}).json()
    assert {line["unit"][:9] for line in made["lines"]} == {TOWN}


def test_a_township_s_list_has_no_neighbour_in_it(
    in_force: Callable[..., Version], api: Any, township: Person, officer: Person
) -> None:
    version = in_force()
    own, other = (
        actions.inherit(version.plan_id, by=SYSTEM, unit=unit, values={"shelter": "x"}) for unit in (TOWN, NEIGHBOUR)
    )
    actions.draft_version(version.plan_id, by=SYSTEM)
    rows = {row["id"]: row for row in api(township).get(URL).json()["results"]}
    assert set(rows) == {version.plan_id, own.plan_id}
    assert [one["number"] for one in rows[version.plan_id]["versions"]] == [1]
    assert rows[version.plan_id]["dues"] == []
    assert len(api(officer).get(URL).json()["results"]) == 3
    assert len(api(officer).get(URL + "?kind=township").json()["results"]) == 2
    for verb in ("", "draft/", "save/", "submit/", "compile/", "raise-item/", "inherit/", "export/"):
        address = f"{URL}{other.plan_id}/{verb}"
        body = {"level": "III", "source": "law", "text": "x", "unit": TOWN, "document": flood()}
        answer = api(township).get(address) if verb in ("", "export/") else api(township).post(address, body)
        assert answer.status_code in (400, 404), verb
        assert answer.status_code == 404 or set(answer.json()["fields"]) <= set(body)
    assert api(township).post(f"{URL}{version.plan_id}/draft/", {}).status_code == 403
    assert api().get(URL).status_code in (401, 403)


def test_inheriting_over_the_api(in_force: Callable[..., Version], api: Any, township: Person) -> None:
    version = in_force()
    url = f"{URL}{version.plan_id}/inherit/"
    refused = api(township).post(url, {"unit": TOWN})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["values.shelter"])
    made = api(township).post(url, {"unit": TOWN, "values": {"shelter": "小学"}})
    assert (made.status_code, made.json()["template"]) == (201, "flood-test")


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_a_plan_goes_out_and_comes_in_as_a_file(
    in_force: Callable[..., Version], api: Any, officer: Person, kind: str
) -> None:
    version = in_force()
    answer = api(officer).get(f"{URL}{version.plan_id}/export/?kind={kind}")
    assert f"flood-test-v1.{kind}" in answer["Content-Disposition"]
    content = answer.content
    if kind == "yaml":
        assert concise(yaml_format.read(content)) == concise(flood())
    else:
        assert concise(sheets.read(content)[0]) == concise(flood())

    def send(**more: Any) -> Any:
        upload = SimpleUploadedFile(f"plan.{kind}", content)
        return api(officer).post(URL + "import/", {"unit": COUNTY, "file": upload, **more}, format="multipart")

    dry = send(dry_run=True)
    found = dry.json()["result"]
    assert (dry.json()["state"], found["problems"], found["new"]) == ("done", [], False)
    assert Version.objects.count() == 1
    done = send()
    assert (done.json()["state"], done.json()["result"]["version"]) == ("done", 2)


def test_a_file_with_problems_is_refused_whole(county: Unit, api: Any, officer: Person) -> None:
    text = yaml_format.dump(flood()).replace("verb: confer", "verb: dance")

    def send(name: str, content: bytes, **more: Any) -> Any:
        upload = SimpleUploadedFile(name, content)
        return api(officer).post(URL + "import/", {"unit": COUNTY, "file": upload, **more}, format="multipart")

    dry = send("p.yaml", text.encode(), dry_run=True)
    assert [one["place"] for one in dry.json()["result"]["problems"]] == ["actions[1] confer: verb"]
    assert send("p.yaml", text.encode()).json()["state"] == "failed"
    assert send("p.docx", b"x").json()["error"]["fields"] == {"plan": ["Choose a file that ends in .yaml or .xlsx."]}
    assert api(officer).post(URL + "import/", {"unit": COUNTY}).status_code == 400
    assert not Plan.objects.exists()


def test_a_post_sent_twice_acts_once(county: Unit, api: Any, officer: Person) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = api(officer).post(URL, {"unit": COUNTY, "document": flood()}, **key)
    second = api(officer).post(URL, {"unit": COUNTY, "document": flood()}, **key)
    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert Plan.objects.count() == 1


def test_the_list_takes_the_same_number_of_queries_for_more_plans(
    in_force: Callable[..., Version], api: Any, officer: Person
) -> None:
    client = api(officer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(URL).status_code == 200
        return len(asked)

    in_force()
    queries()
    one = queries()
    for number in range(4):
        in_force(flood(code=f"flood-{number}"))
    assert queries() == one <= 9
    assert len(client.get(URL).json()["results"]) == 5


def test_a_version_by_its_number_is_exported(in_force: Callable[..., Version], api: Any, officer: Person) -> None:
    version = in_force()
    draft = actions.draft_version(version.plan_id, by=SYSTEM)
    actions.remove_action(draft.pk, "confer", by=SYSTEM)
    for number, count in ((1, 5), (2, 4)):
        content = api(officer).get(f"{URL}{version.plan_id}/export/?version={number}").content
        assert len(yaml_format.read(content)["actions"]) == count
