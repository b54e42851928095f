"""Taking in what a platform sends: read, keep, and change what it changes, in one transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from database.clock import DatabaseNow, now
from early_warning.actions import endings, unread, warn
from early_warning.actions.lookup import one_at_a_time
from early_warning.files.bodies import Body, columns_of
from early_warning.models import Feed, RawMessage, Reference, Warning
from early_warning.platforms import cap
from early_warning.rules import parts as reading
from journal.actions.recording import By, record
from web.errors import Conflict


@dataclass(frozen=True)
class Received:
    """``warning`` is the one made, or the first that a Cancel ended; ``ended`` every one that the message ended.

    ``outcome``: "warning", "cancelled", or "kept" when nothing but the verbatim copy came of it.
    """

    raw: RawMessage
    created: bool
    warning: Warning | None
    ended: list[Warning] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        if self.ended and all(warning.status == Warning.Status.CANCELLED for warning in self.ended):
            return "cancelled"
        return "warning" if self.warning else "kept"


def receive(body: bytes, *, by: Feed, exercise: int | None = None) -> Received:
    """Take one CAP message. The same bytes again give the same answer and change nothing.

    Raises cap.Refused for what is no CAP, and Conflict when an identity comes again with other content; what becomes
    of those is for whoever took the body in (actions/inbound.py). ``exercise``: the exercise that plays the message; it
    acts on nothing outside it, and everything that follows from it belongs to it.
    """
    return receive_message(cap.read(body), Body.of(body), by=by, exercise=exercise)


def receive_message(message: cap.Message, body: Body, *, by: Feed, exercise: int | None = None) -> Received:
    """Take one message that was read from ``body``. Raises Conflict as above."""
    with transaction.atomic():
        one_at_a_time(by.unit_id)
        if exercise is None:
            Feed.objects.filter(pk=by.pk).update(last_heard_at=DatabaseNow())
        known = _known(message, by, exercise)
        if known is not None:
            return _again(known, message, body)
        raw = _keep(message, body, by, exercise)
        received = _act(message, raw, By(f"feed:{by.pk}", by.name))
        if message.kind in ("Alert", "Update") and message.real and exercise is None and not message.infos:
            unread.without_text(raw, body, by=by)
        elif exercise is None and any(note["code"] == unread.SUSPECTED_LIFT for note in raw.notes):
            unread.suspected_lift(raw, body, by=by)
        return received


def _known(message: cap.Message, feed: Feed, exercise: int | None) -> RawMessage | None:
    same = RawMessage.objects.filter(
        unit_id=feed.unit_id,
        identifier=message.identifier,
        sender=message.sender,
        sent=message.sent,
        exercise=exercise,
    )
    return same.defer("body").first()


def _again(raw: RawMessage, message: cap.Message, body: Body) -> Received:
    """Whether the same message came before, by its canonical digest: white space, comments and the encoding do not
    count.
    """
    warning = Warning.objects.filter(raw=raw).first()
    ended = list(raw.ended.order_by("pk"))
    if raw.sha256 != body.sha256 and raw.canonical != message.canonical:
        current: dict[str, Any] = {"id": warning.pk, "ref": warning.ref, "status": warning.status} if warning else {}
        raise Conflict(
            _("A message with this identifier, sender and time was received before with other content."),
            code="identity_reused",
            current=current,
        )
    return Received(raw, created=False, warning=warning or next(iter(ended), None), ended=ended)


def _keep(message: cap.Message, body: Body, feed: Feed, exercise: int | None) -> RawMessage:
    raw = RawMessage.objects.create(
        feed=feed,
        unit=feed.unit,
        identifier=message.identifier,
        sender=message.sender,
        sent=message.sent,
        kind=message.kind,
        cap_status=message.status,
        version=message.version,
        canonical=message.canonical,
        notes=[*message.notes, *_ahead(message)],
        exercise=exercise,
        **columns_of(body),
    )
    Reference.objects.bulk_create(Reference(raw=raw, **vars(reference)) for reference in message.references)
    return raw


LEAD = dt.timedelta(minutes=5)
"""Tolerance for clock differences before a message counts as sent in the future."""


def _ahead(message: cap.Message) -> list[dict[str, str]]:
    ahead = message.sent > now() + LEAD
    return [{"code": "sent_in_future", "value": message.sent.isoformat(timespec="seconds")}] if ahead else []


def _nothing(message: cap.Message) -> str:
    return "no_warning" if message.infos or message.kind not in ("Alert", "Update") else "no_text"


def _act(message: cap.Message, raw: RawMessage, actor: By) -> Received:
    """What warns makes a warning; what lifts, or is no warning, ends what it names; the rest is kept and told."""
    parts = reading.parts_of(message)
    warns = [part for part in parts if part.warns]
    if message.kind in ("Alert", "Update") and warns:
        warning, ended = warn.warn(message, raw, warns, by=actor)
        endings.ask_about_lifted(message, raw, parts, [warning, *ended], by=actor)
        return _done(raw, warning, ended)
    ended = []
    if message.kind == "Cancel" or (message.kind in ("Alert", "Update") and (message.references or message.lifts)):
        ended = endings.apply(message, raw, parts, by=actor)
    if not message.infos and message.kind != "Cancel":
        raw.notes = [*raw.notes, {"code": _nothing(message), "value": message.kind}]
    elif message.no_warning:
        raw.notes = [*raw.notes, {"code": "says_none", "value": message.kind}]
    codes = {note["code"] for note in raw.notes}
    asked = "asked" in codes
    if raw.acts and message.kind != "Cancel" and message.lifts and not ended and not codes & {"asked", "already_ended"}:
        raw.notes = [*raw.notes, {"code": unread.SUSPECTED_LIFT, "value": message.kind}]
    if not ended and not asked and raw.acts:
        data = {"kind": raw.kind, "identifier": raw.identifier, "sender": raw.sender, "notes": raw.notes}
        subject = f"cap_message:{raw.pk}"
        record("warning.message_kept", subject, raw.unit.path, by=actor, data=data, exercise=raw.exercise)
    return _done(raw, next(iter(ended), None), ended)


def _done(raw: RawMessage, warning: Warning | None, ended: list[Warning]) -> Received:
    if raw.notes:
        raw.save(update_fields=["notes"])
    return Received(raw, created=True, warning=warning, ended=ended)
