"""Messages that could not be parsed: kept, counted at their platform, told to the county, and attended to by a
person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from database.clock import DatabaseNow, now
from early_warning.actions import alarm
from early_warning.files.bodies import Body, columns_of
from early_warning.models import Feed, RawMessage, UnreadMessage
from early_warning.selectors import warnings
from journal.actions.recording import By, record
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import ActionError, Conflict, Forbidden, NotFound
from web.languages import in_both

MOST_A_DAY = 200
MOST_BYTES_A_DAY = 200 * 1024 * 1024
"""Kept of one platform within 24 hours: five of the largest bodies, or two hundred. What is more is counted only, so
that a platform gone wild does not fill the disk.
"""
ONLY_COUNTED = "only_counted"
NO_TEXT = "no_text"
SUSPECTED_LIFT = "suspected_lift"
TAKEN = (NO_TEXT, SUSPECTED_LIFT)
"""Messages that were taken, and are for a person to look at: their bytes stand with them."""
_WHY = {
    ONLY_COUNTED: gettext_lazy("More than is kept of one platform in a day: counted, not kept."),
    NO_TEXT: gettext_lazy("It is valid, but has no info block: no text, no colour and no area."),
    SUSPECTED_LIFT: gettext_lazy("It seems to lift a warning, but none in force here fits: please verify."),
    "internal_error": gettext_lazy(
        "It could not be taken because of a fault of ours. The platform was asked to retry."
    ),
}


@transaction.atomic
def keep_unread(body: Body, refusal: ActionError | None, *, by: Feed, raw: RawMessage | None = None) -> UnreadMessage:
    """Keep what ``refusal`` turned away (None: a fault of ours); the same bytes again count up."""
    detail = in_both(refusal.detail) if refusal else in_both(_WHY["internal_error"])
    fields = {place: [in_both(text) for text in texts] for place, texts in (refusal.fields if refusal else {}).items()}
    code = refusal.code if refusal else "internal_error"
    return _keep(body, code, detail, fields, raw, by)


def without_text(raw: RawMessage, body: Body, *, by: Feed) -> UnreadMessage:
    """A warning that was taken and says nothing: in the caller's transaction."""
    return _keep(body, NO_TEXT, in_both(_WHY[NO_TEXT]), {}, raw, by)


def suspected_lift(raw: RawMessage, body: Body, *, by: Feed) -> UnreadMessage:
    """A message that lifts what is not known to be in force here: in the caller's transaction."""
    return _keep(body, SUSPECTED_LIFT, in_both(_WHY[SUSPECTED_LIFT]), {}, raw, by)


def _keep(
    body: Body, code: str, detail: dict[str, str], fields: dict[str, Any], raw: RawMessage | None, by: Feed
) -> UnreadMessage:
    feed = Feed.objects.select_for_update(of=("self",)).get(pk=by.pk)
    Feed.objects.filter(pk=feed.pk).update(last_heard_at=DatabaseNow())
    row = _again(feed, body.sha256, code) or _new(feed, body, code, detail, fields, raw)
    if row is None:
        row = _again(feed, "", ONLY_COUNTED) or _counted(feed)
    _tell(feed, by.unit.path, row)
    return row


def _again(feed: Feed, sha256: str, code: str) -> UnreadMessage | None:
    row = UnreadMessage.objects.filter(feed=feed, sha256=sha256, code=code, attended_at=None).first()
    if row is not None:
        UnreadMessage.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=DatabaseNow())
        row.refresh_from_db(fields=["count", "last_at"])
    return row


def _new(
    feed: Feed, body: Body, code: str, detail: dict[str, str], fields: dict[str, Any], raw: RawMessage | None
) -> UnreadMessage | None:
    """None where the day's bounds are reached. The bytes of what was taken stand with it already."""
    today = UnreadMessage.objects.filter(feed=feed, received_at__gt=now() - dt.timedelta(days=1))
    size = today.aggregate(size=Sum("size"))["size"] or 0
    if today.count() >= MOST_A_DAY or size + (body.size if body.whole else 0) > MOST_BYTES_A_DAY:
        return None
    kept = {"size": body.size, "sha256": body.sha256} if code in TAKEN else columns_of(body)
    return UnreadMessage.objects.create(
        feed=feed,
        unit_id=feed.unit_id,
        raw=raw,
        code=code,
        detail=detail,
        fields=fields,
        whole=body.whole,
        content_type=body.content_type,
        **kept,
    )


def _counted(feed: Feed) -> UnreadMessage:
    detail = in_both(_WHY[ONLY_COUNTED])
    return UnreadMessage.objects.create(feed=feed, unit_id=feed.unit_id, code=ONLY_COUNTED, detail=detail)


def _tell(feed: Feed, path: str, row: UnreadMessage) -> None:
    """One event for each kept body, and one line for the officers with the number of all that wait."""
    waiting = open_of(feed).aggregate(n=Sum("count"))["n"] or 0
    actor = By(f"feed:{feed.pk}", feed.name)
    data = {"platform": feed.name, "n": waiting, "why": row.detail}
    if row.count == 1:
        record("feed.message_unread", _subject(feed), path, by=actor, data={**data, "code": row.code, "size": row.size})
    told = notify.restate(_subject(feed), "feed.message_unread", data, by=actor)
    url = f"/warnings/platforms/#feed-{feed.pk}"
    notify.send_all(
        [
            Notice(person, "feed.message_unread", _subject(feed), path, data=data, url=url, alarm=True)
            for person in alarm.officers(feed)
            if person not in told
        ],
        by=actor,
    )


def open_of(feed: Feed) -> QuerySet[UnreadMessage]:
    return UnreadMessage.objects.filter(feed=feed, attended_at=None)


@transaction.atomic
def attend(feed_id: int, unread_id: int | None = None, *, by: Person) -> int:
    """``by`` has looked at one unread message of a platform, or at all that wait; returns how many rows that settled.

    NotFound outside the jurisdiction, Forbidden without the capability, Conflict when nothing waits (any more).
    """
    feed = warnings.feeds_visible_to(by).select_for_update(of=("self",)).filter(pk=feed_id).first()
    if feed is None:
        raise NotFound
    if not allowed(by, capabilities.WARNING, feed.unit.path):
        raise Forbidden(_("Deciding on warnings is for the county's duty officers."))
    rows = open_of(feed) if unread_id is None else open_of(feed).filter(pk=unread_id)
    number = rows.aggregate(n=Sum("count"))["n"] or 0
    settled = rows.update(attended_at=DatabaseNow(), attended_by=by)
    if not settled:
        raise Conflict(_("Somebody has attended to it meanwhile."), current={"id": feed_id})
    record("feed.message_attended", _subject(feed), feed.unit.path, by=by, data={"platform": feed.name, "n": number})
    if not open_of(feed).exists():
        notify.settle([_subject(feed)], by=by)
    return settled


def _subject(feed: Feed) -> str:
    return f"feed:{feed.pk}"
