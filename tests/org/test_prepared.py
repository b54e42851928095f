"""Statements that are planned once a connection."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from org import prepared
from org.prepared import Prepared, fetch_again

pytestmark = pytest.mark.django_db


def plans() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'again%'")
        return [row[0] for row in cursor.fetchall()]


def test_what_is_asked_once_is_not_prepared_and_what_is_asked_again_is() -> None:
    for number, times in ((101, 1), (102, 2), (103, 3)):
        for _ in range(times):
            with CaptureQueriesContext(connection) as asked:
                assert fetch_again("SELECT %s, '100%%'", [number]) == [(number, "100%")]
            assert len(asked) == 1
    kept = " ".join(plans())
    assert "101" not in kept
    assert "102" in kept
    assert "103" in kept


def test_a_statement_that_fails_the_first_time_serves_the_next() -> None:
    share = Prepared("share", "SELECT 12 %% 5, 12 / %(among)s", {"among": "int"})
    with pytest.raises(DatabaseError), transaction.atomic():
        share.fetch({"among": 0})
    for among in (3, 4):
        with CaptureQueriesContext(connection) as asked:
            assert share.fetch({"among": among}) == [(2, 12 // among)]
        assert len(asked) == 1


def test_a_value_stays_a_value() -> None:
    wicked = "'; DROP TABLE org_unit; -- %s $1"
    for _ in range(3):
        assert fetch_again("SELECT %s", [wicked]) == [(wicked,)]


def test_it_outlives_a_transaction_that_is_rolled_back() -> None:
    for _ in range(3):
        with transaction.atomic():
            assert fetch_again("SELECT %s::text", ["rolled back"]) == [("rolled back",)]
            transaction.set_rollback(True)


def test_one_that_fails_may_be_asked_again() -> None:
    """A reader's statement that was cut off (a timeout) must not have the next reader of the connection refused."""
    slow = "SELECT 7 / (CASE WHEN current_setting('sanji.test', true) = 'off' THEN 0 ELSE 1 END) + %s"
    for fails in (False, True, False, True, False, False):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sanji.test', %s, false)", ["off" if fails else "on"])
        if fails:
            with pytest.raises(DatabaseError), transaction.atomic():
                fetch_again(slow, [1])
        else:
            assert fetch_again(slow, [1]) == [(8,)]


def test_only_so_many_plans_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "KEPT", 3)
    for number in range(200, 210):
        for _ in range(2):
            fetch_again("SELECT %s", [number])
    kept = [plan for plan in plans() if "SELECT 20" in plan]
    assert len(kept) == 3
    assert all(str(number) in " ".join(kept) for number in (207, 208, 209))
    assert fetch_again("SELECT %s", [200]) == [(200,)]
