"""Forging the record: refused to the application's role, and found after a superuser has done it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from journal.actions import attachments, roles, seals
from journal.actions.recording import SYSTEM, Fact, record_all
from journal.files import anchors
from journal.models import Attachment, Event, Seal

PATH = "33.11.26"
ROLE = "sanji_app_in_tests"
FORGED = (
    'INSERT INTO journal_event (seq, verb, "by", by_name, unit_path, subject, root, data)'
    " OVERRIDING SYSTEM VALUE VALUES (%s, 'test.forged', 'system', '', '33.11.26', 'test:1', '', '{}')"
)


@pytest.fixture
def anchored(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> list[int]:
    """Thirty events under three seals with their anchors."""
    monkeypatch.setattr(seals, "BATCH", 10)
    settings.JOURNAL_ANCHORS = tmp_path / "kept" / "seals"
    _behind_the_guards("DELETE FROM journal_event")
    seqs = _record(30)
    _behind_the_guards("UPDATE journal_event SET written_at = written_at - interval '2 minutes'")
    assert seals.seal_new() == 30
    assert anchors.write_new() == 3
    return seqs


def _record(count: int) -> list[int]:
    facts = [Fact("test.happened", f"test:{n}", PATH, data={"n": n, "text": "转移12人"}) for n in range(count)]
    return [event.seq for event in record_all(facts, by=SYSTEM)]


def _behind_the_guards(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def as_application(transactional_db: None) -> Iterator[Any]:
    """A connection as the application's role, on the test's own database, with two sealed events in it."""
    _record_committed()
    roles.make(ROLE)
    settings = connection.get_connection_params()
    line = psycopg2.connect(**{**settings, "user": ROLE, "cursor_factory": None})
    line.autocommit = True
    yield line
    line.close()


def _record_committed() -> None:
    from django.db import transaction

    with transaction.atomic():
        _record(2)


REFUSED = [
    "UPDATE journal_event SET verb = 'test.other'",
    "UPDATE journal_event SET written_at = now()",
    "DELETE FROM journal_event",
    "TRUNCATE journal_event CASCADE",
    "ALTER TABLE journal_event DISABLE TRIGGER ALL",
    "ALTER TABLE journal_event DROP CONSTRAINT event_seq_positive",
    "SET session_replication_role = replica",
    "DROP TRIGGER pgtrigger_append_only_c4e2b ON journal_event",
    "DROP TABLE journal_seal",
    "DELETE FROM journal_seal",
    "UPDATE journal_seal SET digest = ''",
    "INSERT INTO journal_seal (number, format, first_seq, last_seq, count, previous, digest)"
    " VALUES (9999, 2, 1, 999999, 0, '', 'x')",
    "CREATE OR REPLACE FUNCTION journal_digest(bigint, bigint, bigint, text, smallint) RETURNS TABLE"
    " (first_seq bigint, events bigint, digest text) LANGUAGE sql AS $$ SELECT 1::bigint, 1::bigint, ''::text $$",
    "SELECT setval(pg_get_serial_sequence('journal_event', 'seq'), 1)",
    "CREATE TABLE mine (n integer)",
    "SET ROLE sanji",
    "ALTER ROLE sanji_app_in_tests SUPERUSER",
    "DELETE FROM django_migrations",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_the_applications_role_is_refused(as_application: Any, sql: str) -> None:
    with as_application.cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute(sql)


@pytest.mark.parametrize("column", ["seq", "at", "written_at"])
def test_the_applications_role_gives_no_event_its_number_or_time(as_application: Any, column: str) -> None:
    value = "-5" if column == "seq" else "'2020-01-01T00:00Z'"
    sql = (
        f'INSERT INTO journal_event ({column}, verb, "by", by_name, unit_path, subject, root, data)'
        f" OVERRIDING SYSTEM VALUE VALUES ({value}, 'test.forged', 'system', '', '33.11.26', 'test:1', '', '{{}}')"
    )
    with as_application.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(sql)


def test_the_applications_role_does_its_work(as_application: Any) -> None:
    with as_application.cursor() as cursor:
        cursor.execute(
            'INSERT INTO journal_event (verb, "by", by_name, unit_path, subject, root, data)'
            " VALUES ('test.happened', 'system', '', '33.11.26', 'test:1', '', '{}') RETURNING seq"
        )
        assert cursor.fetchone()[0] > 0
        cursor.execute("SELECT journal_seal_next(100, interval '60 seconds')")
        cursor.execute("UPDATE journal_timer SET attempts = attempts WHERE false")
        cursor.execute("DELETE FROM django_session WHERE false")


def test_the_applications_role_cannot_seal_what_is_not_settled(as_application: Any) -> None:
    with as_application.cursor() as cursor:
        cursor.execute("SELECT max(seq) FROM journal_event")
        newest = cursor.fetchone()[0]
        cursor.execute("SELECT journal_seal_next(100000, interval '0 seconds')")
        cursor.execute("SELECT coalesce(max(last_seq), 0) FROM journal_seal")
        assert cursor.fetchone()[0] < newest


def test_the_owner_is_told_of_its_powers_and_the_role_has_none(as_application: Any) -> None:
    assert "is a superuser" in roles.powers()
    connection.close()
    user = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = ROLE
    try:
        assert roles.powers() == []
    finally:
        connection.close()
        connection.settings_dict["USER"] = user


def _reseal_everything() -> None:
    """What a superuser would do: compute the whole chain anew over what was changed."""
    _behind_the_guards("DELETE FROM journal_seal")
    seals.seal_new()


def test_a_chain_computed_anew_differs_from_its_anchors(anchored: list[int]) -> None:
    _behind_the_guards("UPDATE journal_event SET by_name = '某人' WHERE seq = %s", anchored[13])
    _reseal_everything()
    assert seals.verify() == []
    assert {breach.place for breach in anchors.verify(anchors.file())} == {"seal 2", "seal 3"}
    with pytest.raises(CommandError, match="2 things do not fit"):
        call_command("verify_journal")


def test_the_newest_seal_and_its_events_cut_off_are_missed_by_the_anchors(anchored: list[int]) -> None:
    _behind_the_guards("DELETE FROM journal_seal WHERE last_seq = %s", anchored[-1])
    _behind_the_guards("DELETE FROM journal_event WHERE seq > %s", anchored[19])
    assert seals.verify() == []
    (breach,) = anchors.verify(anchors.file())
    assert breach.place == "seal 3"
    assert "gone" in breach.reason


def test_a_seal_deleted_and_made_again_over_a_change_is_found(anchored: list[int]) -> None:
    _behind_the_guards("UPDATE journal_event SET data = '{}' WHERE seq = %s", anchored[-1])
    _behind_the_guards("DELETE FROM journal_seal WHERE last_seq = %s", anchored[-1])
    assert seals.seal_new() == 10
    assert anchors.write_new() == 0
    assert [breach.place for breach in anchors.verify(anchors.file())] == ["seal 3"]


def test_a_changed_time_of_writing_is_found(anchored: list[int]) -> None:
    _behind_the_guards("UPDATE journal_event SET written_at = now() - interval '1 day' WHERE seq = %s", anchored[3])
    (breach,) = seals.verify()
    assert "changed" in breach.reason


def test_an_event_with_a_negative_number_is_found(anchored: list[int]) -> None:
    _behind_the_guards("ALTER TABLE journal_event DROP CONSTRAINT event_seq_positive")
    _behind_the_guards(FORGED, -3)
    assert "events below 1" in {breach.place for breach in seals.verify()}


def test_a_seal_left_out_with_its_events_is_found_by_its_number(anchored: list[int]) -> None:
    _behind_the_guards("DELETE FROM journal_seal WHERE number = 2")
    _behind_the_guards("DELETE FROM journal_event WHERE seq > %s AND seq <= %s", anchored[9], anchored[19])
    assert any("missing" in breach.reason for breach in seals.verify())


def test_seals_of_before_still_fit(anchored: list[int]) -> None:
    """A chain that was begun in the older format goes on in the newer one."""
    _behind_the_guards("DELETE FROM journal_seal")
    first, last = anchored[0], anchored[9]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM journal_digest(0, %s, 1, '', 1::smallint)", [last])
        _first, count, digest = cursor.fetchone()
    Seal.objects.create(number=1, format=1, first_seq=first, last_seq=last, count=count, previous="", digest=digest)
    assert seals.seal_new() == 20
    assert seals.verify() == []


def test_after_a_restore_the_anchors_of_what_was_lost_no_longer_count(anchored: list[int]) -> None:
    _behind_the_guards("DELETE FROM journal_seal WHERE number = 3")
    _behind_the_guards("DELETE FROM journal_event WHERE seq > %s", anchored[19])
    anchors.note_restore()
    assert anchors.verify(anchors.file()) == []
    _record(5)
    _behind_the_guards(
        "UPDATE journal_event SET written_at = now() - interval '2 minutes' WHERE seq > %s", anchored[19]
    )
    seals.seal_new()
    assert anchors.write_new() == 1
    assert anchors.verify(anchors.file()) == []


def test_a_line_that_is_no_anchor_is_named(anchored: list[int]) -> None:
    with anchors.file().open("a") as lines:
        lines.write("4 x y\n")
    with pytest.raises(CommandError, match="line 4: not an anchor"):
        call_command("verify_journal")


def _photo(anchored: list[int]) -> Attachment:
    import io

    from PIL import Image

    from org.models import Person

    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG")
    picture.seek(0)
    officer = Person.objects.get(username="officer")
    return attachments.attach("incident:1", PATH, picture, by=officer)


def test_a_photo_exchanged_on_the_disk_is_found(anchored: list[int]) -> None:
    photo = _photo(anchored)
    assert attachments.verify_files() == []
    Path(photo.file.path).write_bytes(b"another")
    (breach,) = attachments.verify_files()
    assert "another one" in breach.reason


def test_a_photo_that_is_gone_is_found(anchored: list[int]) -> None:
    photo = _photo(anchored)
    Path(photo.file.path).unlink()
    (breach,) = attachments.verify_files()
    assert "missing" in breach.reason
    assert Event.objects.filter(verb="attachment.added", data__has_key="file_sha256").count() == 1
