"""Backup and restore: one archive, whole or not at all; restored beside, then exchanged; journal and photos fit."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image

from journal.actions import attachments, epochs, seals
from journal.files import anchors, backups
from journal.models import Event, Seal
from org.models import Person

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def county(transactional_db: None, settings: Any, tmp_path: Path) -> Path:
    """A database of the test's own with a photo and a sealed journal; the folder that its files are in."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    settings.JOURNAL_ANCHORS = tmp_path / "anchors" / "seals"
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG")
    picture.seek(0)
    attachments.attach("incident:1", "33.11.26", picture, by=Person.objects.get(username="officer"))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE journal_event SET written_at = now() - interval '5 minutes'")
        cursor.execute("SET session_replication_role = origin")
    assert seals.seal_new()
    anchors.write_new()
    return tmp_path


@pytest.fixture
def archive(county: Path) -> Path:
    target = county / "sanji.tar"
    call_command("backup", str(target))
    return target


def test_a_backup_is_one_private_file_with_everything_in_it(archive: Path, county: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as tar:
        names = tar.getnames()
    assert names[:4] == ["manifest.json", "database.dump", "secret_key", "anchors/seals"]
    assert [name for name in names if name.startswith("media/attachments/")]
    assert [path.name for path in county.iterdir() if path.name.startswith(".")] == []


def test_what_exists_is_not_overwritten(archive: Path) -> None:
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(archive))


@pytest.fixture
def restored(archive: Path, county: Path) -> Iterator[str]:
    """The archive brought back in the place of the test's database, whose photo was lost meanwhile."""
    for photo in (county / "media").rglob("*.jpg"):
        photo.unlink()
    with backups.opened(archive) as (folder, manifest):
        assert backups.unknown_to_us(manifest) == []
        name = backups.fill_beside(folder)
        assert backups.put_files(folder) == 1
        before = backups.exchange(name)
    yield before
    connection.close()
    backups.drop(before)


def test_a_restore_brings_back_journal_and_photos_and_keeps_what_was_there(restored: str) -> None:
    assert seals.verify() == []
    assert anchors.verify(anchors.file()) == []
    assert attachments.verify_files() == []
    assert Event.objects.filter(verb="attachment.added").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [restored])
        assert cursor.fetchone()[0] == 1


def test_the_application_takes_part_in_no_restore_but_goes_on_after_it(restored: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datallowconn FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone()[0] is True
    epoch = epochs.current()
    assert epochs.begin("restored") != epoch
    assert seals.seal_new() == 0
    assert Seal.objects.exists()


def _rewritten(archive: Path, place: str, content: bytes) -> Path:
    changed = archive.with_name("changed.tar")
    with tarfile.open(archive) as old, tarfile.open(changed, "w") as new:
        for entry in old:
            data = content if entry.name == place else old.extractfile(entry).read()  # type: ignore[union-attr]
            entry.size = len(data)
            new.addfile(entry, io.BytesIO(data))
    return changed


def test_a_damaged_database_in_it_is_refused(archive: Path) -> None:
    changed = _rewritten(archive, "database.dump", b"damaged")
    with pytest.raises(backups.Unusable, match="damaged"), backups.opened(changed):
        pass


@pytest.mark.parametrize("bytes_kept", [0, 100, 20_000])
def test_an_archive_that_is_cut_off_is_refused(archive: Path, bytes_kept: int) -> None:
    archive.write_bytes(archive.read_bytes()[:bytes_kept])
    with pytest.raises(backups.Unusable), backups.opened(archive):
        pass


def test_a_backup_of_a_newer_version_is_refused(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    manifest["migrations"].append("journal.9999_of_the_future")
    changed = _rewritten(archive, "manifest.json", json.dumps(manifest).encode())
    with backups.opened(changed) as (_folder, told):
        assert backups.unknown_to_us(told) == ["journal.9999_of_the_future"]


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "media/../../outside"])  # noqa: S108
def test_nothing_is_unpacked_outside_of_its_folder(tmp_path: Path, settings: Any, name: str) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    forged = tmp_path / "forged.tar"
    with tarfile.open(forged, "w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 3
        tar.addfile(entry, io.BytesIO(b"bad"))
    with pytest.raises(backups.Unusable, match="does not belong"), backups.opened(forged):
        pass
    assert not (tmp_path / "outside").exists()


def test_the_command_restores_while_others_are_connected(archive: Path, county: Path) -> None:
    """As a process of its own, as the owner, with migrations, role and epoch; others reconnect to what was restored."""
    name, epoch = connection.settings_dict["NAME"], epochs.current()
    url, _slash, _database = os.environ["DATABASE_URL"].rpartition("/")
    environment = {
        **os.environ, "OWNER_DATABASE_URL": f"{url}/{name}", "DATABASE_URL": f"{url}/{name}",
        "MEDIA_ROOT": str(county / "media"), "JOURNAL_ANCHORS": str(django_settings.JOURNAL_ANCHORS),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "restore", str(archive)], cwd=ROOT, env=environment, capture_output=True,
        text=True, timeout=300,
    )  # fmt: skip
    connection.close()
    assert done.returncode == 0, done.stdout + done.stderr
    assert epochs.current() != epoch
    assert "restored 1" in Path(django_settings.JOURNAL_ANCHORS).read_text().splitlines()[-1]
    (before,) = [line.rpartition(" ")[2] for line in done.stdout.splitlines() if "is kept as" in line]
    connection.close()
    backups.drop(before)
