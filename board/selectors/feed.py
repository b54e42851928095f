"""The live feed: events as sentences in the reader's language, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Exists, OuterRef, Q

from journal.models import Event
from journal.selectors import events_visible_to
from journal.sentences import say
from org.jurisdiction import visible_to
from org.models import Person

PAGE = 30
FOLD_FROM = 4
"""So many events of one kind in a row become one line that unfolds."""

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
    def unit(self) -> str:
        return self.event.unit_path.replace(".", "")

    @property
    def state(self) -> str:
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


def feed(
    person: Person,
    *,
    after: int | None = None,
    before: int | None = None,
    incident: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Line], int | None]:
    """The lines, and the seq before which there are older ones (None at the end). One query, and the jurisdiction's."""
    rows = events_visible_to(person).filter(exercise=None).exclude(_told_by_its_order(person))
    if incident is not None:
        rows = rows.filter(Q(root=f"incident:{incident}") | Q(subject=f"incident:{incident}"))
    if after is not None:
        rows = rows.filter(seq__gt=after)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    events = list(rows.order_by("-seq")[: limit + 1])
    older = events[limit - 1].seq if len(events) > limit else None
    return fold(events[:limit]), older


def _told_by_its_order(person: Person) -> Q:
    """What an order says to each unit is news to the unit; whoever sees the order itself has been told once already."""
    issued = Event.objects.filter(visible_to(person, "unit_path"), seq=OuterRef("cause"))
    return Q(verb="order.called") & Exists(issued)


def fold(events: Iterable[Event]) -> list[Line]:
    """Runs of `FOLD_FROM` and more become one line; shorter ones stay as they are."""
    lines: list[Line] = []
    for _key, run in groupby(events, key=lambda e: (e.verb, e.root)):
        said = [Line(event, say(event.verb, event.by_name, event.data, event.card)) for event in run]
        if len(said) >= FOLD_FROM:
            said[0].folded, said = said[1:], said[:1]
        lines += said
    return lines
