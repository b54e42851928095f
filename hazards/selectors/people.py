"""Recipients of messages about a ticket: the posts of whoever owes the next step, and those named in it
(docs/domain.md 6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection

from hazards.models import Deadline, Hazard, Supervision
from hazards.rules.words import Closure, Grade, Kind, Role
from norms.rules.posts import DESK, HEAD
from notify.rules.notices import Notice
from org.cards import names
from org.models import Person
from org.rules.codes import county_of
from web.languages import in_both

What = Deadline.What
Place = tuple[str, str]
"""(unit path, post code)."""


_HOLDERS = """
    SELECT DISTINCT ON (w.path, w.code) w.path, w.code, p.id, p.name, p.name_en
    FROM unnest(%s::text[], %s::text[]) w(path, code)
    JOIN org_unit u ON u.path = w.path AND u.active JOIN org_post o ON o.code = w.code
    JOIN org_appointment a ON a.unit_id = u.id AND a.post_id = o.id
    JOIN org_person p ON p.id = a.person_id AND p.is_active
    WHERE a.valid_from <= sanji_now() AND (a.valid_to IS NULL OR a.valid_to > sanji_now())
    ORDER BY w.path, w.code, a.role, a.id
"""


def holders(places: Iterable[Place]) -> dict[Place, Person]:
    """Who holds each post, the A role before the B role, in one statement; vacancies are left out."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [[path for path, _ in wanted], [post for _, post in wanted]])
        return {
            (path, post): Person(pk=pk, name=name, name_en=name_en)
            for path, post, pk, name, name_en in cursor.fetchall()
        }


def level_of(path: str) -> str:
    """The level of a unit by its path: departments end in a D."""
    last = path.rpartition(".")[2]
    return "department" if last.startswith("D") else {3: "county", 4: "township"}.get(path.count(".") + 1, "village")


def above(path: str) -> str:
    """The unit above; over a county's own tickets the county itself."""
    return path.rpartition(".")[0] if path.count(".") >= 3 else path


def debtor(hazard: Hazard, what: str) -> str:
    """The path of the unit that owes this step: the owner, whoever grades for it, or the side that inspects."""
    owner = hazard.owner.path
    if what == What.TAKE_UP:
        return ".".join(hazard.unit.path.split(".")[:4])
    if what == What.GRADE:
        return above(owner) if level_of(owner) == "village" else owner
    if what in (What.INSPECT, What.CLOSE, What.PUBLISH):
        return county_of(owner) if hazard.grade == Grade.MAJOR else above(owner)
    if what == What.DECIDE_EXTENSION:
        return county_of(owner) if hazard.listed else above(owner)
    return owner


def desk(path: str) -> Place:
    return path, DESK[level_of(path)]


def head(path: str) -> Place:
    return path, HEAD[level_of(path)]


def notice(person_id: int, code: str, hazard: Hazard, *, alarm: bool = False, subject: str = "", **data: Any) -> Notice:
    """A message about the ticket; a newer one takes the place of the person's open one of the same subject."""
    said = {"ref": hazard.ref, "unit": names(hazard.unit), "text": hazard.description[:60], **data}
    about, page = subject or f"hazard:{hazard.pk}", f"/hazards/{hazard.pk}/"
    return Notice(person_id, code, about, hazard.unit.path, said, page, alarm, hazard.exercise)


def notices(places: Sequence[Place], code: str, hazard: Hazard, *, not_to: int = 0, **data: Any) -> list[Notice]:
    """The message to whoever holds these posts, once to each, and not to the one who acts."""
    people = {person.id for person in holders(places).values()} - {not_to}
    return [notice(pk, code, hazard, **data) for pk in sorted(people)]


@cache
def kind_words(kind: str) -> dict[str, str]:
    return in_both(Kind(kind).label)


@cache
def what_words(what: str) -> dict[str, str]:
    return in_both(What(what).label)


@cache
def grade_words(grade: str) -> dict[str, str]:
    return in_both(Grade(grade).label)


@cache
def closure_words(closure: str) -> dict[str, str]:
    return in_both(Closure(closure).label)


@cache
def form_words(form: str) -> dict[str, str]:
    return in_both(Supervision.Form(form).label)


@cache
def role_words(role: str) -> dict[str, str]:
    return in_both(Role(role).label)
