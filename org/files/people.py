"""Checking the people of an Excel sheet against the register, and loading them when all rows pass."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from database import text
from database.text import alike, folded
from org.actions import load_people
from org.actions.people import PersonRow
from org.files.people_sheet import Line, read
from org.models import Appointment, Person, Post
from org.rules.announce import Actor
from org.rules.codes import normalise
from org.rules.phones import fault_of, phone_number
from org.selectors.doubles import bearers, like, lock_people, same
from org.selectors.jurisdiction import registered_by
from org.selectors.register import held_now
from web.problems import Problem, Refused, Unreadable, at_cell, at_row

ROLES = {"": "A", "a": "A", "a岗": "A", "a role": "A", "主岗": "A", "b": "B", "b岗": "B", "b role": "B", "副岗": "B"}


SAME, OTHER = "same", "other"


@dataclass(frozen=True)
class Question:
    """A row with the number of somebody of a like name, on the register or in an earlier row: the same person?"""

    row: int
    where: str
    name: str
    phone: str
    other: str

    def __str__(self) -> str:
        return _("%(where)s: %(name)s, %(phone)s: same number as %(other)s: the same person?") % {
            "where": self.where,
            "name": self.name,
            "phone": self.phone,
            "other": self.other,
        }


@dataclass
class Outcome:
    """What an import would do, or did: rows to load, rows that hold already, appointments that end, what is wrong."""

    rows: list[PersonRow] = field(default_factory=list)
    unchanged: int = 0
    ending: list[Appointment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    loaded: int = 0

    @property
    def new_people(self) -> int:
        return len({row.new for row in self.rows if row.person is None})


def import_people(
    content: bytes | Path,
    *,
    by: Actor,
    dry_run: bool = False,
    replace: bool = False,
    decisions: Mapping[int, str] | None = None,
) -> Outcome:
    """Check a workbook and load it. Raises Refused with every problem by cell; with ``dry_run`` gives them back.

    An A post that somebody else holds is a problem, unless ``replace`` ends that appointment. Only units in the actor's
    sight are known. Somebody of the same name, however spelled, and number as on the register is that person; a like
    name with the same number is a question, which ``decisions`` answer by row (`SAME` or `OTHER`): unanswered, it is a
    problem.
    """
    try:
        sheet = content.read_bytes() if isinstance(content, Path) else content
        lines = read(sheet, sender=f"person:{by.pk}" if isinstance(by, Person) else "people")
    except Unreadable as error:
        outcome = Outcome(problems=[Problem("", str(error))])
        if dry_run:
            return outcome
        raise Refused(outcome.problems) from None
    if dry_run:
        return _Check(lines, by, replace, decisions or {}).run()
    return _load(lines, by, replace, decisions or {})


@transaction.atomic
def _load(lines: list[Line], by: Actor, replace: bool, decisions: Mapping[int, str]) -> Outcome:
    """Check and load under one lock, so that the same sheet confirmed twice at once is loaded once."""
    lock_people()
    outcome = _Check(lines, by, replace, decisions).run()
    unanswered = [Problem(question.where, str(question)) for question in outcome.questions]
    if outcome.problems or unanswered:
        raise Refused([*outcome.problems, *unanswered])
    load_people(outcome.rows, ending=outcome.ending, by=by)
    outcome.loaded = len(outcome.rows)
    return outcome


class _Check:
    """All lines against the register, which is read once: a fixed number of queries however long the sheet is."""

    def __init__(self, lines: list[Line], by: Actor, replace: bool, decisions: Mapping[int, str]) -> None:
        self.lines, self.replace, self.decisions = lines, replace, decisions
        codes = {code for line in lines if (code := _code(line))}
        kept = registered_by(by).filter(code__in=codes).only("id", "code", "path", "level", "name", "name_en")
        self.units = {unit.code: unit for unit in kept}
        self.posts = {key: post for post in Post.objects.all() for key in (post.code, post.name, post.name_en.lower())}
        self.people = bearers(_number(line) for line in lines)
        self.new: dict[str, list[PersonRow]] = {}
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
            if self._holds(line):
                self.outcome.unchanged += 1
                continue
            problems = sorted([*line.faults, *self._faults(line)], key=lambda problem: problem.where)
            self.outcome.problems += problems
            if not problems:
                self._take(line)
        return self.outcome

    def _holds(self, line: Line) -> bool:
        """Whether the row says what the register says, also where that would not be taken anew: a person without a
        number, a number of before.
        """
        unit, post = self.units.get(_code(line)), self.posts.get(line.values.get("post", ""))
        if unit is None or post is None or line.faults:
            return False
        name, number = folded(line.values.get("name", "")), line.values.get("phone", "")
        role = ROLES.get(line.values.get("role", "").lower())
        return any(
            folded(a.person.name) == name and a.person.phone in (number, _number(line)) and a.role == role
            for a in self.held.get((unit.pk, post.pk), ())
        )

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
        typed = line.values["unit"]
        if not typed:
            return _("The unit code is missing.")
        code = _code(line)
        if not code:
            return _("“%(code)s” is not a unit code.") % {"code": typed}
        return "" if code in self.units else _("No unit with the code %(code)s is on the register.") % {"code": code}

    def _post(self, line: Line) -> str:
        typed = line.values["post"]
        if not typed:
            return _("The post is missing.")
        post, unit = self.posts.get(typed) or self.posts.get(typed.lower()), self.units.get(_code(line))
        if post is None:
            return _("There is no post “%(post)s”.") % {"post": typed}
        return _("Units of this level do not have this post.") if unit and unit.level != post.level else ""

    def _name(self, line: Line) -> str:
        name = line.values["name"]
        if not name:
            return _("The name is missing.")
        return _("A name has at most 40 characters.") if len(name) > 40 else ""

    def _phone(self, line: Line) -> str:
        if not line.values["phone"]:
            return _("The phone number is missing.")
        return fault_of(line.values["phone"])

    def _role(self, line: Line) -> str:
        return "" if line.values.get("role", "").lower() in ROLES else _("The role is A or B.")

    def _take(self, line: Line) -> None:
        """A line without faults of its own: against the lines before it, and against who holds the post now."""
        unit = self.units[_code(line)]
        post = self.posts.get(line.values["post"]) or self.posts[line.values["post"].lower()]
        role, name, number = ROLES[line.values.get("role", "").lower()], text.name(line.values["name"]), _number(line)
        row = self._identified(line, PersonRow(unit, post, role, name, number))
        if row is None:
            return
        key = (unit.pk, post.pk, row.person.pk if row.person else row.new)
        if key in self.first:
            self._problem(line, _("The same stands in row %(number)s already.") % {"number": self.first[key]})
            return
        self.first[key] = line.number
        if self._placed(line, row):
            self.outcome.rows.append(row)
            if row.person is None:
                self.new.setdefault(number, []).append(row)

    def _identified(self, line: Line, row: PersonRow) -> PersonRow | None:
        """The row with whom it is about: somebody on the register, somebody of an earlier row, or somebody new. None
        where that is a question without an answer.
        """
        known, earlier = self.people.get(row.phone, []), self.new.get(row.phone, [])
        person = same(row.name, known)
        if person or any(folded(row.name) == folded(other.name) for other in earlier):
            return dataclasses.replace(row, person=person)
        person = like(row.name, known)
        twin = None if person else next((other for other in earlier if alike(row.name, other.name)), None)
        answer = self.decisions.get(line.number)
        other = person or twin
        if other is None or answer == OTHER:
            return row
        if answer == SAME:
            return dataclasses.replace(row, person=person, like=twin.new if twin else None)
        where = at_cell(line.cells["name"])
        self.outcome.questions.append(Question(line.number, where, row.name, row.phone, other.name))
        return None

    def _placed(self, line: Line, row: PersonRow) -> bool:
        """Whether the row appoints somebody: not where they hold the post, nor where somebody else does."""
        others = self.held.get((row.unit.pk, row.post.pk), [])
        own = [a for a in others if row.person and a.person_id == row.person.pk]
        if own and own[0].role == row.role:
            self.outcome.unchanged += 1
            return False
        blocking = own + [a for a in others if row.role == "A" and a.role == "A" and a not in own]
        if blocking and not self.replace:
            holder = {"name": blocking[0].person.name, "role": blocking[0].role}
            self._problem(line, _("%(name)s holds this post already (%(role)s); end that first, or replace.") % holder)
            return False
        self.outcome.ending += [a for a in blocking if a not in self.outcome.ending]
        return True

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
