"""View-model of a compiled level, grouped by phase and action or by place: who, by when, and what waits for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from command.models import Task
from org.models import Unit, in_language
from plans.models import Action, Plan, Version
from plans.rules.blanks import fill
from plans.rules.words import Phase
from plans.selectors.compiling import Planned
from plans.selectors.own_numbers import put_numbers


@dataclass
class Group:
    """Tasks of one action, or of one place: ``key`` is the action's code or the place's unit code."""

    key: str
    title: str
    items: list[Planned] = field(default_factory=list)
    held: int = 0
    action: Action | None = None
    waits_for: list[str] = field(default_factory=list)

    @property
    def people(self) -> int:
        return len({line.person.pk for item in self.items for line in item.lines if line.person})

    @property
    def units(self) -> int:
        return len({item.unit.pk for item in self.items})

    @property
    def vacant(self) -> int:
        return sum(item.vacant for item in self.items)

    @property
    def stamp(self) -> str:
        return f"{len(self.items)}-{self.held}-{self.people}"


@dataclass
class PhaseGroups:
    label: str
    groups: list[Group]

    @property
    def tasks(self) -> int:
        return sum(len(group.items) for group in self.groups)


def action_text(action: Action, plan: Plan) -> str:
    """The instruction in the reader's language, as it is said of many units at once."""
    return fill(in_language(action.text, action.text_en), {**plan.values, "unit": _("your unit")})


def texts_of(version: Version) -> dict[str, str]:
    """Action code → its instruction, of the whole version: what "only after" names in words."""
    rows = list(version.actions.all())
    put_numbers(rows, version.plan.unit)
    return {row.code: action_text(row, version.plan) for row in rows}


def by_phase(planned: Sequence[Planned], held: Iterable[Planned], texts: Mapping[str, str]) -> list[PhaseGroups]:
    """Actions in the order of their T+ within each phase."""
    waits = {one.key for one in held}
    groups: dict[str, Group] = {}
    for one in planned:
        code = one.action.code
        after = [texts[name] for name in one.after if name in texts]
        group = groups.setdefault(code, Group(code, texts.get(code, one.text), action=one.action, waits_for=after))
        group.items.append(one)
        group.held += one.key in waits
    phases: dict[str, list[Group]] = defaultdict(list)
    for group in sorted(groups.values(), key=lambda group: (group.action.due_min, group.action.position)):  # type: ignore[union-attr]
        phases[group.action.phase].append(group)  # type: ignore[union-attr]
    return [PhaseGroups(str(Phase(code).label), phases[code]) for code in Phase.values if phases[code]]


def place_of(unit: Unit, parents: Mapping[int, Unit]) -> Unit:
    """A village counts with its township."""
    return parents.get(unit.parent_id or 0, unit) if unit.level == Unit.Level.VILLAGE else unit


def by_place(planned: Sequence[Planned], held: Iterable[Planned]) -> list[Group]:
    """The county and its departments first, then the townships with their villages, in the order of their codes."""
    waits = {one.key for one in held}
    wanted = {one.unit.parent_id for one in planned if one.unit.level == Unit.Level.VILLAGE and one.unit.parent_id}
    parents = Unit.objects.filter(pk__in=wanted).defer("boundary", "seat").in_bulk()
    groups: dict[str, Group] = {}
    order: dict[str, tuple[bool, str]] = {}
    for one in planned:
        place = place_of(one.unit, parents)
        group = groups.setdefault(place.code, Group(place.code, place.label))
        order[place.code] = (place.level == Unit.Level.TOWNSHIP, place.path)
        group.items.append(one)
        group.held += one.key in waits
    return [groups[code] for code in sorted(groups, key=lambda code: order[code])]


@dataclass
class Lost:
    """How many tasks of one action are kept or withdrawn."""

    title: str
    tasks: int = 0
    units: set[int] = field(default_factory=set)


def counted(tasks: Iterable[Task], texts: Mapping[str, str]) -> list[Lost]:
    found: dict[str, Lost] = {}
    for task in tasks:
        code = task.action.code
        row = found.setdefault(code, Lost(texts.get(code, code)))
        row.tasks += 1
        row.units.add(task.unit_id)
    return list(found.values())


def lines_of(group: Group, held: Iterable[Planned]) -> list[tuple[Planned, bool]]:
    """Each task with whether it has to wait, by place."""
    waits = {one.key for one in held}
    return [(one, one.key in waits) for one in sorted(group.items, key=lambda one: (one.unit.path, one.post.rank))]
