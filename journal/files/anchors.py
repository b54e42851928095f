"""Anchors: each seal's digest, kept outside the database in a file that only grows.

Whoever owns the database can rewrite events and compute all seals anew, or cut off the newest; against the digests that
have left it that shows. Keep a copy of the file on another machine (docs/operate.md); the handover sheet prints the
newest digest too. One line a seal: ``NUMBER LAST_SEQ COUNT DIGEST SEALED_AT``; a line that begins with ``restored``
says up to which seal a backup brought the journal back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from journal.actions.seals import Breach
from journal.models import Seal


@dataclass(frozen=True)
class Anchor:
    number: int
    last_seq: int
    count: int
    digest: str


def file() -> Path:
    return Path(settings.JOURNAL_ANCHORS)


def read(path: Path) -> dict[int, Anchor]:
    """The anchors that count, by number: of those before a restore, only the seals that the backup held.

    Raises ValueError naming a line that cannot be read.
    """
    found: dict[int, Anchor] = {}
    for place, words in _lines(path):
        try:
            if words[0] == "restored":
                upto = int(words[1])
                found = {number: anchor for number, anchor in found.items() if number <= upto}
                continue
            number, last_seq, count, digest = int(words[0]), int(words[1]), int(words[2]), words[3]
        except (ValueError, IndexError) as error:
            raise ValueError(f"{path}, line {place}: not an anchor") from error
        found.setdefault(number, Anchor(number, last_seq, count, digest))
    return found


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding="utf-8") as lines:
        for place, line in enumerate(lines, 1):
            if line.strip() and not line.startswith("#"):
                yield place, line.split()


def write_new() -> int:
    """Append the seals that the file lacks; returns how many. Safe to repeat: what was missed comes with the next."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with connection.cursor() as cursor:
        # File lock: one writer at a time, however many processes seal.
        cursor.execute("SELECT pg_advisory_lock(hashtext('journal.files.anchors'))")
        try:
            last = max(read(path), default=0) if path.exists() else 0
            seals = list(Seal.objects.filter(number__gt=last).order_by("number"))
            if seals:
                _append(path, "".join(line_of(seal) for seal in seals))
            return len(seals)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('journal.files.anchors'))")


def line_of(seal: Seal) -> str:
    return f"{seal.number} {seal.last_seq} {seal.count} {seal.digest} {seal.sealed_at.isoformat()}\n"


def note_restore() -> None:
    """Say in the file up to which seal the journal goes after a backup was restored, and under which epoch."""
    last = Seal.objects.order_by("-number").first()
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        at = cursor.fetchone()[0]
    _append(path, f"restored {last.number if last else 0} {at.isoformat()}\n")


def _append(path: Path, text: str) -> None:
    """Atomic append with fsync."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def verify(path: Path) -> list[Breach]:
    """Whether every digest in the file stands in the database; the other way round only the newest may be missing."""
    anchors = read(path)
    seals = {seal.number: seal for seal in Seal.objects.filter(number__in=list(anchors))}
    breaches = []
    for number, anchor in sorted(anchors.items()):
        seal = seals.get(number)
        if seal is None:
            breaches.append(Breach(f"seal {number}", f"its anchor is kept in {path}, the seal itself is gone"))
        elif (seal.last_seq, seal.count, seal.digest) != (anchor.last_seq, anchor.count, anchor.digest):
            breaches.append(Breach(f"seal {number}", f"differs from its anchor in {path}"))
    return breaches
