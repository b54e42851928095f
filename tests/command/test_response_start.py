"""Starting a level: one decision, and everybody whom the plan names has an order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from command import actions
from command.models import Assignment, Incident, Order, Response, Task
from journal.models import Event, Timer
from notify.models import Message
from org.models import Person, Unit
from tests.support.levels import JUSHUI, action, check_in_force, finish, flood_plan, plan_of
from web.errors import ActionError, Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def start(incident: Incident, version, by: Person, level: str = "III", **more) -> Response:
    return actions.start_level(incident.pk, by=by, version_id=version.pk, level=level, grounds="暴雨", **more)


@pytest.fixture
def secretary(person: Callable[[str], Person]) -> Person:
    return Person.objects.get(appointments__post__code="party_secretary", appointments__role="A")


def test_flood_level_iii_reaches_the_whole_county_in_at_most_78_statements(incident: Incident, leader: Person) -> None:
    version = flood_plan()
    with CaptureQueriesContext(connection) as statements:
        response = start(incident, version, leader)
    assert len(statements) <= 78, "its notice, the watches, reply codes and rules of reach included"
    asked = Assignment.objects.filter(order__response=response)
    townships = set(asked.filter(unit__level="township").values_list("unit", flat=True))
    assert townships == set(Unit.objects.filter(level="township", active=True).values_list("pk", flat=True))
    assert asked.filter(unit__level="village").exists()
    check_in_force(response)
    with CaptureQueriesContext(connection) as raising:
        response = actions.change_level(response.pk, by=magistrate(), level="II", grounds="加强")
    assert len(raising) <= 85
    check_in_force(response)


def magistrate() -> Person:
    return Person.objects.get(appointments__post__code="magistrate", appointments__role="A")


def test_the_number_of_statements_does_not_grow_with_the_area(officer: Person, leader: Person) -> None:
    version = plan_of(action("patrol"), action("move", unit_kind="village", post="village_head", after=["patrol"]))
    counts = []
    for area in ([JUSHUI], ["331126"]):
        incident = actions.open_incident(by=officer, title="暴雨", category="natural_disaster", unit="331126")
        with CaptureQueriesContext(connection) as statements:
            start(incident, version, Person.objects.get(pk=leader.pk), area=area)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_one_order_an_action_with_its_text_ladder_and_named_people(incident: Incident, leader: Person) -> None:
    version = plan_of(action("patrol"), action("lead", post="township_head"))
    response = start(incident, version, leader, area=[JUSHUI])
    orders = list(Order.objects.filter(response=response).order_by("pk"))
    assert [order.action.code for order in orders] == ["patrol", "lead"]
    assert {order.colour for order in orders} == {"yellow"}
    assert orders[0].text == "patrol：立即落实"
    row = orders[0].assignments.get()
    assert (row.unit.code, row.post.code, row.task.status) == (JUSHUI, "township_station", "out")
    assert row.person is not None
    assert (row.task.due_at - response.started_at).total_seconds() == pytest.approx(1800, abs=2)
    assert Message.objects.filter(subject=f"assignment:{row.pk}", alarm=True, state="open").count() == 1
    assert Timer.objects.filter(subject=f"assignment:{row.pk}", state="pending").count() == 1
    assert Event.objects.filter(verb="order.issued", root=f"incident:{incident.pk}").count() == 2
    assert Event.objects.filter(verb="order.called").count() == 2


def test_the_incident_takes_the_level_and_the_version_is_pinned(incident: Incident, leader: Person) -> None:
    response = start(incident, plan_of(action("patrol")), leader, document="庆防指〔2026〕1号")
    incident.refresh_from_db()
    assert (incident.status, incident.response_level, response.level) == ("responding", "III", "III")
    assert response.approved_by == leader
    assert response.area == ["331126"]
    event = Event.objects.get(verb="incident.response_started")
    assert event.data["document"] == "庆防指〔2026〕1号"
    assert set(response.conditions.values_list("code", "met")) == {
        ("nobody_missing", False), ("secondary_dangers_controlled", False), ("final_report_drafted", False),
    }  # fmt: skip


@pytest.mark.parametrize(("level", "username"), [("II", "leader"), ("III", "director"), ("IV", "officer")])
def test_only_the_approvers_role_starts_a_level(
    incident: Incident, level: str, username: str, officer: Person, leader: Person
) -> None:
    people = {
        "leader": leader, "officer": officer,
        "director": Person.objects.get(appointments__post__code="command_office_director", appointments__role="A"),
    }  # fmt: skip
    with pytest.raises(Forbidden):
        start(incident, plan_of(action("patrol")), people[username], level)
    assert not Response.objects.exists()


def test_a_person_who_does_not_see_the_incident_is_told_that_there_is_none(
    incident: Incident, township: Person
) -> None:
    version = plan_of(action("patrol"))
    with pytest.raises(NotFound):
        start(incident, version, township)
    with pytest.raises(NotFound):
        actions.preview_level(incident.pk, by=township, version_id=version.pk, level="III")


def test_a_version_out_of_force_is_refused_with_the_one_in_force(incident: Incident, leader: Person) -> None:
    version = plan_of(action("patrol"))
    version.__class__.objects.filter(pk=version.pk).update(status="superseded")
    with pytest.raises(Conflict) as refusal:
        start(incident, version, leader)
    assert refusal.value.code == "not_in_force"
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"), [({"area": ["33112"]}, "area"), ({"area": []}, "area"), ({"area": ["510321"]}, "area")]
)
def test_an_area_that_is_none_of_the_plan_is_named(
    incident: Incident, leader: Person, changes: dict, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        start(incident, plan_of(action("patrol")), leader, **changes)
    assert field in refusal.value.fields
    incident.refresh_from_db()
    assert incident.response_level == ""


def test_a_plan_of_another_township_does_not_apply(officer: Person, leader: Person) -> None:
    incident = actions.open_incident(by=officer, title="暴雨", category="natural_disaster", unit=JUSHUI)
    with pytest.raises(Invalid) as refusal:
        start(incident, plan_of(action("patrol"), unit="331126207"), leader)
    assert "version" in refusal.value.fields


def test_grounds_are_demanded_and_nothing_is_half_stored(incident: Incident, leader: Person) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.start_level(incident.pk, by=leader, version_id=plan_of(action("patrol")).pk, level="III", grounds="  ")
    assert "grounds" in refusal.value.fields
    assert not Response.objects.exists()


def test_whoever_comes_second_is_told_what_runs(incident: Incident, leader: Person) -> None:
    version = plan_of(action("patrol"))
    response = start(incident, version, leader)
    with pytest.raises(Conflict) as refusal:
        start(incident, version, leader)
    assert refusal.value.current["response"] == response.pk
    assert refusal.value.current["level"] == "III"


def test_a_level_without_a_plan_still_works_and_a_plan_may_join_it(incident: Incident, leader: Person) -> None:
    actions.set_response_level(incident.pk, by=leader, level="III", grounds="暴雨")
    assert not Response.objects.exists()
    response = start(incident, plan_of(action("patrol")), leader)
    check_in_force(response)


def test_setting_the_level_of_a_running_response_changes_the_response(incident: Incident, leader: Person) -> None:
    response = start(incident, plan_of(action("patrol"), action("more", ["III"])), leader, "IV")
    actions.set_response_level(incident.pk, by=leader, level="III", grounds="加强", expected="IV")
    response.refresh_from_db()
    assert response.level == "III"
    check_in_force(response)


def test_raising_sends_only_what_is_new_and_lowering_calls_off_the_rest(incident: Incident, leader: Person) -> None:
    version = plan_of(action("patrol"), action("evacuate", ["III", "II", "I"]))
    response = start(incident, version, leader, "IV", area=[JUSHUI])
    first = Assignment.objects.get(order__response=response)
    preview = actions.preview_level(incident.pk, by=leader, version_id=version.pk, level="III")
    assert [planned.action.code for planned in preview.new] == ["evacuate"]
    assert ([task.action.code for task in preview.kept], preview.withdrawn) == (["patrol"], [])
    actions.change_level(response.pk, by=leader, level="III", grounds="雨势加强")
    assert Order.objects.filter(response=response).count() == 2
    first.refresh_from_db()
    assert (first.status, first.generation) == ("called", 0)
    actions.change_level(response.pk, by=leader, level="IV", grounds="雨势减弱")
    order = Order.objects.get(response=response, action__code="evacuate")
    assert (order.status, order.called_off_reason) == ("called_off", "雨势减弱")
    row = order.assignments.get()
    assert (row.status, row.task.status) == ("called_off", "withdrawn")
    assert not Timer.objects.filter(subject=f"assignment:{row.pk}", state="pending").exists()
    told = Message.objects.get(subject=f"assignment:{row.pk}", state="open")
    assert (told.code, told.alarm, told.data["reason"]) == ("order.withdrawn", False, "雨势减弱")
    check_in_force(response)


def test_a_task_withdrawn_and_asked_for_again_is_a_new_one_and_what_was_done_stays_done(
    incident: Incident, leader: Person
) -> None:
    version = plan_of(action("patrol"), action("evacuate", ["III"]))
    response = start(incident, version, leader, "III", area=[JUSHUI])
    finish(response, "evacuate")
    actions.change_level(response.pk, by=leader, level="IV", grounds="减弱")
    assert Assignment.objects.get(task__action__code="evacuate").status == "done"
    actions.change_level(response.pk, by=leader, level="III", grounds="加强")
    assert sorted(Task.objects.filter(action__code="evacuate").values_list("status", flat=True)) == ["out", "withdrawn"]
    check_in_force(response)


def test_the_area_of_a_response_may_grow_and_shrink(incident: Incident, leader: Person) -> None:
    response = start(incident, plan_of(action("patrol")), leader, "III", area=[JUSHUI])
    actions.change_level(response.pk, by=leader, level="III", grounds="雨带南移", area=[JUSHUI, "331126207"])
    check_in_force(response)
    assert Task.objects.filter(response=response, status="out").count() == 2
    actions.change_level(response.pk, by=leader, level="III", grounds="雨带北移", area=["331126207"])
    check_in_force(response)
    assert Assignment.objects.get(unit__code=JUSHUI).status == "called_off"
    actions.change_level(response.pk, by=leader, level="III", grounds="又回来", area=[JUSHUI, "331126207"])
    check_in_force(response)


def test_a_change_to_what_is_in_effect_or_from_what_is_not_is_a_conflict(incident: Incident, leader: Person) -> None:
    response = start(incident, plan_of(action("patrol"), action("more", ["IV"])), leader)
    for level, expected in (("III", None), ("IV", "IV")):
        with pytest.raises(Conflict) as refusal:
            actions.change_level(response.pk, by=leader, level=level, grounds="x", expected=expected)
        assert refusal.value.current["level"] == "III"


def test_raising_above_one_s_own_level_is_forbidden_and_so_is_lowering_from_it(
    incident: Incident, leader: Person, secretary: Person
) -> None:
    response = start(incident, plan_of(action("patrol")), leader)
    with pytest.raises(Forbidden):
        actions.change_level(response.pk, by=leader, level="II", grounds="x")
    actions.change_level(response.pk, by=secretary, level="I", grounds="x")
    with pytest.raises(Forbidden):
        actions.change_level(response.pk, by=leader, level="III", grounds="x")


def test_an_order_of_a_running_response_goes_with_its_level_alone(incident: Incident, leader: Person) -> None:
    response = start(incident, plan_of(action("patrol")), leader)
    with pytest.raises(Conflict) as refusal:
        actions.call_off(response.orders.get().pk, by=leader, reason="x")
    assert refusal.value.code == "order_of_a_response"
    check_in_force(response)


def test_a_vacant_post_is_in_the_preview_and_climbs_at_once(incident: Incident, leader: Person) -> None:
    from database.clock import DatabaseNow
    from org.models import Appointment

    Appointment.objects.filter(unit__code=JUSHUI, post__code="township_station").update(valid_to=DatabaseNow())
    version = plan_of(action("patrol"))
    preview = actions.preview_level(incident.pk, by=leader, version_id=version.pk, level="III", area=[JUSHUI])
    assert [planned.unit.code for planned in preview.vacancies] == [JUSHUI]
    assert preview.may
    assert preview.approver[0].code == "deputy_magistrate"
    assert leader in preview.approver[0].people
    response = start(incident, version, leader, area=[JUSHUI])
    row = Assignment.objects.get(order__response=response)
    assert (row.person, row.rung > 0) == (None, True)
    check_in_force(response)


# Acting first --------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(township: Person) -> Incident:
    return actions.open_incident(by=township, title="山洪", category="natural_disaster", unit=JUSHUI)


PLAN = (action("patrol"), action("water", unit_kind="department", reach="owner", post="department_duty"))


def test_a_township_acts_first_within_itself_and_its_approver_is_asked(
    own: Incident, township: Person, leader: Person
) -> None:
    response = start(own, plan_of(*PLAN), township, act_first=True)
    assert (response.act_first, response.approved_by) == (True, None)
    paths = set(Assignment.objects.filter(order__response=response).values_list("unit__code", flat=True))
    assert paths == {JUSHUI}
    check_in_force(response)
    asked = Message.objects.get(person=leader, subject=f"response:{response.pk}")
    assert (asked.alarm, asked.state) == (True, "open")
    actions.approve_response(response.pk, by=leader)
    asked.refresh_from_db()
    assert asked.state == "settled"
    assert Assignment.objects.filter(order__response=response, unit__level="department").exists()
    check_in_force(response)
    with pytest.raises(Conflict):
        actions.approve_response(response.pk, by=leader)
    with pytest.raises(Conflict):
        actions.stop_response(response.pk, by=leader, reason="x")


def test_the_approver_stops_what_a_township_began(own: Incident, township: Person, leader: Person) -> None:
    response = start(own, plan_of(*PLAN), township, act_first=True)
    with pytest.raises(Forbidden):
        actions.stop_response(response.pk, by=township, reason="x")
    with pytest.raises(Forbidden):
        actions.approve_response(response.pk, by=township)
    actions.stop_response(response.pk, by=leader, reason="不需要")
    own.refresh_from_db()
    response.refresh_from_db()
    assert (own.status, own.response_level, response.status) == ("monitored", "", "ended")
    assert set(Assignment.objects.filter(order__response=response).values_list("status", flat=True)) == {"called_off"}


def test_nobody_acts_first_for_others(
    own: Incident, incident: Incident, township: Person, village: Person, officer: Person
) -> None:
    version = plan_of(*PLAN)
    with pytest.raises(Forbidden):
        start(own, version, township)
    with pytest.raises(ActionError):
        start(own, version, village, act_first=True)
    with pytest.raises(ActionError):
        start(incident, version, township, act_first=True)
    with pytest.raises(Forbidden):
        start(own, version, officer, act_first=True)
    assert not Response.objects.exists()


# Races ---------------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Each act in a thread and a connection of its own, begun together; what came of each."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            gate.wait(10)
            return act()
        except ActionError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_the_same_level_at_once_one_does_and_the_other_is_told(
    incident: Incident, leader: Person
) -> None:
    version = plan_of(action("patrol"))
    other = magistrate()
    came = at_once(lambda: start(incident, version, leader), lambda: start(incident, version, other))
    started = [one for one in came if isinstance(one, Response)]
    refused = [one for one in came if isinstance(one, Conflict)]
    assert (len(started), len(refused)) == (1, 1)
    assert refused[0].current["response"] == started[0].pk
    check_in_force(started[0])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_raise_the_same_level_at_once_one_does(incident: Incident, leader: Person) -> None:
    response = start(incident, plan_of(action("patrol"), action("more", ["III"])), leader, "IV")

    def up() -> Response:
        return actions.change_level(response.pk, by=leader, level="III", grounds="x", expected="IV")

    came = at_once(up, up)
    assert sorted(type(one).__name__ for one in came) == ["Conflict", "Response"]
    check_in_force(response)


@pytest.mark.django_db(transaction=True)
def test_done_and_lowered_at_the_same_moment_leave_the_orders_as_the_level_asks(
    incident: Incident, leader: Person, officer: Person
) -> None:
    response = start(incident, plan_of(action("patrol"), action("more", ["III"])), leader, area=[JUSHUI])
    row = Assignment.objects.get(task__action__code="more")
    actions.answer_for(row.pk, by=officer, how="phone")
    came = at_once(
        lambda: actions.progress(row.pk, by=officer, step="done"),
        lambda: actions.change_level(response.pk, by=leader, level="IV", grounds="x"),
    )
    row.refresh_from_db()
    assert row.status in ("done", "called_off")
    assert [isinstance(one, Conflict) for one in came] == [row.status == "called_off", False]
    check_in_force(response)
