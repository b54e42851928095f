"""Official papers: who sees them, who signs them now, who takes them in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from database.registry import Registry
from journal.rules.world import REAL, World
from norms.models import OfficialPaper, PaperAddressee
from norms.rules.posts import DESK, HEAD
from org.models import Appointment, HeadquartersMember, Person, Unit
from org.rules import capabilities
from org.selectors.headquarters import holders
from org.selectors.jurisdiction import allowed, visible_to
from org.selectors.register import held_now

Status = OfficialPaper.Status
OUT = (Status.SERVED,)


@dataclass(frozen=True)
class Substitute:
    """Who signs in whose place, and on what authority, in both languages: what the paper and the record say. The ground
    is empty for whoever signs because the signer was late.
    """

    leader: Person
    person: Person
    ground: Mapping[str, str]


Finder = Callable[[Sequence[Person]], list[Substitute]]
SUBSTITUTES: Registry[Finder] = Registry(
    "substitute signers",
    "Who may sign in an absent leader's place. `norms.selectors.papers.substitutes`: a function of the leaders that"
    " gives their substitutes.",
)


def substitutes(code: str, finder: Finder) -> None:
    """Register what finds who may sign for leaders (whereabouts and authorisations)."""
    SUBSTITUTES.register(code, finder)


def papers_in_sight(person: Person) -> QuerySet[OfficialPaper]:
    """Papers of the units within sight and of the headquarters in which one has a seat, at any stage; those addressed
    to a unit within sight once they are served. Of any world: one paper's own page and actions need none.
    """
    addressed = PaperAddressee.objects.filter(visible_to(person), paper=OuterRef("pk"))
    mine = visible_to(person) | Q(headquarters__in=_seats_of(person)) | Q(Exists(addressed), status__in=OUT)
    return with_parts(OfficialPaper.objects.filter(mine))


def papers_visible_to(person: Person, world: World = REAL) -> QuerySet[OfficialPaper]:
    return papers_in_sight(person).filter(world.rows())


def _seats_of(person: Person) -> QuerySet[HeadquartersMember, Any]:
    here = Appointment.objects.filter(unit=OuterRef("unit"), post=OuterRef("post"), person=person)
    return HeadquartersMember.objects.filter(Q(person=person) | Exists(held_now(here))).values("headquarters")


def with_parts(rows: QuerySet[OfficialPaper]) -> QuerySet[OfficialPaper]:
    found = rows.select_related("unit", "headquarters", "signed_by", "signed_for", "drafted_by")
    return found.defer("unit__boundary", "unit__seat")


def signers_of(paper: OfficialPaper) -> list[list[Person]]:
    """Who must sign now, rung after rung; a rung that nobody holds is left out.

    A rung is of seats in the headquarters where it has them, else of posts of the unit.
    """
    found = [_of_rung(paper, rung) for rung in paper.signing]
    return [people for people in found if people]


def first_signers(paper: OfficialPaper) -> list[Person]:
    """The first rung of `signers_of`, and who signs for those of it who are away; rungs after it are not read."""
    first: list[Person] = next((people for rung in paper.signing if (people := _of_rung(paper, rung))), [])
    return list({one.pk: one for one in [*first, *(found.person for found in stand_ins(first))]}.values())


def stand_ins(leaders: Sequence[Person]) -> list[Substitute]:
    """Who signs for which of these leaders, who are away and have authorised it."""
    return [one for finder in SUBSTITUTES.values() for one in finder(leaders)] if leaders else []


def _of_rung(paper: OfficialPaper, rung: dict[str, Sequence[str]]) -> list[Person]:
    """One person for each seat or post: a stand-in (B role) only where nobody holds the A role."""
    seated: dict[int, Person] = {}
    if paper.headquarters is not None and rung.get("roles"):
        for seat, person in holders(paper.headquarters, *rung["roles"]):
            seated.setdefault(seat.pk, person)
    people = list(seated.values())
    if not people:
        first = {(row.unit_id, row.post_id): row for row in reversed(_held([paper.unit], rung.get("posts", ())))}
        people = [row.person for row in first.values()]
    return list({person.pk: person for person in people}.values())


def _held(units: Iterable[Unit], posts: Iterable[str]) -> list[Appointment]:
    """Who holds these posts in these units now, the A role before the B role."""
    rows = held_now(Appointment.objects.filter(unit__in=list(units), post__code__in=list(posts)))
    return list(rows.select_related("person").order_by("unit__path", "role", "pk"))


def receivers(units: Sequence[Unit]) -> list[Person]:
    """Who takes in a paper that is addressed to these units: whoever keeps their books, and who answers for them."""
    posts = {*DESK.values(), *HEAD.values()}
    return list({row.person_id: row.person for row in _held(units, posts)}.values())


def may_sign(
    paper: OfficialPaper, person: Person, rungs: Sequence[Sequence[Person]], known: Sequence[Substitute] | None = None
) -> Substitute | bool:
    """True for who must sign; a `Substitute` for who may in their place; False for everybody else.

    A later rung may sign once the chase has reached it; anybody else by an authorisation that is on record. ``known``:
    the `stand_ins` of the first rung, where they have been read.
    """
    if not rungs:
        return False
    first = rungs[0]
    if any(one.pk == person.pk for one in first):
        return True
    for one in stand_ins(first) if known is None else known:
        if one.person.pk == person.pk:
            return one
    late = [one for rung in rungs[1 : paper.rung + 1] for one in rung]
    return Substitute(first[0], person, {}) if any(one.pk == person.pk for one in late) else False


def may_handle(paper: OfficialPaper, person: Person) -> bool:
    """Whether somebody serves and withdraws the body's papers: its signers, and whoever orders in its name."""
    return allowed(person, capabilities.ORDER, paper.unit.path)


def waiting(person: Person, world: World = REAL) -> QuerySet[OfficialPaper]:
    """The unsigned papers within sight, the longest overdue first."""
    return papers_visible_to(person, world).filter(status=Status.DRAFTED).order_by("sign_due_at", "pk")


def to_sign(person: Person, world: World = REAL) -> list[OfficialPaper]:
    """The papers that wait for this person's own signature. Each body's signers are looked up once."""
    rows = []
    known: dict[tuple[int, int | None, str], tuple[list[list[Person]], list[Substitute]]] = {}
    for paper in waiting(person, world):
        key = (paper.unit_id, paper.headquarters_id, repr(paper.signing))
        if key not in known:
            rungs = signers_of(paper)
            known[key] = rungs, stand_ins(rungs[0] if rungs else [])
        if may_sign(paper, person, *known[key]):
            rows.append(paper)
    return rows
