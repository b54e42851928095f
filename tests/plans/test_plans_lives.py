"""The life of a plan's versions, of revision items, of inherited plans; what each refuses, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.db.models import F

from journal.actions.recording import SYSTEM
from journal.models import Event
from journal.states import IllegalMove
from notify.models import Message
from org.models import Person, Unit
from plans import actions
from plans.files.documents import document_of
from plans.models import Action, Due, Level, Plan, RevisionItem, Version
from plans.rules.problems import Refused
from plans.selectors import plans
from plans.selectors.comparing import compare
from plans.states import REVISION_ITEM, VERSION
from tests.support.plans import COUNTY, NEIGHBOUR, TOWN, action, flood, holder
from web.errors import Conflict, Forbidden, Invalid, NotFound

V = Version.Status


def bring_to(status: str, code: str = "flood-test") -> Version:
    """A version in this state."""
    version = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood(code=code))
    steps: dict[str, Callable[[], Any]] = {
        V.IN_REVIEW: lambda: actions.submit(version.pk, by=SYSTEM),
        V.APPROVED: lambda: actions.approve(version.pk, by=SYSTEM, document="1"),
        V.FILED: lambda: actions.file(version.pk, by=SYSTEM, receipt="r"),
        V.SUPERSEDED: lambda: _next(version),
    }
    for state, step in steps.items():
        if version.status != status:
            step()
            version = Version.objects.get(pk=version.pk)
            assert version.status == state
    return version


def _next(version: Version) -> None:
    following = actions.draft_version(version.plan_id, by=SYSTEM)
    actions.submit(following.pk, by=SYSTEM)
    actions.approve(following.pk, by=SYSTEM, document="2")


VERBS: dict[str, Callable[[Version], Any]] = {
    "submit": lambda version: actions.submit(version.pk, by=SYSTEM),
    "send_back": lambda version: actions.send_back(version.pk, by=SYSTEM, reason="x"),
    "approve": lambda version: actions.approve(version.pk, by=SYSTEM, document="x"),
    "file": lambda version: actions.file(version.pk, by=SYSTEM, receipt="x"),
    "save": lambda version: actions.save_draft(version.pk, by=SYSTEM, document=flood()),
    "discard": lambda version: actions.discard_draft(version.pk, by=SYSTEM),
    "add": lambda version: actions.add_action(version.pk, by=SYSTEM, action=action()),
}
LEGAL = {
    "submit": [V.DRAFT], "send_back": [V.IN_REVIEW], "approve": [V.IN_REVIEW], "file": [V.APPROVED],
    "save": [V.DRAFT], "discard": [V.DRAFT], "add": [V.DRAFT],
}  # fmt: skip


@pytest.mark.parametrize("status", V.values)
@pytest.mark.parametrize("verb", VERBS)
def test_every_illegal_step_is_a_conflict_that_changes_nothing(county: Unit, status: str, verb: str) -> None:
    version = bring_to(status)
    before, seq = document_of(version), Event.objects.latest("seq").seq
    if status in LEGAL[verb]:
        VERBS[verb](version)
        return
    with pytest.raises(Conflict) as refused:
        VERBS[verb](version)
    assert (refused.value.status, refused.value.current["status"]) == (409, status)
    after = Version.objects.get(pk=version.pk)
    assert (after.status, document_of(after)) == (status, before)
    assert Event.objects.latest("seq").seq == seq


def test_the_table_of_states_is_the_one_of_the_design() -> None:
    assert {(source, to) for source, to in VERSION.moves} == {
        (V.DRAFT, V.IN_REVIEW), (V.IN_REVIEW, V.DRAFT), (V.IN_REVIEW, V.APPROVED), (V.APPROVED, V.FILED),
        (V.APPROVED, V.SUPERSEDED), (V.FILED, V.SUPERSEDED),
    }  # fmt: skip
    assert set(REVISION_ITEM.moves) == {("open", "adopted"), ("open", "rejected")}


def test_one_writes_another_approves_and_both_are_told(county: Unit, officer: Person, leader: Person) -> None:
    version = actions.create_plan(by=officer, unit=COUNTY, document=flood())
    actions.submit(version.pk, by=officer)
    told = set(Message.objects.filter(code="plan.to_approve").values_list("person", flat=True))
    assert leader.pk in told
    assert officer.pk not in told
    with pytest.raises(Forbidden):
        actions.approve(version.pk, by=officer, document="x")
    actions.send_back(version.pk, by=leader, reason="演练周期不对")
    assert Message.objects.filter(code="plan.sent_back", person=officer, state="open").exists()
    actions.submit(version.pk, by=officer)
    done = actions.approve(version.pk, by=leader, document="庆政办1号")
    asked = Message.objects.filter(code__in=["plan.to_approve", "plan.sent_back"])
    assert set(asked.values_list("state", flat=True)) == {"settled"}, "what is decided rings nobody any more"
    assert (done.approved_by, done.document, done.status) == (leader, "庆政办1号", V.APPROVED)
    assert done.approved_at is not None
    verbs = list(Event.objects.filter(subject=f"version:{version.pk}").order_by("seq").values_list("verb", flat=True))
    assert verbs == [
        "version.drafted", "version.submitted", "version.sent_back", "version.submitted", "version.approved",
    ]  # fmt: skip
    card = Event.objects.filter(verb="version.approved").latest("seq").card
    assert (card["code"], card["status"], card["plan_name"]) == (
        "flood-test", "approved", {"zh": "防汛预案", "en": "Flood plan"},
    )  # fmt: skip


def test_an_unfinished_draft_is_kept_but_goes_no_further(county: Unit) -> None:
    version = actions.create_plan(
        by=SYSTEM, unit=COUNTY, document={"code": "bare", "kind": "special", "hazard_type": "any", "name": "草稿"}
    )
    actions.set_level(version.pk, "IV", by=SYSTEM)
    with pytest.raises(Refused) as refused:
        actions.submit(version.pk, by=SYSTEM)
    assert set(refused.value.fields) == {"levels.IV", "levels.IV.approver"}
    assert Version.objects.get(pk=version.pk).status == V.DRAFT


def test_a_post_that_fell_vacant_since_stops_the_approval(county: Unit) -> None:
    version = bring_to(V.IN_REVIEW)
    from database.clock import now
    from org.models import Appointment

    Appointment.objects.filter(post__code="flood_warner").update(valid_to=now(), valid_from=F("valid_from"))
    with pytest.raises(Refused) as refused:
        actions.approve(version.pk, by=SYSTEM, document="1")
    assert list(refused.value.fields) == ["actions[5] patrol-gullies: post"]
    assert Version.objects.get(pk=version.pk).status == V.IN_REVIEW


def test_the_next_version_takes_the_place_of_the_one_before(county: Unit) -> None:
    first = bring_to(V.FILED)
    second = actions.draft_version(first.plan_id, by=SYSTEM, summary="第二版")
    assert (second.number, document_of(second)["actions"]) == (2, document_of(first)["actions"])
    with pytest.raises(Conflict) as refused:
        actions.draft_version(first.plan_id, by=SYSTEM)
    assert refused.value.current["number"] == 2
    actions.remove_action(second.pk, "confer", by=SYSTEM)
    assert "confer" in {row["code"] for row in document_of(Version.objects.get(pk=first.pk))["actions"]}
    actions.submit(second.pk, by=SYSTEM)
    actions.approve(second.pk, by=SYSTEM, document="2")
    statuses = dict(Version.objects.filter(plan=first.plan_id).values_list("number", "status"))
    assert statuses == {1: V.SUPERSEDED, 2: V.APPROVED}


def test_a_discarded_first_draft_leaves_no_plan_but_its_events(county: Unit) -> None:
    version = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood())
    actions.discard_draft(version.pk, by=SYSTEM)
    assert not Plan.objects.exists()
    assert Event.objects.filter(verb="version.discarded").exists()


# Editing -------------------------------------------------------------------------------------------------------------


def codes(version: Version) -> list[str]:
    return list(Action.objects.filter(version=version).order_by("position").values_list("code", flat=True))


def test_rows_are_added_changed_moved_and_removed_with_what_waits_for_them(county: Unit) -> None:
    version = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood())
    actions.add_action(version.pk, by=SYSTEM, action=action(code="first"), before="confer")
    actions.add_action(version.pk, by=SYSTEM, action=action(code="last", after=["first"]))
    assert codes(version)[::6] == ["first", "last"]
    actions.change_action(version.pk, "first", by=SYSTEM, changes={"code": "very-first", "due_min": 1})
    assert Action.objects.get(version=version, code="last").after == ["very-first"]
    actions.move_action(version.pk, "last", by=SYSTEM, before="very-first")
    actions.move_action(version.pk, "confer", by=SYSTEM)
    actions.move_action(version.pk, "confer", by=SYSTEM, before="confer")
    assert codes(version) == [
        "last", "very-first", "open-reservoir", "stand-by", "relocate", "patrol-gullies", "confer",
    ]  # fmt: skip
    actions.remove_action(version.pk, "very-first", by=SYSTEM)
    assert Action.objects.get(version=version, code="last").after == []
    for act in (
        lambda: actions.remove_action(version.pk, "nothing", by=SYSTEM),
        lambda: actions.change_action(version.pk, "confer", by=SYSTEM, changes={"verb": "teleport"}),
        lambda: actions.add_action(version.pk, by=SYSTEM, action=action(code="confer")),
        lambda: actions.set_level(version.pk, "V", by=SYSTEM),
        lambda: actions.remove_level(version.pk, "I", by=SYSTEM),
    ):
        with pytest.raises(Invalid):
            act()


def test_a_level_goes_with_what_applied_to_it(county: Unit) -> None:
    version = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood())
    with pytest.raises(Invalid, match="attention"):
        actions.remove_level(version.pk, "III", by=SYSTEM)
    actions.remove_level(version.pk, "IV", by=SYSTEM)
    assert {tuple(levels) for levels in Action.objects.values_list("levels", flat=True)} == {
        ("blue", "orange", "III"),
        ("III",),
    }
    actions.set_level(
        version.pk, "II", by=SYSTEM, approver="magistrate", note="n", triggers=[{"signal": "gauge", "mm_min": 9}]
    )
    assert Level.objects.get(version=version, level="II").triggers == [{"signal": "gauge", "mm_min": 9}]


def test_two_people_who_edit_at_once_do_not_lose_each_other_s_work(county: Unit, officer: Person) -> None:
    version = actions.create_plan(by=officer, unit=COUNTY, document=flood())
    seen = Version.objects.get(pk=version.pk).generation
    actions.save_draft(version.pk, by=officer, document=flood(name="甲"), generation=seen)
    with pytest.raises(Conflict) as refused:
        actions.save_draft(version.pk, by=officer, document=flood(name="乙"), generation=seen)
    assert refused.value.current["generation"] == seen + 1
    assert Plan.objects.get().name == "甲"


def test_a_plan_that_has_been_in_force_keeps_what_it_is(county: Unit) -> None:
    first = bring_to(V.APPROVED)
    draft = actions.draft_version(first.plan_id, by=SYSTEM)
    with pytest.raises(Refused) as refused:
        actions.save_draft(
            draft.pk, by=SYSTEM, document=flood(code="other", kind="overall", hazard_type="drought", template="x")
        )
    assert set(refused.value.fields) == {"code", "kind", "hazard_type", "template"}


def test_the_record_of_a_plan_changes_without_a_version(county: Unit) -> None:
    version = bring_to(V.APPROVED)
    actions.change_plan(version.plan_id, by=SYSTEM, name="新名", review_months=12, values={"shelter": "学校"})
    plan = Plan.objects.get()
    assert (plan.name, plan.review_months, plan.values) == ("新名", 12, {"shelter": "学校"})
    for wrong in ({"name": ""}, {"review_months": 0}, {"code": "x"}, {"active": "no"}):
        with pytest.raises(Invalid):
            actions.change_plan(version.plan_id, by=SYSTEM, **wrong)


# The database keeps what has left draft ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [V.IN_REVIEW, V.APPROVED, V.FILED, V.SUPERSEDED])
def test_the_database_refuses_changes_to_what_has_left_draft(county: Unit, status: str) -> None:
    version = bring_to(status)
    level, row = version.levels.first(), version.actions.first()
    draft = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood(code="another"))
    assert level is not None
    assert row is not None
    attempts: list[Callable[[], Any]] = [
        lambda: Version.objects.filter(pk=version.pk).update(basis="x"),
        lambda: Version.objects.filter(pk=version.pk).update(number=77),
        lambda: Version.objects.filter(pk=version.pk)._raw_delete("default"),
        lambda: Level.objects.filter(pk=level.pk).update(approver="magistrate"),
        lambda: Level.objects.filter(pk=level.pk).delete(),
        lambda: Level.objects.create(version=version, level="I", approver="magistrate"),
        lambda: Action.objects.filter(pk=row.pk).update(text="x"),
        lambda: Action.objects.filter(pk=row.pk)._raw_delete("default"),
        lambda: Action.objects.filter(version=draft).update(version=version),
        lambda: Action.objects.filter(pk=row.pk).update(version=draft, code="moved"),
        lambda: Action.objects.create(**{**action(), "version": version}),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(Exception, match="immutable") as refused, transaction.atomic():
            attempt()
        assert refused.value.__cause__ is not None
    assert document_of(Version.objects.get(pk=version.pk))["actions"] == document_of(draft)["actions"]


def test_a_superseded_version_takes_on_nothing_at_all(county: Unit) -> None:
    version = bring_to(V.SUPERSEDED)
    with pytest.raises(Exception, match="immutable"), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(receipt="later")


def test_versions_cannot_be_truncated(county: Unit) -> None:
    for table in ("plans_version", "plans_level", "plans_action"):
        with pytest.raises(InternalError, match="kept"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")


# Revision items ------------------------------------------------------------------------------------------------------


def test_a_plan_with_open_items_is_not_filed_until_each_is_answered(county: Unit, officer: Person) -> None:
    version = bring_to(V.APPROVED)
    one = actions.raise_item(
        version.plan_id, by=officer, source="problem", text="三村共用一部电话", subject="incident:5"
    )
    two = actions.raise_item(version.plan_id, by=SYSTEM, source="law", text="上位预案已修订")
    for left in ([one.pk, two.pk], [two.pk]):
        with pytest.raises(Conflict) as refused:
            actions.file(version.pk, by=officer, receipt="备案1")
        assert refused.value.code == "open_items"
        assert sorted(refused.value.current["open_items"]) == left
        if one.pk in left:
            actions.answer_item(one.pk, by=officer, decision="rejected", answer="已另配卫星电话")
    with pytest.raises(Conflict) as refused:
        actions.answer_item(two.pk, by=officer, decision="adopted", answer="已改")
    assert refused.value.code == "no_new_version"
    draft = actions.draft_version(version.plan_id, by=officer)
    done = actions.answer_item(two.pk, by=officer, decision="adopted", answer="已改第三章")
    assert (done.answered_in, done.answered_by, done.status) == (draft, officer, "adopted")
    assert actions.file(version.pk, by=officer, receipt="备案1").receipt == "备案1"


def test_an_item_is_answered_once_with_words(county: Unit) -> None:
    version = bring_to(V.APPROVED)
    item = actions.raise_item(version.plan_id, by=SYSTEM, source="risk", text="新增隐患点")
    for wrong in ({"decision": "open", "answer": "x"}, {"decision": "rejected", "answer": " "}):
        with pytest.raises(Invalid):
            actions.answer_item(item.pk, by=SYSTEM, **wrong)
    actions.answer_item(item.pk, by=SYSTEM, decision="rejected", answer="不影响")
    with pytest.raises(IllegalMove):
        actions.answer_item(item.pk, by=SYSTEM, decision="adopted", answer="x")
    for wrong in (
        {"source": "dream", "text": "x"},
        {"source": "law", "text": ""},
        {"source": "law", "text": "x" * 501},
    ):
        with pytest.raises(Invalid):
            actions.raise_item(version.plan_id, by=SYSTEM, **wrong)


def test_a_township_may_say_what_is_wrong_with_the_county_s_plan(county: Unit, township: Person) -> None:
    version = bring_to(V.APPROVED)
    item = actions.raise_item(version.plan_id, by=township, source="facts", text="避灾点已拆")
    assert list(plans.items_visible_to(township)) == [item]
    with pytest.raises(Forbidden):
        actions.answer_item(item.pk, by=township, decision="rejected", answer="x")


# Inheritance ---------------------------------------------------------------------------------------------------------


def test_a_township_inherits_its_own_actions_and_fills_its_names(
    in_force: Callable[..., Version], township: Person, town: Unit
) -> None:
    template = in_force()
    with pytest.raises(Refused) as refused:
        actions.inherit(template.plan_id, by=township, unit=TOWN, values={"other": "x", "shelter": " "})
    assert list(refused.value.fields) == ["values.shelter"]
    assert Plan.objects.count() == 1
    draft = actions.inherit(template.plan_id, by=township, unit=TOWN, values={"shelter": "中心小学"})
    document = document_of(draft)
    assert [row["code"] for row in document["actions"]] == ["stand-by", "relocate", "patrol-gullies"]
    assert document["actions"][1]["after"] == ["stand-by"]
    assert (document["kind"], document["template"], document["values"]) == (
        "township", "flood-test", {"shelter": "中心小学"},
    )  # fmt: skip
    assert (draft.plan.unit, draft.plan.code, draft.plan.name) == (town, "flood-test-331126206", "举水乡防汛预案")
    actions.submit(draft.pk, by=township)
    actions.approve(draft.pk, by=holder(TOWN, "township_head"), document="举政1号")


def test_inheriting_again_brings_the_template_as_it_is_now(in_force: Callable[..., Version]) -> None:
    template = in_force()
    own = actions.inherit(template.plan_id, by=SYSTEM, unit=TOWN, values={"shelter": "一"}, name="我乡预案")
    actions.submit(own.pk, by=SYSTEM)
    actions.approve(own.pk, by=SYSTEM, document="1")
    later = actions.draft_version(template.plan_id, by=SYSTEM)
    actions.change_action(later.pk, "stand-by", by=SYSTEM, changes={"due_min": 5})
    actions.submit(later.pk, by=SYSTEM)
    actions.approve(later.pk, by=SYSTEM, document="2")
    again = actions.inherit(template.plan_id, by=SYSTEM, unit=TOWN, values={})
    assert (again.plan_id, again.number, again.plan.name, again.plan.values) == (
        own.plan_id, 2, "我乡预案", {"shelter": "一"},
    )  # fmt: skip
    difference = compare(document_of(own), document_of(again))
    changed = {row.code: row.changes for row in difference.actions if row.kind != "same"}
    assert [(code, [(c.key, c.before, c.after) for c in changes]) for code, changes in changed.items()] == [
        ("stand-by", [("due_min", 15, 5)])
    ]


def test_a_plan_whose_blanks_lost_their_values_is_not_approved(in_force: Callable[..., Version]) -> None:
    template = in_force()
    own = actions.inherit(template.plan_id, by=SYSTEM, unit=TOWN, values={"shelter": "一"})
    actions.change_plan(own.plan_id, by=SYSTEM, values={})
    with pytest.raises(Refused) as refused:
        actions.submit(own.pk, by=SYSTEM)
    assert list(refused.value.fields) == ["values.shelter"]


def test_only_units_under_the_template_s_inherit_and_only_what_is_in_force(
    in_force: Callable[..., Version], township: Person
) -> None:
    template = in_force()
    with pytest.raises(Invalid):
        actions.inherit(template.plan_id, by=SYSTEM, unit=COUNTY, values={})
    with pytest.raises(Invalid):
        actions.inherit(template.plan_id, by=township, unit=NEIGHBOUR, values={})
    card = actions.inherit(template.plan_id, by=SYSTEM, unit=TOWN + "200", values={"shelter": "祠堂"})
    assert card.plan.kind == "village_card"
    assert codes(card) == ["relocate", "patrol-gullies"]
    with pytest.raises(Conflict):
        actions.inherit(card.plan_id, by=SYSTEM, unit=TOWN + "200", values={})


# Jurisdiction --------------------------------------------------------------------------------------------------------


def test_a_township_reads_the_county_s_plans_and_its_own_not_the_neighbour_s(
    in_force: Callable[..., Version], township: Person, officer: Person
) -> None:
    county = in_force()
    draft = actions.create_plan(by=SYSTEM, unit=COUNTY, document=flood(code="county-draft"))
    own = actions.inherit(county.plan_id, by=SYSTEM, unit=TOWN, values={"shelter": "一"})
    other = actions.inherit(county.plan_id, by=SYSTEM, unit=NEIGHBOUR, values={"shelter": "二"})
    working = actions.draft_version(county.plan_id, by=SYSTEM)
    assert set(plans.plans_visible_to(township)) == {county.plan, own.plan}
    assert set(plans.versions_visible_to(township)) == {county, own}
    assert set(plans.plans_visible_to(officer)) == {county.plan, draft.plan, own.plan, other.plan}
    for hidden in (draft, other, working):
        with pytest.raises(NotFound):
            actions.save_draft(hidden.pk, by=township, document=flood())
    for act in (
        lambda: actions.draft_version(county.plan_id, by=township),
        lambda: actions.file(county.pk, by=township, receipt="x"),
        lambda: actions.change_plan(county.plan_id, by=township, name="x"),
    ):
        with pytest.raises(Forbidden):
            act()
    unseen: tuple[Callable[[], Any], ...] = (
        lambda: actions.draft_version(other.plan_id, by=township),
        lambda: actions.raise_item(other.plan_id, by=township, source="law", text="x"),
        lambda: actions.inherit(other.plan_id, by=township, unit=TOWN, values={}),
    )
    for look in unseen:
        with pytest.raises(NotFound):
            look()
    with pytest.raises(Invalid):
        actions.create_plan(by=township, unit=NEIGHBOUR, document=flood(code="x"))
    assert list(plans.history(county.plan, township)) == []
    assert plans.history(county.plan, officer).count() > 3


def test_a_village_head_writes_no_plans(county: Unit, village: Person) -> None:
    with pytest.raises(Forbidden):
        actions.create_plan(by=village, unit=TOWN + "200", document=flood(code="x"))


def test_lists_take_the_same_number_of_queries_for_more_plans(
    in_force: Callable[..., Version], officer: Person, django_assert_num_queries: Any
) -> None:
    def read() -> list[Plan]:
        return list(plans.with_parts(plans.plans_visible_to(officer), officer))

    in_force()
    read()
    for number in range(3):
        version = in_force(flood(code=f"flood-{number}"))
        actions.raise_item(version.plan_id, by=SYSTEM, source="law", text="x")
    with django_assert_num_queries(4):
        rows = read()
    assert [(len(row.shown_versions), len(row.open_dues)) for row in rows] == [(1, 3)] * 4  # type: ignore[attr-defined]
    assert sorted(row.open_items for row in rows) == [0, 1, 1, 1]  # type: ignore[attr-defined]
    assert RevisionItem.objects.count() == 3
    assert Due.objects.filter(done_on=None).count() == 12


# Comparing -----------------------------------------------------------------------------------------------------------


def test_two_versions_side_by_side() -> None:
    before, after = flood(), flood(name="新")
    assert compare(before, flood()).same
    del after["actions"][1], after["levels"]["IV"]
    after["levels"]["II"] = {"approver": "magistrate"}
    after["actions"].insert(0, action(code="new"))
    after["actions"][2]["due_min"] = 99
    after["actions"].append(after["actions"].pop(1))
    found = compare(before, after)
    assert [(change.key, change.after) for change in found.head] == [("name", "新")]
    assert [(row.code, row.kind) for row in found.levels] == [
        ("blue", "same"), ("orange", "same"), ("IV", "removed"), ("III", "same"), ("II", "added"),
    ]  # fmt: skip
    kinds = [(row.code, row.kind) for row in found.actions]
    assert kinds[0] == ("new", "added")
    assert ("stand-by", "changed") in kinds
    assert dict(kinds)["open-reservoir"] == "removed"
    assert dict(kinds)["confer"] == "moved"
    assert len(kinds) == 6
