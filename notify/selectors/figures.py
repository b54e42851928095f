"""How the gateway accounts are: what waits, what nobody knows, late receipts, who is silent (docs/adr/0046)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

UNKNOWN_AFTER_S = 10
"""Handed over for longer without an answer: its outcome is unknown. A request ends within five."""
LATE_S = 300
"""A receipt that has not come by then is late. Receipts of texts come within seconds, of calls within two minutes."""
SILENT_S = 120
"""Handed over for so long, and no success since: the account is silent."""
FEW = 5
"""So many receipts must be missing before their absence says something: a telephone that is off gives none either."""
PAST_H = 6
"""What was handed over before is no news of an account."""
STOPPED_S = 15
"""Due for so long while the deliverer gave no sign of life: it has stopped."""


@dataclass(frozen=True)
class AccountFigures:
    """``late``: receipts; groups and e-mail have none."""

    account: str
    unknown: int
    late: int
    resting: bool


def account_figures() -> list[AccountFigures]:
    """Each account that is in use: one query over what is out."""
    return [AccountFigures(*row) for row in _rows(
        "SELECT a.code,"
        " count(d.id) FILTER (WHERE d.state = 'handed_over' AND d.handed_over_at"
        "  < sanji_now() - make_interval(secs => %(unknown)s)),"
        " count(d.id) FILTER (WHERE d.state = 'sent' AND d.outcome = '' AND d.channel NOT IN ('board', 'email')"
        "  AND d.handed_over_at < sanji_now() - make_interval(secs => %(late)s)),"
        " coalesce(a.resting_until > sanji_now(), false)"
        " FROM notify_account a LEFT JOIN notify_delivery d ON d.account_id = a.id AND d.channel <> 'in_app'"
        "  AND d.state IN ('handed_over', 'sent') AND d.handed_over_at > sanji_now() - make_interval(hours => %(past)s)"
        " WHERE a.enabled GROUP BY a.id ORDER BY a.code",
        {"unknown": UNKNOWN_AFTER_S, "late": LATE_S, "past": PAST_H},
    )]  # fmt: skip


def queue_ages() -> list[tuple[str, str, float]]:
    """(account, channel, seconds that the oldest due delivery of the channel waits): what an account could take."""
    found = _rows(
        "SELECT a.code, c.channel, coalesce(extract(epoch FROM sanji_now() - q.since), 0)::float8"
        " FROM notify_account a CROSS JOIN LATERAL unnest(a.channels) AS c (channel)"
        " LEFT JOIN (SELECT channel, min(not_before) AS since FROM notify_delivery"
        "  WHERE state = 'queued' AND not_before <= sanji_now() GROUP BY channel) q ON q.channel = c.channel"
        " WHERE a.enabled ORDER BY a.code, c.channel",
        {},
    )
    return [(account, channel, seconds) for account, channel, seconds in found]


@dataclass(frozen=True)
class Trouble:
    """``verb``: what is wrong with the account, empty where nothing is."""

    account: int
    name: str
    path: str
    verb: str
    error: str
    minutes: int


def account_troubles() -> list[Trouble]:
    """Each account in use, and what is wrong with it. One that has failed in a row stays so until it succeeds."""
    return [Trouble(*row) for row in _rows(
        "SELECT a.id, a.name, u.path, CASE WHEN a.failures >= %(trips)s THEN 'gateway.resting'"
        " WHEN w.since < sanji_now() - make_interval(secs => %(silent)s)"
        "  AND (a.last_ok_at IS NULL OR a.last_ok_at < w.since)"
        "  AND (a.last_receipt_at IS NULL OR a.last_receipt_at < w.since) THEN 'gateway.silent'"
        " WHEN w.missing >= %(few)s AND a.last_receipt_at < w.first_missing THEN 'gateway.without_receipts'"
        " ELSE '' END, a.last_error,"
        " coalesce(extract(epoch FROM sanji_now() - coalesce(w.since, w.first_missing)) / 60, 0)::int"
        " FROM notify_account a JOIN org_unit u ON u.id = a.unit_id CROSS JOIN LATERAL ("
        "  SELECT min(handed_over_at) FILTER (WHERE d.state = 'handed_over') AS since,"
        "  count(*) FILTER (WHERE d.state = 'sent' AND d.handed_over_at"
        "   < sanji_now() - make_interval(secs => %(late)s)) AS missing,"
        "  min(handed_over_at) FILTER (WHERE d.state = 'sent') AS first_missing"
        "  FROM notify_delivery d WHERE d.account_id = a.id AND d.channel <> 'in_app' AND d.outcome = ''"
        "  AND d.state IN ('handed_over', 'sent') AND d.handed_over_at > sanji_now() - make_interval(hours => %(past)s)"
        " ) w WHERE a.enabled ORDER BY a.id",
        {"trips": 3, "silent": SILENT_S, "late": LATE_S, "few": FEW, "past": PAST_H},
    )]  # fmt: skip


def waiting_for_the_deliverer() -> int:
    """How many due deliveries wait while the deliverer gives no sign of life; 0 while it does."""
    ((count,),) = _rows(
        "SELECT count(*) FROM notify_delivery d WHERE d.state = 'queued'"
        " AND d.not_before < sanji_now() - make_interval(secs => %(after)s)"
        " AND EXISTS (SELECT FROM notify_account a WHERE a.enabled AND d.channel = ANY(a.channels))"
        " AND NOT EXISTS (SELECT FROM journal_pulse WHERE name = 'deliverer'"
        "  AND at > sanji_now() - make_interval(secs => %(after)s))",
        {"after": STOPPED_S},
    )
    return int(count)


def _rows(sql: str, values: dict[str, int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
