"""Advancing a ticket by one step: new deadlines, earlier messages settled, its state moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hazards.actions import clocks, tally
from hazards.actions.lookup import open_extension
from hazards.models import Extension, Hazard
from hazards.states import EXTENSION, HAZARD
from journal.actions.recording import Actor
from journal.models import Event
from journal.states import IllegalMove, check, move
from norms.rules.deadlines import Computed
from notify.actions import messages as notify


def may(hazard: Hazard, to: str, verb: str) -> None:
    """Check that this verb leads from the ticket's state to that one (several verbs lead to one state); IllegalMove
    (409) otherwise.
    """
    if HAZARD.moves.get((hazard.status, to)) != verb:
        raise IllegalMove(HAZARD, hazard, to)


def advance(
    hazard: Hazard,
    to: str,
    *new: Computed,
    by: Actor,
    data: dict[str, Any] | None = None,
    keep: Sequence[str] = (),
    **changes: Any,
) -> Event:
    """Move the locked ticket and begin its ``new`` deadlines. IllegalMove (409) before anything is written."""
    check(HAZARD, hazard, to)
    counted, times = tally.counted_as(hazard), hazard.reopened
    changes |= clocks.turn(hazard, *new, keep=keep)
    notify.settle([HAZARD.subject(hazard)], by=by)
    event = move(HAZARD, hazard, to, by=by, data=data, **changes)
    tally.note(hazard, counted, reopened=event.at if hazard.reopened > times else None)
    return event


def lapse_extension(hazard: Hazard, *, by: Actor) -> None:
    """Expire a pending extension request, because the ticket has ended."""
    found = open_extension(hazard)
    if found is not None:
        clocks.stop_decision(found)
        notify.settle([f"extension:{found.pk}"], by=by)
        move(EXTENSION, found, Extension.Status.LAPSED, by=by, generation=found.generation + 1)
