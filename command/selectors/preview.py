"""Dry run of starting or changing a level: who gets what, by when, and what is missing. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from command.models import Incident, Response, Task
from command.selectors import levelling, visible
from command.selectors.approvers import Called, chain_of, may_act_first, may_decide, rule_of
from command.selectors.levelling import Difference
from org.models import Person
from org.rules.capabilities import ORDER
from org.selectors.jurisdiction import allowed
from plans.models import Level, Version
from plans.rules.words import LEVEL_WORDS
from plans.selectors.compiling import Planned
from web.errors import Conflict, Forbidden, NotFound


@dataclass
class Preview:
    """``new`` includes ``held`` (those that will have to wait). ``approver``: the post that the plan names and who
    answers for it now, then those above; ``may``: the reader may put it into effect. ``before`` is empty for a start.
    """

    incident: Incident
    version: Version
    level: str
    area: list[str]
    before: str
    difference: Difference
    rule: Level
    approver: list[Called]
    may: bool
    may_act_first: bool
    response: Response | None = None
    vacancies: list[Planned] = field(default_factory=list)
    problems: list[Any] = field(default_factory=list)

    @property
    def new(self) -> list[Planned]:
        return self.difference.new

    @property
    def held(self) -> list[Planned]:
        return self.difference.held

    @property
    def kept(self) -> list[Task]:
        return self.difference.kept

    @property
    def withdrawn(self) -> list[Task]:
        return self.difference.withdrawn

    @property
    def people(self) -> int:
        """Named people who get something new."""
        return len({line.person.pk for planned in self.new for line in planned.lines if line.person})

    @property
    def units(self) -> int:
        return len({planned.unit.pk for planned in self.new})


def preview_of(
    incident_id: int, by: Person, version_id: int, level: str, area: Sequence[str] | None, act_first: bool
) -> Preview:
    """Forbidden for whoever may neither approve nor order in the incident's unit: the preview names people."""
    rows = visible.incidents_visible_to(by).select_related("unit", "commander", "headquarters").defer("unit__boundary")
    incident = rows.filter(pk=incident_id).first()
    if incident is None:
        raise NotFound
    if not allowed(by, ORDER, incident.unit.path):
        raise Forbidden(_("Your posts do not allow this here."))
    running = Response.objects.select_related("version__plan__unit", "started_by")
    response = running.filter(incident=incident, status=Response.Status.RUNNING).first()
    version = response.version if response else levelling.version_for(version_id, incident, level)
    if response:
        response.incident = incident
        _refuse_other_version(response, version_id)
    rule = levelling.level_of(version, level)
    codes = response.area if response and area is None else levelling.checked_area(area, incident, version)
    graver = levelling.deciding(incident.response_level, level)
    may = may_decide(by, rule_of(version, graver))
    under = incident.unit.path if act_first and not may else ""
    compiled = levelling.compile_for(version, level, codes, under=under)
    tasks = list(levelling.live_tasks(response)) if response else []
    return Preview(
        incident=incident,
        version=version,
        level=level,
        area=codes,
        before=response.level if response else "",
        difference=levelling.difference(compiled, tasks),
        rule=rule,
        approver=chain_of(rule_of(version, graver)),
        may=may,
        may_act_first=may_act_first(incident, by),
        response=response,
        vacancies=compiled.vacancies,
        problems=compiled.problems,
    )


def _refuse_other_version(response: Response, version_id: int) -> None:
    """A running response keeps the version that it was started from."""
    if version_id != response.version_id:
        raise Conflict(
            _("A response runs already: %(level)s, started by %(name)s.")
            % {"level": LEVEL_WORDS[response.level], "name": response.started_by.label},
            current=levelling.current_of(response.incident, response),
            code="response_runs",
        )
