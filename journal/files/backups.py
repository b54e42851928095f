"""Backup and restore: the database, the uploaded files, the secret key and the anchors in one archive (tar).

The dump is one snapshot (pg_dump), taken first; files are added after it. An upload is written before its row is
committed and never changed, so every file that the dump names is in the archive. `manifest.json` stands first and holds
the SHA-256 of the dump; the journal's own digests cover the photos (`verify_journal`).

A restore fills a database beside the one in use, brings it up to date, and only then exchanges the two by name:
whatever goes wrong before leaves everything as it was, and the database of before is kept under another name.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg2 import sql

FORM = 1
DUMP, MANIFEST, KEY, ANCHORS, MEDIA = "database.dump", "manifest.json", "secret_key", "anchors/seals", "media/"
CHUNK = 1024 * 1024


class Unusable(Exception):
    """An archive that cannot be used, or a tool that is missing, in words for whoever runs the command."""


@dataclass(frozen=True)
class Contents:
    """What an archive says of itself: when it was made, and the migrations applied in it, as "app.name"."""

    made_at: str
    migrations: list[str]


def backup(target: Path) -> Contents:
    """Write the archive to ``target``, readable by its owner alone; whole or not at all. Works while all runs."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        dump = Path(folder) / DUMP
        contents = Contents(f"{_clock('YYYY-MM-DD HH24:MI:SS')} UTC", _applied())
        _run("pg_dump", "--format", "custom", "--no-owner", "--no-privileges", "--file", str(dump))
        manifest = {**vars(contents), "form": FORM, "dump_sha256": _sha256(dump)}
        made = Path(folder) / "archive"
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                _fill(archive, manifest, dump)
            file.flush()
            os.fsync(file.fileno())
        made.rename(target)
    return contents


def _clock(form: str) -> str:
    """The database's real clock, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_char(now() AT TIME ZONE 'UTC', %s)", [form])
        return cursor.fetchone()[0]


def _applied() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def _fill(archive: tarfile.TarFile, manifest: dict[str, Any], dump: Path) -> None:
    _add_text(archive, MANIFEST, json.dumps(manifest, indent=1))
    archive.add(dump, DUMP)
    _add_text(archive, KEY, settings.SECRET_KEY)
    anchors = Path(settings.JOURNAL_ANCHORS)
    if anchors.exists():
        archive.add(anchors, ANCHORS)
    media = Path(settings.MEDIA_ROOT)
    for path in sorted(media.rglob("*")):
        # A file that is just being written, or a link, is nobody's yet.
        if path.is_file() and not path.is_symlink():
            archive.add(path, MEDIA + path.relative_to(media).as_posix())


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


@contextlib.contextmanager
def opened(source: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The archive unpacked into a folder that goes at the end, and its manifest. Unusable when it is not whole."""
    with tempfile.TemporaryDirectory(dir=Path(settings.MEDIA_ROOT).parent, prefix=".restore.") as name:
        folder = Path(name)
        try:
            with tarfile.open(source) as archive:
                for entry in archive:
                    _unpack(archive, entry, folder)
            manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        except (OSError, tarfile.TarError, ValueError) as error:
            raise Unusable(f"{source} is not a whole backup: {error}") from error
        if manifest.get("form") != FORM:
            raise Unusable(f"{source} is of a form that this version does not read: {manifest.get('form')}")
        if not (folder / DUMP).exists() or _sha256(folder / DUMP) != manifest["dump_sha256"]:
            raise Unusable(f"{source}: the database in it is damaged")
        yield folder, manifest


def _unpack(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Safe extraction: plain files below the folder and nothing else, for somebody else may have made the archive."""
    place = (folder / entry.name).resolve()
    source = archive.extractfile(entry) if entry.isreg() and place.is_relative_to(folder.resolve()) else None
    if source is None:
        raise Unusable(f"{entry.name[:100]!r} does not belong into a backup")
    place.parent.mkdir(parents=True, exist_ok=True)
    with source, place.open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK)


def unknown_to_us(manifest: dict[str, Any]) -> list[str]:
    """Migrations of the archive that this version does not have: it was made by a newer one."""
    from django.db.migrations.loader import MigrationLoader

    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    return sorted(set(manifest["migrations"]) - known)


def fill_beside(folder: Path) -> str:
    """A new database filled from the archive; its name. Dropped again when that fails."""
    name = f"{connection.settings_dict['NAME']}_restoring"
    _on_the_side(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    _on_the_side(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(folder / DUMP), database=name)
    except BaseException:
        drop(name)
        raise
    return name


def drop(name: str) -> None:
    _on_the_side(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def exchange(name: str) -> str:
    """Put the database ``name`` in the place of the one in use; gives back what that one is called now."""
    current = connection.settings_dict["NAME"]
    before = f"{current}_before_{_clock('YYYYMMDDHH24MISS')}"
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [current])
        if cursor.fetchone()[0]:
            _rename(cursor, current, before)
        else:
            before = ""
        _rename(cursor, name, current)
    return before


def _rename(cursor: Any, old: str, new: str) -> None:
    """Rename a database. Nobody may be connected: forbid new connections, terminate the others."""
    parts = {"old": sql.Identifier(old), "new": sql.Identifier(new)}
    cursor.execute(sql.SQL("ALTER DATABASE {old} ALLOW_CONNECTIONS false").format(**parts))
    cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [old])
    cursor.execute(sql.SQL("ALTER DATABASE {old} RENAME TO {new}").format(**parts))
    cursor.execute(sql.SQL("ALTER DATABASE {new} ALLOW_CONNECTIONS true").format(**parts))


def put_files(folder: Path) -> int:
    """Uploaded files of the archive that are missing or differ here; how many. None is taken away."""
    put = 0
    source, target = folder / MEDIA, Path(settings.MEDIA_ROOT)
    for path in sorted(source.rglob("*")) if source.exists() else []:
        if not path.is_file():
            continue
        place = target / path.relative_to(source)
        if place.exists() and _sha256(place) == _sha256(path):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place.with_name(f".{place.name}.new"))
        os.replace(place.with_name(f".{place.name}.new"), place)
        put += 1
    return put


def put_anchors(folder: Path) -> bool:
    """The archive's anchors, where this system has none of its own yet; whether they were taken."""
    kept, own = folder / ANCHORS, Path(settings.JOURNAL_ANCHORS)
    if own.exists() or not kept.exists():
        return False
    own.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, own)
    return True


def _on_the_side(statement: sql.Composable) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _run(program: str, *arguments: str, database: str = "") -> None:
    found = _find(program)
    parts = connection.settings_dict
    given = {"PGHOST": parts["HOST"], "PGPORT": parts["PORT"], "PGUSER": parts["USER"], "PGPASSWORD": parts["PASSWORD"]}
    given["PGDATABASE"] = database or parts["NAME"]
    environment = {**os.environ, **{name: value for name, value in given.items() if value}}
    # pg_restore takes the name of a database from its own option alone.
    options = ("--dbname", given["PGDATABASE"]) if program == "pg_restore" else ()
    done = subprocess.run([found, *options, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Unusable(f"{program} failed: {done.stderr.strip()[-2000:]}")


def _find(program: str) -> str:
    """Path of the newest installed client program: an older pg_dump does not read a newer server."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda p: int(p.parts[-3].split(".")[0]))
    found = str(places[-1]) if places else shutil.which(program)
    if not found:
        raise Unusable(f"{program} is not installed (Debian: postgresql-client)")
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
