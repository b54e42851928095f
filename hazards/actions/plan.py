"""The rectification plan: nothing is rectified before all five elements stand (五落实). [rule]"""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from database.clock import now
from hazards.actions import clocks
from hazards.actions.advance import advance, may
from hazards.actions.lookup import hazard_for, person_for, require_owner
from hazards.models import Deadline, Hazard, Plan
from hazards.rules.words import FundSource, Grade
from hazards.selectors import people
from norms.rules import deadlines
from norms.selectors.deadlines import on
from notify.actions import messages as notify
from org.models import Person
from web.errors import ActionError, Invalid

What = Deadline.What
S = Hazard.Status
MISSING: dict[str, Any] = {
    "responsible": gettext_lazy("The plan lacks the responsible person."),
    "measures": gettext_lazy("The plan lacks the measures."),
    "funds": gettext_lazy("The plan lacks the funds and where they come from."),
    "finish_on": gettext_lazy("The plan lacks the time limit."),
    "contingency": gettext_lazy("The plan lacks the contingency plan."),
}
MISSING_OF_MAJOR: dict[str, Any] = {
    "leader": gettext_lazy("A major hazard needs an accountable leader."),
    "interim": gettext_lazy("A major hazard needs interim control until it is rectified."),
}
LIMITS = {"measures": 2000, "funds": 200, "contingency": 2000, "interim": 1000}


@transaction.atomic
def plan(
    hazard_id: int,
    *,
    by: Person,
    responsible: int | None = None,
    measures: str = "",
    funds: str = "",
    fund_source: str = "",
    finish_on: dt.date | None = None,
    contingency: str = "",
    interim: str = "",
    leader: int | None = None,
) -> Plan:
    """Rectification begins with a whole plan; Invalid names each element that is missing, all at once.

    Its time limit becomes the deadline, and lies within what the grade allows.
    """
    hazard = hazard_for(hazard_id, by=by)
    require_owner(hazard, by)
    may(hazard, S.RECTIFYING, "hazard.planned")
    if fund_source and fund_source not in FundSource.values:
        choices = ", ".join(FundSource.values)
        raise Invalid.field("fund_source", _("Choose one of: %(choices)s.") % {"choices": choices})
    texts = {"measures": measures, "funds": funds, "contingency": contingency, "interim": interim}
    texts = {name: text.strip() for name, text in texts.items()}
    lead = leader or hazard.leader_id
    _demand(hazard, {**texts, "responsible": responsible, "finish_on": finish_on, "leader": lead})
    chosen = _people(hazard, {"responsible": responsible, "leader": lead})
    limit = _within(hazard, finish_on)
    made = Plan.objects.create(
        hazard=hazard, responsible=chosen["responsible"], finish_on=cast(dt.date, finish_on), made_by=by,
        fund_source=fund_source, **texts,
    )  # fmt: skip
    due = on(What.RECTIFY, made.finish_on, "plan", "plan", limit=deadlines.day_of(limit.due_at))
    data = {"finish_on": finish_on, "responsible": made.responsible_id, "plan": made.pk}
    advance(hazard, S.RECTIFYING, due, by=by, data=data, keep=[clocks.DECISION], leader=chosen.get("leader"))
    told = {person.pk for person in chosen.values()} - {by.pk}
    words: dict[str, Any] = {"what": people.what_words(What.RECTIFY), "due": finish_on}
    notify.send_all([people.notice(pk, "hazard.reminded", hazard, **words) for pk in sorted(told)], by=by)
    return made


def _demand(hazard: Hazard, given: dict[str, Any]) -> None:
    wanted = MISSING | (MISSING_OF_MAJOR if hazard.grade == Grade.MAJOR else {})
    complaints = {name: [text] for name, text in wanted.items() if not given[name]}
    for name, most in LIMITS.items():
        if len(given[name]) > most:
            complaints[name] = [_("At most %(limit)s characters.") % {"limit": most}]
    if complaints:
        raise Invalid(_("Some fields need attention."), fields=complaints)


def _people(hazard: Hazard, wanted: dict[str, int | None]) -> dict[str, Person]:
    """The people named, each with a post there; all complaints at once."""
    found: dict[str, Person] = {}
    complaints: dict[str, Any] = {}
    for name, pk in wanted.items():
        try:
            if pk:
                found[name] = person_for(pk, name, hazard.owner)
        except ActionError as error:
            complaints |= error.fields
    if complaints:
        raise Invalid(_("Some fields need attention."), fields=complaints)
    return found


def _within(hazard: Hazard, finish_on: dt.date | None) -> Deadline:
    """The limit that the grade, or an extension since, gives."""
    limit = clocks.limit_of(hazard.pk)
    if limit is None or finish_on is None:
        raise RuntimeError("a graded ticket has a time limit")
    last = deadlines.day_of(limit.due_at)
    if finish_on > last:
        said = _("The rules allow until %(day)s; ask for an extension if that is too short.") % {"day": last}
        raise Invalid.field("finish_on", said)
    if finish_on < deadlines.day_of(now()):
        raise Invalid.field("finish_on", _("This day has passed."))
    return limit
