"""Numbers that people say on the phone: ``SJ2026-0012`` (事件), ``ZL2026-0031`` (指令), ``YJ2026-0007`` (预警).
Hazards, ``YH2026-0100`` (隐患), count for themselves (hazards/migrations/0004_numbers.py), and so do official papers,
庆防指〔2026〕12号 (norms/actions/papers.py).
"""

from __future__ import annotations

from django.db import connection

PREFIX = {"incident": "SJ", "order": "ZL", "warning": "YJ"}


def next_ref(kind: str) -> str:
    """The next number of this kind in this year (Beijing time), without gaps.

    A refused action gives its number back.
    """
    return next_refs(kind, 1)[0]


def next_refs(kind: str, count: int) -> list[str]:
    """The next ``count`` numbers at once, in order."""
    if count < 1:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_counter (kind, year, value)"
            " VALUES (%s, extract(year FROM sanji_now() AT TIME ZONE 'Asia/Shanghai'), %s)"
            " ON CONFLICT (kind, year) DO UPDATE SET value = journal_counter.value + excluded.value"
            " RETURNING year, value",
            [kind, count],
        )
        year, last = cursor.fetchone()
    return [f"{PREFIX[kind]}{year}-{value:04d}" for value in range(last - count + 1, last + 1)]
