"""Tasks of a response: what waits for what, what shows that it is done, and how it all ends."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from command import actions
from command.actions.photos import progress_with_photo
from command.models import Assignment, Incident, Order, Response, Task
from command.rules.prerequisites import Step, waiting
from command.selectors import responses
from database.clock import DatabaseNow
from journal.actions.relays import run_pending
from journal.models import Timer
from journal.timers import fire_due
from org.models import Appointment, Person, Unit
from tests.support.levels import JUSHUI, action, check_in_force, finish, plan_of
from tests.support.photos import jpeg
from web.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db

VILLAGE = {"unit_kind": "village", "post": "village_head"}


@pytest.fixture
def begin(incident: Incident, leader: Person) -> Callable[..., Response]:
    """``begin(action(…), …)``: level III of a plan of these actions, in Jushui."""

    def run(*rows: dict, area: list[str] | None = None, level: str = "III") -> Response:
        version = plan_of(*rows)
        return actions.start_level(
            incident.pk, by=leader, version_id=version.pk, level=level, grounds="暴雨", area=area or [JUSHUI]
        )

    return run


def states(response: Response, code: str) -> list[str]:
    return sorted(Task.objects.filter(response=response, action__code=code).values_list("status", flat=True))


# Prerequisites -------------------------------------------------------------------------------------------------------


def test_a_task_waits_for_its_predecessor_in_the_same_unit_alone(begin: Callable[..., Response]) -> None:
    response = begin(
        action("warn", **VILLAGE), action("move", after=["warn"], **VILLAGE), area=["331126206200", "331126206216"]
    )
    assert states(response, "move") == ["held", "held"]
    assert not Assignment.objects.filter(task__action__code="move").exists()
    finish(response, "warn", units=["331126206200"])
    out = Task.objects.get(response=response, action__code="move", status="out")
    assert out.unit.code == "331126206200"
    row = out.assignments.get()
    assert Timer.objects.filter(subject=f"assignment:{row.pk}", state="pending").exists()
    check_in_force(response)
    finish(response, "warn")
    assert states(response, "move") == ["out", "out"]
    assert Order.objects.filter(response=response, action__code="move").count() == 1
    check_in_force(response)


def test_a_predecessor_above_or_below_counts_where_the_unit_has_none(begin: Callable[..., Response]) -> None:
    response = begin(
        action("confer"), action("move", after=["confer"], **VILLAGE), action("report", after=["move"]),
        area=["331126206200", "331126206216"],
    )  # fmt: skip
    finish(response, "confer")
    assert states(response, "move") == ["out", "out"]
    finish(response, "move", units=["331126206200"])
    assert states(response, "report") == ["held"]
    finish(response, "move")
    assert states(response, "report") == ["out"]


def test_people_are_looked_up_again_at_release(begin: Callable[..., Response], admin: Person) -> None:
    response = begin(action("confer"), action("move", after=["confer"], **VILLAGE), area=["331126206200"])
    held = Appointment.objects.get(unit__code="331126206200", post__code="village_head", role="A", valid_to=None)
    Appointment.objects.filter(pk=held.pk).update(valid_to=DatabaseNow())
    other = Person.objects.filter(appointments__unit__code=JUSHUI).exclude(pk=held.person_id).first()
    Appointment.objects.create(person=other, unit=held.unit, post=held.post, role="A", valid_from=held.valid_from)
    finish(response, "confer")
    assert Assignment.objects.get(task__action__code="move").person == other


def test_after_downtime_what_was_done_releases_once(begin: Callable[..., Response], officer: Person, clock) -> None:
    response = begin(action("confer"), action("move", after=["confer"], **VILLAGE), area=["331126206200"])
    row = Assignment.objects.get(task__action__code="confer")
    actions.answer_for(row.pk, by=officer, how="phone")
    actions.progress(row.pk, by=officer, step="done")
    clock.travel(hours=2)
    assert states(response, "move") == ["held"]
    run_pending()
    run_pending()
    late = Assignment.objects.get(task__action__code="move")
    assert late.status == "called"
    fire_due()
    late.refresh_from_db()
    assert late.rung == 0
    clock.travel(minutes=11)
    fire_due()
    late.refresh_from_db()
    assert late.rung == 1
    check_in_force(response)


def test_a_level_that_brings_the_predecessor_of_what_is_out_leaves_it_out(
    begin: Callable[..., Response], leader: Person
) -> None:
    response = begin(action("confer", ["III"]), action("move", after=["confer"], **VILLAGE), level="IV")
    assert set(states(response, "move")) == {"out"}
    actions.change_level(response.pk, by=leader, level="III", grounds="x")
    assert set(states(response, "move")) == {"out"}


def test_a_level_that_drops_the_predecessor_lets_the_held_task_out(
    begin: Callable[..., Response], leader: Person
) -> None:
    response = begin(action("confer", ["III"]), action("move", after=["confer"], **VILLAGE))
    assert set(states(response, "move")) == {"held"}
    actions.change_level(response.pk, by=leader, level="IV", grounds="x")
    assert set(states(response, "move")) == {"out"}
    check_in_force(response)


PATHS = st.sampled_from(["33", "33.1", "33.2", "33.1.1", "33.1.2", "33.2.1", "33.D1"])
STEPS = st.lists(
    st.builds(Step, st.sampled_from("abc"), PATHS, st.lists(st.sampled_from("abcx"), max_size=2), st.booleans()),
    max_size=14,
)


@given(STEPS)
def test_waiting_is_what_the_rule_says_in_words(steps: list[Step]) -> None:
    """The rule written out plainly: same unit, else above or below, else everywhere."""

    def related(one: str, other: str) -> bool:
        return one.startswith(other + ".") or other.startswith(one + ".")

    def waits(step: Step) -> bool:
        for code in step.after:
            others = [other for other in steps if other.code == code]
            same = [other for other in others if other.path == step.path]
            near = [other for other in others if related(other.path, step.path)]
            if not all(other.done for other in same or near or others):
                return True
        return False

    assert waiting(steps) == [not step.done and waits(step) for step in steps]


# Evidence ------------------------------------------------------------------------------------------------------------


def taken(response: Response, officer: Person) -> Assignment:
    row = Assignment.objects.get(order__response=response)
    return actions.answer_for(row.pk, by=officer, how="phone")


@pytest.mark.parametrize(
    ("evidence", "field", "given"),
    [("note", "note", {"note": "三处已查"}), ("count", "figure", {"figure": 0}), ("photo", "photo", {"photo": True})],
)
def test_done_is_refused_without_the_evidence_that_the_plan_asks_for(
    begin: Callable[..., Response], officer: Person, evidence: str, field: str, given: dict, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = taken(begin(action("patrol", evidence=evidence, counted="人数")), officer)
    actions.progress(row.pk, by=officer, step="in_place")
    with pytest.raises(Invalid) as refusal:
        actions.progress(row.pk, by=officer, step="done")
    assert (refusal.value.code, list(refusal.value.fields)) == ("no_evidence", [field])
    row.refresh_from_db()
    assert row.status == "in_place"
    if "photo" in given:
        given = {"photo": io.BytesIO(jpeg())}
    progress_with_photo(row.pk, by=officer, step="done", **given)
    row.refresh_from_db()
    assert row.status == "done"


def test_a_photo_sent_before_counts(begin: Callable[..., Response], officer: Person, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = taken(begin(action("patrol", evidence="photo")), officer)
    progress_with_photo(row.pk, by=officer, photo=io.BytesIO(jpeg()))
    actions.progress(row.pk, by=officer, step="done")


@pytest.mark.parametrize("figure", [-1, 10_000_001])
def test_a_figure_is_a_number_of_things(begin: Callable[..., Response], officer: Person, figure: int) -> None:
    row = taken(begin(action("patrol", evidence="count")), officer)
    with pytest.raises(Invalid) as refusal:
        actions.progress(row.pk, by=officer, step="done", figure=figure)
    assert "figure" in refusal.value.fields


# The end -------------------------------------------------------------------------------------------------------------


def test_a_response_ends_only_when_each_condition_is_met_and_calls_off_what_is_open(
    begin: Callable[..., Response], incident: Incident, leader: Person, officer: Person
) -> None:
    response = begin(action("warn", **VILLAGE), action("move", after=["warn"], **VILLAGE), action("patrol"))
    finish(response, "patrol")
    actions.say_condition(response.pk, by=officer, code="nobody_missing", met=True, note="逐户清点")
    with pytest.raises(Conflict) as refusal:
        actions.end_incident(incident.pk, by=leader, grounds="雨停")
    told = {row["code"]: row["met"] for row in refusal.value.current["conditions"]}
    assert told == {"nobody_missing": True, "secondary_dangers_controlled": False, "final_report_drafted": False}
    for code in ("secondary_dangers_controlled", "final_report_drafted"):
        actions.say_condition(response.pk, by=officer, code=code, met=True, note="已核实")
    actions.end_incident(incident.pk, by=leader, grounds="雨停")
    response.refresh_from_db()
    incident.refresh_from_db()
    assert (response.status, incident.status, incident.response_level) == ("ended", "ended", "")
    assert set(states(response, "move") + states(response, "warn")) == {"withdrawn"}
    assert states(response, "patrol") == ["out"]
    left = Assignment.objects.filter(order__response=response).exclude(task__action__code="patrol")
    assert set(left.values_list("status", flat=True)) == {"called_off"}
    assert Assignment.objects.get(task__action__code="patrol").status == "done"
    assert Order.objects.get(response=response, action__code="warn").called_off_reason == "雨停"
    subjects = [f"assignment:{pk}" for pk in left.values_list("pk", flat=True)]
    assert not Timer.objects.filter(subject__in=subjects, state="pending").exists()


def test_a_condition_can_be_taken_back_and_then_the_response_does_not_end(
    begin: Callable[..., Response], incident: Incident, leader: Person
) -> None:
    response = begin(action("patrol"))
    for code in ("nobody_missing", "secondary_dangers_controlled", "final_report_drafted"):
        actions.say_condition(response.pk, by=leader, code=code, met=True, note="x")
    actions.say_condition(response.pk, by=leader, code="secondary_dangers_controlled", met=False)
    with pytest.raises(Conflict):
        actions.end_incident(incident.pk, by=leader, grounds="x")
    shown = {row.code: row.met for row in responses.conditions(response)}
    assert shown == {"nobody_missing": True, "secondary_dangers_controlled": False, "final_report_drafted": True}


def test_a_condition_is_said_with_grounds_and_by_those_in_charge(
    begin: Callable[..., Response], leader: Person, township: Person
) -> None:
    response = begin(action("patrol"))
    for changes, field in (({"note": " "}, "note"), ({"code": "all_fine"}, "code")):
        said = {"code": "final_report_drafted", "met": True, "note": "x", **changes}
        with pytest.raises(Invalid) as refusal:
            actions.say_condition(response.pk, by=leader, **said)
        assert field in refusal.value.fields
    with pytest.raises(Forbidden):
        actions.say_condition(response.pk, by=township, code="final_report_drafted", met=True, note="x")


def test_a_level_without_a_plan_ends_as_before(incident: Incident, leader: Person) -> None:
    actions.set_response_level(incident.pk, by=leader, level="IV", grounds="x")
    with pytest.raises(Invalid):
        actions.end_incident(incident.pk, by=leader, grounds="x")
    confirmed = ["nobody_missing", "secondary_dangers_controlled", "final_report_drafted"]
    actions.end_incident(incident.pk, by=leader, grounds="x", confirmed=confirmed)


# The screens' reading ------------------------------------------------------------------------------------------------


def test_the_board_counts_tasks_by_action_and_township(
    begin: Callable[..., Response], leader: Person, officer: Person, clock
) -> None:
    response = begin(action("warn", **VILLAGE), action("move", after=["warn"], **VILLAGE), action("patrol", due_min=5))
    villages = Unit.objects.filter(parent__code=JUSHUI, level="village", active=True).count()
    finish(response, "warn", units=["331126206200"])
    with CaptureQueriesContext(connection) as statements:
        board = responses.response_board(response, officer)
    assert len(statements) <= 3
    lines = {line.action.code: line for phase in board.phases for line in phase.lines}
    assert lines["warn"].cells[JUSHUI].counts == {"done": 1, "waiting": villages - 1}
    assert lines["move"].cells[JUSHUI].counts == {"held": villages - 1, "waiting": 1}
    assert [place.code for place in board.places] == [JUSHUI]
    assert (board.total.total, board.total.done, board.total.overdue) == (2 * villages + 1, 1, 0)
    clock.travel(minutes=20)
    again = responses.response_board(response, officer, state="overdue")
    assert {line.action.code for phase in again.phases for line in phase.lines} == {"patrol"}
    with CaptureQueriesContext(connection) as statements:
        rows = responses.response_tasks(response, officer, state="silent")
    assert len(statements) <= 4
    assert {row.state for row in rows} == {"silent"}
    assert all(row.assignments for row in rows)


def test_everybody_has_their_own_checklist(begin: Callable[..., Response], village: Person) -> None:
    response = begin(action("warn", **VILLAGE), action("move", after=["warn"], due_min=60, **VILLAGE))
    rows = responses.my_tasks(village, response)
    assert [(row.task.action.code, row.state) for row in rows] == [("warn", "waiting"), ("move", "held")]
    assert {one.person for row in rows for one in row.assignments} == {village}
    assert list(responses.my_responses(village)) == [response]


def test_a_township_sees_its_own_tasks_alone(begin: Callable[..., Response], township: Person) -> None:
    response = begin(action("patrol"), area=[JUSHUI, "331126207"])
    rows = responses.response_tasks(response, township)
    assert {row.task.unit.code for row in rows} == {JUSHUI}
    board = responses.response_board(response, township)
    assert [place.code for place in board.places] == [JUSHUI]
