"""The difference between what a level asks for and what is out already. Reads only; command/actions/respond.py
writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, QuerySet, Value, When
from django.utils.translation import gettext as _

from command.models import Assignment, Incident, Proposal, Response, Task
from command.rules.prerequisites import Step, waiting
from command.selectors.areas import affected
from org.models import Unit
from org.rules.codes import ALONE, is_within, normalise
from plans.models import Level, Version
from plans.rules.words import LEVEL_WORDS, LEVELS, WARNING_LEVELS
from plans.selectors.compiling import Compiled, Planned, compile_level
from web.errors import Conflict, Invalid

GRAVITY = {"": 0, **{level: place for place, level in enumerate(LEVELS, start=1)}}
"""Any emergency level is graver than any warning response."""
POWER = {"": 0, "blue": 1, "yellow": 1, "IV": 1, "orange": 2, "III": 2, "red": 3, "II": 3, "I": 4}
"""How high who approves it stands, by the capability that it needs."""


def numeral(level: str) -> str:
    """The emergency level whose approver stands as high: an authorisation for it covers a warning response as well."""
    return {1: "IV", 2: "III", 3: "II", 4: "I"}[POWER[level]]


AFFECTED = "affected"
"""In a list of codes: the incident's affected area as it stands (command/selectors/areas.py)."""


GRAVEST_LEVEL_FIRST = Case(
    *[When(response_level=level, then=Value(-gravity)) for level, gravity in GRAVITY.items()],
    output_field=IntegerField(),
)
"""To order incidents by."""


def deciding(before: str, level: str) -> str:
    """The level whose approver decides on the move from ``before`` to ``level``. An emergency response out of a warning
    response is decided by who approves the new level; any other move by who stands higher of the two.
    """
    if before in WARNING_LEVELS and level not in WARNING_LEVELS:
        return level
    return max(before, level, key=lambda code: POWER.get(code, 0))


Key = tuple[str, int, int]
"""Action code, unit id, post id: what stays the same from level to level."""

LIVE = (Task.Status.HELD, Task.Status.OUT)
FINISHED = (Assignment.Status.DONE, Assignment.Status.VERIFIED)


@dataclass
class Difference:
    """The diff between what is out and what the level asks for. ``held`` are those of ``new`` that have to wait."""

    new: list[Planned] = field(default_factory=list)
    held: list[Planned] = field(default_factory=list)
    kept: list[Task] = field(default_factory=list)
    released: list[tuple[Task, Planned]] = field(default_factory=list)
    withdrawn: list[Task] = field(default_factory=list)

    @property
    def out(self) -> list[Planned]:
        waits = {planned.key for planned in self.held}
        return [planned for planned in self.new if planned.key not in waits]


def key_of(task: Task) -> Key:
    return (task.action.code, task.unit_id, task.post_id)


def live_tasks(response: Response) -> QuerySet[Task]:
    """Held and out, with what a card needs; ``undone``: an assignment of it is still to be finished."""
    unfinished = Assignment.objects.filter(task=OuterRef("pk")).exclude(status__in=FINISHED)
    rows = Task.objects.filter(response=response, status__in=LIVE)
    rows = rows.annotate(undone=Exists(unfinished))  # type: ignore[no-redef]  # declared in the model
    # prefetch_related instead of a join: thousands of tasks share a few hundred units, each of which is read once.
    units = Unit.objects.defer("boundary", "seat")
    return rows.prefetch_related("action", "post", Prefetch("unit", queryset=units)).order_by("pk")


def is_done(task: Task) -> bool:
    """Whether a task (read by `live_tasks`) is out and everybody asked has done it."""
    return task.status == Task.Status.OUT and not task.undone


def step_of(task: Task) -> Step:
    return Step(task.action.code, task.unit.path, task.action.after, is_done(task))


def compile_for(version: Version, level: str, area: Sequence[str], *, under: str = "") -> Compiled:
    """`compile_level`; ``under`` keeps only what lies at or under this path (a township that acts first)."""
    compiled = compile_level(version, level, area)
    if not under:
        return compiled
    return replace(compiled, lines=[line for line in compiled.lines if is_within(line.unit.path, under)])


def asked_by(response: Response, *, level: str = "", area: Sequence[str] | None = None) -> Compiled:
    """What the response asks for at its level (or another): all of it once it is approved."""
    under = "" if response.approved_at else response.incident.unit.path
    wanted = response.area if area is None else area
    return compile_for(response.version, level or response.level, wanted, under=under)


def difference(compiled: Compiled, tasks: Sequence[Task]) -> Difference:
    """``tasks`` are all that are held or out now (`live_tasks`)."""
    wanted = {planned.key: planned for planned in compiled.lines}
    have = {key_of(task): task for task in tasks}
    found = Difference(
        new=[planned for key, planned in wanted.items() if key not in have],
        kept=[task for key, task in have.items() if key in wanted],
        withdrawn=[task for key, task in have.items() if key not in wanted],
    )
    steps = [step_of(task) for task in found.kept]
    steps += [Step(new.action.code, new.unit.path, new.after, False) for new in found.new]
    waits = waiting(steps)
    found.held = [new for new, wait in zip(found.new, waits[len(found.kept) :], strict=True) if wait]
    found.released = [
        (task, wanted[key_of(task)])
        for task, wait in zip(found.kept, waits, strict=False)
        if task.status == Task.Status.HELD and not wait
    ]
    return found


def current_of(incident: Incident, running: Response) -> dict[str, Any]:
    """What a refusal tells of the present state."""
    return {
        "id": incident.pk,
        "status": incident.status,
        "response_level": incident.response_level,
        "response": running.pk,
        "level": running.level,
        "started_by": running.started_by.label,
        "started_at": running.started_at,
    }


# The plan and the area ----------------------------------------------------------------------------------------------


def version_for(version_id: int, incident: Incident, level: str) -> Version:
    """The version in force of a plan that applies to the incident.

    Invalid for a plan of another place or without the level; Conflict, with the one in force, for any other version.
    """
    rows = Version.objects.select_related("plan__unit").defer("plan__unit__boundary")
    version = rows.prefetch_related("levels").filter(pk=version_id).first()
    if version is None or not is_within(incident.unit.path, version.plan.unit.path):
        raise Invalid.field("version", _("There is no such plan for this incident's unit."))
    if version.status not in (Version.Status.APPROVED, Version.Status.FILED) or not version.plan.active:
        force = version.plan.versions.filter(status__in=[Version.Status.APPROVED, Version.Status.FILED]).first()
        raise Conflict(
            _("This version of the plan is not in force: %(state)s.") % {"state": version.get_status_display()},
            current={"version": version.pk, "status": version.status, "in_force": force.pk if force else None},
            code="not_in_force",
        )
    level_of(version, level)
    return version


def running_version(incident: Incident) -> Version | None:
    """The version of the plan that runs on the incident, with the plan's unit."""
    rows = Version.objects.filter(responses__incident=incident, responses__status=Response.Status.RUNNING)
    return rows.select_related("plan__unit").defer("plan__unit__boundary").first()


def level_of(version: Version, level: str) -> Level:
    found = next((row for row in version.levels.all() if row.level == level), None)
    if found is None:
        raise Invalid.field("level", _("The plan has no %(level)s.") % {"level": LEVEL_WORDS.get(level, level)})
    return found


def area_of(incident: Incident) -> list[str]:
    """Codes of the incident's affected area, as a response stores them (command/selectors/areas.py)."""
    return affected(incident).codes


def proposed_area(proposal: Proposal, incident: Incident | None) -> list[str] | None:
    """What accepting a proposal orders: the affected area of the signal's incident where warnings name it, so that the
    proposal's page, the incident's and the response name the same units; else what the signal names. None, for an
    incident: whatever is its area anyway.
    """
    if incident is None:
        return proposal.area or [proposal.unit.code]
    area = affected(incident) if proposal.area else None
    return area.codes if area and area.source == "warning" else proposal.area or None


def checked_area(codes: Sequence[str] | None, incident: Incident, version: Version) -> list[str]:
    """The codes in their short form; AFFECTED stands for the incident's own area. Invalid (``area``) lists every one
    that is no active unit of the plan's.
    """
    if codes is None:
        return area_of(incident)
    if AFFECTED in codes:
        codes = [*area_of(incident), *(code for code in codes if code != AFFECTED)]
    wanted, complaints = [], []
    for code in codes:
        try:
            wanted.append(code[: code.startswith(ALONE)] + normalise(code.removeprefix(ALONE)))
        except ValueError:
            complaints.append(_("“%(code)s” is not a unit code of 6, 9 or 12 digits.") % {"code": code})
    bare = [code.removeprefix(ALONE) for code in wanted]
    known = dict(Unit.objects.filter(code__in=bare, active=True).values_list("code", "path"))
    top = version.plan.unit.path
    complaints += [
        _("“%(code)s” is no unit of this plan.") % {"code": code}
        for code in bare
        if code not in known or not is_within(known[code], top)
    ]
    if not codes:
        complaints.append(_("Choose at least one unit."))
    if complaints:
        raise Invalid(_("Some fields need attention."), fields={"area": complaints})
    return list(dict.fromkeys(wanted))
