"""The tables' side of the deliverer: claiming deliveries, and writing down what came of them. Each function is one
short transaction; none of them waits for a gateway (docs/adr/0046).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from database import rows
from database.clock import DatabaseNow, now
from journal.actions.recording import SYSTEM, Fact, record_all
from notify.gateways.contract import BESIDE, IN_APP, LOUDSPEAKER, VOICE
from notify.models import Account, Delivery, Message
from notify.rules.references import reference
from notify.rules.words import NEVER_TAKEN, TAKEN_BEFORE, UNKNOWN

State = Delivery.State
GIVE_UP_AFTER = 3
"""Maximum number of attempts. A failed delivery is an event, and the ladder's next rung follows at once: waiting longer
helps nobody.
"""
NO_NETWORK = ("out_of_coverage", "switched_off")
"""Outcomes that are worth an event although another way follows: apps above presume a village cut off by them."""
CALL_S = 120
"""A call without a receipt counts as over after so many seconds: its line is free again."""
PLAYED_S = 3600
"""So long the proof of a loudspeaker is asked for."""
UNSURE_S = 60
"""So long a receipt may still come for what was handed over without an answer, where the gateway cannot be asked."""


@dataclass(frozen=True)
class Capacity:
    """How many deliveries an account takes now, of which channel.

    Of channels to places: ``path`` of its unit, the codes of the ``units`` that it serves (None: all there), and how
    many messages one address takes ``a_minute`` (0: no limit).
    """

    account: int
    channel: str
    free: int
    path: str = ""
    units: tuple[str, ...] | None = None
    a_minute: int = 0


@transaction.atomic
def claim(offers: Sequence[Capacity]) -> list[Delivery]:
    """Take due deliveries, alarms first, and mark them handed over with their reference. With the commit they belong to
    the caller: nobody else hands them over, and after a crash they are looked up, not sent again.
    """
    taken: list[tuple[int, int, str, int]] = []
    for offer in offers:
        already = {row[0] for row in taken}
        due = _due_at_places(offer, already) if offer.path else _due(offer.channel, offer.free, already)
        for key, attempts in due:
            taken.append((key, offer.account, reference(key, attempts + 1), attempts + 1))
    if not taken:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notify_delivery d SET state = 'handed_over', handed_over_at = sanji_now(), account_id = v.account,"
            " reference = v.reference, attempts = v.attempt, error = '', outcome = '', provider_id = ''"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::int[]) AS v (key, account, reference, attempt)"
            " WHERE d.id = v.key",
            [list(column) for column in zip(*taken, strict=True)],
        )
    found = Delivery.objects.filter(pk__in=[row[0] for row in taken]).select_related("message__person", "account")
    return list(found.order_by("-urgent", "id"))


def _due(channel: str, limit: int, already: set[int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, attempts FROM notify_delivery WHERE state = 'queued' AND channel = %s"
            " AND not_before <= sanji_now() AND NOT id = ANY(%s)"
            " ORDER BY urgent DESC, not_before, id LIMIT %s FOR UPDATE SKIP LOCKED",
            [channel, list(already), limit],
        )
        return [(int(key), int(attempts)) for key, attempts in cursor.fetchall()]


_PLACES = """
    SELECT d.id, d.attempts FROM notify_delivery d
    WHERE d.state = 'queued' AND d.id IN (
        SELECT id FROM (
            SELECT q.id, q.address, row_number() OVER (
                PARTITION BY q.address ORDER BY q.urgent DESC, q.not_before, q.id) AS turn
            FROM notify_delivery q JOIN notify_message m ON m.id = q.message_id
            WHERE q.state = 'queued' AND q.channel = %(channel)s AND q.not_before <= sanji_now()
                AND NOT q.id = ANY(%(already)s) AND (m.unit_path = %(path)s OR m.unit_path LIKE %(path)s || '.%%')
                AND (%(units)s::text[] IS NULL OR q.address = ANY(%(units)s::text[]))
        ) w
        WHERE %(a_minute)s = 0 OR w.turn + (
            SELECT count(*) FROM notify_delivery o WHERE o.channel = %(channel)s AND o.address = w.address
            AND o.handed_over_at > sanji_now() - make_interval(secs => %(minute)s)) <= %(a_minute)s
    )
    ORDER BY d.urgent DESC, d.not_before, d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
"""
MINUTE_S = 65
"""A gateway's minute, with something for the time that requests take."""


def _due_at_places(offer: Capacity, already: set[int]) -> list[tuple[int, int]]:
    """What waits for places that the account serves, of each no more than its address takes within a minute."""
    values: dict[str, Any] = {
        "channel": offer.channel, "already": list(already), "path": offer.path, "a_minute": offer.a_minute,
        "units": None if offer.units is None else list(offer.units), "minute": MINUTE_S, "limit": offer.free,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, values)
        return [(int(key), int(attempts)) for key, attempts in cursor.fetchall()]


def calls_out() -> dict[int, int]:
    """Account → lines that a call holds: those without an outcome. The deliverer may have been started anew since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, count(*) FROM notify_delivery WHERE state IN ('handed_over', 'sent')"
            " AND channel = %s AND outcome = '' AND handed_over_at > sanji_now() - make_interval(secs => %s)"
            " GROUP BY account_id",
            [VOICE, CALL_S],
        )
        return dict(cursor.fetchall())


# What came of it -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """The gateway took it."""

    key: int
    provider_id: str
    parts: int
    fee_fen: int


@dataclass(frozen=True)
class Declined:
    """The gateway did not take it, for certain; ``permanent``: nor will it ever."""

    key: int
    reason: str
    permanent: bool
    outcome: str = "failed"


@transaction.atomic
def write_taken(taken: Sequence[Taken]) -> None:
    """A receipt may have come first, and an answer too: the state only moves on from handed over."""
    columns: list[list[int | str]] = [
        [row.key for row in taken], [row.provider_id[:80] for row in taken], [row.parts for row in taken],
        [row.fee_fen for row in taken],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notify_delivery d SET sent_at = sanji_now(), provider_id = v.provider,"
            " parts = GREATEST(d.parts, v.parts),"
            " fee_fen = d.fee_fen + v.fee, state = CASE WHEN state = 'handed_over' THEN 'sent' ELSE state END"
            " FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[]) AS v (key, provider, parts, fee)"
            " WHERE d.id = v.key",
            columns,
        )


@transaction.atomic
def write_declined(declined: Sequence[Declined]) -> None:
    """Queue again what another account or a later moment may take; fail the rest."""
    known = {row.pk: row for row in _locked([one.key for one in declined])}
    again, lost = [], {}
    for one in declined:
        row = known.get(one.key)
        if row is None or row.state not in (State.HANDED_OVER, State.SENT):
            continue
        if one.permanent or row.attempts >= GIVE_UP_AFTER:
            lost[row.pk] = one
        else:
            again.append(
                (row.pk, State.QUEUED, one.reason[:200], now() + dt.timedelta(seconds=2 ** (row.attempts - 1)))
            )
    rows.update(Delivery, {"state": "text", "error": "text", "not_before": "timestamptz"}, again)
    fail([known[key] for key in lost], {key: one.reason for key, one in lost.items()},
         {key: one.outcome for key, one in lost.items()})  # fmt: skip


def _locked(keys: Sequence[int]) -> list[Delivery]:
    found = Delivery.objects.filter(pk__in=keys).select_related("message", "account").order_by("pk")
    return list(found.select_for_update(of=("self",)))


def fail(failed: Sequence[Delivery], reasons: Mapping[int, str], outcomes: Mapping[int, str]) -> None:
    """Fail locked deliveries: the next way of each is queued, and where none is left it is an event, on which a ladder
    climbs at once. What was answered meanwhile fails quietly, and so does what only went beside another way.
    """
    rows.update(
        Delivery,
        {"state": "text", "error": "text", "outcome": "text"},
        [(row.pk, State.FAILED, reasons[row.pk][:200], outcomes[row.pk]) for row in failed],
    )
    open_ones = [row for row in failed if row.message.state == Message.State.OPEN and row.channel not in BESIDE]
    last = [row for row in open_ones if not _next_way(row)]
    record_all([_failed(row, reasons[row.pk], outcomes[row.pk]) for row in last], by=SYSTEM)
    dead = [row for row in open_ones if row not in last and outcomes[row.pk] in NO_NETWORK]
    verb = "delivery.no_network"
    record_all([_failed(row, reasons[row.pk], outcomes[row.pk], verb) for row in dead], by=SYSTEM)


def _next_way(row: Delivery) -> bool:
    """Queue the channel that follows. False where none is left, or the message has gone every way already."""
    from notify.selectors.policy import addresses_of, contacts_of

    person = row.message.person
    if person is None:
        return False  # a place has one way
    contact = contacts_of([person.pk]).get(person.pk)
    for number, channel in enumerate(row.then):
        for address in addresses_of(channel, person, contact):
            _made, new = Delivery.objects.get_or_create(
                message=row.message, channel=channel, address=address,
                defaults={"then": row.then[number + 1 :], "urgent": row.urgent},
            )  # fmt: skip
            if new:
                return True
    return False


def _failed(row: Delivery, reason: str, outcome: str, verb: str = "delivery.failed") -> Fact:
    message = row.message
    data = {
        "channel": row.channel, "person": message.person_id, "about": message.subject, "error": reason[:200],
        "outcome": outcome,
    }  # fmt: skip
    return Fact(
        verb, f"message:{message.pk}", message.unit_path, data=data, exercise=message.exercise,
        root=message.group,
    )  # fmt: skip


# What nobody knows ---------------------------------------------------------------------------------------------------


def unsure(older_than_s: float, limit: int = 200) -> list[Delivery]:
    """Handed over, and nobody has said what came of it: the request timed out, or the deliverer died in between."""
    old = now() - dt.timedelta(seconds=older_than_s)
    found = Delivery.objects.filter(state=State.HANDED_OVER, handed_over_at__lt=old, account__isnull=False)
    return list(found.select_related("account").order_by("handed_over_at")[:limit])


def without_receipt(accounts: Sequence[int], older_than_s: float, limit: int = 2000) -> list[Delivery]:
    """Taken by one of these accounts within the last hour, and no receipt has come. What was answered meanwhile needs
    none. Of loudspeakers at once: the proof that they have spoken has to be asked for.
    """
    present = now()
    late = Q(message__state=Message.State.OPEN, handed_over_at__lt=present - dt.timedelta(seconds=older_than_s))
    found = Delivery.objects.filter(
        Q(channel=LOUDSPEAKER) | late, state=State.SENT, outcome="", account__in=accounts,
        handed_over_at__gt=present - dt.timedelta(seconds=PLAYED_S),
    ).exclude(channel=IN_APP)  # fmt: skip
    return list(found.order_by("handed_over_at")[:limit])


@transaction.atomic
def send_again(keys: Sequence[int], *, repeated: bool) -> int:
    """Queue again what the gateway never took, or (``repeated``, which marks it) what it cannot be asked about. What
    was answered or called off meanwhile is dropped. What has had its last attempt fails, and says which of the two it
    was.
    """
    found = [row for row in _locked(keys) if row.state == State.HANDED_OVER]
    wanted = [row for row in found if row.message.state == Message.State.OPEN]
    dropped = [row.pk for row in found if row.message.state != Message.State.OPEN]
    Delivery.objects.filter(pk__in=dropped).update(state=State.CANCELLED)
    lost = [row for row in wanted if row.attempts >= GIVE_UP_AFTER]
    fail(lost, {row.pk: _given_up(row, repeated) for row in lost}, {row.pk: "failed" for row in lost})
    keys = [row.pk for row in wanted if row.attempts < GIVE_UP_AFTER]
    queued = Delivery.objects.filter(pk__in=keys)
    if repeated:
        return queued.update(state=State.QUEUED, not_before=DatabaseNow(), repeated=True)
    return queued.update(state=State.QUEUED, not_before=DatabaseNow())


def _given_up(row: Delivery, repeated: bool) -> str:
    if repeated:
        return UNKNOWN
    return TAKEN_BEFORE if row.repeated else NEVER_TAKEN


# Accounts ------------------------------------------------------------------------------------------------------------

REST_S = (30, 60, 120, 300)
"""Circuit breaker: an account rests after `TRIPS_AFTER` failures in a row, longer each time it fails again."""
TRIPS_AFTER = 3


def failures_in_a_row(before: int, new: int, *, resting: bool) -> int:
    """Failures that come together are one outage, however many requests it hit: they make an account rest once, and
    only what fails after its rest makes the next one longer. What was on its way when the rest began says nothing new.
    """
    return before if resting else min(before + new, max(before + 1, TRIPS_AFTER))


def write_balance(account: int, text: str) -> None:
    Account.objects.filter(pk=account).update(balance=text[:40])


def write_health(good: set[int], bad: Mapping[int, str], counts: Mapping[int, int]) -> None:
    """Accounts that answered, and those that did not with what they said. ``counts``: their failures in a row, of those
    for which it has changed.
    """
    Account.objects.filter(pk__in=good).update(failures=0, resting_until=None, last_ok_at=DatabaseNow())
    for key, reason in bad.items():
        changes: dict[str, Any] = {"last_error": reason[:200], "last_error_at": DatabaseNow()}
        if key in counts:
            changes["failures"] = min(counts[key], 1000)
            if (trips := counts[key] - TRIPS_AFTER) >= 0:
                changes["resting_until"] = now() + dt.timedelta(seconds=REST_S[min(trips, len(REST_S) - 1)])
        Account.objects.filter(pk=key).update(**changes)
