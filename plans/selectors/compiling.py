"""A level of a plan becomes lines: who, named, does what, where, within how many minutes (docs/domain.md 7).

Pure reading: the command app turns the lines into orders. The number of statements (at most 9) does not depend on how
many units, actions or people there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from duty.selectors import fanout
from duty.selectors.fanout import Line
from org.models import Person, Post, Responsibility, Unit
from org.rules.capabilities import VIEW
from org.rules.codes import ALONE, ancestors_and_self, is_within, normalise, path_of
from org.selectors.jurisdiction import jurisdiction_of
from org.selectors.register import subtree
from plans.models import Action, Level, Version
from plans.rules.blanks import BLANK, blanks_in, fill
from plans.rules.problems import Problem
from plans.rules.words import HAZARD_KINDS_OF, Reach
from plans.selectors.own_numbers import put_numbers
from plans.selectors.plans import inheritors_values

REGISTER = "R"
"""The role of a line whose person the responsibility register names (beside fanout's D, A and B)."""


@dataclass(frozen=True)
class Planned:
    """One action for one post of one unit. ``lines`` holds each person asked; a vacancy is one line without a person,
    of an optional post none.

    ``after``: codes of the actions that must be done first. ``text``: the instruction with its blanks filled.
    """

    action: Action
    unit: Unit
    post: Post
    lines: list[Line]
    after: list[str]
    text: str
    text_en: str

    @property
    def key(self) -> tuple[str, int, int]:
        """What stays the same from level to level: action code, unit id, post id."""
        return (self.action.code, self.unit.pk, self.post.pk)

    @property
    def vacant(self) -> bool:
        return all(line.person is None for line in self.lines)


@dataclass
class Compiled:
    """A level of a version over an area, for the people who serve at this moment; in the plan's order, then by path.

    ``problems`` says what the plan asks for and the county lacks: an action that reaches no unit, a blank without a
    value, an area code that is no unit of the plan's. They do not stop anybody.
    """

    version: Version
    level: str
    lines: list[Planned] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def vacancies(self) -> list[Planned]:
        return [planned for planned in self.lines if planned.vacant]

    @property
    def units(self) -> int:
        return len({planned.unit.pk for planned in self.lines})

    @property
    def people(self) -> int:
        return len({line.person.pk for planned in self.lines for line in planned.lines if line.person})


def compile_level(
    version: Version | int,
    level: str,
    area: Sequence[str] | None = None,
    values: Mapping[str, str] | None = None,
) -> Compiled:
    """Who would get what. ``area``: unit codes, what lies under them is meant too unless they are marked
    (`org.rules.codes.ALONE`); None is the plan's whole unit.

    ``values`` fill the blanks of the texts before those of the plan and its inheritors.
    LookupError for a version that is not there.
    """
    version = _loaded(version if isinstance(version, int) else version.pk, level)
    compiled = Compiled(version, level)
    if not version.has_level:
        compiled.problems.append(Problem(f"levels.{level}", _("The plan has no such level.")))
        return compiled
    actions = list(Action.objects.filter(version=version, levels__contains=[level]))
    put_numbers(actions, version.plan.unit)
    reach = _Reach(version.plan.unit, area, compiled.problems)
    wanted = [(action, reach.units_of(action)) for action in actions]
    posts = {post.code: post for post in Post.objects.filter(code__in={action.post for action in actions})}
    asked = {unit.pk: unit for _action, units in wanted for unit in units}
    people = _people(list(asked.values()), list(posts.values()))
    register = _register(actions, asked, version.plan.hazard_type)
    filled = _Values(version, values or {})
    for action, units in wanted:
        post = posts.get(action.post)
        if post is None:
            compiled.problems.append(Problem(f"{action.code}: post", _("There is no post “%s”.") % action.post))
            continue
        planned = [_planned(action, unit, post, people, register, filled) for unit in units]
        compiled.lines += [one for one in planned if one.lines]
        if planned and not any(one.lines for one in planned):
            compiled.problems.append(_held_by_nobody(action, post))
    compiled.problems += filled.lacking()
    return compiled


def _held_by_nobody(action: Action, post: Post) -> Problem:
    """An optional post is passed over where a unit has none; that nobody at all holds it is said."""
    message = _("Nobody holds the post “%s” where the action applies.") % post.label
    return Problem(f"{action.code}: post", message)


def seen_by(compiled: Compiled, person: Person) -> Compiled:
    """Only the lines of units that the person sees: a township that reads the county's plan finds its own people."""
    jurisdiction = jurisdiction_of(person)
    lines = [planned for planned in compiled.lines if jurisdiction.allows(VIEW, planned.unit.path)]
    return Compiled(compiled.version, compiled.level, lines, compiled.problems)


def _loaded(pk: int, level: str) -> Version:
    has_level = Exists(Level.objects.filter(version=OuterRef("pk"), level=level))
    rows = Version.objects.select_related("plan__unit").defer("plan__unit__boundary")
    rows = rows.annotate(has_level=has_level)  # type: ignore[no-redef]  # declared in the model
    found = rows.filter(pk=pk).first()
    if found is None:
        raise LookupError(f"no version {pk}")
    return found


class _Values:
    """What fills the blanks: what the caller gives, else what the unit (or the nearest one above it) gave when it
    inherited the plan, else the plan's own.
    """

    def __init__(self, version: Version, given: Mapping[str, str]) -> None:
        self.own, self.given = version.plan.values, given
        self.inherited = inheritors_values(version.plan)
        self.missing: dict[tuple[str, str], int] = {}

    def text(self, text: str, action: Action, unit: Unit, name: str) -> str:
        if not BLANK.search(text):
            return text
        values = dict(self.own)
        for path in ancestors_and_self(unit.path):
            values |= self.inherited.get(path, {})
        values |= {**self.given, "unit": name}
        for blank in blanks_in([text]):
            if not values.get(blank):
                key = (action.code, blank)
                self.missing[key] = self.missing.get(key, 0) + 1
        return fill(text, values)

    def lacking(self) -> list[Problem]:
        message = _("The blank {%(blank)s} has no value in %(count)s texts.")
        return [
            Problem(f"{code}: text", message % {"blank": blank, "count": count})
            for (code, blank), count in self.missing.items()
        ]


class _Reach:
    """The units that an action speaks to, out of all under the plan's own: read once."""

    def __init__(self, owner: Unit, area: Sequence[str] | None, problems: list[Problem]) -> None:
        self.owner, self.problems = owner, problems
        self.units = list(subtree(owner.path).defer("boundary", "seat").order_by("path"))
        self.area, self.alone = ([owner.path], set[str]()) if area is None else self._paths(area)

    def _paths(self, area: Sequence[str]) -> tuple[list[str], set[str]]:
        """The paths of the area's codes that lie under the plan's unit, or above it, and which of them are meant
        alone; the others are problems.
        """
        known, found, alone = {unit.path for unit in self.units}, [], set()
        for code in area:
            try:
                path = path_of(normalise(code.removeprefix(ALONE)))
            except ValueError:
                path = ""
            if path and (path in known or is_within(self.owner.path, path)):
                found.append(path)
                alone |= {path} if code.startswith(ALONE) else set()
            else:
                self.problems.append(Problem("area", _("“%(code)s” is no unit of this plan.") % {"code": code}))
        if not found:
            self.problems.append(Problem("area", _("The area holds no unit of this plan.")))
        return found, alone

    def units_of(self, action: Action) -> list[Unit]:
        found = [unit for unit in self.units if unit.level == action.unit_kind and self._reached(action, unit)]
        if action.departments:
            found = [unit for unit in found if unit.name in action.departments]
            for name in sorted(set(action.departments) - {unit.name for unit in found}):
                message = _("There is no department “%(name)s” here.") % {"name": name}
                self.problems.append(Problem(f"{action.code}: departments", message))
        if not found:
            message = _("The action reaches no unit: none of this kind lies where it applies.")
            self.problems.append(Problem(action.code, message))
        return found

    def _reached(self, action: Action, unit: Unit) -> bool:
        if action.reach == Reach.ALL:
            return True
        if action.reach == Reach.OWNER:
            owned = unit.parent_id == self.owner.pk and unit.level == Unit.Level.DEPARTMENT
            return unit.pk == self.owner.pk or owned
        return any(self._meant(unit, path) or self._contains(unit, path) for path in self.area)

    def _meant(self, unit: Unit, path: str) -> bool:
        return unit.path == path or (path not in self.alone and is_within(unit.path, path))

    @staticmethod
    def _contains(unit: Unit, path: str) -> bool:
        """A township or county is spoken to when part of it is in the area, a department when its government is."""
        scope = unit.path.rpartition(".")[0] if unit.level == Unit.Level.DEPARTMENT else unit.path
        return is_within(path, scope)


def _people(units: list[Unit], posts: list[Post]) -> dict[tuple[int, int], list[Line]]:
    found: dict[tuple[int, int], list[Line]] = defaultdict(list)
    if units and posts:
        for line in fanout.lines_for(units, posts):
            found[line.unit.pk, line.post.pk].append(line)
    return found


def _register(actions: Iterable[Action], units: Mapping[int, Unit], hazard_type: str) -> dict[int, list[Person]]:
    """Unit → whom the register names there against this type of hazard: each lead, or the deputy in place of one."""
    kinds = HAZARD_KINDS_OF.get(hazard_type, ())
    found: dict[int, list[Person]] = defaultdict(list)
    if not kinds or not any(action.by_register for action in actions):
        return found
    rows = Responsibility.objects.filter(unit__in=list(units), hazard_kind__in=kinds).order_by("site", "pk")
    for row in rows.select_related("lead", "deputy"):
        person = next((one for one in (row.lead, row.deputy) if one and one.is_active), None)
        if person and person not in found[row.unit_id]:
            found[row.unit_id].append(person)
    return found


def _planned(
    action: Action,
    unit: Unit,
    post: Post,
    people: Mapping[tuple[int, int], list[Line]],
    register: Mapping[int, list[Person]],
    values: _Values,
) -> Planned:
    named = register.get(unit.pk, []) if action.by_register else []
    lines = [Line(unit, post, person, REGISTER) for person in named] or list(people.get((unit.pk, post.pk), ()))
    if not lines and not post.optional:
        lines = [Line(unit, post, None, "")]
    text = values.text(action.text, action, unit, unit.name)
    text_en = values.text(action.text_en, action, unit, unit.name_en or unit.name)
    return Planned(action, unit, post, lines, list(action.after), text, text_en)
