"""Creating a warning with its parts from a message, in place of what the message names unless that is in doubt.

An update that cannot be in force ends nothing: it is held, or stands beside what it names, and a person decides. One
that begins later takes over when it begins. One that is milder, or drops units, is told loudly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from database.clock import now
from early_warning.actions import alarm, naming, questions, succession, timekeeping
from early_warning.actions.naming import Place
from early_warning.models import Question, RawMessage, Warning, WarningPart, WarningUnit
from early_warning.platforms import cap
from early_warning.rules import blocks, languages, words
from early_warning.rules.claims import Claim, Span, Weaker, adds_nothing, doubts, reason, waits_until, weaker
from early_warning.rules.origin import origin_of
from early_warning.rules.parts import Part
from early_warning.states import WARNING
from journal.actions.numbers import next_ref
from journal.actions.recording import By
from journal.states import tell
from org.models import Unit

Status = Warning.Status
VERBS: dict[str, str] = {
    Status.ACTIVE: "warning.received",
    Status.HELD: "warning.held",
    Status.ELSEWHERE: "warning.kept_elsewhere",
}
NAMED_IN_NOTE = 20
"""Units whose names stand in a note; the page lists all."""


@dataclass
class Draft:
    """A message on its way to a warning: its parts, where each lies, and what it claims."""

    raw: RawMessage
    parts: list[Part]
    places: list[Place]
    claim: Claim


def warn(message: cap.Message, raw: RawMessage, parts: list[Part], *, by: By) -> tuple[Warning, list[Warning]]:
    """The warning made, and those that it ended."""
    named = succession.named_by(message, raw)
    replaces = message.kind == "Update"
    draft = _draft(raw, parts)
    standing = named.in_force if replaces else []
    claims = succession.claims_of(standing)
    reasons = doubts(draft.claim, list(claims.values()), now()) if raw.acts and replaces else []
    if not standing and not (named.unknown and draft.claim.units):
        reasons = []
    warning = _insert(message, draft, named, reasons)
    raw.notes = [*raw.notes, *named.notes, *_notes(draft, reasons)]
    received = tell(WARNING, warning, VERBS[warning.status], by=by, data=facts(warning, raw))
    if warning.status != Status.HELD:
        timekeeping.set_clocks(warning)
    if not replaces:
        ended: list[Warning] = []
        milder = None
    elif reasons:
        ended = succession.end([w for w in named.endable if w not in standing], raw, by=by, cause=received.seq)
        questions.ask(Question.Kind.UPDATE, raw, standing, reasons, by=by)
        milder = None
    else:
        milder = _milder(warning, draft, standing, claims)
        ended = take_over(warning, draft.claim, named.endable, claims, by=by, cause=received.seq)
    if raw.acts and warning.status == Status.ACTIVE:
        _look_around(warning, draft, named, [*ended, *standing], by=by)
        _meet_successors(warning, draft.claim, by=by)
    elif not raw.acts:
        _end_by_successor(warning, by=by)
    alarm.raise_for(warning, by=by, milder=milder)
    return warning, ended


# Making it ---------------------------------------------------------------------------------------------------------


def _draft(raw: RawMessage, parts: list[Part]) -> Draft:
    places = [naming.place_of(part, raw.unit) for part in parts]
    spans = [Span(frozenset(place.units), part.columns()["colour"], part.first.effective, part.first.onset,
                  part.first.expires) for part, place in zip(parts, places, strict=True)]  # fmt: skip
    return Draft(raw, parts, places, Claim(raw.sent, tuple(spans)))


def _insert(message: cap.Message, draft: Draft, named: succession.Named, reasons: Sequence[Any]) -> Warning:
    moment = now()
    status = Status.ACTIVE
    if reasons and not draft.claim.sound(moment):
        status = Status.HELD
    elif not draft.claim.units:
        status = Status.ELSEWHERE
    columns = blocks.columns_of(message, draft.parts) | {"test": not draft.raw.acts, "exercise": draft.raw.exercise}
    units = {unit for place in draft.places for unit in place.units}
    warning = Warning(
        ref=next_ref("warning"), origin=origin_of(draft.raw.identifier, draft.raw.sender, draft.raw.unit.code[:6]),
        unit=draft.raw.unit, raw=draft.raw, status=status,
        incident_id=next((w.incident_id for w in named.warnings if w.incident_id), None),
        area=naming.geometry_of(draft.places), area_source=naming.source_of(draft.places), unit_count=len(units),
        in_force_since=moment if status == Status.ACTIVE else None, **columns,
    )  # fmt: skip
    parts = [_part(draft, i, status, moment) for i in range(len(draft.parts))]
    ends = [part.expires for part in parts if part.expires is not None]
    warning.expires = max(ends) if len(ends) == len(parts) else None
    warning.colour, warning.colour_source = timekeeping.colour_of(parts) or ("", "none")
    warning.save()
    _insert_parts(warning, parts, draft.places)
    return warning


def _part(draft: Draft, i: int, status: str, moment: Any) -> WarningPart:
    """An end that is impossible by itself is none, unless the message waits for a decision: the warning stays."""
    part, place = draft.parts[i], draft.places[i]
    columns = part.columns()
    impossible = set(part.faults(draft.raw.sent, moment)) - {"over"}
    if impossible and status == Status.ACTIVE and not place.elsewhere:
        columns["expires"] = None
        place.notes.append({"code": "end_impossible", "value": str(part.number)})
    begun = columns["effective"] is None or columns["effective"] <= moment
    over = columns["expires"] is not None and columns["expires"] <= moment
    return WarningPart(
        **columns, area=place.geometry, area_source=place.source, whole_county=place.whole_county,
        unit_count=len(place.units), begun_at=moment if begun else None, over_at=moment if over else None,
    )  # fmt: skip


def _insert_parts(warning: Warning, parts: list[WarningPart], places: list[Place]) -> None:
    for part in parts:
        part.warning = warning
    WarningPart.objects.bulk_create(parts)
    WarningUnit.objects.bulk_create(
        WarningUnit(warning=warning, part=part, unit_id=unit, how=how)
        for part, place in zip(parts, places, strict=True)
        for unit, how in place.units.items()
    )


def _notes(draft: Draft, reasons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [note for place in draft.places for note in place.notes]
    distinct = {(note["code"], note["value"]): note for note in [*found, *reasons]}
    return list(distinct.values())


def facts(warning: Warning, raw: RawMessage) -> dict[str, Any]:
    return {
        "ref": warning.ref,
        "headline": languages.both(warning.infos),
        "colour": warning.colour,
        "colour_source": warning.colour_source,
        "identifier": raw.identifier,
        "sender": raw.sender,
        "cap_status": raw.cap_status,
        "units": warning.unit_count,
    }


# Replacing ---------------------------------------------------------------------------------------------------------


def take_over(
    warning: Warning, claim: Claim, named: list[Warning], claims: dict[int, Claim], *, by: Any, cause: int | None = None
) -> list[Warning]:
    """End what it names, or, where it begins later than that, see to it that this happens when it begins."""
    begins = waits_until(claim, list(claims.values()), now()) if claims and not warning.test else None
    now_over = [w for w in named if begins is None or w.pk not in claims]
    if begins is not None:
        timekeeping.take_over_at(warning, begins)
    return succession.end(now_over, warning.raw, by=by, cause=cause)


def _milder(warning: Warning, draft: Draft, standing: list[Warning], claims: dict[int, Claim]) -> dict[str, Any] | None:
    """What the alarm says besides, and the notes: a legal step down, or a typing error, that somebody must see."""
    lost: Weaker = weaker(draft.claim, claims.values(), now())
    if not lost or warning.test:
        return None
    if lost.step:
        draft.raw.notes.append({"code": "weaker", "value": ">".join(colour or "none" for colour in lost.step)})
    if lost.dropped:
        names = list(Unit.objects.filter(pk__in=lost.dropped).order_by("path").values_list("name", flat=True))
        more = "…" if len(names) > NAMED_IN_NOTE else ""
        draft.raw.notes.append(
            {"code": "drops_units", "value": f"{len(names)}: " + "、".join(names[:NAMED_IN_NOTE]) + more}
        )
    told = [note for note in draft.raw.notes if note["code"] in ("weaker", "drops_units")]
    return {"old": ", ".join(w.ref for w in standing), "why": words.why(told)}


def _look_around(warning: Warning, draft: Draft, named: succession.Named, but: Sequence[Warning], *, by: By) -> None:
    """What hangs together with it and is in force all the same contradicts it; what it may mean is asked."""
    rest = succession.rest_in_force(draft.raw, [warning, *but])
    if rest:
        claims, moment = succession.claims_of(rest), now()
        for other in rest:
            later = other.raw.kind == "Update" and other.raw.sent > draft.raw.sent
            if later and not other.takes_over_at and adds_nothing(draft.claim, claims[other.pk], moment):
                succession.end([warning], other.raw, by=by)
                return
        reasons = [reason("one_original")]
        questions.ask(Question.Kind.CONTRADICTION, draft.raw, [warning, *rest], reasons, by=by)
    if draft.raw.kind == "Update" and (named.unknown or named.strangers):
        events = [part.first.event for part in draft.parts]
        known = {w.pk for w in [warning, *but, *rest]}
        guessed = [w for w in succession.suspects(draft.raw, named, events, draft.claim.units) if w.pk not in known]
        if guessed:
            questions.ask(Question.Kind.UPDATE, draft.raw, guessed, [reason("names_wrongly")], by=by)


# Arriving late -----------------------------------------------------------------------------------------------------


def _meet_successors(warning: Warning, claim: Claim, *, by: By) -> None:
    """An original that arrives after what names it is treated as if the order had been the right one."""
    for other in succession.successors_of(warning.raw):
        if warning.status != Status.ACTIVE:
            return
        newer = getattr(other, "warning", None)
        if newer is None:
            open_one = other.questions.filter(status="open").select_related("unit", "raw").first()
            if open_one is not None:
                questions.add(open_one, warning, by=by)
            else:
                succession.end([warning], other, by=by, to=endings_status(other))
            continue
        _meet(warning, claim, newer, other, by=by)


def _meet(warning: Warning, claim: Claim, newer: Warning, raw: RawMessage, *, by: By) -> None:
    waiting = raw.questions.filter(status="open", kind=Question.Kind.UPDATE).select_related("unit", "raw").first()
    if newer.status == Status.REJECTED:
        return
    if waiting is not None:
        questions.add(waiting, warning, by=by)
    elif newer.status == Status.ELSEWHERE:
        questions.ask(Question.Kind.UPDATE, raw, [warning], [reason("lies_elsewhere")], by=by)
    else:
        newer_claim = succession.claims_of([newer])[newer.pk]
        take_over(newer, newer_claim, [warning], {warning.pk: claim}, by=by)


def _end_by_successor(warning: Warning, *, by: By) -> None:
    """Of what is not real nothing is asked: the first that names it ends it."""
    for other in succession.successors_of(warning.raw)[:1]:
        succession.end([warning], other, by=by, to=endings_status(other))


def endings_status(raw: RawMessage) -> str:
    return Status.CANCELLED if raw.kind == "Cancel" else Status.UPDATED
