"""Taking in what a platform sends: read, keep, and change what it changes, in one transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from early_warning import blocks, languages
from early_warning.actions import alarm, naming, succession, unread
from early_warning.bodies import Body, columns_of
from early_warning.models import Feed, RawMessage, Reference, Warning
from early_warning.platforms import cap
from early_warning.states import WARNING
from journal import timers
from journal.actions import By, Fact, record_all
from journal.errors import Conflict
from journal.numbers import next_ref
from journal.states import tell
from org.clock import DatabaseNow, now

_LOCK_SPACE = 0x5341  # "SA": keeps our advisory locks apart from others'


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
        if self.raw.kind == "Cancel" and self.ended:
            return "cancelled"
        return "warning" if self.warning else "kept"


def receive(body: bytes, *, by: Feed) -> Received:
    """Take one CAP message. The same bytes again give the same answer and change nothing.

    Raises cap.Refused for what is no CAP, and Conflict when an identity comes again with other content; what becomes
    of those is for whoever took the body in (actions/inbound.py).
    """
    return receive_message(cap.read(body), Body.of(body), by=by)


def receive_message(message: cap.Message, body: Body, *, by: Feed) -> Received:
    """Take one message that was read from ``body``. Raises Conflict as above."""
    with transaction.atomic():
        _one_at_a_time(by)
        known = _known(message, by)
        if known is not None:
            return _again(known, message, body)
        raw = _keep(message, body, by)
        actor = By(f"feed:{by.pk}", by.name)
        if message.kind in ("Alert", "Update") and message.infos:
            return _warn(message, raw, actor)
        received = _end_or_keep(message, raw, actor)
        if message.kind in ("Alert", "Update") and message.real:
            unread.without_text(raw, body, by=by)
        return received


def _one_at_a_time(feed: Feed) -> None:
    """One message of a county after the other, so that an Update and its original cannot pass each other unseen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, feed.unit_id])
    Feed.objects.filter(pk=feed.pk).update(last_heard_at=DatabaseNow())


def _known(message: cap.Message, feed: Feed) -> RawMessage | None:
    same = RawMessage.objects.filter(
        unit_id=feed.unit_id, identifier=message.identifier, sender=message.sender, sent=message.sent
    )
    return same.defer("body").first()


def _again(raw: RawMessage, message: cap.Message, body: Body) -> Received:
    """White space, comments and the encoding make no other message."""
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


def _keep(message: cap.Message, body: Body, feed: Feed) -> RawMessage:
    raw = RawMessage.objects.create(
        feed=feed,
        unit_id=feed.unit_id,
        identifier=message.identifier,
        sender=message.sender,
        sent=message.sent,
        kind=message.kind,
        cap_status=message.status,
        version=message.version,
        canonical=message.canonical,
        notes=[*message.notes, *_ahead(message)],
        **columns_of(body),
    )
    Reference.objects.bulk_create(Reference(raw=raw, **vars(reference)) for reference in message.references)
    return raw


LEAD = dt.timedelta(minutes=5)
"""How far two clocks may differ before a message counts as sent in the future."""


def _ahead(message: cap.Message) -> list[dict[str, str]]:
    ahead = message.sent > now() + LEAD
    return [{"code": "sent_in_future", "value": message.sent.isoformat(timespec="seconds")}] if ahead else []


def _warn(message: cap.Message, raw: RawMessage, actor: By) -> Received:
    """Alert and Update: a new warning, which ends what it names, and may itself have been ended before it arrived."""
    named = succession.named_by(message, raw)
    warning = _insert(message, raw, next((w.incident_id for w in named.warnings if w.incident_id), None))
    raw.notes = [*raw.notes, *named.notes, *naming.name_units(warning, message)]
    if raw.notes:
        raw.save(update_fields=["notes"])
    received = tell(WARNING, warning, "warning.received", by=actor, data=_facts(warning, raw))
    ended = succession.end(named.endable, raw, by=actor, cause=received.seq)
    successor = named.overtaken_by or succession.successor_of(raw)
    if successor is not None:
        succession.end([warning], successor, by=actor, cause=received.seq)
        return Received(raw, created=True, warning=warning, ended=ended)
    if warning.expires:
        timers.set_timers([timers.Setting("warning.expires", WARNING.subject(warning), warning.expires)])
    alarm.raise_for(warning, by=actor)
    return Received(raw, created=True, warning=warning, ended=ended)


def _insert(message: cap.Message, raw: RawMessage, incident_id: int | None) -> Warning:
    area = naming.area_of(message, raw.unit)
    warning = Warning(
        ref=next_ref("warning"),
        unit=raw.unit,
        raw=raw,
        incident_id=incident_id,
        area=GEOSGeometry(memoryview(area.shape.wkb), srid=4326) if area.shape else None,
        area_source=area.source,
        **blocks.columns_of(message),
    )
    warning.save()
    return warning


def _facts(warning: Warning, raw: RawMessage) -> dict[str, Any]:
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


def _nothing(message: cap.Message) -> str:
    return "no_text" if message.kind in ("Alert", "Update") else "no_warning"


def _end_or_keep(message: cap.Message, raw: RawMessage, actor: By) -> Received:
    """Cancel ends what it names. Ack, Error and messages without an info block are kept, and so told."""
    ended: list[Warning] = []
    if message.kind == "Cancel":
        named = succession.named_by(message, raw)
        raw.notes = [*raw.notes, *named.notes]
        ended = succession.end(named.endable, raw, by=actor)
    else:
        raw.notes = [*raw.notes, {"code": _nothing(message), "value": message.kind}]
    if raw.notes:
        raw.save(update_fields=["notes"])
    if not ended and message.real:
        data = {"kind": raw.kind, "identifier": raw.identifier, "sender": raw.sender, "notes": raw.notes}
        record_all([Fact("warning.message_kept", f"message:{raw.pk}", raw.unit.path, data=data)], by=actor)
    return Received(raw, created=True, warning=next(iter(ended), None), ended=ended)
