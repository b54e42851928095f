"""A streaming XML parser for untrusted bytes, in bounded memory: no DTD, no entities, no network, no surprise in the
encoding.

The bytes come from a file and are decoded here and not by the XML library, so that the few encodings we take are the
only ones. Expat reads them piece by piece; elements, depth, attributes and text are counted as they come, and what a
resource carries inside (``derefUri``, a picture in base64) is counted and hashed but never held.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from early_warning.platforms.cap.canonical import Canonical
from early_warning.platforms.cap.errors import Refused, TooLarge
from early_warning.platforms.cap.table import TABLES
from early_warning.platforms.cap.values import said

MAX_BYTES = 40 * 1024 * 1024
"""A picture of 20 MB is 27 MB in base64, 28 with its line breaks; the rest is room for a second one."""
MAX_WORDS = 1024 * 1024
"""Characters of all texts but outlines and pictures: a message of a megabyte of words is read by nobody."""
MAX_OUTLINES = 12 * 1024 * 1024
MAX_ELEMENTS = 60_000
MAX_DEPTH = 40
MAX_ATTRIBUTES = 1_000
MOST_ALERTS = 50
_PIECE = 64 * 1024
_SILENT_PIECES = 8  # a tag, comment or instruction of half a megabyte: expat reads it anew with every piece

_WRAPPERS = {
    ("http://www.w3.org/2005/Atom", "feed"),
    ("http://www.w3.org/2005/Atom", "entry"),
    ("urn:oasis:names:tc:emergency:EDXL:DE:1.0", "EDXLDistribution"),
    ("urn:oasis:names:tc:emergency:EDXL:DE:2.0", "EDXLDistribution"),
    ("urn:oasis:names:tc:emergency:EDXL:DE:2.0", "edxlDistribution"),
}
_OUTLINES, _EMBEDDED = ("polygon", "circle"), "derefUri"

_BOMS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
_BARE_UTF16 = [(b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be")]
# GB2312 and GBK are subsets of GB18030, and senders declare the one while writing the other.
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "big5",
    "iso-8859-1": "iso-8859-1",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
}
_DECLARATION = re.compile(rb"""^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_XML_DECLARATION = re.compile(r"^\s*<\?xml\s.*?\?>", re.DOTALL)


@dataclass(slots=True)
class Node:
    """One element. ``text`` is its own text, of ``derefUri`` only that there is some."""

    namespace: str
    name: str
    children: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    loose: bool = False

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()

    def iter(self, *names: str) -> Iterator[Node]:
        for child in self.children:
            if child.name in names:
                yield child
            yield from child.iter(*names)


@dataclass(frozen=True)
class Alert:
    """``canonical``: a digest that white space, comments, prefixes and the encoding do not change."""

    root: Node
    canonical: str


def parse(body: BinaryIO | bytes) -> tuple[list[Alert], bool]:
    """The alerts of a well-formed document, and whether they were wrapped; raises Refused."""
    file = io.BytesIO(body) if isinstance(body, bytes) else body
    builder = _Builder()
    try:
        for text in _texts(file):
            builder.feed(text)
        builder.close()
    except expat.ExpatError as error:
        raise Refused(said(_("This is not well-formed XML: %(error)s"), error=str(error)[:200])) from error
    builder.check()
    return builder.alerts, builder.wrapped


def _texts(file: BinaryIO) -> Iterator[str]:
    """Text by byte order mark, else by the declared encoding, else UTF-8; without the XML declaration."""
    head = file.read(_PIECE)
    name, start = _encoding(head)
    decoder, size = codecs.getincrementaldecoder(name)(), len(head)
    piece, first = head[start:], True
    while piece or first:
        if size > MAX_BYTES:
            raise TooLarge(MAX_BYTES)
        try:
            text = decoder.decode(piece, final=not piece)
            following = file.read(_PIECE)
            text += decoder.decode(b"", final=True) if not following else ""
        except UnicodeError as error:
            message = said(_("The bytes are not valid %(encoding)s."), encoding=name)
            raise Refused(message, code="unsupported_encoding") from error
        yield _XML_DECLARATION.sub("", text.lstrip("\ufeff"), count=1).lstrip() if first else text
        piece, first, size = following, False, size + len(following)


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, len(mark)
    for start, name in _BARE_UTF16:
        if head.startswith(start):
            return name, 0
    declared = _DECLARATION.match(head[:400])
    if not declared:
        return "utf-8", 0
    name = declared.group(1).decode("ascii")
    if name.lower() not in _ENCODINGS:
        message = said(_("The encoding “%(encoding)s” is not read here; send UTF-8."), encoding=name)
        raise Refused(message, code="unsupported_encoding")
    return _ENCODINGS[name.lower()], 0


class _Builder:
    """Expat's handlers. Only alerts become nodes; of a wrapper only the names above them are known."""

    def __init__(self) -> None:
        self.alerts: list[Alert] = []
        self.root: tuple[str, str] | None = None
        self.path: list[Node] = []
        self.depth = self.elements = self.attributes = self.words = self.outlines = 0
        self.canonical = Canonical()
        self.events, self.silent = 0, 0
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text, parser.buffer_size = True, _PIECE
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._nothing
        parser.DefaultHandlerExpand = self._nothing
        parser.StartDoctypeDeclHandler = self._doctype
        self.parser = parser

    @property
    def wrapped(self) -> bool:
        return self.root in _WRAPPERS

    def feed(self, text: str) -> None:
        before = self.events
        self.parser.Parse(text.encode("utf-8", "surrogatepass"), False)
        self.silent = 0 if self.events > before else self.silent + 1
        if self.silent > _SILENT_PIECES:
            raise _too_complex()

    def close(self) -> None:
        self.parser.Parse(b"", True)

    def check(self) -> None:
        """Refuse a document without an alert."""
        if self.alerts:
            return
        namespace, name = self.root or ("", "")
        if self.wrapped:
            raise Refused(_("There is no CAP alert inside this wrapper."), code="no_alert_inside")
        if namespace not in TABLES:
            message = _("The root element must be in the namespace %(expected)s; this one is in “%(found)s”.")
            expected = next(iter(TABLES))
            raise Refused(said(message, expected=expected, found=namespace[:120]), code="wrong_namespace")
        message = _("The root element must be “alert”, not “%(found)s”.")
        raise Refused(said(message, found=name[:60]), code="not_an_alert")

    def _start(self, full: str, attributes: dict[str, str]) -> None:
        namespace, _space, name = full.rpartition(" ")
        self.events += 1
        self.elements += 1
        self.depth += 1
        self.attributes += len(attributes)
        if self.elements > MAX_ELEMENTS or self.depth > MAX_DEPTH or self.attributes > MAX_ATTRIBUTES:
            raise _too_complex()
        if self.root is None:
            self.root = (namespace, name)
        if not self.path and not (name == "alert" and namespace in TABLES and (self.depth == 1 or self.wrapped)):
            return
        if not self.path:
            self.canonical = Canonical()
        self._count(name, sum(len(key) + len(value) for key, value in attributes.items()) + len(name))
        self.canonical.start(full, attributes)
        node = Node(namespace, name)
        if self.path:
            self.path[-1].children.append(node)
        self.path.append(node)

    def _end(self, full: str) -> None:
        self.events += 1
        self.depth -= 1
        if not self.path:
            return
        self.canonical.end()
        node = self.path.pop()
        if self.path:
            return
        if len(self.alerts) >= MOST_ALERTS:
            raise _too_complex()
        self.alerts.append(Alert(node, self.canonical.digest()))

    def _text(self, text: str) -> None:
        self.events += 1
        if not self.path:
            return
        node = self.path[-1]
        self.canonical.text(text, packed=node.name == _EMBEDDED)
        if node.name == _EMBEDDED:
            if not node.pieces and text.strip():
                node.pieces.append("…")
            return
        self._count(node.name, len(text))
        node.pieces.append(text)

    def _count(self, name: str, size: int) -> None:
        if name in _OUTLINES:
            self.outlines += size
        else:
            self.words += size
        if self.words > MAX_WORDS or self.outlines > MAX_OUTLINES:
            raise _too_complex()

    def _nothing(self, *_what: Any) -> None:
        self.events += 1

    def _doctype(self, *_what: Any) -> None:
        raise Refused(_("A document type declaration is not accepted; CAP needs none."), code="doctype_forbidden")


def _too_complex() -> Refused:
    message = _("It is larger than a warning can be: more than %(elements)s elements, or %(words)s characters of text.")
    return Refused(said(message, elements=MAX_ELEMENTS, words=MAX_WORDS), code="too_complex")


def digest_of(file: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of a file, which is then at its beginning again."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return digest.hexdigest(), size
