"""Recipients of a plan's reminders and approvals."""

from __future__ import annotations

from org.models import Appointment, Unit
from org.rules.capabilities import PLAN, PLAN_APPROVAL
from org.selectors.register import held_now


def writers_and_approvers(unit: Unit) -> tuple[list[int], list[int]]:
    """The ids of the people whose posts in the unit itself write plans, and of those who put them in force.

    A leader who may do both is an approver only. B roles are told as well: whoever is there acts.
    """
    held = held_now(Appointment.objects.filter(unit=unit)).order_by("post__rank", "role", "pk")
    writers: dict[int, None] = {}
    approvers: dict[int, None] = {}
    for person, can in held.values_list("person", "post__capabilities"):
        if PLAN_APPROVAL in can:
            approvers[person] = None
        elif PLAN in can:
            writers[person] = None
    return list(writers), list(approvers)
