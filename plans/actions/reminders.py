"""Reminder timers of a due date: 90, 30 and 7 days before it, on the day, then weekly (plans/rules/default_numbers.py).

What a reminder does stands in plans/timers.py.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from database.clock import now
from journal.timers import Setting, set_timers
from norms.selectors import numbers
from plans.models import Due

REMIND = "plan.due"
HOUR = dt.time(9)
"""Reminders come in the morning, on the county's clock."""
ON_THE_DAY = 3
"""The step of the day itself; later steps are past it."""


def moment(due: Due, step: int) -> dt.datetime:
    """When reminder number ``step`` is due."""
    names = ("plan_first_reminder_days", "plan_second_reminder_days", "plan_third_reminder_days")
    if step < ON_THE_DAY:
        days = -numbers.number(names[step])
    else:
        days = (step - ON_THE_DAY) * numbers.number("plan_reminder_every_days")
    return timezone.make_aware(dt.datetime.combine(due.due_on + dt.timedelta(days=days), HOUR))


def start(due: Due) -> None:
    """Set the first reminder that is still to come."""
    present, step = now(), 0
    while moment(due, step) <= present and step < ON_THE_DAY:
        step += 1
    while moment(due, step) <= present:
        behind = (present - moment(due, ON_THE_DAY)).days
        step = ON_THE_DAY + 1 + behind // max(1, numbers.number("plan_reminder_every_days"))
    follow(due, step)


def follow(due: Due, step: int) -> None:
    set_timers([Setting(REMIND, f"due:{due.pk}", moment(due, step), step)])
