"""Resolving references between messages: which warnings one names, what hangs together, how a message ends a warning.

A message acts on another only when both have the same CAP status (a Test never ends what is Actual), belong to the same
exercise or to none, and come from the same sender or through the same feed. Whatever it names and cannot end is noted,
and told to whoever sent it.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from database.clock import DatabaseNow
from early_warning.actions import questions
from early_warning.models import RawMessage, Warning, WarningPart
from early_warning.platforms import cap
from early_warning.rules.claims import Claim, Span
from early_warning.states import WARNING
from journal import timers
from journal.actions.recording import By
from journal.rules.world import world_of
from journal.states import move_many
from notify.actions import messages as notify

Status = Warning.Status
IN_PLAY = (Status.ACTIVE, Status.HELD, Status.ELSEWHERE)
"""States out of which a message may end a warning."""


@dataclass
class Named:
    """``warnings``: those that may be acted on, in any state. ``strangers``: named rightly, by somebody who is not
    their sender. ``unknown``: references to what we do not have.
    """

    warnings: list[Warning] = field(default_factory=list)
    strangers: list[Warning] = field(default_factory=list)
    unknown: list[cap.Reference] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def endable(self) -> list[Warning]:
        return [warning for warning in self.warnings if warning.status in IN_PLAY]

    @property
    def in_force(self) -> list[Warning]:
        return [warning for warning in self.warnings if warning.status == Status.ACTIVE and not warning.test]

    def note(self, code: str, value: Any) -> None:
        self.notes.append({"code": code, "value": str(value)})


def named_by(message: cap.Message, raw: RawMessage) -> Named:
    """The warnings that ``message`` references, locked."""
    named = Named()
    known = _known(message, raw) if message.references else {}
    for reference in message.references:
        other, warning = known.get(reference, (None, None))
        if other is None:
            named.unknown.append(reference)
            named.note("unknown_reference", reference)
        elif other.cap_status != raw.cap_status:
            named.note("status_differs", reference)
        elif other.sender != raw.sender and other.feed_id != raw.feed_id:
            named.note("not_the_sender", reference)
            named.strangers += [warning] if warning is not None and warning.status == Status.ACTIVE else []
        elif warning is not None:
            named.warnings.append(warning)
            if warning.status not in IN_PLAY:
                named.note("already_ended", warning.ref)
    return named


def _known(message: cap.Message, raw: RawMessage) -> dict[cap.Reference, tuple[RawMessage, Warning | None]]:
    """The messages referenced, by identity, each with its warning under lock; the county's lock makes the two reads
    one.
    """
    identities = [Q(identifier=r.identifier, sender=r.sender, sent=r.sent) for r in message.references]
    matching = RawMessage.objects.filter(functools.reduce(operator.or_, identities), unit_id=raw.unit_id)
    matching = matching.filter(world_of(raw).rows())
    others = list(matching.exclude(pk=raw.pk).defer("body"))
    warnings = {warning.raw_id: warning for warning in locked(Warning.objects.filter(raw__in=others))} if others else {}
    return {cap.Reference(o.sender, o.identifier, o.sent): (o, warnings.get(o.pk)) for o in others}


def locked(rows: QuerySet[Warning]) -> list[Warning]:
    """SELECT … FOR UPDATE in the order of their ids, with their county and message."""
    rows = rows.select_for_update(of=("self",)).select_related("unit", "raw", "ended_by")
    rows = rows.prefetch_related(Prefetch("parts", WarningPart.objects.defer("area")))
    return list(rows.defer("unit__boundary", "raw__body", "ended_by__body").order_by("pk"))


# What hangs together ---------------------------------------------------------------------------------------------

_CHAIN = """
WITH RECURSIVE chain AS (
    SELECT id, identifier, sender, sent, unit_id, cap_status, exercise FROM early_warning_rawmessage WHERE id = ANY(%s)
    UNION
    SELECT o.id, o.identifier, o.sender, o.sent, o.unit_id, o.cap_status, o.exercise FROM chain c
    CROSS JOIN LATERAL (
        SELECT n.id FROM early_warning_reference f JOIN early_warning_rawmessage n USING (identifier, sender, sent)
        WHERE f.raw_id = c.id
        UNION ALL
        SELECT f.raw_id FROM early_warning_reference f
        WHERE (f.identifier, f.sender, f.sent) = (c.identifier, c.sender, c.sent)
    ) linked
    JOIN early_warning_rawmessage o ON o.id = linked.id AND o.unit_id = c.unit_id AND o.cap_status = c.cap_status
        AND o.exercise IS NOT DISTINCT FROM c.exercise
)
SELECT id FROM chain
"""


def chain_of(raws: Iterable[int]) -> list[int]:
    """The ids of all messages that hang together with these by references, in either direction, themselves included."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, [list(raws)])
        return [row[0] for row in cursor.fetchall()]


def rest_in_force(raw: RawMessage, but: Iterable[Warning]) -> list[Warning]:
    """Warnings in force that hang together with the message and are not among ``but``; locked."""
    rows = Warning.objects.filter(raw__in=chain_of([raw.pk]), status=Status.ACTIVE, test=False)
    return locked(rows.exclude(pk__in=[warning.pk for warning in but]))


_SAID_AROUND = re.compile(r"解除|预警|預警|信号|信號|警报|警報|取消|[红紅橙黄黃蓝藍]色|warning|alert|\W", re.IGNORECASE)


def suspects(raw: RawMessage, named: Named, events: Sequence[str], units: frozenset[int] | None) -> list[Warning]:
    """Warnings in force that a message may mean which names them wrongly or not at all: those of a stranger's
    reference, of the same identifier, or of the same sender with the same event over the same units. ``units`` None: it
    gives no area.
    """
    found = {warning.pk for warning in named.strangers}
    in_force = Warning.objects.filter(world_of(raw).rows(), unit_id=raw.unit_id, status=Status.ACTIVE, test=False)
    in_force = in_force.exclude(raw_id=raw.pk)
    if named.unknown:
        found |= set(
            in_force.filter(raw__identifier__in=[r.identifier for r in named.unknown]).values_list("pk", flat=True)
        )
    if named.unknown or not (named.warnings or named.notes):
        alike = in_force.filter(Q(raw__sender=raw.sender) | Q(raw__feed_id=raw.feed_id))
        if units is not None:
            alike = alike.filter(named_units__unit__in=units)
        words = [_bare(event) for event in events if _bare(event)]
        found |= {pk for pk, event in alike.distinct().values_list("pk", "event") if _same(_bare(event), words)}
    return locked(Warning.objects.filter(pk__in=found)) if found else []


def _bare(event: str) -> str:
    return _SAID_AROUND.sub("", event).casefold()


def _same(event: str, words: Sequence[str]) -> bool:
    return bool(event) and any(event in word or word in event for word in words)


def claims_of(warnings: Sequence[Warning]) -> dict[int, Claim]:
    """What warnings of the database claim, by id; two statements."""
    parts = WarningPart.objects.filter(warning__in=warnings).defer("area").prefetch_related("named_units")
    spans: dict[int, list[Span]] = {warning.pk: [] for warning in warnings}
    for part in parts:
        units = frozenset(row.unit_id for row in part.named_units.all())
        spans[part.warning_id].append(Span(units, part.colour, part.effective, part.onset, part.expires))
    return {warning.pk: Claim(warning.raw.sent, tuple(spans[warning.pk])) for warning in warnings}


# Ending ----------------------------------------------------------------------------------------------------------


def end(
    warnings: list[Warning], by_message: RawMessage, *, by: Any, to: str = Status.UPDATED, cause: int | None = None
) -> list[Warning]:
    """Replaced or cancelled by a message; their timers and alarms fall silent with it, and what they left open."""
    if not warnings:
        return []
    told = {"message": by_message.identifier, "sender": by_message.sender}
    move_many(
        WARNING, warnings, to, by=by, data=lambda warning: {"ref": warning.ref, **told}, cause=cause,
        ended_by=by_message, ended_at=DatabaseNow(),
    )  # fmt: skip
    silence(warnings, by=by)
    return warnings


def silence(warnings: list[Warning], *, by: Any) -> None:
    """Nothing more is to be expected of these: drop their timers, settle their alarms, let their questions lapse."""
    subjects = [WARNING.subject(warning) for warning in warnings]
    timers.cancel(subjects)
    notify.settle(subjects, by=by)
    questions.review(warnings, by=by)


def successors_of(raw: RawMessage) -> list[RawMessage]:
    """The Updates and Cancels that named this message before it arrived, the first sent first."""
    naming = RawMessage.objects.filter(
        Q(sender=raw.sender) | Q(feed_id=raw.feed_id),
        world_of(raw).rows(),
        unit_id=raw.unit_id,
        cap_status=raw.cap_status,
        kind__in=["Update", "Cancel"],
        references__identifier=raw.identifier,
        references__sender=raw.sender,
        references__sent=raw.sent,
    )
    rows = naming.exclude(pk=raw.pk).defer("body").select_related("warning", "feed").order_by("sent", "pk")
    return list(rows.distinct())


def valid_successor(raw: RawMessage) -> RawMessage | None:
    """The first of them that does end this message: one that is in doubt, or was not accepted, does not."""
    doubtful = (Status.HELD, Status.REJECTED, Status.ELSEWHERE)
    for other in successors_of(raw):
        warning = getattr(other, "warning", None)
        asked = other.questions.filter(concerns__raw=raw).exclude(status="accepted")
        waits = warning is not None and warning.status == Status.ACTIVE and warning.takes_over_at is not None
        if not waits and not (warning and warning.status in doubtful) and not asked.exists():
            return other
    return None


def actor_of(raw: RawMessage) -> By:
    return By(f"feed:{raw.feed_id}", raw.feed.name)


def named_in_database(raw: RawMessage) -> QuerySet[Warning]:
    """The warnings that a message names which may be acted on by it, as far as they are known by now."""
    named = Q(pk__in=[])
    for reference in raw.references.all():
        named |= Q(raw__identifier=reference.identifier, raw__sender=reference.sender, raw__sent=reference.sent)
    mine = Q(raw__sender=raw.sender) | Q(raw__feed_id=raw.feed_id)
    rows = Warning.objects.filter(world_of(raw).rows(), unit_id=raw.unit_id, raw__cap_status=raw.cap_status)
    return rows.filter(named, mine)
