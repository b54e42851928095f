"""The ticket's life: every step by those whose turn it is, every other step refused (docs/domain.md 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from hazards import actions
from hazards.models import Deadline, Extension, Hazard, Inspection
from hazards.states import ENDED
from journal.models import Event, Timer
from journal.states import IllegalMove
from org.models import Person
from tests.support.hazards import NEIGHBOUR, STATES, TOWN, VILLAGE, WATER, all_sides_sign, fresh, holder
from web.errors import Conflict, Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db

VERBS: dict[str, Callable[[Hazard, Person, dict[str, Any], Hazard], Any]] = {
    "take_up": lambda h, by, plan, other: actions.take_up(h.pk, by=by),
    "turn_away": lambda h, by, plan, other: actions.turn_away(h.pk, by=by, grounds="x"),
    "register": lambda h, by, plan, other: actions.register(h.pk, by=by),
    "grade": lambda h, by, plan, other: actions.grade(h.pk, by=by, grade="general", grounds="x"),
    "plan": lambda h, by, plan, other: actions.plan(h.pk, by=by, **plan),
    "submit": lambda h, by, plan, other: actions.submit(h.pk, by=by),
    "inspect": lambda h, by, plan, other: actions.inspect(h.pk, by=by),
    "send_back": lambda h, by, plan, other: actions.send_back(h.pk, by=by, note="x"),
    "ask": lambda h, by, plan, other: actions.ask_extension(
        h.pk, by=by, until=plan["finish_on"] + dt.timedelta(days=60), reason="x"
    ),
    "close": lambda h, by, plan, other: actions.close(h.pk, by=by),
    "close_otherwise": lambda h, by, plan, other: actions.close(h.pk, by=by, how="otherwise", grounds="x"),
    "reopen": lambda h, by, plan, other: actions.reopen(h.pk, by=by, grounds="x"),
    "merge": lambda h, by, plan, other: actions.merge(h.pk, by=by, into=other.pk),
    "reroute": lambda h, by, plan, other: actions.reroute(h.pk, by=by, unit=TOWN, grounds="x"),
    "leader": lambda h, by, plan, other: actions.assign_leader(h.pk, by=by, person=plan["responsible"]),
}
COMMON = {"close_otherwise", "merge", "leader"}
LEGAL = {
    "held": {"take_up", "turn_away", "merge", "reroute"},
    "found": {"register", "reroute", *COMMON},
    "registered": {"grade", "reroute", *COMMON},
    "graded": {"plan", "ask", "reroute", *COMMON},
    "rectifying": {"submit", "ask", "reroute", *COMMON},
    "submitted": {"inspect", "send_back", *COMMON},
    "inspected": {"close", *COMMON},
    "closed": {"reopen"},
    "merged": set(),
    "turned_away": set(),
}


@pytest.fixture
def in_state(ticket: Callable[..., Hazard], found: Callable[..., Hazard], admin: Person) -> Callable[[str], Hazard]:
    def make(state: str) -> Hazard:
        if state in STATES:
            return ticket(state)
        hazard = found(door="public")
        if state == "merged":
            actions.merge(hazard.pk, by=admin, into=found().pk)
        if state == "turned_away":
            actions.turn_away(hazard.pk, by=admin, grounds="x")
        return fresh(hazard)

    return make


@pytest.mark.parametrize("state", Hazard.Status.values)
def test_every_illegal_step_is_a_conflict_that_changes_nothing(
    state: str, in_state: Any, found: Any, planned: Any, admin: Person
) -> None:
    hazard, other, elements = in_state(state), found(), planned()
    assert hazard.status == state
    before = Hazard.objects.filter(pk=hazard.pk).values().get()
    events = Event.objects.count()
    for verb, act in VERBS.items():
        refused = attempted(act, hazard, admin, elements, other)
        assert (refused is None) == (verb in LEGAL[state]), f"{verb} while {state}: {refused}"
        assert refused is None or (refused.status, refused.current["status"]) == (409, state)
        assert Event.objects.count() == events
    assert Hazard.objects.filter(pk=hazard.pk).values().get() == before


def attempted(act: Any, *given: Any) -> Conflict | None:
    """What refused it, or None; nothing of it stays."""
    with transaction.atomic():
        try:
            act(*given)
        except Conflict as refused:
            return refused
        transaction.set_rollback(True)
    return None


def test_the_table_of_this_test_names_every_state() -> None:
    assert set(LEGAL) == set(Hazard.Status.values)


def test_a_general_hazard_goes_from_report_to_closure(ticket: Any, village: Person, township: Person) -> None:
    closed = ticket("closed")
    assert (closed.status, closed.closure, closed.in_time) == ("closed", "rectified", True)
    assert closed.rectifier == village
    assert closed.closed_by == township
    assert closed.next_due_at is None
    verbs = list(Event.objects.filter(subject=f"hazard:{closed.pk}").order_by("seq").values_list("verb", flat=True))
    assert verbs == [
        "hazard.filed", "hazard.registered", "hazard.graded", "hazard.planned", "hazard.submitted",
        "hazard.inspected", "hazard.closed",
    ]  # fmt: skip
    assert not Timer.objects.filter(subject=f"hazard:{closed.pk}", state="pending").exists()
    assert not Deadline.objects.filter(hazard=closed, ended_at=None).exists()


class TestTheFiveElements:
    @pytest.mark.parametrize("missing", ["responsible", "measures", "funds", "finish_on", "contingency"])
    def test_each_missing_one_is_named(self, missing: str, ticket: Any, planned: Any, village: Person) -> None:
        hazard = ticket("graded")
        empty = None if missing in ("responsible", "finish_on") else " "
        with pytest.raises(Invalid) as refused:
            actions.plan(hazard.pk, by=village, **planned(**{missing: empty}))
        assert list(refused.value.fields) == [missing]
        assert fresh(hazard).status == "graded"

    def test_all_that_are_missing_are_named_at_once(self, ticket: Any, village: Person) -> None:
        with pytest.raises(Invalid) as refused:
            actions.plan(ticket("graded").pk, by=village)
        assert set(refused.value.fields) == {"responsible", "measures", "funds", "finish_on", "contingency"}

    def test_the_time_limit_lies_within_what_the_grade_allows(self, ticket: Any, planned: Any, village: Person) -> None:
        hazard = ticket("graded")
        late = planned()["finish_on"] + dt.timedelta(days=30)
        with pytest.raises(Invalid) as refused:
            actions.plan(hazard.pk, by=village, **planned(finish_on=late))
        assert "finish_on" in refused.value.fields
        with pytest.raises(Invalid):
            actions.plan(hazard.pk, by=village, **planned(finish_on=dt.date(2020, 1, 1)))

    def test_the_responsible_person_has_a_post_there(self, ticket: Any, planned: Any, village: Person) -> None:
        stranger = holder(NEIGHBOUR, "township_head")
        with pytest.raises(Invalid) as refused:
            actions.plan(ticket("graded").pk, by=village, **planned(responsible=stranger.pk))
        assert list(refused.value.fields) == ["responsible"]


class TestMajor:
    @pytest.fixture
    def major(self, found: Any, village: Person, township: Person) -> Hazard:
        hazard = found()
        actions.register(hazard.pk, by=village, people_at_risk=40)
        actions.grade(hazard.pk, by=township, grade="major", reasons=["not_alone"], grounds="连片 60 户")
        return fresh(hazard)

    def test_it_needs_a_reason(self, ticket: Any, township: Person) -> None:
        with pytest.raises(Invalid) as refused:
            actions.grade(ticket("registered").pk, by=township, grade="major", grounds="x")
        assert list(refused.value.fields) == ["reasons"]

    def test_its_plan_needs_a_leader_and_interim_control(self, major: Hazard, planned: Any, village: Person) -> None:
        with pytest.raises(Invalid) as refused:
            actions.plan(major.pk, by=village, **planned())
        assert set(refused.value.fields) == {"leader", "interim"}

    def test_the_county_inspects_and_closes_it(
        self, major: Hazard, planned: Any, village: Person, township: Person, officer: Person
    ) -> None:
        head = holder(TOWN, "township_head")
        actions.assign_leader(major.pk, by=township, person=head.pk)
        actions.plan(major.pk, by=village, **planned(interim="拉警戒线"))
        actions.submit(major.pk, by=village)
        for act in (
            lambda: actions.inspect(major.pk, by=township),
            lambda: actions.send_back(major.pk, by=township, note="x"),
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == "county_only"
        actions.inspect(major.pk, by=officer)
        with pytest.raises(Forbidden):
            actions.close(major.pk, by=township)
        all_sides_sign(major)
        actions.close(major.pk, by=officer)
        assert fresh(major).status == "closed"

    def test_a_small_one_does_not_swallow_it(self, major: Hazard, found: Any, township: Person) -> None:
        with pytest.raises(Conflict) as refused:
            actions.merge(major.pk, by=township, into=found().pk)
        assert refused.value.code == "major_kept"


class TestSomebodyElseLooks:
    def test_the_rectifier_neither_inspects_nor_closes(self, ticket: Any, township: Person, planned: Any) -> None:
        hazard = ticket("rectifying")
        actions.submit(hazard.pk, by=township)  # the township may act for its village
        for act in (
            lambda: actions.inspect(hazard.pk, by=township),
            lambda: actions.send_back(hazard.pk, by=township, note="x"),
            lambda: actions.close(hazard.pk, by=township, how="otherwise", grounds="x"),
        ):
            with pytest.raises(Forbidden) as refused:
                act()
            assert refused.value.code == "own_work"
        actions.inspect(hazard.pk, by=holder(TOWN, "township_head"))
        with pytest.raises(Forbidden):
            actions.close(hazard.pk, by=township)

    def test_neither_does_whoever_answers_for_the_plan(self, ticket: Any, planned: Any, township: Person) -> None:
        hazard = ticket("graded")
        head = holder(TOWN, "township_head")
        actions.plan(hazard.pk, by=township, **planned(responsible=head.pk))
        actions.submit(hazard.pk, by=township)
        with pytest.raises(Forbidden):
            actions.inspect(hazard.pk, by=head)

    def test_an_administrator_who_rectified_does_not_either(self, ticket: Any, admin: Person) -> None:
        hazard = ticket("rectifying")
        actions.submit(hazard.pk, by=admin)
        with pytest.raises(Forbidden):
            actions.inspect(hazard.pk, by=admin)

    def test_a_village_cannot_inspect(self, ticket: Any) -> None:
        deputy = holder(VILLAGE, "village_deputy")
        with pytest.raises(Forbidden):
            actions.inspect(ticket("submitted").pk, by=deputy)

    def test_sent_back_says_what_is_missing_and_work_goes_on(
        self, ticket: Any, township: Person, village: Person
    ) -> None:
        hazard = ticket("submitted")
        with pytest.raises(Invalid):
            actions.send_back(hazard.pk, by=township, note=" ")
        actions.send_back(hazard.pk, by=township, note="线路未更换完")
        assert fresh(hazard).status == "rectifying"
        actions.submit(hazard.pk, by=village)
        actions.inspect(hazard.pk, by=township)
        assert list(Inspection.objects.filter(hazard=hazard).order_by("pk").values_list("result", flat=True)) == [
            "sent_back",
            "passed",
        ]


class TestTheEnd:
    def test_closed_otherwise_by_the_unit_above_with_grounds(
        self, ticket: Any, village: Person, township: Person
    ) -> None:
        hazard = ticket("graded")
        with pytest.raises(Forbidden):
            actions.close(hazard.pk, by=village, how="otherwise", grounds="x")
        with pytest.raises(Invalid):
            actions.close(hazard.pk, by=township, how="otherwise")
        actions.close(hazard.pk, by=township, how="otherwise", grounds="房屋已拆除")
        closed = fresh(hazard)
        assert (closed.closure, closed.in_time) == ("otherwise", None)

    def test_a_township_s_own_is_closed_otherwise_by_the_county(
        self, found: Any, township: Person, officer: Person
    ) -> None:
        hazard = found("cut_slope")
        assert hazard.owner.code == TOWN
        with pytest.raises(Forbidden):
            actions.close(hazard.pk, by=township, how="otherwise", grounds="x")
        actions.close(hazard.pk, by=officer, how="otherwise", grounds="x")

    @pytest.mark.parametrize(
        ("closed_from", "back_to"), [("found", "registered"), ("graded", "graded"), ("inspected", "rectifying")]
    )
    def test_it_reopens_to_where_it_had_got_to(
        self, closed_from: str, back_to: str, ticket: Any, township: Person
    ) -> None:
        hazard = ticket(closed_from)
        actions.close(hazard.pk, by=township, how="otherwise", grounds="x")
        actions.reopen(hazard.pk, by=township, grounds="又开裂")
        again = fresh(hazard)
        assert (again.status, again.reopened, again.closure, again.closed_by_id) == (back_to, 1, "", None)
        assert again.next_due_at is not None

    def test_the_public_s_report_is_held_until_the_township_takes_it_up(
        self, found: Any, township: Person, village: Person
    ) -> None:
        hazard = found(door="public")
        assert hazard.status == "held"
        with pytest.raises(Forbidden):
            actions.take_up(hazard.pk, by=village)
        actions.take_up(hazard.pk, by=township)
        assert fresh(hazard).status == "found"
        away = found(door="public")
        actions.turn_away(away.pk, by=township, grounds="不在现场")
        assert fresh(away).status in ENDED


class TestExtensions:
    @pytest.fixture
    def until(self, ticket: Any, clock: Any) -> dt.date:
        return (clock.now() + dt.timedelta(days=40)).date()

    def test_granted_it_moves_the_deadline(
        self, ticket: Any, until: dt.date, village: Person, township: Person
    ) -> None:
        hazard = ticket("rectifying")
        actions.ask_extension(hazard.pk, by=village, until=until, reason="汛期无法施工")
        with pytest.raises(Conflict):
            actions.ask_extension(hazard.pk, by=village, until=until, reason="x")
        actions.decide_extension(hazard.pk, by=township, granted=True)
        assert fresh(hazard).next_due_at.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == until
        assert not Deadline.objects.filter(hazard=hazard, what="decide_extension", ended_at=None).exists()

    def test_refused_it_leaves_it_and_needs_an_answer(
        self, ticket: Any, until: dt.date, village: Person, township: Person
    ) -> None:
        hazard = ticket("rectifying")
        actions.ask_extension(hazard.pk, by=village, until=until, reason="x")
        with pytest.raises(Invalid):
            actions.decide_extension(hazard.pk, by=township, granted=False)
        actions.decide_extension(hazard.pk, by=township, granted=False, answer="资金已到位")
        assert fresh(hazard).next_due_at == hazard.next_due_at
        with pytest.raises(Conflict):
            actions.decide_extension(hazard.pk, by=township, granted=True)

    def test_neither_the_asker_nor_the_owner_decides(
        self, ticket: Any, until: dt.date, village: Person, township: Person
    ) -> None:
        hazard = ticket("rectifying")
        actions.ask_extension(hazard.pk, by=township, until=until, reason="x")
        for person in (village, township):
            with pytest.raises(Forbidden):
                actions.decide_extension(hazard.pk, by=person, granted=True)

    def test_at_most_a_year_and_never_shorter(self, ticket: Any, until: dt.date, village: Person) -> None:
        hazard = ticket("rectifying")
        for wrong in (until + dt.timedelta(days=400), until - dt.timedelta(days=39)):
            with pytest.raises(Invalid) as refused:
                actions.ask_extension(hazard.pk, by=village, until=wrong, reason="x")
            assert list(refused.value.fields) == ["until"]

    def test_it_lapses_when_the_ticket_ends(
        self, ticket: Any, until: dt.date, village: Person, township: Person
    ) -> None:
        hazard = ticket("rectifying")
        asked = actions.ask_extension(hazard.pk, by=village, until=until, reason="x")
        actions.close(hazard.pk, by=township, how="otherwise", grounds="x")
        assert fresh(asked).status == Extension.Status.LAPSED

    def test_one_that_is_granted_after_the_work_was_handed_in_counts(
        self, ticket: Any, until: dt.date, village: Person, township: Person, clock: Any
    ) -> None:
        hazard = ticket("rectifying")
        actions.ask_extension(hazard.pk, by=village, until=until, reason="x")
        clock.travel(days=10)
        actions.submit(hazard.pk, by=village)
        due = fresh(hazard).next_due_at
        actions.decide_extension(hazard.pk, by=township, granted=True)
        assert fresh(hazard).next_due_at == due
        actions.inspect(hazard.pk, by=township)
        actions.close(hazard.pk, by=township)
        assert fresh(hazard).in_time is True


def test_late_work_is_not_in_time(ticket: Any, village: Person, township: Person, clock: Any) -> None:
    hazard = ticket("rectifying")
    clock.travel(days=10)
    actions.submit(hazard.pk, by=village)
    actions.inspect(hazard.pk, by=township)
    actions.close(hazard.pk, by=township)
    assert fresh(hazard).in_time is False


def test_what_one_does_not_see_is_not_there(ticket: Any) -> None:
    stranger = holder(NEIGHBOUR, "township_head")
    with pytest.raises(NotFound):
        actions.register(ticket("found").pk, by=stranger)


def test_a_refused_step_says_where_the_ticket_stands(ticket: Any, village: Person) -> None:
    with pytest.raises(IllegalMove) as refused:
        actions.submit(ticket("found").pk, by=village)
    assert refused.value.current["status"] == "found"
    assert refused.value.current["allowed"]


def test_a_department_answers_for_its_own(found: Any, township: Person, planned: Any, officer: Person) -> None:
    hazard = found("flash_flood_gully")
    assert hazard.owner.code == WATER
    head = holder(WATER, "department_head")
    actions.register(hazard.pk, by=head)
    actions.grade(hazard.pk, by=head, grade="general", grounds="x")
    actions.plan(hazard.pk, by=head, **planned(responsible=head.pk))
    actions.submit(hazard.pk, by=head)
    with pytest.raises(Forbidden):
        actions.inspect(hazard.pk, by=head)
    actions.inspect(hazard.pk, by=township)
