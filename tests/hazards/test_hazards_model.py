"""What holds for every ticket, whatever is done to it and whenever: in the database, and over random lives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazards import actions
from hazards.models import Deadline, Hazard, Inspection, Route, Supervision
from hazards.states import ENDED
from journal.models import Event, Timer
from journal.timers import fire_due
from org.models import Person
from tests.support.hazards import COUNTY, TOWN, WATER, holder
from web.errors import ActionError

pytestmark = pytest.mark.django_db


class TestTheDatabaseItself:
    def refuses(self, constraint: str, act: Callable[[], Any]) -> None:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            act()
        assert constraint in str(refused.value)

    def test_refuses_an_open_ticket_without_a_deadline(self, found: Any) -> None:
        row = Hazard.objects.filter(pk=found().pk)
        self.refuses("hazard_open_has_a_deadline", lambda: row.update(next_due_at=None))

    def test_refuses_a_ticket_closed_by_its_rectifier(self, ticket: Any) -> None:
        hazard = ticket("closed")
        row = Hazard.objects.filter(pk=hazard.pk)
        self.refuses("hazard_not_closed_by_its_rectifier", lambda: row.update(closed_by=hazard.rectifier_id))

    def test_refuses_two_open_deadlines_of_one_kind(self, found: Any) -> None:
        kept = Deadline.objects.get(hazard=found())
        kept.pk = None
        self.refuses("hazard_one_open_deadline", kept.save)

    def test_refuses_a_route_to_nowhere(self, demo_county: Any) -> None:
        for to in ("unit", "department"):
            self.refuses("hazard_route_goes_somewhere", lambda to=to: Route.objects.create(to=to))


# Random lives --------------------------------------------------------------------------------------------------------

ACTORS = ("village", "deputy", "township", "head", "officer", "leader", "admin", "bureau")
Act = Callable[[int, Person, Any], Any]


def _until(by: Person, days: int) -> dt.date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sanji_now()")
        return (cursor.fetchone()[0] + dt.timedelta(days=days)).date()


def _plan(pk: int, by: Person, other: int) -> Any:
    return actions.plan(pk, by=by, responsible=by.pk, measures="x", funds="x", finish_on=_until(by, 2), contingency="x",
                        interim="x", leader=holder(COUNTY, "magistrate").pk)  # fmt: skip


ACTS: dict[str, Act] = {
    "take_up": lambda pk, by, other: actions.take_up(pk, by=by),
    "turn_away": lambda pk, by, other: actions.turn_away(pk, by=by, grounds="x"),
    "register": lambda pk, by, other: actions.register(pk, by=by),
    "grade": lambda pk, by, other: actions.grade(pk, by=by, grade="general", grounds="x"),
    "grade_major": lambda pk, by, other: actions.grade(pk, by=by, grade="major", reasons=["serious_harm"], grounds="x"),
    "plan": _plan,
    "submit": lambda pk, by, other: actions.submit(pk, by=by),
    "inspect": lambda pk, by, other: actions.inspect(pk, by=by),
    "send_back": lambda pk, by, other: actions.send_back(pk, by=by, note="x"),
    "ask": lambda pk, by, other: actions.ask_extension(pk, by=by, until=_until(by, 60), reason="x"),
    "grant": lambda pk, by, other: actions.decide_extension(pk, by=by, granted=True),
    "refuse": lambda pk, by, other: actions.decide_extension(pk, by=by, granted=False, answer="x"),
    "close": lambda pk, by, other: actions.close(pk, by=by),
    "close_otherwise": lambda pk, by, other: actions.close(pk, by=by, how="otherwise", grounds="x"),
    "reopen": lambda pk, by, other: actions.reopen(pk, by=by, grounds="x"),
    "merge": lambda pk, by, other: actions.merge(pk, by=by, into=other),
    "reroute": lambda pk, by, other: actions.reroute(pk, by=by, unit=TOWN, grounds="x"),
    "to_water": lambda pk, by, other: actions.reroute(pk, by=by, unit=WATER, grounds="x"),
    "lead": lambda pk, by, other: actions.assign_leader(pk, by=by, person=by.pk),
    "list": lambda pk, by, other: actions.put_on_list(pk, by=by, due_on=_until(by, 30)),
    "publish": lambda pk, by, other: actions.publish_delisting(pk, by=by),
}
ONWARD = {
    "held": "take_up", "found": "register", "registered": "grade", "graded": "plan", "rectifying": "submit",
    "submitted": "inspect", "inspected": "close", "closed": "reopen",
}  # fmt: skip
"""The next step of each state: a life of refusals alone tells little."""
FEW = ("village", "township", "officer", "admin")
STEP = st.one_of(
    *[st.tuples(st.just("onward"), st.sampled_from(FEW), st.sampled_from([0, 0, 1]))] * 3,
    st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(ACTORS), st.sampled_from([0, 1])),
    st.tuples(st.just("travel"), st.sampled_from([1, 4, 9]), st.just(0)),
)


@pytest.fixture
def cast(village: Person, township: Person, officer: Person, leader: Person, admin: Person) -> dict[str, Person]:
    people = {"village": village, "township": township, "officer": officer, "leader": leader, "admin": admin}
    people |= {"deputy": holder("331126206200", "village_deputy"), "head": holder(TOWN, "township_head")}
    return people | {"bureau": holder(WATER, "department_head")}


def holds(hazard: Hazard) -> None:
    """What must be true of a ticket after every step."""
    subject = f"hazard:{hazard.pk}"
    clocks = Timer.objects.filter(subject=subject, kind="hazards.due", state="pending")
    running = Deadline.objects.filter(hazard=hazard, ended_at=None).exclude(what__in=["decide_extension", "publish"])
    assert hazard.owner_id is not None
    if hazard.status in ENDED:
        assert hazard.next_due_at is None
        assert not running.exists()
        assert not clocks.exists()
        assert not hazard.extensions.filter(status="asked").exists()
    else:
        assert hazard.next_due_at == min(running.values_list("due_at", flat=True))
        assert [clock.generation for clock in clocks] == [hazard.generation]
    looked = Inspection.objects.filter(hazard=hazard).first()
    if hazard.status == "inspected":
        assert looked is not None
        assert (looked.result, looked.by_id == hazard.rectifier_id) == ("passed", False)
    if hazard.status == "closed":
        assert hazard.closed_by_id is not None
        assert hazard.closed_by_id != hazard.rectifier_id
        if hazard.closure == "rectified":
            assert looked is not None
            assert (looked.result, looked.by_id == hazard.rectifier_id) == ("passed", False)
        if hazard.closure == "rectified" and hazard.grade == "major":
            county = {"county_duty_officer", "deputy_magistrate", "command_office_director"}
            posts = set(hazard.closed_by.appointments.filter(unit__code=COUNTY).values_list("post__code", flat=True))
            assert hazard.closed_by.is_superuser or posts & county
    if hazard.status in ("rectifying", "submitted", "inspected"):
        newest = hazard.plans.first()
        assert newest is not None
        assert all([newest.responsible_id, newest.measures, newest.funds, newest.finish_on, newest.contingency])
        assert hazard.grade != "major" or hazard.leader_id
    letters = Supervision.objects.filter(hazard=hazard, form="circular").count()
    assert letters <= Supervision.objects.filter(hazard=hazard, form="letter").count()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(STEP, min_size=8, max_size=22),
    begun=st.sampled_from(["held", "found", "graded", *["rectifying"] * 3]),
)
def test_over_any_life_somebody_owes_it_by_some_day_and_no_rectifier_closes_it(
    steps: list[tuple[str, Any, int]], begun: str, found: Any, ticket: Any, cast: dict[str, Person], clock: Any
) -> None:
    clock.travel(seconds=-clock.offset.total_seconds())
    with transaction.atomic():
        ids = [(found(door="public") if begun == "held" else ticket(begun)).pk, found("cut_slope").pk]
        done = 0
        for verb, who, which in steps:
            if verb == "travel":
                clock.travel(days=who)
                fire_due()
            else:
                done += _tried(_act(verb, ids[which]), ids[which], cast[who], ids[1 - which])
            holds(Hazard.objects.get(pk=ids[which]))
        holds(Hazard.objects.get(pk=ids[0]))
        holds(Hazard.objects.get(pk=ids[1]))
        assert not Timer.objects.exclude(error="").exists(), "a clock failed"
        moves = Event.objects.filter(subject__in=[f"hazard:{pk}" for pk in ids]).count()
        assert moves >= 2 + done
        transaction.set_rollback(True)


def _act(verb: str, pk: int) -> Act:
    status = Hazard.objects.get(pk=pk).status
    return ACTS[ONWARD.get(status, "merge") if verb == "onward" else verb]


def _tried(act: Act, pk: int, by: Person, other: int) -> int:
    try:
        with transaction.atomic():
            act(pk, by, other)
    except ActionError:
        return 0
    return 1
