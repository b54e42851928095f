"""Documents from outside that are kept as they are sent, and only ever handed out to be saved.

What a file is, is read from its content: the name and the content type that came with it say nothing. Pictures are not
among them: web/pictures.py encodes those anew.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from database.text import clean
from web.downloads import XLSX
from web.errors import Invalid
from web.kinds import PDF

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes: what an approval scanned page by page takes."""
MOST_PARTS = 2_000
"""Of a zip file: its directory is read into memory."""
MACROS = "vbaproject.bin"
LONGEST_NAME = 120
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Kind:
    """``ending``: of the file's name on the disk and when it is saved."""

    ending: str
    content_type: str
    label: Any
    fits: Callable[[bytes], bool]


@dataclass(frozen=True)
class Document:
    """``name``: as its sender called it, on one line, to be shown; it never reaches the disk."""

    kind: str
    content: bytes
    sha256: str
    name: str


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-")


def _has_part(part: str) -> Callable[[bytes], bool]:
    """Whether it is a whole Office file of this main part, without a password and without macros."""

    def fits(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04") or content.count(b"PK\x01\x02") > MOST_PARTS:
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = {info.filename.lower() for info in archive.infolist() if not info.flag_bits & 1}
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
            return False
        return {"[content_types].xml", part} <= names and not any(name.endswith(MACROS) for name in names)

    return fits


KINDS = {
    "pdf": Kind("pdf", PDF, gettext_lazy("PDF"), _is_pdf),
    "docx": Kind("docx", DOCX, gettext_lazy("Word (.docx)"), _has_part("word/document.xml")),
    "xlsx": Kind("xlsx", XLSX, gettext_lazy("Excel (.xlsx)"), _has_part("xl/workbook.xml")),
}


def read_document(file: IO[bytes] | Any, *, kinds: Collection[str]) -> Document:
    """The document in ``file``, of one of ``kinds``. Invalid (field ``file``) for what is too large, empty, or none of
    them whole. Call it before any lock is taken.
    """
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        message = _("This file is larger than %(limit)s MB. Send a smaller copy.")
        raise Invalid.field("file", message % {"limit": LARGEST_FILE // 1024 // 1024})
    if not content:
        raise Invalid.field("file", _("This file is empty."))
    for code in kinds:
        if KINDS[code].fits(content):
            return Document(code, content, hashlib.sha256(content).hexdigest(), _shown_name(file))
    named = _(", ").join(str(KINDS[code].label) for code in kinds)
    raise Invalid.field("file", _("This is no whole file of these kinds: %(kinds)s.") % {"kinds": named})


def _shown_name(file: Any) -> str:
    name = str(getattr(file, "name", "") or "").replace("\\", "/").rpartition("/")[2]
    return clean(name)[-LONGEST_NAME:]
