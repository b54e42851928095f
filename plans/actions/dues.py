"""When a plan is to be reviewed, drilled and filed, and the clocks that remind of it."""

from __future__ import annotations

import calendar
import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from database.clock import now
from journal.actions.recording import Actor, record
from journal.timers import cancel
from norms.selectors import numbers
from org.models import Person
from org.rules import capabilities
from plans.actions.lookup import plan_for
from plans.actions.reminders import start
from plans.cards import due_card
from plans.models import Due, Plan
from web.errors import Invalid

W = Due.What


def after_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month, or the last one where the month is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def begin(plan: Plan, day: dt.date, *, by: Actor) -> None:
    """A version came into force: it counts as reviewed, its filing receipt is due, and its first drill if none is."""
    close(plan, W.REVIEW, day, by=by)
    set_open(plan, W.REVIEW, after_months(day, plan.review_months), by=by)
    if not plan.dues.filter(what=W.DRILL, done_on=None).exists():
        set_open(plan, W.DRILL, after_months(day, plan.drill_months), by=by)
    set_open(plan, W.FILING, day + dt.timedelta(days=numbers.number("plan_filing_days")), by=by)


def set_open(plan: Plan, what: str, due_on: dt.date, *, by: Actor, note: str = "") -> Due:
    """The one open date of its kind, in place of another that may be there; its clock starts."""
    for older in plan.dues.filter(what=what, done_on=None):
        cancel([f"due:{older.pk}"])
        older.delete()
    due = Due.objects.create(plan=plan, what=what, due_on=due_on, note=note)
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
    months = plan.review_months if what == W.REVIEW else plan.drill_months
    set_open(plan, what, after_months(done_on, months), by=by)
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
