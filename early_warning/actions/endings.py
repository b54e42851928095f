"""What a message that ends something does: a Cancel, or one whose every block lifts (an all-clear, 解除).

It ends the warnings in force that it names. Where it may mean others too, or names less ground than they cover, nothing
ends and a person is asked (claims.py: a message never makes things quieter by mistake).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from database.clock import now
from early_warning.actions import naming, questions, succession
from early_warning.actions.succession import Named
from early_warning.models import Question, RawMessage, Warning
from early_warning.platforms import cap
from early_warning.rules.claims import reason
from early_warning.rules.parts import Part
from journal.actions.recording import By

ENDED = Warning.Status.CANCELLED


def apply(message: cap.Message, raw: RawMessage, parts: Sequence[Part], *, by: By) -> list[Warning]:
    """Those that ended; notes go to ``raw.notes``."""
    named = succession.named_by(message, raw)
    raw.notes = [*raw.notes, *named.notes]
    units = _ground(parts, raw, named)
    direct = [] if message.kind == "Alert" and not named.warnings else named.endable
    empty = message.kind == "Update" and not message.infos  # it replaces by nothing
    standing = [w for w in direct if w in named.in_force]
    narrow = [] if not raw.acts else standing if empty else _wider_than(units, standing)
    ended = succession.end([w for w in direct if w not in narrow], raw, by=by, to=ENDED)
    if raw.acts:
        _ask_about_the_rest(raw, named, [info.event for info in message.infos], units, narrow, ended, by=by)
    return ended


def ask_about_lifted(
    message: cap.Message, raw: RawMessage, parts: Sequence[Part], but: Sequence[Warning], *, by: By
) -> None:
    """A message that warns here and lifts there: what the lifting parts may mean, among what it does not name."""
    lifting = [part for part in parts if part.ends]
    if not lifting or not raw.acts:
        return
    units = _ground(lifting, raw, Named())
    events = [info.event for part in lifting for info in part.infos]
    known = {warning.pk for warning in but}
    found = [w for w in succession.suspects(raw, Named(), events, units) if w.pk not in known]
    if found:
        questions.ask(Question.Kind.ENDING, raw, found, [reason("names_nothing")], by=by)


def _ground(parts: Sequence[Part], raw: RawMessage, named: Named) -> frozenset[int] | None:
    """The units that it speaks of by id; None where it gives no area that can be read, which limits nothing."""
    given = [part for part in parts if part.areas]
    places = [naming.place_of(part, raw.unit) for part in given]
    if not places or any(place.whole_county for place in places):
        return None
    return frozenset(unit for place in places for unit in place.units)


def _wider_than(units: frozenset[int] | None, warnings: list[Warning]) -> list[Warning]:
    """Those that cover ground of which the message does not speak."""
    if units is None or not warnings:
        return []
    moment, claims = now(), succession.claims_of(warnings)
    return [warning for warning in warnings if set(claims[warning.pk].under(moment)) - units]


def _ask_about_the_rest(
    raw: RawMessage,
    named: Named,
    events: Sequence[str],
    units: frozenset[int] | None,
    narrow: list[Warning],
    ended: list[Warning],
    *,
    by: By,
) -> None:
    rest = succession.rest_in_force(raw, [*ended, *narrow])
    found = {warning.pk: warning for warning in [*narrow, *rest]}
    guessed = [w for w in succession.suspects(raw, named, events, units) if w.pk not in found]
    less = "names_less" if events else "no_text"
    reasons: list[dict[str, Any]] = [reason(less)] if narrow else []
    reasons += [reason("names_part_of_chain")] if rest else []
    reasons += [reason("names_wrongly" if named.notes else "names_nothing")] if guessed else []
    concerns = sorted([*found.values(), *guessed], key=lambda warning: warning.pk)
    if concerns:
        raw.notes = [*raw.notes, {"code": "asked", "value": ", ".join(warning.ref for warning in concerns)}]
        questions.ask(Question.Kind.ENDING, raw, concerns, reasons, by=by)
