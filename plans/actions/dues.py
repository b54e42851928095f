"""When a plan is to be reviewed, drilled and filed, and the clocks that remind of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from database.clock import now
from journal.actions.recording import Actor, record
from journal.timers import cancel
from norms.rules.numbers import Measure
from norms.selectors.deadlines import after
from norms.selectors.numbers import number
from org.models import Person
from org.rules import capabilities
from plans.actions.lookup import plan_for
from plans.actions.reminders import start
from plans.cards import due_card
from plans.models import Due, Plan
from web.errors import Invalid

W = Due.What


def begin(plan: Plan, day: dt.date, *, by: Actor) -> None:
    """A version came into force: it counts as reviewed, its filing receipt is due, and its first drill if none is."""
    close(plan, W.REVIEW, day, by=by)
    set_next(plan, W.REVIEW, day, by=by)
    if not plan.dues.filter(what=W.DRILL, done_on=None).exists():
        set_next(plan, W.DRILL, day, by=by)
    filing = after(W.FILING, day, number("plan_filing_days"), Measure.DAYS, "plan_filing_days")
    set_open(plan, W.FILING, filing.day, by=by, why=filing.why)


def set_next(plan: Plan, what: str, day: dt.date, *, by: Actor) -> Due:
    """The next review or drill, by the plan's own months after ``day``."""
    rule = "review_months" if what == W.REVIEW else "drill_months"
    computed = after(what, day, getattr(plan, rule), Measure.MONTHS, rule)
    return set_open(plan, what, computed.day, by=by, why=computed.why)


def set_open(
    plan: Plan, what: str, due_on: dt.date, *, by: Actor, note: str = "", why: Mapping[str, Any] | None = None
) -> Due:
    """The one open date of its kind, in place of another that may be there; its clock starts. Without ``why`` somebody
    chose the day.
    """
    for older in plan.dues.filter(what=what, done_on=None):
        cancel([f"due:{older.pk}"])
        older.delete()
    due = Due.objects.create(plan=plan, what=what, due_on=due_on, note=note, why=dict(why or {}))
    start(due)
    record("plan.due_set", f"due:{due.pk}", plan.unit.path, by=by, card=due_card(due))
    return due


def close(plan: Plan, what: str, done_on: dt.date, *, by: Actor, note: str = "") -> Due | None:
    """Mark the open date of its kind as done, if there is one; its clock stops."""
    due = plan.dues.filter(what=what, done_on=None).first()
    if due is None:
        return None
    due.plan, due.done_on, due.note = plan, done_on, note
    due.done_by = by if isinstance(by, Person) else None
    due.save(update_fields=["done_on", "note", "done_by"])
    cancel([f"due:{due.pk}"])
    record("plan.due_done", f"due:{due.pk}", plan.unit.path, by=by, card=due_card(due))
    return due


def _what(what: str, choices: tuple[str, ...]) -> str:
    if what not in choices:
        raise Invalid.field("what", _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)})
    return what


@transaction.atomic
def record_due(plan_id: int, *, by: Actor, what: str, done_on: dt.date, note: str = "") -> Due:
    """A review or a drill was held on ``done_on``; the next one follows by the plan's months. Returns the one done.

    The filing receipt is recorded with `file`. Invalid by field for a day that is still to come.
    """
    plan = plan_for(plan_id, by=by, capability=capabilities.PLAN)
    _what(what, (W.REVIEW, W.DRILL))
    if done_on > timezone.localdate(now()):
        raise Invalid.field("done_on", _("This day is still to come."))
    if len(note) > 200:
        raise Invalid.field("note", _("At most %(limit)s characters.") % {"limit": 200})
    due = close(plan, what, done_on, by=by, note=note.strip())
    if due is None:
        set_open(plan, what, done_on, by=by)
        due = close(plan, what, done_on, by=by, note=note.strip())
    set_next(plan, what, done_on, by=by)
    if due is None:
        raise RuntimeError("a date that was just set is open")
    return due


@transaction.atomic
def set_due(plan_id: int, *, by: Actor, what: str, due_on: dt.date, note: str = "") -> Due:
    """Say by when the next review, drill or filing is due, in place of the date that the months give."""
    plan = plan_for(plan_id, by=by, capability=capabilities.PLAN)
    _what(what, tuple(W.values))
    if len(note) > 200:
        raise Invalid.field("note", _("At most %(limit)s characters.") % {"limit": 200})
    return set_open(plan, what, due_on, by=by, note=note.strip())
