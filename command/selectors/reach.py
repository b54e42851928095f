"""How far an order got with those whom it calls: handed over, reached, heard, answered, in place, verified.

Each figure says what is proven and nothing more: a call that was heard is not answered, an answer is not a village that
has moved. Counted are the lines of an order (a unit and a post), by what was tried to reach the person called or a
stand-in; what was sent to others about their silence counts for nobody.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from command.models import Assignment, Incident, Order
from command.selectors import visible
from notify.gateways.contract import IN_APP
from notify.models import Delivery
from org.models import Person

REACH = ("handed_over", "device_reached", "heard", "answered", "in_place", "verified")
ASKS = ("order.called", "order.reminded", "order.deputy_called", "order.reassigned")
"""Messages that ask for one's own answer."""

_COUNTS = """
    WITH told AS (
        SELECT m.subject,
            bool_or(COALESCE(d.handed_over_at, d.delivered_at) IS NOT NULL) AS handed_over,
            bool_or(COALESCE(d.delivered_at, d.heard_at, d.answered_at) IS NOT NULL) AS device_reached,
            bool_or(d.heard_at IS NOT NULL) AS heard
        FROM notify_message m JOIN notify_delivery d ON d.message_id = m.id
        WHERE m."group" = ANY(%s) AND m.code = ANY(%s) GROUP BY m.subject
    )
    SELECT {key}, count(*), count(*) FILTER (WHERE t.handed_over), count(*) FILTER (WHERE t.device_reached),
        count(*) FILTER (WHERE t.heard), count(*) FILTER (WHERE a.answered_at IS NOT NULL),
        count(*) FILTER (WHERE a.status IN ('in_place', 'done', 'verified')),
        count(*) FILTER (WHERE a.status = 'verified')
    FROM command_assignment a JOIN command_order o ON o.id = a.order_id
    LEFT JOIN told t ON t.subject = 'assignment:' || a.id
    WHERE a.id IN ({rows}) GROUP BY 1
"""


def reach_of_orders(person: Person, orders: Iterable[Order]) -> dict[int, dict[str, int]]:
    """Order id → the six counts and ``total``, of what the person sees; one query."""
    ids = [order.pk for order in orders]
    return _counted(visible.assignments_visible_to(person).filter(order__in=ids), "o.id", ids)


def reach_of_incident(person: Person, incident: Incident) -> dict[str, int] | None:
    """The same of all orders of an incident together; None where it has none. Two queries."""
    ids = list(Order.objects.filter(incident=incident).values_list("pk", flat=True))
    rows = visible.assignments_visible_to(person).filter(order__in=ids)
    return _counted(rows, "o.incident_id", ids).get(incident.pk) if ids else None


def nothing_reached() -> dict[str, int]:
    return dict.fromkeys(("total", *REACH), 0)


def _counted(rows: QuerySet[Assignment], key: str, orders: Sequence[int]) -> dict[int, dict[str, int]]:
    try:
        sql, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return {}
    groups = [f"order:{number}" for number in orders]
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(key=key, rows=sql), [groups, list(ASKS), *values])
        return {row[0]: dict(zip(("total", *REACH), row[1:], strict=True)) for row in cursor.fetchall()}


@dataclass(frozen=True)
class Tried:
    """What a channel brought for one line: ``outcome`` is a code of OUTCOME_WORDS. ``person``: whom it was for."""

    channel: str
    at: dt.datetime
    outcome: str
    person: int
    again: bool = False


def tried_for(rows: Sequence[Assignment]) -> dict[int, list[Tried]]:
    """Assignment id → the last attempt over each channel, in the order in which they were made; one query."""
    subjects = [f"assignment:{row.pk}" for row in rows]
    found = Delivery.objects.filter(message__subject__in=subjects, message__code__in=ASKS).exclude(state="cancelled")
    found = found.filter(message__group__in={f"order:{row.order_id}" for row in rows})
    newest: dict[tuple[str, str], Tried] = {}
    for one in found.select_related("message").only(*_READ).order_by("pk"):
        if (tried := _tried(one)) is not None:
            newest[one.message.subject, one.channel] = tried
    by_row: dict[int, list[Tried]] = defaultdict(list)
    for (subject, _channel), tried in sorted(newest.items(), key=lambda item: item[1].at):
        by_row[int(subject.rpartition(":")[2])].append(tried)
    return by_row


_READ = (
    *("channel", "state", "outcome", "handed_over_at", "delivered_at", "heard_at", "answered_at", "repeated"),
    *("message__subject", "message__person_id"),
)


def _tried(one: Delivery) -> Tried | None:
    """None while nothing has happened: queued, or on a screen that nobody has looked at."""
    at = one.heard_at or one.delivered_at or one.handed_over_at
    if at is None:
        return None
    outcome = "shown" if one.channel == IN_APP else one.outcome or one.state
    return Tried(one.channel, at, outcome, one.message.person_id or 0, one.repeated)


def as_data(tried: Tried) -> dict[str, Any]:
    return {"channel": tried.channel, "at": tried.at, "outcome": tried.outcome, "person": tried.person}
