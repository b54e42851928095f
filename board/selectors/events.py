"""Events as sentences in the reader's language, the newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from journal.models import Event
from journal.rules.world import REAL, World
from journal.selectors.events import events_visible_to
from journal.sentences import say
from org.models import Person
from org.selectors.jurisdiction import visible_to

PAGE = 40
SCAN = 200
"""Page size in lines, and in events scanned for them: a burst of one kind is one line."""

FOLD_FROM = 4
FOLD_WITHIN = dt.timedelta(minutes=2)
"""Grouping: so many events of one kind within so long become one line that unfolds."""

UNFOLDED = 30
"""Of a longer run the newest are listed when it is unfolded."""

TONES = {
    "assignment.climbed": "climbed",
    "assignment.acknowledged": "received",
    "assignment.passed_on": "passed_on",
    "assignment.in_place": "in_place",
    "assignment.done": "done",
    "assignment.verified": "verified",
    "assignment.called_off": "called_off",
    "assignment.sent_back": "called",
}
"""The answer state whose glyph stands before the sentence."""

ICONS = (
    ("incident.", "incident"),
    ("order.", "orders"),
    ("warning.", "warning"),
    ("assignment.", "orders"),
    ("timer.", "overdue"),
    ("relay.", "overdue"),
    ("delivery.", "message"),
    ("org.", "users"),
    ("feed.", "wifi"),
)


@dataclass
class Line:
    """One event, or a run of the same verb in the same incident with the others folded under the newest."""

    event: Event
    text: str
    folded: list[Line] = field(default_factory=list)

    @property
    def listed(self) -> list[Line]:
        return self.folded[:UNFOLDED]

    @property
    def unit(self) -> str:
        return self.event.unit_path.replace(".", "")

    @property
    def state(self) -> str:
        """A rung that only reminded, or found nobody, has called nobody else: what it tells of is silence."""
        told = self.event.data
        if self.event.verb == "assignment.climbed" and (told.get("do") == "remind" or not told.get("called")):
            return "silent"
        return TONES.get(self.event.verb, "")

    @property
    def icon(self) -> str:
        return next((icon for start, icon in ICONS if self.event.verb.startswith(start)), "info-circle")

    @property
    def href(self) -> str:
        """The page of what the event speaks of."""
        kind, _, number = self.event.subject.partition(":")
        if kind == "assignment":
            kind, number = "order", str((self.event.card or {}).get("order") or "")
        places = {"incident": "incidents", "order": "orders", "warning": "warnings"}
        return f"/{places[kind]}/{number}/" if kind in places and number.isdecimal() else ""


def event_lines(
    person: Person,
    world: World = REAL,
    *,
    after: int | None = None,
    before: int | None = None,
    incident: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Line], int | None]:
    """The lines, and the seq before which there are older ones (None at the end). One query, and the jurisdiction's."""
    rows = events_visible_to(person).filter(world.rows(), world.told()).exclude(_told_by_its_order(person))
    if incident is not None:
        rows = rows.filter(Q(root=f"incident:{incident}") | Q(subject=f"incident:{incident}"))
    if after is not None:
        rows = rows.filter(seq__gt=after)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    events = list(rows.order_by("-seq")[:SCAN])
    lines = fold(events)
    if len(lines) <= limit:
        return lines, events[-1].seq if len(events) == SCAN else None
    # The page ends at one seq, so that the next one begins there and nothing falls between them.
    end = lines[limit - 1].event.seq
    return fold(event for event in events if event.seq >= end), end


def _told_by_its_order(person: Person) -> Q:
    """What an order says to each unit is news to the unit; whoever sees the order itself has been told once already."""
    issued = Event.objects.filter(visible_to(person, "unit_path"), seq=OuterRef("cause"))
    return Q(Exists(issued), verb="order.called")


def fold(events: Iterable[Event]) -> list[Line]:
    """Events of one verb in one incident, close together in time, become one line from `FOLD_FROM` on."""
    runs: list[list[Line]] = []
    running: dict[tuple[str, str], list[Line]] = {}
    for event in events:
        line = Line(event, say(event.verb, event.by_name, event.data, event.card))
        run = running.get((event.verb, event.root))
        if run is not None and run[0].event.at - event.at <= FOLD_WITHIN:
            run.append(line)
            continue
        runs.append([line])
        running[event.verb, event.root] = runs[-1]
    lines = [line for run in runs for line in _folded(run)]
    return sorted(lines, key=lambda line: -line.event.seq)


def _folded(run: list[Line]) -> list[Line]:
    if len(run) < FOLD_FROM:
        return run
    run[0].folded = run[1:]
    return run[:1]
