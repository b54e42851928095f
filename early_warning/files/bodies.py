"""Storage of inbound request bodies, byte for byte: while they are read, and afterwards.

A body is spooled to a temporary file, so that its size costs no memory. A small one is kept in its row; a large one as
a file under MEDIA_ROOT named by its SHA-256, once however often it comes.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from django.core.files import File
from django.core.files.storage import default_storage

from early_warning.platforms.cap.tree import digest_of

IN_MEMORY = 256 * 1024
"""Bytes up to which a body is spooled in memory."""
IN_ROW = 64 * 1024
"""Bytes up to which it is kept in the row."""
HEAD = 64 * 1024
"""Bytes kept of one that is larger than we take."""
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Body:
    """``whole`` is False for the head of one that was too large; ``size`` is then what the sender says or what came."""

    file: BinaryIO
    sha256: str
    size: int
    content_type: str = ""
    whole: bool = True

    @classmethod
    def of(cls, data: bytes | BinaryIO, content_type: str = "") -> Body:
        file = io.BytesIO(data) if isinstance(data, bytes) else data
        return cls(file, *digest_of(file), content_type[:120])

    def head(self, said_size: int) -> Body:
        self.file.seek(0)
        first = Body.of(self.file.read(HEAD), self.content_type)
        return Body(first.file, first.sha256, max(said_size, self.size), self.content_type, whole=False)


class Kept(Protocol):
    """A row that holds a body: in itself, or as a file."""

    body: Any
    stored: str


def spool(pieces: Iterable[bytes], content_type: str = "") -> Body:
    """The temporary file lives as long as the body."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    for piece in pieces:
        file.write(piece)
    return Body.of(file, content_type)  # type: ignore[arg-type]


def columns_of(body: Body) -> dict[str, Any]:
    """The columns of a row that keeps it; a file is written now."""
    body.file.seek(0)
    if body.size <= IN_ROW or not body.whole:
        data = body.file.read()
        body.file.seek(0)
        return {"body": data, "stored": "", "size": body.size, "sha256": body.sha256}
    return {"body": b"", "stored": _file(body), "size": body.size, "sha256": body.sha256}


def _file(body: Body) -> str:
    path = f"inbound/{body.sha256[:2]}/{body.sha256}.xml"
    if not (default_storage.exists(path) and default_storage.size(path) == body.size):
        path = default_storage.save(path, File(body.file))
    body.file.seek(0)
    return path


def open_kept(row: Kept) -> BinaryIO:
    return default_storage.open(row.stored) if row.stored else io.BytesIO(bytes(row.body))
