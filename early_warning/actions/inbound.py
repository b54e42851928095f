"""Processing an inbound request: every alert in its body by itself, and nothing refused is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from early_warning.actions import unread
from early_warning.actions.receive import Received, receive_message
from early_warning.files.bodies import Body
from early_warning.models import Feed, RawMessage
from early_warning.platforms import cap
from journal.rules.world import REAL
from web.errors import ActionError

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Taken:
    """``alerts``: what became of each, in their order; ``wrapped``: they came inside Atom or EDXL-DE."""

    alerts: list[Received | ActionError]
    wrapped: bool


def take_in(body: Body, *, by: Feed) -> Taken:
    """Read the body and take each alert. Raises cap.Refused where it holds none; it is kept all the same."""
    try:
        reading = _kept_if_it_fails(lambda: cap.read_all(body.file), body, by)
    except cap.Refused as refusal:
        unread.keep_unread(body, refusal, by=by)
        raise
    return Taken([_take(alert, body, by) for alert in reading.alerts], reading.wrapped)


def refuse(body: Body, refusal: ActionError, *, by: Feed) -> None:
    """Record and raise a refusal of the endpoint itself, of a body that is too large or compressed."""
    unread.keep_unread(body, refusal, by=by)
    raise refusal


def _take(alert: cap.Message | cap.Refused, body: Body, feed: Feed) -> Received | ActionError:
    if isinstance(alert, cap.Refused):
        unread.keep_unread(body, alert, by=feed)
        return alert
    try:
        return _kept_if_it_fails(lambda: receive_message(alert, body, by=feed), body, feed)
    except ActionError as refusal:
        unread.keep_unread(body, refusal, by=feed, raw=_known(alert, feed))
        return refusal


def _known(message: cap.Message, feed: Feed) -> RawMessage | None:
    same = RawMessage.objects.filter(
        REAL.rows(),
        unit_id=feed.unit_id,
        identifier=message.identifier,
        sender=message.sender,
        sent=message.sent,
    )
    return same.defer("body").first()


def _kept_if_it_fails(take: Callable[[], T], body: Body, feed: Feed) -> T:
    """Keep the message when our code raises; the platform gets a 500 and sends it again."""
    try:
        return take()
    except ActionError:
        raise
    except Exception:
        log.exception("a message of %s could not be taken", feed.code)
        unread.keep_unread(body, None, by=feed)
        raise
