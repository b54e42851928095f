"""Seals find whatever was done to a sealed event behind the guards' back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from journal.actions import seals
from journal.actions.recording import SYSTEM, Fact, record_all
from journal.models import Event, Seal

PATH = "33.11.26"


@pytest.fixture
def sealed(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> list[int]:
    """Thirty events under three seals, and two that wait for theirs."""
    settings.JOURNAL_ANCHORS = tmp_path / "seals"
    monkeypatch.setattr(seals, "BATCH", 10)
    with connection.cursor() as cursor:
        # The founding of the demo county would be in the first seal: old or not by chance.
        _behind_the_guards("DELETE FROM journal_event")
        seqs = _record(30)
        _behind_the_guards("UPDATE journal_event SET written_at = written_at - interval '2 minutes'")
        cursor.execute("SELECT 1")
    _record(2)
    assert seals.seal_new() == 30
    assert Seal.objects.count() == 3
    return seqs


def _record(count: int) -> list[int]:
    facts = [Fact("test.happened", f"test:{n}", PATH, data={"n": n, "text": "转移12人"}) for n in range(count)]
    return [event.seq for event in record_all(facts, by=SYSTEM)]


def _behind_the_guards(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_what_nobody_touched_verifies(sealed: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    assert seals.verify() == []
    call_command("verify_journal")
    assert "3 seals fit; 2 newer events wait" in capsys.readouterr().out


def test_sealing_again_seals_nothing_twice(sealed: list[int]) -> None:
    assert seals.seal_new() == 0
    assert seals.verify() == []


def test_fresh_events_are_not_sealed_for_a_smaller_number_may_still_be_committed(sealed: list[int]) -> None:
    assert Seal.objects.order_by("-last_seq").first().last_seq == sealed[-1]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", '{"n": 3, "text": "转移13人"}'),
        ("card", '{"status": "done"}'),
        ("verb", "test.other"),
        ('"by"', "person:1"),
        ("by_name", "某人"),
        ("unit_path", "33.11.27"),
        ("subject", "test:999"),
        ("root", "incident:1"),
        ("cause", "1"),
        ("exercise", "1"),
        ("at", "2020-01-01T00:00Z"),
    ],
)
def test_a_change_of_any_column_is_found(sealed: list[int], column: str, value: str) -> None:
    _behind_the_guards(f"UPDATE journal_event SET {column} = %s WHERE seq = %s", value, sealed[13])
    (breach,) = seals.verify()
    assert breach.place == f"events {sealed[10]}-{sealed[19]}"
    assert "changed" in breach.reason


def test_a_removed_event_is_found(sealed: list[int]) -> None:
    _behind_the_guards("DELETE FROM journal_event WHERE seq = %s", sealed[13])
    (breach,) = seals.verify()
    assert "holds 9 events" in breach.reason


def test_an_event_slipped_in_is_found(sealed: list[int]) -> None:
    _behind_the_guards("DELETE FROM journal_event WHERE seq = %s", sealed[13])
    _behind_the_guards(
        'INSERT INTO journal_event (seq, verb, "by", by_name, unit_path, subject, root, data)'
        " OVERRIDING SYSTEM VALUE VALUES (%s, 'test.forged', 'system', '', '33.11.26', 'test:1', '', '{}')",
        sealed[13],
    )
    (breach,) = seals.verify()
    assert "changed" in breach.reason


def test_an_event_before_the_first_is_found(sealed: list[int]) -> None:
    _behind_the_guards(
        'INSERT INTO journal_event (seq, verb, "by", by_name, unit_path, subject, root, data)'
        " OVERRIDING SYSTEM VALUE VALUES (%s, 'test.forged', 'system', '', '33.11.26', 'test:1', '', '{}')",
        sealed[0] - 1,
    )
    assert [breach.place for breach in seals.verify()] == [f"events {sealed[0]}-{sealed[9]}"]


def test_a_removed_seal_breaks_the_chain(sealed: list[int]) -> None:
    _behind_the_guards("DELETE FROM journal_seal WHERE last_seq = %s", sealed[19])
    assert seals.verify()


def test_a_seal_made_to_fit_a_change_breaks_the_chain_behind_it(sealed: list[int]) -> None:
    _behind_the_guards("UPDATE journal_event SET verb = 'test.other' WHERE seq = %s", sealed[13])
    first = Seal.objects.get(last_seq=sealed[9])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM journal_digest(%s, %s, 2, %s, 2::smallint)", [sealed[9], sealed[19], first.digest]
        )
        forged = cursor.fetchone()[2]
    _behind_the_guards("UPDATE journal_seal SET digest = %s WHERE last_seq = %s", forged, sealed[19])
    (breach,) = seals.verify()
    assert "chain is broken" in breach.reason
    assert breach.place == f"events {sealed[20]}-{sealed[29]}"


def test_the_command_fails_and_names_the_place(sealed: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    _behind_the_guards("DELETE FROM journal_event WHERE seq = %s", sealed[13])
    with pytest.raises(CommandError, match="1 things do not fit"):
        call_command("verify_journal")
    assert f"events {sealed[10]}-{sealed[19]}" in capsys.readouterr().err


def test_seals_cover_every_event(sealed: list[int]) -> None:
    covered = sum(Seal.objects.values_list("count", flat=True))
    assert covered == Event.objects.filter(seq__lte=sealed[-1]).count() == 30
