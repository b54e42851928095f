"""State tables of tickets and of the extensions asked for them (docs/domain.md 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hazards.cards import hazard_card
from hazards.models import Extension, Hazard
from journal.rules.subjects import subject_kinds
from journal.states import Machine, machine

subject_kinds(
    hazard="hazards.Hazard",
    extension="hazards.Extension",
    supervision="hazards.Supervision",
    poster="hazards.Poster",
)

S = Hazard.Status
E = Extension.Status
ENDED = (S.CLOSED, S.MERGED, S.TURNED_AWAY)
AT_WORK = (S.FOUND, S.REGISTERED, S.GRADED, S.RECTIFYING, S.SUBMITTED, S.INSPECTED)
"""Open and taken up."""

HAZARD = machine(
    kind="hazard",
    initial=S.HELD,  # what the public files; what a person with a post files begins one step on
    moves={
        (S.HELD, S.FOUND): "hazard.taken_up",
        (S.HELD, S.TURNED_AWAY): "hazard.turned_away",
        (S.FOUND, S.REGISTERED): "hazard.registered",
        (S.REGISTERED, S.GRADED): "hazard.graded",
        (S.GRADED, S.RECTIFYING): "hazard.planned",
        (S.RECTIFYING, S.SUBMITTED): "hazard.submitted",
        (S.SUBMITTED, S.RECTIFYING): "hazard.sent_back",
        (S.SUBMITTED, S.INSPECTED): "hazard.inspected",
        **{(state, S.CLOSED): "hazard.closed" for state in AT_WORK},
        # Back to where it had got to: with its plan, with its grade, or without either.
        (S.CLOSED, S.RECTIFYING): "hazard.reopened",
        (S.CLOSED, S.GRADED): "hazard.reopened",
        (S.CLOSED, S.REGISTERED): "hazard.reopened",
        **{(state, S.MERGED): "hazard.merged" for state in (S.HELD, *AT_WORK)},
    },
    card=hazard_card,
    path=lambda hazard: hazard.unit.path,
)


@dataclass(frozen=True)
class OfItsHazard(Machine):
    """Its events belong to the ticket: they stand in its timeline, with its card."""

    def subject(self, row: Any) -> str:
        return f"hazard:{row.hazard_id}"


EXTENSION = machine(
    OfItsHazard,
    kind="extension",
    initial=E.ASKED,
    moves={
        (E.ASKED, E.GRANTED): "hazard.extension_granted",
        (E.ASKED, E.REFUSED): "hazard.extension_refused",
        (E.ASKED, E.LAPSED): "hazard.extension_lapsed",
    },
    card=lambda extension: hazard_card(extension.hazard),
    path=lambda extension: extension.hazard.unit.path,
    exercise=lambda extension: extension.hazard.exercise,
)
