"""Queueing and settling messages to people.

Queue them with the change that they speak of, and settle them with the change that answers them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from database import rows
from database.clock import DatabaseNow, now
from database.rows import as_json
from journal.actions.recording import Actor
from journal.selectors.participants import taking_part
from notify.actions.places import DELIVERY, tell_places
from notify.gateways.contract import IN_APP, PLACES, VOICE
from notify.models import Contact, Delivery, Message
from notify.rules.notices import Notice
from notify.rules.quiet import quiet_until
from notify.selectors.codes import reply_codes
from notify.selectors.policy import Policy, Way, contacts_of
from org.models import Person
from web.errors import NotFound


def send_all(notices: Sequence[Notice], *, by: Actor) -> list[Message]:
    """Queue the notices, in the caller's transaction: one INSERT for messages, one for deliveries.

    Of an exercise only its participants are reached over outside channels.
    In-app counts as sent with the commit (the live push wakes the screens); it is delivered when a screen has shown it.
    A newer notice about the same subject takes the place of the person's open one: a ladder that repeats must not pile
    up. Places hear of some of them too (notify/actions/places.py).
    ``by`` is whoever acts; the event of that act is the record, messages have none of their own.
    """
    if not notices:
        return []
    _settle_older(notices)
    messages = _write_messages(notices)
    lines: list[tuple[Any, ...]] = [(m.pk, IN_APP, "", Delivery.State.SENT, [], m.alarm, 0, "") for m in messages]
    policy = Policy()
    outside, quiet = _outside(messages, notices, policy)
    places = tell_places(notices) if policy.open.intersection(PLACES) else []
    rows.insert(Delivery, DELIVERY, [*lines, *outside, *places])
    _hold_back(quiet)
    return messages


def _hold_back(quiet: Mapping[int, Contact]) -> None:
    """What is not urgent waits for the end of the person's quiet hours: one UPDATE. ``quiet``: by message."""
    if not quiet:
        return
    present = timezone.localtime(now())
    ends = {pk: quiet_until(present, one.quiet_from, one.quiet_to) for pk, one in quiet.items()}
    waits = {pk: until for pk, until in ends.items() if until is not None}
    if not waits:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notify_delivery d SET not_before = v.until"
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS v (message, until)"
            " WHERE d.message_id = v.message AND d.state = 'queued'",
            [list(waits), list(waits.values())],
        )


CALL_AGAIN = dt.timedelta(minutes=4)
"""One call speaks for all that an order asks of somebody: a desk with forty silent villages is rung once."""


def _rung_lately(notices: Sequence[Notice]) -> set[tuple[int, str]]:
    """(person, group) for which a call was asked for within `CALL_AGAIN`; no query where none is asked for now."""
    asked = [one for one in notices if one.group and one.asked == "phone"]
    if not asked:
        return set()
    calls = Delivery.objects.filter(
        channel=VOICE, message__person__in={one.person_id for one in asked},
        message__group__in={one.group for one in asked}, message__created_at__gt=now() - CALL_AGAIN,
    )  # fmt: skip
    return set(calls.values_list("message__person", "message__group"))


def _outside(
    messages: Sequence[Message], notices: Sequence[Notice], policy: Policy
) -> tuple[list[tuple[Any, ...]], dict[int, Contact]]:
    """For each message that leaves the house its first way, queued, with the channels that follow if it fails, and what
    goes beside it; and by message the contacts of those who have quiet hours, where it is no alarm.
    """
    if not policy.open:
        return [], {}
    reached = {message.pk for message in _reached_outside(messages)}
    people = Person.objects.in_bulk({m.person_id for m in messages if m.pk in reached})
    contacts = contacts_of(people)
    rung = _rung_lately(notices)
    found = []
    held: dict[int, Contact] = {}
    for message, notice in zip(messages, notices, strict=True):
        person = people.get(message.person_id) if message.pk in reached else None
        ways = policy.ways(notice, person, contacts.get(person.pk)) if person else []
        if ways and ways[0].channel == VOICE and notice.group:
            if (notice.person_id, notice.group) in rung:
                continue
            rung.add((notice.person_id, notice.group))
        if person is None:
            continue
        beside = policy.beside(notice, person, contacts.get(person.pk))
        found += [_queued(message, way, []) for way in beside]
        if ways:
            found.append(_queued(message, ways[0], [way.channel for way in ways[1:]]))
        quiet = contacts.get(person.pk) if not message.alarm else None
        if quiet is not None and quiet.quiet_from is not None and (ways or beside):
            held[message.pk] = quiet
    return found, held


def _queued(message: Message, way: Way, then: list[str]) -> tuple[Any, ...]:
    return (message.pk, way.channel, way.address, Delivery.State.QUEUED, then, message.alarm, 0, "")


def _reached_outside(messages: Sequence[Message]) -> list[Message]:
    """Those that may leave the system: what is real, and of an exercise what is for its allowed people (law 9)."""
    played: dict[int, set[int]] = {}
    for message in messages:
        if message.exercise is not None and message.person_id is not None:
            played.setdefault(message.exercise, set()).add(message.person_id)
    allowed = {exercise: taking_part(exercise, people) for exercise, people in played.items()}
    return [m for m in messages if m.exercise is None or m.person_id in allowed[m.exercise]]


def restate(subject: str, code: str, data: dict[str, Any], *, by: Actor) -> set[int]:
    """Update the data of open messages about this subject in place; returns the people they belong to. A count that
    grows by hundreds stays one line, and rings once.
    """
    open_ones = Message.objects.filter(subject=subject, code=code, state=Message.State.OPEN)
    people = set(open_ones.values_list("person_id", flat=True))
    open_ones.update(data=data)
    return people


def _settle_older(notices: Sequence[Notice]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notify_message m SET state = 'settled', closed_at = sanji_now()"
            " FROM unnest(%s::bigint[], %s::text[]) AS newer (person_id, subject)"
            " WHERE m.subject = newer.subject AND m.person_id = newer.person_id AND m.state = 'open'",
            [[notice.person_id for notice in notices], [notice.subject for notice in notices]],
        )


_PLAIN = ("person_id", "code", "subject", "unit_path", "url", "alarm", "exercise", "group")


def _write_messages(notices: Sequence[Notice]) -> list[Message]:
    messages = [Message(**{name: getattr(notice, name) for name in (*_PLAIN, "data")}) for notice in notices]
    codes = reply_codes(notices)
    written = rows.insert(
        Message,
        (*_PLAIN, "state", "data", "reply_code"),
        [
            (
                *(getattr(notice, name) for name in _PLAIN),
                *(Message.State.OPEN, as_json(notice.data), codes.get((notice.person_id, notice.group))),
            )
            for notice in notices
        ],
        returning=("id", "created_at"),
    )
    for message, (key, created_at) in zip(messages, written, strict=True):
        message.pk, message.created_at = key, created_at
        message.reply_code = codes.get((message.person_id or 0, message.group))
        message._state.adding = False
    return messages


def settle(subjects: Sequence[str], *, by: Actor) -> int:
    """What these messages asked for was done (by anybody).

    Silence their alarms and drop what is still queued, at once.
    """
    with connection.cursor() as cursor:
        # A delivery that a worker is sending at this instant is not waited for: its gateway may take ten seconds.
        # Whatever the message's own state: one that was seen or overtaken may still wait for its gateway.
        cursor.execute(
            "UPDATE notify_delivery SET state = 'cancelled' WHERE id IN (SELECT d.id FROM notify_delivery d"
            " JOIN notify_message m ON m.id = d.message_id WHERE m.subject = ANY(%s)"
            " AND d.state = 'queued' FOR UPDATE OF d SKIP LOCKED)",
            [list(subjects)],
        )
    open_ones = Message.objects.filter(subject__in=subjects, state=Message.State.OPEN)
    return open_ones.update(state=Message.State.SETTLED, closed_at=DatabaseNow())


@transaction.atomic
def acknowledge(message_id: int, *, by: Person) -> Message:
    """The person has taken note: the alarm stops on all their screens.

    Again is the same; another's message is NotFound.
    """
    message = Message.objects.select_for_update().filter(pk=message_id, person=by).first()
    if message is None:
        raise NotFound
    if message.state == Message.State.OPEN:
        message.state = Message.State.ACKNOWLEDGED
        message.closed_at = DatabaseNow()
        message.save(update_fields=["state", "closed_at"])
    return message


def shown(message_ids: Sequence[int], *, by: Person) -> int:
    """Delivery receipt of the in-app channel: a screen of the person has shown these."""
    return Delivery.objects.filter(
        message_id__in=message_ids, message__person=by, channel=IN_APP, delivered_at=None
    ).update(state=Delivery.State.DELIVERED, delivered_at=DatabaseNow())
