"""View-model of a proposal that nobody has decided: what it would do, where there may be no incident yet. Reads
only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from command import actions
from command.models import Incident, Proposal, Task
from command.screens.place_groups import Places, of_paths
from command.selectors import levelling
from command.selectors.approvers import Called, chain_of, may_decide, rule_of
from command.selectors.areas import expanded
from command.selectors.levelling import Difference
from command.selectors.proposals import incident_found
from org.models import Person
from org.rules.capabilities import ORDER
from org.selectors.jurisdiction import allowed
from plans.models import Version
from plans.selectors.compiling import Planned
from web.errors import ActionError


@dataclass
class Ahead:
    """What a level would send out where nothing runs yet; the same names as command.selectors.preview.Preview."""

    version: Version
    difference: Difference
    vacancies: list[Planned]
    problems: list[Any]
    before: str = ""

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
        return len({line.person.pk for planned in self.new for line in planned.lines if line.person})

    @property
    def units(self) -> int:
        return len({planned.unit.pk for planned in self.new})


def ahead_of(proposal: Proposal, person: Person) -> Any:
    """What accepting would do: against what runs, or from nothing. None for whoever may not order there: it names
    people.
    """
    if not allowed(person, ORDER, proposal.unit.path):
        return None
    incident = incident_of(proposal)
    if incident is not None:
        try:
            return actions.preview_level(
                incident.pk, by=person, version_id=proposal.version_id, level=proposal.level,
                area=levelling.proposed_area(proposal, incident),
            )  # fmt: skip
        except ActionError:
            pass  # It runs by another plan: accepting opens an incident of its own.
    area = levelling.proposed_area(proposal, None) or []
    compiled = levelling.compile_for(proposal.version, proposal.level, area)
    return Ahead(proposal.version, levelling.difference(compiled, []), compiled.vacancies, compiled.problems)


def places_of(proposal: Proposal, ahead: Any, reader: Person) -> Places:
    """The townships and villages that a decision is about; of a decided one those that it was made for."""
    codes = getattr(ahead, "area", None) or proposal.area or [proposal.unit.code]
    return of_paths(expanded(codes), reader)


def incident_of(proposal: Proposal) -> Incident | None:
    return proposal.incident or incident_found(proposal.subject)


def deciders(proposal: Proposal) -> list[Called]:
    """The plan's approver first, then those above, who are called one after the other as nobody decides."""
    return chain_of(rule_of(proposal.version, proposal.level))


def may_settle(proposal: Proposal, person: Person) -> bool:
    return proposal.status == Proposal.Status.OPEN and may_decide(person, rule_of(proposal.version, proposal.level))
