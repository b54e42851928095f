"""An order to the whole county: statements and milliseconds, beside inserting the same rows with bare SQL."""

from __future__ import annotations

from time import perf_counter

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg2.extras import execute_values

from bench.report import beside
from command.actions import issue_order
from command.models import Order
from org.models import Person

STATEMENT_LIMIT = 25
TABLES = {
    "command_assignment": "order_id = %(order)s",
    "command_call": "assignment_id IN (SELECT id FROM command_assignment WHERE order_id = %(order)s)",
    "journal_timer": "subject IN (SELECT 'assignment:' || id FROM command_assignment WHERE order_id = %(order)s)",
    "notify_message": "subject IN (SELECT 'assignment:' || id FROM command_assignment WHERE order_id = %(order)s)",
    "notify_delivery": "message_id IN (SELECT id FROM notify_message WHERE subject IN"
    " (SELECT 'assignment:' || id FROM command_assignment WHERE order_id = %(order)s))",
    "journal_event": "subject = %(subject)s",
}


def run() -> None:
    officer = Person.objects.get(username="officer")
    times = []
    for _ in range(4):
        with CaptureQueriesContext(connection) as caught:
            began = perf_counter()
            order = _issue(officer)
            times.append((perf_counter() - began) * 1000)
    rows = {table: _rows(table, where, order) for table, where in TABLES.items()}
    raw = min(_insert(rows) for _ in range(3))
    written = sum(map(len, rows.values()))
    print(f"{len(order.lines)} assignments, {written} rows")
    beside("statements", len(caught), "limit", STATEMENT_LIMIT, "")
    beside("an order to the whole county", min(times[1:]), "raw inserts", raw, "ms")


def _issue(officer: Person) -> Order:
    return issue_order(by=officer, incident_id=None, text="立即检查", units=["331126"], descendants=True, ladder="red")


def _rows(table: str, where: str, order: Order) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {where}", {"order": order.pk, "subject": f"order:{order.pk}"})
        return cursor.fetchall()


def _insert(rows: dict[str, list[tuple]]) -> float:
    """The same rows into empty tables with the same indexes, one statement each, committed."""
    with connection.cursor() as cursor:
        for table in rows:
            cursor.execute(f"DROP TABLE IF EXISTS bench_{table}")
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
    began = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, lines in rows.items():
            into = f"INSERT INTO bench_{table} OVERRIDING SYSTEM VALUE VALUES %s"
            execute_values(cursor.cursor, into, lines, page_size=len(lines) or 1)
    return (perf_counter() - began) * 1000
