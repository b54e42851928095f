"""Statements that are planned once a connection."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from org import prepared
from org.prepared import fetch_again

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


def test_a_value_stays_a_value() -> None:
    wicked = "'; DROP TABLE org_unit; -- %s $1"
    for _ in range(3):
        assert fetch_again("SELECT %s", [wicked]) == [(wicked,)]


def test_it_outlives_a_transaction_that_is_rolled_back() -> None:
    for _ in range(3):
        with transaction.atomic():
            assert fetch_again("SELECT %s::text", ["rolled back"]) == [("rolled back",)]
            transaction.set_rollback(True)


def test_only_so_many_plans_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "KEPT", 3)
    for number in range(200, 210):
        for _ in range(2):
            fetch_again("SELECT %s", [number])
    kept = plans()
    assert len(kept) == 3
    assert all(str(number) in " ".join(kept) for number in (207, 208, 209))
    assert fetch_again("SELECT %s", [200]) == [(200,)]
