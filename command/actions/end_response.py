"""Ending a response: its conditions, each confirmed by a named person, and what ends with it (docs/domain.md 2)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.lookup import require, response_for
from command.actions.notices import announce
from command.actions.tasks import locked_tasks, withdraw
from command.models import EndCondition, Incident, Response
from command.selectors import levelling
from command.states import RESPONSE
from database.clock import now
from duty import actions as duty
from journal.actions.recording import Actor
from journal.states import move, tell
from notify.actions import messages as notify
from org.models import Person
from org.rules import capabilities
from web.errors import Conflict, Invalid
from web.languages import in_both

NOTE_LIMIT = 300


@transaction.atomic
def say_condition(response_id: int, *, by: Person, code: str, met: bool, note: str = "") -> EndCondition:
    """Set a condition of ending as met, on what grounds, or as not met (any more). Idempotent.

    Invalid for an unknown code and for "met" without grounds; Conflict when the response is over.
    """
    response = response_for(response_id, by=by)
    require(by, capabilities.INCIDENT, response.incident.unit.path)
    text = note.strip()
    if code not in EndCondition.Code.values:
        choices = ", ".join(EndCondition.Code.values)
        raise Invalid.field("code", _("Choose one of: %(choices)s.") % {"choices": choices})
    if met and not text:
        raise Invalid.field("note", _("Say on what grounds: they stand in the record."))
    if len(text) > NOTE_LIMIT:
        raise Invalid.field("note", _("At most %(limit)s characters.") % {"limit": NOTE_LIMIT})
    condition = EndCondition.objects.select_for_update().get(response=response, code=code)
    if (condition.met, condition.note) == (met, text):
        return condition
    condition.met, condition.note, condition.said_by, condition.said_at = met, text, by, now()
    condition.save(update_fields=["met", "note", "said_by", "said_at"])
    verb = "response.condition_met" if met else "response.condition_unmet"
    data = {"code": code, "condition": in_both(EndCondition.Code(code).label), "note": text}
    tell(RESPONSE, response, verb, by=by, data=data)
    return condition


def running_on(incident: Incident) -> Response | None:
    """The response that runs on a locked incident, locked, if its conditions are met; Conflict lists each one."""
    rows = Response.objects.select_related("version__plan").select_for_update(of=("self",))
    response = rows.filter(incident=incident, status=Response.Status.RUNNING).first()
    if response is None:
        return None
    response.incident = incident
    conditions = list(response.conditions.select_related("said_by").order_by("id"))
    if not all(condition.met for condition in conditions):
        told = [
            {"code": row.code, "label": str(row.get_code_display()), "met": row.met, "note": row.note}
            for row in conditions
        ]
        unmet = [str(row.get_code_display()) for row in conditions if not row.met]
        raise Conflict(
            _("A response ends only when every condition is met. Not met: %(unmet)s.") % {"unmet": "; ".join(unmet)},
            current={**levelling.current_of(incident, response), "conditions": told},
            code="conditions_unmet",
        )
    return response


def close_response(
    response: Response, *, by: Actor, reason: str, sign_notice: bool = False, cause: int | None = None
) -> None:
    """End a locked response: what is not done is called off, what is held back is cancelled. The notice of one that had
    been approved is drafted, or signed in the same act.
    """
    left = [task for task in locked_tasks(response) if not levelling.is_done(task)]
    withdraw(left, by=by, reason=reason, cause=cause)
    data = {"reason": reason, "withdrawn": len(left)}
    move(RESPONSE, response, Response.Status.ENDED, by=by, data=data, cause=cause, ended_at=now())
    notify.settle([RESPONSE.subject(response)], by=by)
    duty.end_response(RESPONSE.subject(response))
    if response.approved_at:
        announce(response, "ended", by=by, grounds=reason, sign=sign_notice, cause=cause)
