"""Checking the people of an Excel sheet against the register, and loading them when all rows pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from org.actions import load_people
from org.actions.people import PersonRow
from org.announce import Actor
from org.codes import normalise
from org.imports.people_sheet import Line, read
from org.imports.problems import Problem, Refused, Unreadable, at_cell, at_row
from org.jurisdiction import registered_by
from org.models import Appointment, Person, Post
from org.phones import phone_number
from org.selectors import held_now

ROLES = {"": "A", "a": "A", "a岗": "A", "a role": "A", "主岗": "A", "b": "B", "b岗": "B", "b role": "B", "副岗": "B"}


@dataclass
class Outcome:
    """What an import would do, or did: rows to load, rows that hold already, appointments that end, what is wrong."""

    rows: list[PersonRow] = field(default_factory=list)
    unchanged: int = 0
    ending: list[Appointment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    loaded: int = 0

    @property
    def new_people(self) -> int:
        return len({(row.name, row.phone) for row in self.rows if row.person is None})


def import_people(content: bytes | Path, *, by: Actor, dry_run: bool = False, replace: bool = False) -> Outcome:
    """Check a workbook and load it. Raises Refused with every problem by cell; with ``dry_run`` gives them back.

    An A post that somebody else holds is a problem, unless ``replace`` ends that appointment. Only units in the actor's
    sight are known. Somebody of the same name and number as on the register is that person.
    """
    try:
        lines = read(content.read_bytes() if isinstance(content, Path) else content)
    except Unreadable as error:
        outcome = Outcome(problems=[Problem("", str(error))])
    else:
        outcome = _Check(lines, by, replace).run()
    if dry_run:
        return outcome
    if outcome.problems:
        raise Refused(outcome.problems)
    load_people(outcome.rows, ending=outcome.ending, by=by)
    outcome.loaded = len(outcome.rows)
    return outcome


class _Check:
    """All lines against the register, which is read once: a fixed number of queries however long the sheet is."""

    def __init__(self, lines: list[Line], by: Actor, replace: bool) -> None:
        self.lines, self.replace = lines, replace
        codes = {code for line in lines if (code := _code(line))}
        kept = registered_by(by).filter(code__in=codes).only("id", "code", "path", "level", "name", "name_en")
        self.units = {unit.code: unit for unit in kept}
        self.posts = {key: post for post in Post.objects.all() for key in (post.code, post.name, post.name_en.lower())}
        numbers = {number for line in lines if (number := _number(line))}
        self.people = {(p.name, p.phone): p for p in Person.objects.filter(phone__in=numbers, is_active=True)}
        held = held_now(Appointment.objects.filter(unit__in=self.units.values())).select_related(
            "person", "post", "unit"
        )
        self.held: dict[tuple[int, int], list[Appointment]] = {}
        for appointment in held:
            self.held.setdefault((appointment.unit_id, appointment.post_id), []).append(appointment)
        self.outcome = Outcome()
        self.first: dict[tuple[object, ...], int] = {}

    def run(self) -> Outcome:
        if not self.lines:
            self.outcome.problems.append(Problem("", _("The sheet holds no people.")))
        for line in self.lines:
            problems = sorted([*line.faults, *self._faults(line)], key=lambda problem: problem.where)
            self.outcome.problems += problems
            if not problems:
                self._take(line)
        return self.outcome

    def _faults(self, line: Line) -> Iterator[Problem]:
        bad = {problem.where for problem in line.faults}
        for name, check in (
            ("unit", self._unit),
            ("post", self._post),
            ("name", self._name),
            ("phone", self._phone),
            ("role", self._role),
        ):
            where = at_cell(line.cells[name]) if name in line.cells else at_row(line.number)
            if where not in bad and (reason := check(line)):
                yield Problem(where, reason)

    def _unit(self, line: Line) -> str:
        text = line.values["unit"]
        if not text:
            return _("The unit code is missing.")
        code = _code(line)
        if not code:
            return _("“%(code)s” is not a unit code.") % {"code": text}
        return "" if code in self.units else _("No unit with the code %(code)s is on the register.") % {"code": code}

    def _post(self, line: Line) -> str:
        text = line.values["post"]
        if not text:
            return _("The post is missing.")
        post, unit = self.posts.get(text) or self.posts.get(text.lower()), self.units.get(_code(line))
        if post is None:
            return _("There is no post “%(post)s”.") % {"post": text}
        return _("Units of this level do not have this post.") if unit and unit.level != post.level else ""

    def _name(self, line: Line) -> str:
        name = line.values["name"]
        if not name:
            return _("The name is missing.")
        return _("A name has at most 40 characters.") if len(name) > 40 else ""

    def _phone(self, line: Line) -> str:
        if not line.values["phone"]:
            return _("The phone number is missing.")
        bad = _("This is neither a mobile number of 11 digits nor a fixed line with its area code.")
        return "" if _number(line) else bad

    def _role(self, line: Line) -> str:
        return "" if line.values.get("role", "").lower() in ROLES else _("The role is A or B.")

    def _take(self, line: Line) -> None:
        """A line without faults of its own: against the lines before it, and against who holds the post now."""
        unit = self.units[_code(line)]
        post = self.posts.get(line.values["post"]) or self.posts[line.values["post"].lower()]
        role, name, number = ROLES[line.values.get("role", "").lower()], line.values["name"], _number(line)
        key = (unit.pk, post.pk, name, number)
        if key in self.first:
            self._problem(line, _("The same stands in row %(number)s already.") % {"number": self.first[key]})
            return
        self.first[key] = line.number
        person = self.people.get((name, number))
        others = self.held.get((unit.pk, post.pk), [])
        own = [a for a in others if person and a.person_id == person.pk]
        if own and own[0].role == role:
            self.outcome.unchanged += 1
            return
        blocking = own + [a for a in others if role == "A" and a.role == "A" and a not in own]
        if blocking and not self.replace:
            holder = {"name": blocking[0].person.name, "role": blocking[0].role}
            self._problem(line, _("%(name)s holds this post already (%(role)s); end that first, or replace.") % holder)
            return
        self.outcome.ending += [a for a in blocking if a not in self.outcome.ending]
        self.outcome.rows.append(PersonRow(unit, post, role, name, number, person))

    def _problem(self, line: Line, reason: str) -> None:
        self.outcome.problems.append(Problem(at_row(line.number), reason))


def _code(line: Line) -> str:
    try:
        return normalise(line.values.get("unit", ""))
    except ValueError:
        return ""


def _number(line: Line) -> str:
    try:
        return phone_number(line.values.get("phone", ""))
    except ValueError:
        return ""
