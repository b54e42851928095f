"""The chase drives every kind of subject by the same rules: silence is never dropped, no step is taken twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from command import actions as command
from database.clock import now
from duty import actions as duty
from duty.actions.rounds import sweep
from duty.models import GapAlarm
from hazards import actions as hazards
from hazards.actions.file import file_hazard
from hazards.rules.filing import Filing
from journal.actions.recording import SYSTEM
from journal.models import Event, Timer
from journal.timers import fire_due
from norms.actions import CHASES, draft_papers, sign_paper
from norms.rules.papers import OFFICE, Draft
from norms.selectors.automatic import by_rule
from org.models import Appointment, Person, Unit
from plans.selectors.signals import Signal
from tests.support.hazards import point_in
from tests.support.levels import action, plan_of

pytestmark = pytest.mark.django_db
TOWN, VILLAGE, WITHOUT_ROSTER = "331126206", "331126206200", "331126204"


def somebody(username: str) -> Person:
    return Person.objects.get(username=username)


def approver() -> Person:
    held = Appointment.objects.filter(unit__code="331126", post__code="magistrate", valid_to=None)
    return held.select_related("person").order_by("role", "pk")[0].person


@dataclass(frozen=True)
class Case:
    """How one kind of subject comes to be chased, what a step of it records, and what an answer is."""

    timer: str
    begin: Callable[[], int]
    answer: Callable[[int], Any]
    verbs: tuple[str, ...]
    kind: str
    steps: int | None = None
    """After so many steps the chase ends by itself; None: it goes on until somebody answers."""

    def subject(self, number: int) -> str:
        return f"{self.kind}:{number}"


def order() -> int:
    incident = command.open_incident(
        by=somebody("officer"), title="暴雨", category="natural_disaster", unit="331126", grade="IV", description=""
    )
    made = command.issue_order(
        by=somebody("officer"), incident_id=incident.pk, text="立即巡查", units=[VILLAGE], descendants=False,
        posts=["village_head"], ladder="red",
    )  # fmt: skip
    return made.assignments.get().pk


def proposal() -> int:
    plan_of(action("a"), triggers={"red": [{"signal": "warning", "colour": ["red"], "events": ["rainstorm"]}]})
    signal = Signal(
        kind="warning", subject="warning:999999", unit=Unit.objects.get(code="331126"), area=[TOWN],
        facts={"colour": "red", "event": ["rainstorm"]}, title={"zh": "暴雨红色预警", "en": "Red rainstorm"},
        url="/warnings/",
    )  # fmt: skip
    return command.propose(signal)[0].pk


def hazard() -> int:
    filing = Filing(
        client_id=uuid4(), kind="timber_houses", description="木屋连片", point=point_in(VILLAGE),
        found_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC), people_at_risk=0,
    )  # fmt: skip
    made, _new = file_hazard(filing, by=somebody("village"), door="phone")
    return made.pk


def gap() -> int:
    sweep()
    return GapAlarm.objects.filter(unit__code=WITHOUT_ROSTER, status="open").order_by("pk")[0].pk


def fill(number: int) -> None:
    """A shift of three for the unit, from now on."""
    unit = GapAlarm.objects.get(pk=number).unit
    held = Appointment.objects.filter(unit=unit, valid_to=None).order_by("pk").select_related("person")
    people = dict(zip(("leader", "main", "deputy"), dict.fromkeys(row.person for row in held), strict=False))
    end = now() + dt.timedelta(hours=24)
    duty.add_shift(by=SYSTEM, unit=unit, start=now(), end=end, people=people, published=True)


def director() -> Person:
    held = Appointment.objects.filter(unit__code="331126", post__code="command_office_director", valid_to=None)
    return held.select_related("person").order_by("role", "pk")[0].person


def paper() -> int:
    county = Unit.objects.get(code="331126")
    made = Draft("response_ended", "", county, "通知", ["结束。"], [Unit.objects.get(code=TOWN)], signing=OFFICE)
    with transaction.atomic():
        return draft_papers([made], by=by_rule("paper.chase"))[0].pk


CASES = {
    "an assignment": Case(
        "assignment.climb", order, lambda pk: command.acknowledge(pk, by=somebody("village")), ("assignment.climbed",),
        "assignment",
    ),
    "a proposed level": Case(
        "proposal.climb", proposal,
        lambda pk: command.refuse_proposal(pk, by=approver(), reason="误报"),
        ("proposal.climbed",), "proposal",
    ),
    "a hazard": Case(
        "hazards.due", hazard,
        lambda pk: hazards.close(pk, by=somebody("township"), how="otherwise", grounds="误报"),
        ("hazard.reminded", "hazard.overdue"), "hazard",
    ),
    "a gap in the roster": Case(
        "duty.nobody", gap, fill, ("gap.called_again", "gap.nobody_to_call"), "gap",
    ),
    "a signature": Case(
        "norms.paper", paper, lambda pk: sign_paper(pk, by=director()), ("paper.chased",), "paper",
    ),
    "a spot check": Case(
        "duty.call_back",
        lambda: duty.start_spot_check(by=somebody("officer"), unit=WITHOUT_ROSTER).pk,
        lambda pk: duty.record_outcome(pk, by=somebody("officer"), outcome="wrong_answer"),
        ("spot_check.called_again", "spot_check.leader_called"), "spot_check", steps=2,
    ),
    "a superior's call": Case(
        "duty.reply_due",
        lambda: duty.log_call(by=somebody("officer"), unit="331126", kind="superior", content="询问灾情").pk,
        lambda pk: duty.reply_to_superior(pk, by=somebody("officer"), content="已回复"),
        ("call.reply_overdue",), "call",
    ),
}  # fmt: skip
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def begun(case: Case) -> int:
    """Its number; no other clock of the county runs, so that a night of silence costs one subject's steps."""
    number = case.begin()
    Timer.objects.filter(state="pending").exclude(subject=case.subject(number)).update(state="cancelled")
    return number


def pending(case: Case, number: int) -> list[Timer]:
    rows = Timer.objects.filter(kind=case.timer, subject=case.subject(number), state="pending")
    return list(rows.order_by("id"))


def steps_taken(case: Case, number: int, since: int) -> int:
    return Event.objects.filter(subject=case.subject(number), verb__in=case.verbs, seq__gt=since).count()


def fire() -> int:
    """Everything that is due, step by step; at most a year of a ladder that repeats every few minutes is refused."""
    fired = 0
    for _round in range(500):
        done = fire_due()
        if not done:
            return fired
        fired += done
    raise AssertionError("timers without end")


@contextmanager
def undone(clock: Any) -> Iterator[None]:
    """What an example did is rolled back, and the clock put back."""
    before = clock.offset
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    clock.travel(seconds=(before - clock.offset).total_seconds())


def last_seq() -> int:
    return Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def test_the_table_has_a_case_for_every_chase() -> None:
    of_hazards = {"hazards.decide", "hazards.publish"}
    assert set(CHASES) - of_hazards == {case.timer for case in CASES.values()}


@EACH
def test_silence_takes_one_step_after_the_other(case: Case, clock: Any) -> None:
    since, number = last_seq(), begun(case)
    for step in range(case.steps or 4):
        (timer,) = pending(case, number)
        clock.travel(seconds=(timer.due_at - clock.now()).total_seconds() + 1)
        fire_due()
        assert steps_taken(case, number, since) == step + 1
    assert len(pending(case, number)) == (0 if case.steps else 1)


@EACH
def test_an_answer_ends_it(case: Case, clock: Any) -> None:
    number = begun(case)
    case.answer(number)
    since = last_seq()
    clock.travel(days=2)
    fire()
    assert (pending(case, number), steps_taken(case, number, since)) == ([], 0)


@EACH
def test_a_timer_of_before_the_answer_does_nothing(case: Case, clock: Any) -> None:
    """As when a firer held the timer while the answer was written, so that it could not be cancelled."""
    number = begun(case)
    (timer,) = pending(case, number)
    case.answer(number)
    Timer.objects.filter(pk=timer.pk).update(state="pending")
    since = last_seq()
    clock.travel(seconds=(timer.due_at - clock.now()).total_seconds() + 1)
    fire()
    assert (pending(case, number), steps_taken(case, number, since)) == ([], 0)


MINUTES = st.lists(st.tuples(st.integers(1, 90), st.booleans()), min_size=1, max_size=5)


@EACH
@settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(nights=MINUTES, answered_after=st.integers(0, 6))
@example(nights=[(300, False), (90, True)], answered_after=6)
def test_it_is_never_dropped_and_never_doubled(
    case: Case, clock: Any, nights: list[tuple[int, bool]], answered_after: int
) -> None:
    """Time passes, the firers run or are down, somebody answers at some time: while nobody has, exactly one timer is
    pending, and every step was taken once, in order.
    """
    with undone(clock):
        since, number, answered = last_seq(), begun(case), False
        for turn, (minutes, up) in enumerate(nights):
            if turn == answered_after:
                case.answer(number)
                answered, after = True, steps_taken(case, number, since)
            clock.travel(minutes=minutes)
            if up:
                fire()
            left, taken = pending(case, number), steps_taken(case, number, since)
            ended = case.steps is not None and taken == case.steps
            assert len(left) == (0 if answered or ended else 1)
            if answered:
                assert taken == after
            fired = Timer.objects.filter(kind=case.timer, subject=case.subject(number), state="fired")
            assert [row.step for row in fired.order_by("due_at", "id")] == list(range(taken))
            if left and up:
                assert left[0].due_at > clock.now()
