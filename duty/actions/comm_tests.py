"""Communication tests: begun by an officer without notice, or each month by a clock; closed when the window is over.

The same deliveries as for an alarm carry them, but no ladder climbs and nothing rings: silence is the result.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from database import rows
from database.clock import now
from duty.actions.lookup import unit_for
from duty.models import CommTest, CommTestLine, CommTestPlan
from duty.selectors import comm_tests as selectors
from journal.actions.recording import Actor, record
from journal.timers import Setting, set_timers
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from notify.selectors.replies import Said
from org.cards import names
from org.models import Appointment, Person, Post, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import under
from org.selectors.register import held_now
from web.errors import Conflict, Invalid, NotFound

_log = logging.getLogger(__name__)

CLOSE = "duty.comm_test_close"
MONTHLY = "duty.comm_test_monthly"
LEVELS = (Unit.Level.COUNTY, Unit.Level.TOWNSHIP, Unit.Level.VILLAGE)
LONGEST_MIN = 24 * 60


@transaction.atomic
def start_comm_test(
    *, by: Actor, unit: Unit | str, levels: Collection[str], window_min: int, post: Post | None = None,
    monthly: bool = False,
) -> CommTest:  # fmt: skip
    """Ask everybody with a post there to answer within ``window_min``. Invalid where nobody is; Conflict while another
    test of the unit runs.
    """
    where = unit_for(unit, by=by, capability=capabilities.VERIFY)
    _check(levels, window_min, post)
    Unit.objects.select_for_update(no_key=True).only("pk").get(pk=where.pk)
    if CommTest.objects.filter(unit=where, closed_at=None).exists():
        raise Conflict(_("A communication test of this unit is running."))
    people = _people(where, levels, post)
    if not people:
        raise Invalid(_("Nobody holds such a post there."))
    person = by if isinstance(by, Person) else None
    test = CommTest.objects.create(
        unit=where, levels=sorted(levels), post=post, window_min=window_min, monthly=monthly, started_by=person,
    )  # fmt: skip
    columns = ("test_id", "person_id", "unit_id", "phone", "outcome")
    rows.insert(CommTestLine, columns, [(test.pk, one.person_id, one.unit_id, one.person.phone, "") for one in people])
    _ask(test, by)
    set_timers([Setting(CLOSE, f"comm_test:{test.pk}", now() + dt.timedelta(minutes=window_min))])
    data = {"unit_name": names(where), "people": len(people), "minutes": window_min, "monthly": monthly}
    record("comm_test.started", f"comm_test:{test.pk}", where.path, by=by, data=data)
    return test


def _check(levels: Collection[str], window_min: int, post: Post | None) -> None:
    if not levels or set(levels) - set(LEVELS):
        raise Invalid.field("levels", _("County, township or village is expected."))
    if post is not None and post.level not in levels:
        raise Invalid.field("post", _("None of the levels chosen has this post: it is one of %(level)s.") % {
            "level": Unit.Level(post.level).label,
        })  # fmt: skip
    if not 1 <= window_min <= LONGEST_MIN:
        raise Invalid.field("window_min", _("Between one minute and a day."))


def _people(unit: Unit, levels: Collection[str], post: Post | None) -> list[Appointment]:
    """Each person once, where they hold their first post."""
    found = held_now(Appointment.objects.filter(under(unit.path), unit__level__in=levels, person__is_device=False))
    if post is not None:
        found = found.filter(post=post)
    once: dict[int, Appointment] = {}
    for one in found.select_related("person").order_by("unit__path", "post__rank", "pk"):
        once.setdefault(one.person_id, one)
    return list(once.values())


def _ask(test: CommTest, by: Actor) -> None:
    lines = CommTestLine.objects.filter(test=test).exclude(phone="").select_related("unit").defer("unit__boundary")
    data = {"minutes": test.window_min}
    notices = [
        Notice(
            line.person_id, "duty.comm_test", f"comm_test_line:{line.pk}", line.unit.path, data=data,
            group=f"comm_test:{test.pk}",
        )
        for line in lines
    ]  # fmt: skip
    notify.send_all(notices, by=by)


class CommTestAnswers:
    """A text or a key answers a test; within its window."""

    counts_people = False

    def open_for(self, person: Person, ids: Collection[int]) -> set[int]:
        found = CommTestLine.objects.filter(pk__in=ids, person=person, answered_at=None, test__closed_at=None)
        return set(found.values_list("pk", flat=True))

    def answer(self, number: int, person: Person, said: Said) -> None:
        answer_comm_test(number, by=person, how=said.how)


@transaction.atomic
def answer_comm_test(line_id: int, *, by: Person, how: str = "web") -> CommTestLine:
    """Again is the same; another's line is NotFound; Conflict when the window is over."""
    line = CommTestLine.objects.select_for_update(of=("self",)).select_related("test", "unit").filter(
        pk=line_id, person=by
    ).first()  # fmt: skip
    if line is None:
        raise NotFound
    if line.answered_at is None:
        if line.test.closed_at is not None:
            raise Conflict(_("The time to answer this test is over."))
        line.answered_at = now()
        line.save(update_fields=["answered_at"])
        notify.settle([f"comm_test_line:{line.pk}"], by=by)
        record("comm_test.answered", f"comm_test:{line.test_id}", line.unit.path, by=by, data={"how": how})
    return line


@transaction.atomic
def close_comm_tests(ids: Collection[int]) -> list[CommTest]:
    """The window is over: write each line's outcome, and take back what was not answered."""
    found = CommTest.objects.filter(pk__in=ids, closed_at=None).select_related("unit").defer("unit__boundary")
    tests = list(found.select_for_update(of=("self",)).order_by("pk"))
    by = by_rule("duty.comm_tests")
    for test in tests:
        lines = list(CommTestLine.objects.filter(test=test).select_for_update())
        outcomes = selectors.outcomes(lines)
        rows.update(CommTestLine, {"outcome": "text"}, [(pk, outcome) for pk, outcome in outcomes.items()])
        notify.settle([f"comm_test_line:{line.pk}" for line in lines], by=by)
        CommTest.objects.filter(pk=test.pk).update(closed_at=now())
        counts = Counter(outcomes.values())
        data: dict[str, Any] = {
            "unit_name": names(test.unit), "people": len(lines), "answered": counts[CommTestLine.Outcome.ANSWERED],
            "bad_numbers": counts[CommTestLine.Outcome.BAD_NUMBER],
        }  # fmt: skip
        record("comm_test.closed", f"comm_test:{test.pk}", test.unit.path, by=by, data=data)
    return tests


# Each month ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_comm_tests(
    *, by: Person, unit: Unit | str, levels: Collection[str], day: int, hour: int, window_min: int,
    post: Post | None = None,
) -> CommTestPlan:  # fmt: skip
    """A test each month, on this day (1 to 28) at this hour of Asia/Shanghai, in place of the unit's older plan; of
    everybody with a post there, or of those who hold ``post``.
    """
    where = unit_for(unit, by=by, capability=capabilities.VERIFY)
    _check(levels, window_min, post)
    if not 1 <= day <= 28:
        raise Invalid.field("day", _("A day from 1 to 28, which every month has."))
    if not 0 <= hour <= 23:
        raise Invalid.field("hour", _("An hour from 0 to 23."))
    fields = {
        "levels": sorted(levels), "post": post, "day": day, "hour": hour, "window_min": window_min, "set_by": by,
    }  # fmt: skip
    plan = CommTestPlan.objects.select_for_update().filter(unit=where).first() or CommTestPlan(unit=where)
    for name, value in fields.items():
        setattr(plan, name, value)
    plan.generation += 1
    plan.save()
    _set_next(plan)
    data = {
        "unit_name": names(where), "day": day, "hour": hour, "minutes": window_min,
        "post_name": names(post) if post is not None else None,
    }  # fmt: skip
    record("comm_test.planned", f"unit:{where.pk}", where.path, by=by, data=data)
    return plan


def _set_next(plan: CommTestPlan) -> None:
    due = next_due(plan.day, plan.hour, timezone.localtime(now()))
    set_timers([
        Setting(MONTHLY, f"comm_test_plan:{plan.pk}", due, step=due.year * 12 + due.month, generation=plan.generation)
    ])  # fmt: skip


def next_due(day: int, hour: int, present: dt.datetime) -> dt.datetime:
    """The first such moment after ``present``, in its zone."""
    due = present.replace(day=day, hour=hour, minute=0, second=0, microsecond=0)
    if due <= present:
        due = (due.replace(day=1) + dt.timedelta(days=32)).replace(day=day)
    return due


def start_monthly(plans: Sequence[CommTestPlan]) -> None:
    """Begin the tests that are due, and set the next month's. One that cannot begin, because another one runs or nobody
    holds the post, is left out this month.
    """
    for plan in plans:
        try:
            start_comm_test(
                by=by_rule("duty.comm_tests", approved_by=plan.set_by), unit=plan.unit, levels=plan.levels,
                window_min=plan.window_min, monthly=True, post=plan.post,
            )  # fmt: skip
        except (Conflict, Invalid) as refused:
            _log.warning("no communication test of %s this month: %s", plan.unit_id, refused.detail)
        _set_next(plan)
