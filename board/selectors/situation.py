"""The left panel: what waits for a decision, what is going on, who is on duty, which clocks have stopped."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, Q

from board.selectors.assignments import LIVE, on_the_board
from command.models import Incident, Order, Proposal
from command.selectors.levelling import GRAVITY
from command.selectors.responses import open_proposals
from command.selectors.visible import PAST_DUE, WAITING, incidents_visible_to, is_silent, with_shown
from database.clock import DatabaseNow
from duty.selectors.today import Station, on_board
from early_warning.models import Warning
from early_warning.selectors.warnings import listed
from journal.models import Timer
from journal.rules.world import REAL, World
from norms.models import OfficialPaper
from norms.selectors.papers import to_sign, waiting
from org.models import Person, Unit
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from org.selectors.register import holders

SHOWN_WARNINGS = 30
SHOWN_PAPERS = 20
LATE = dt.timedelta(seconds=60)


@dataclass
class Going:
    """An incident with the answers to its orders: state → number, and when the longest silence began."""

    incident: Incident
    counts: dict[str, int] = field(default_factory=dict)
    waiting_since: dt.datetime | None = None

    @property
    def silent(self) -> int:
        """How many are past their time, whether or not somebody else has been called."""
        return sum(self.counts.get(state, 0) for state in PAST_DUE)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        return self.total - sum(self.counts.get(state, 0) for state in WAITING)

    @property
    def need(self) -> tuple[Any, ...]:
        """Sort key: somebody silent first, then the graver response, then the newer incident."""
        return (-min(self.silent, 1), -GRAVITY[self.incident.response_level], -self.incident.pk)


def incidents_going(person: Person, incident: int | None = None, world: World = REAL) -> list[Going]:
    """The open incidents (or the one chosen) in the order of need; two queries."""
    rows = incidents_visible_to(person).filter(world.rows())
    rows = rows.filter(status__in=LIVE) if incident is None else rows.filter(pk=incident)
    rows = rows.select_related("unit", "commander", "desk_officer").defer("unit__boundary", "area", "description")
    going = {row.pk: Going(row) for row in rows.order_by("-pk")[:200]}
    asked = with_shown(on_the_board(person, incident, world)).filter(order__incident__in=list(going))
    counted = asked.order_by().values("order__incident", "shown").annotate(n=Count("pk"), since=Min("ack_due_at"))
    for row in counted:
        one = going[row["order__incident"]]
        one.counts[row["shown"]] = row["n"]
        if row["shown"] in PAST_DUE:
            one.waiting_since = min(filter(None, (one.waiting_since, row["since"])))
    return sorted(going.values(), key=lambda one: one.need)


def orders_of(person: Person, incident: int, world: World = REAL) -> list[Order]:
    """The incident's orders that reach the person's units, with ``total``, ``silent`` and ``answered``; one query."""
    seen = Q(assignments__in=on_the_board(person, incident, world))
    rows = Order.objects.filter(incident=incident, status=Order.Status.IN_FORCE).annotate(
        total=Count("assignments", filter=seen),
        silent=Count("assignments", filter=seen & is_silent("assignments__")),
        answered=Count("assignments", filter=seen & ~Q(assignments__status="called")),
    )
    return list(rows.filter(total__gt=0).defer("ladder").order_by("-pk")[:50])


def warnings_going(person: Person, world: World = REAL) -> list[Warning]:
    """Warnings in force, those that wait for a decision first; one query."""
    rows = listed(person, world).filter(status=Warning.Status.ACTIVE, test=False)
    return list(rows[:SHOWN_WARNINGS])


def proposals_waiting(person: Person, world: World = REAL) -> list[Proposal]:
    """Levels that nobody has decided on yet: those that the person may decide first, then the longest wait."""
    return sorted(open_proposals(person, world), key=lambda row: (not row.may, row.made_at, row.pk))


def papers_waiting(person: Person, world: World = REAL) -> list[OfficialPaper]:
    """Unsigned papers: one's own to sign first, then those that are late; the longest overdue first."""
    mine = to_sign(person, world)
    taken = {paper.pk for paper in mine}
    late = waiting(person, world).exclude(pk__in=taken).filter(sign_due_at__lt=DatabaseNow())[:SHOWN_PAPERS]
    rows = [*mine[:SHOWN_PAPERS], *late]
    for paper in rows:
        paper.may = {"sign": paper.pk in taken}
    return rows


@dataclass(frozen=True)
class Duty:
    """Who is on now: the crew of the uppermost unit in sight, and how the others stand, gaps first."""

    own: Station | None
    others: list[Station]

    @property
    def gaps(self) -> list[Station]:
        """Every unit with a post that nobody fills, the own one among them."""
        return [one for one in (self.own, *self.others) if one is not None and one.missing]

    @property
    def late(self) -> list[Station]:
        """Every unit whose crew stays on because the next has not taken over."""
        return [one for one in (self.own, *self.others) if one is not None and one.late]

    @property
    def whole(self) -> int:
        return sum(1 for one in self.others if not one.missing)


def on_duty(person: Person) -> Duty:
    """From duty's one definition of who is on; three queries however many units."""
    stations = on_board(person, relief=False).stations
    own = min(stations, key=lambda one: (one.path.count("."), one.path), default=None)
    return Duty(own, [one for one in stations if one is not own])


def stopped_clocks(person: Person, world: World = REAL) -> int:
    """Overdue timers (over a minute late): a fault of the system itself, shown to whoever sees a whole county."""
    jurisdiction = jurisdiction_of(person)
    if not jurisdiction.everything and not any(path.count(".") <= 2 for path in jurisdiction.scopes()):
        return 0
    rows = Timer.objects.filter(world.rows(), state=Timer.State.PENDING, due_at__lt=DatabaseNow() - LATE)
    return rows.count()


def unit_card(person: Person, code: str, incident: int | None = None, world: World = REAL) -> dict[str, Any] | None:
    """A unit with its people and what they owe, for the map's popup; None outside the person's jurisdiction."""
    unit = Unit.objects.filter(visible_to(person, "path"), code=code).select_related("parent")
    found = unit.defer("boundary", "parent__boundary").first()
    if found is None:
        return None
    rows = (
        on_the_board(person, incident, world)
        .filter(unit=found)
        .select_related("post", "person", "order", "answered_by")
    )
    return {
        "unit": found,
        "people": holders(Unit.objects.filter(pk=found.pk)),
        "rows": list(with_shown(rows).defer("order__ladder").order_by("status", "ack_due_at", "id")[:20]),
    }
