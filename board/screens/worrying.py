"""Why a point is worrying, in one line of words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from board.selectors.worrying import Point, worrying_points
from hazards.rules.words import Kind
from journal.rules.world import REAL, World
from org.models import Person


@dataclass(frozen=True)
class Worry:
    point: Point
    name: str
    href: str
    map_href: str
    why: str

    @property
    def calls(self) -> list[tuple[str, Person | None]]:
        people = self.point.people
        return [(_("Keeper"), people.keeper), (_("B role"), people.deputy), (_("Leader"), people.leader)]


def worries(person: Person, world: World = REAL) -> list[Worry]:
    return [_worry(point) for point in worrying_points(person, world)]


def _worry(point: Point) -> Worry:
    ticket = point.hazard
    name = (ticket.place or str(Kind(ticket.kind).label)) if ticket else _("The village itself")
    href = f"/orders/{point.answer.order_id}/" if point.answer else ""
    if ticket:
        href = f"/hazards/{ticket.pk}/"
    return Worry(point, name, href, f"/?map&unit={point.unit.code}", _("; ").join(why(point)))


def why(point: Point) -> Iterator[str]:
    facts = point.facts
    if facts.people is None:
        yield _("nobody has recorded how many people")
    else:
        words = ngettext("%(n)s person at risk", "%(n)s people at risk", facts.people)
        if point.hazard is None:
            words = ngettext("%(n)s inhabitant", "%(n)s inhabitants", facts.people)
        yield words % {"n": facts.people}
    if point.warning:
        yield point.warning.headline
    if point.hazard:
        kind, grade = str(Kind(point.hazard.kind).label), point.hazard.get_grade_display() or _("not graded")
        yield _("%(kind)s, %(grade)s") % {"kind": kind, "grade": grade}
    if facts.silent:
        yield _("%(unit)s has not answered") % {"unit": point.unit.label}
    if not facts.keeper:
        yield _("keeper unknown")
    if facts.dark_in_h is not None:
        hours = math.ceil(facts.dark_in_h)
        yield ngettext("dark in %(n)s hour", "dark in %(n)s hours", hours) % {"n": hours} if hours else _("dark now")
