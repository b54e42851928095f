"""One ticket: where it stands, what it owes by when and why, and everything that was done to it."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import pgettext

from database.clock import now
from hazards.models import Deadline, Elsewhere, Extension, Hazard, Inspection, Photo, Supervision
from hazards.rules.classes import risk_word, size_word
from hazards.rules.words import MajorReason, Role
from hazards.screens.possible import possible
from hazards.selectors import people, signatures, tickets
from hazards.states import AT_WORK, ENDED
from journal.models import Event
from journal.sentences import say
from norms.rules import deadlines
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed

EVENTS = 100
PATH = ("found", "registered", "graded", "rectifying", "submitted", "inspected", "closed")


def whole(hazard: Hazard, reader: Person) -> dict[str, Any]:
    mine = tickets.family(hazard)
    asked = list(Extension.objects.filter(mine).select_related("asked_by", "decided_by"))
    waiting = next((row for row in asked if row.status == Extension.Status.ASKED and row.hazard_id == hazard.pk), None)
    comma = pgettext("between words of a list", ", ")
    running = hazard.status in AT_WORK or hazard.status == Hazard.Status.HELD
    return {
        "at": now(),
        "ended": hazard.status in ENDED,
        "overdue": bool(hazard.next_due_at and hazard.next_due_at < now()),
        "steps": _steps(hazard),
        "reasons": comma.join(str(word) for code, word in MajorReason.choices if code in hazard.reasons),
        "contact": hazard.finder_contact if allowed(reader, capabilities.VERIFY, hazard.unit.path) else "",
        **_deadlines(hazard),
        "plans": list(tickets.plans_of(hazard)),
        "inspections": list(Inspection.objects.filter(mine).select_related("by")),
        "extensions": asked,
        "supervisions": list(Supervision.objects.filter(mine).select_related("to", "paper").defer("to__boundary")),
        **_roles(hazard, reader),
        "pairs": pairs(list(tickets.photos_of(hazard))),
        "near": list(tickets.duplicates_of(hazard, reader)[:20]) if running else [],
        "merged": list(hazard.merged.order_by("pk").only("pk", "ref", "description")),
        "events": [_told(event) for event in tickets.timeline(hazard)[:EVENTS]],
        "incident": _incident(hazard, reader),
        "keeper": _keeper(hazard),
        "possible": possible(hazard, reader, waiting),
    }


def _steps(hazard: Hazard) -> list[dict[str, Any]]:
    """The way from found to closed, with where it stands; empty for one that left it."""
    if hazard.status not in PATH:
        return []
    here = PATH.index(hazard.status)
    labels = dict(Hazard.Status.choices)
    return [
        {"label": labels[Hazard.Status(code)], "place": "past" if n < here else "now" if n == here else ""}
        for n, code in enumerate(PATH)
    ]


def _deadlines(hazard: Hazard) -> dict[str, list[Deadline]]:
    """Those that run, the earliest first, and those that ended; each with the sentence that says why."""
    rows = list(hazard.deadlines.order_by("due_at", "id"))
    for row in rows:
        row.said = deadlines.say(row.why)
        row.met = row.ended_at is not None and row.ended_at <= row.due_at
    return {"running": [r for r in rows if r.ended_at is None], "past": [r for r in rows if r.ended_at is not None]}


def pairs(photos: list[Photo]) -> list[tuple[Photo | None, Photo | None]]:
    """Before beside after: first as they were paired, then what is left in the order in which it came."""
    by_id = {photo.pk: photo for photo in photos}
    before = [photo for photo in photos if photo.shows == Photo.Shows.BEFORE]
    after = [photo for photo in photos if photo.shows == Photo.Shows.AFTER]
    found: list[tuple[Photo | None, Photo | None]] = []
    used: set[int] = set()
    for photo in [*after, *before]:
        other = by_id.get(photo.pair_id) if photo.pair_id else None
        if other and other.shows != photo.shows and not used & {photo.pk, other.pk}:
            found.append((other, photo) if photo in after else (photo, other))
            used |= {photo.pk, other.pk}
    rest = [[photo for photo in side if photo.pk not in used] for side in (before, after)]
    return [*found, *zip_longest(rest[0], rest[1])]


def _roles(hazard: Hazard, reader: Person) -> dict[str, Any]:
    """The three sides, the signatures of the last inspection and those still missing, who looks for the same."""
    inspection = Inspection.objects.filter(hazard=hazard).order_by("-id").first()
    looking = Elsewhere.objects.filter(origin=hazard).select_related("unit", "done_by").defer("unit__boundary")
    return {
        "territory": signatures.territory(hazard),
        "risk": risk_word(hazard.kind, hazard.risk) if hazard.risk else "",
        "size": size_word(hazard.kind, hazard.people_at_risk),
        "signatures": list(inspection.signatures.select_related("by", "unit")) if inspection else [],
        "lacking": [Role(role).label for role in signatures.lacking(hazard)] if signatures.passed(hazard) else [],
        "elsewhere": [(row, allowed(reader, capabilities.ANSWER, row.unit.path)) for row in looking],
    }


def _told(event: Event) -> dict[str, Any]:
    return {"seq": event.seq, "at": event.at, "text": say(event.verb, event.by_name, event.data, event.card)}


def _incident(hazard: Hazard, reader: Person) -> str:
    """Where it becomes an incident, with what is known of it filled in; empty for whoever may not open one."""
    if hazard.status not in AT_WORK or not allowed(reader, capabilities.INCIDENT, hazard.unit.path):
        return ""
    known = {"hazard": hazard.pk, "unit": hazard.unit.code, "title": f"{hazard.get_kind_display()} {hazard.ref}"[:80]}
    place = {"place": hazard.place} if hazard.place else {}
    return f"/incidents/new/?{urlencode({**known, **place})}"


def _keeper(hazard: Hazard) -> Person | None:
    """Who answers for the ticket in the responsible unit."""
    held = people.holders([people.desk(hazard.owner.path)])
    one = next(iter(held.values()), None)
    return Person.objects.filter(pk=one.id).first() if one else None
