"""Which warnings a message ends, and which message has ended a warning before it arrived.

A message acts on another only when both have the same CAP status (a Test never ends what is Actual) and come from the
same sender or through the same feed. Whatever it names and cannot end is noted, and told to whoever sent it.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from early_warning.models import RawMessage, Warning
from early_warning.platforms import cap
from early_warning.states import WARNING
from journal import timers
from journal.actions import By
from journal.states import move_many
from notify import actions as notify
from org.clock import DatabaseNow


@dataclass
class Named:
    """``warnings``: those that may be acted on, in any state; ``overtaken_by``: a later Update that has ended one of
    them.
    """

    warnings: list[Warning] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    overtaken_by: RawMessage | None = None

    @property
    def endable(self) -> list[Warning]:
        return [warning for warning in self.warnings if warning.status == Warning.Status.ACTIVE]

    def note(self, code: str, value: Any) -> None:
        self.notes.append({"code": code, "value": str(value)})


def named_by(message: cap.Message, raw: RawMessage) -> Named:
    """The warnings that ``message`` references, locked."""
    named = Named()
    known = _known(message, raw) if message.references else {}
    for reference in message.references:
        other, warning = known.get(reference, (None, None))
        if other is None:
            named.note("unknown_reference", reference)
        elif other.cap_status != raw.cap_status:
            named.note("status_differs", reference)
        elif other.sender != raw.sender and other.feed_id != raw.feed_id:
            named.note("not_the_sender", reference)
        elif warning is not None:
            _add(named, warning, raw)
    return named


def _known(message: cap.Message, raw: RawMessage) -> dict[cap.Reference, tuple[RawMessage, Warning | None]]:
    """The messages referenced, by identity, each with its warning under lock; the county's lock makes the two reads
    one.
    """
    identities = [Q(identifier=r.identifier, sender=r.sender, sent=r.sent) for r in message.references]
    matching = RawMessage.objects.filter(functools.reduce(operator.or_, identities), unit_id=raw.unit_id)
    others = list(matching.exclude(pk=raw.pk).defer("body"))
    locked = Warning.objects.filter(raw__in=others).select_for_update(of=("self",)).select_related("unit", "ended_by")
    rows = locked.defer("unit__boundary", "ended_by__body").order_by("pk") if others else []
    warnings = {warning.raw_id: warning for warning in rows}
    return {cap.Reference(o.sender, o.identifier, o.sent): (o, warnings.get(o.pk)) for o in others}


def _add(named: Named, warning: Warning, raw: RawMessage) -> None:
    named.warnings.append(warning)
    if warning.status != Warning.Status.ACTIVE:
        named.note("already_ended", warning.ref)
    if warning.ended_by and warning.ended_by.kind == "Update" and warning.ended_by.sent > raw.sent:
        named.overtaken_by = warning.ended_by


def end(warnings: list[Warning], by_message: RawMessage, *, by: By, cause: int | None = None) -> list[Warning]:
    """Updated or cancelled, as the message says; their timers and alarms fall silent with it."""
    if not warnings:
        return []
    to = Warning.Status.CANCELLED if by_message.kind == "Cancel" else Warning.Status.UPDATED
    data = {"message": by_message.identifier, "sender": by_message.sender}
    move_many(WARNING, warnings, to, by=by, data=data, cause=cause, ended_by=by_message, ended_at=DatabaseNow())
    silence(warnings, by=by)
    return warnings


def silence(warnings: list[Warning], *, by: Any) -> None:
    """Nothing more is to be expected of these: drop their timers and settle their alarms."""
    subjects = [WARNING.subject(warning) for warning in warnings]
    timers.cancel(subjects)
    notify.settle(subjects, by=by)


def successor_of(raw: RawMessage) -> RawMessage | None:
    """The first Update or Cancel that named this message before it arrived."""
    naming = RawMessage.objects.filter(
        Q(sender=raw.sender) | Q(feed_id=raw.feed_id),
        unit_id=raw.unit_id,
        cap_status=raw.cap_status,
        kind__in=["Update", "Cancel"],
        references__identifier=raw.identifier,
        references__sender=raw.sender,
        references__sent=raw.sent,
    )
    return naming.exclude(pk=raw.pk).defer("body").order_by("sent", "pk").first()
