"""From untrusted bytes to an XML tree: no DTD, no entities, no network, no surprise in the encoding.

The bytes are decoded here and not by the XML library, so that the few encodings we take are the only ones, and a
DOCTYPE is refused before the library sees it: without one there are no entities to expand and nothing external to
fetch.
"""

from __future__ import annotations

import codecs
import re

from django.utils.translation import gettext_lazy as _
from lxml import etree

from early_warning.platforms.cap.errors import Refused, TooLarge

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MAX_BYTES = 1024 * 1024

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
_PROLOGUE = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)


def parse(body: bytes) -> etree._Element:
    """The root of a well-formed document that is a CAP 1.2 alert; raises Refused."""
    if len(body) > MAX_BYTES:
        raise TooLarge(MAX_BYTES)
    text = _XML_DECLARATION.sub("", decode(body), count=1)
    _refuse_doctype(text)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(_("This is not well-formed XML: %(error)s") % {"error": str(error)[:200]}) from error
    if root.getroottree().docinfo.doctype:
        raise _doctype()
    _check_root(root)
    return root


def decode(body: bytes) -> str:
    """Text by byte order mark, else by the declared encoding, else UTF-8."""
    name, start = _encoding(body)
    try:
        return body[start:].decode(name).lstrip("\ufeff")
    except UnicodeError as error:
        message = _("The bytes are not valid %(encoding)s.") % {"encoding": name}
        raise Refused(message, code="unsupported_encoding") from error


def _encoding(body: bytes) -> tuple[str, int]:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name, len(mark)
    for start, name in _BARE_UTF16:
        if body.startswith(start):
            return name, 0
    declared = _DECLARATION.match(body[:400])
    if not declared:
        return "utf-8", 0
    name = declared.group(1).decode("ascii")
    if name.lower() not in _ENCODINGS:
        message = _("The encoding “%(encoding)s” is not read here; send UTF-8.") % {"encoding": name}
        raise Refused(message, code="unsupported_encoding")
    return _ENCODINGS[name.lower()], 0


def _refuse_doctype(text: str) -> None:
    """Walk over what may stand before the root element; a DOCTYPE can stand nowhere else."""
    position = 0
    while found := _PROLOGUE.match(text, position):
        position = found.end()
    if text[position : position + 9].upper().startswith("<!DOCTYPE"):
        raise _doctype()


def _doctype() -> Refused:
    return Refused(_("A document type declaration is not accepted; CAP needs none."), code="doctype_forbidden")


def _check_root(root: etree._Element) -> None:
    name = etree.QName(root)
    if name.namespace != NAMESPACE:
        message = _("The root element must be in the namespace %(expected)s; this one is in “%(found)s”.")
        detail = message % {"expected": NAMESPACE, "found": (name.namespace or "")[:120]}
        raise Refused(detail, code="wrong_namespace")
    if name.localname != "alert":
        detail = _("The root element must be “alert”, not “%(found)s”.") % {"found": name.localname[:60]}
        raise Refused(detail, code="not_an_alert")
