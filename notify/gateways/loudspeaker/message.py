"""Documents of emergency broadcast: EBD with its contents, the signature beside it, both packed as a tar file."""

from __future__ import annotations

import datetime as dt
import io
import tarfile
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import ParseError, fromstring

from notify.gateways.contract import Outgoing
from notify.rules.references import key_of

TIME = "%Y-%m-%d %H:%M:%S"
SEVERITY = {"red": "1", "orange": "2", "yellow": "3", "blue": "4"}
LASTS = dt.timedelta(hours=1)
MOST = 256 * 1024


def _tree(parent: Element, members: Mapping[str, Any]) -> None:
    for name, value in members.items():
        one = SubElement(parent, name)
        if isinstance(value, Mapping):
            _tree(one, value)
        else:
            one.text = str(value)


def head(values: Mapping[str, str], kind: str, reference: str, moment: dt.datetime, body: Element) -> bytes:
    """An EBD document of this kind around its contents. EBDID: 10, source, and sixteen digits of our own."""
    key, attempt = key_of(reference) or 0, int(reference.rpartition("-")[2] or 0)
    serial = (key * 100 + attempt * 10 + (kind != "EBM")) % 10**16
    root = Element("EBD")
    _tree(root, {
        "EBDVersion": "1.0", "EBDID": f"10{values.get('source', '')}{serial:016d}", "EBDType": kind,
        "SRC": {"EBRID": values.get("source", "")}, "DEST": {"EBRID": values.get("target", "")},
        "EBDTime": moment.strftime(TIME), "RelatedEBD": {},
    })  # fmt: skip
    root.append(body)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def broadcast(values: Mapping[str, str], message: Outgoing, number: str, moment: dt.datetime) -> Element:
    """EBM: the platform's own voice speaks ``MsgDesc`` in the area."""
    language = "zho" if message.language.startswith("zh") else "eng"
    body = Element("EBM")
    _tree(body, {
        "EBMVersion": "1.0", "EBMID": number, "TestType": "1" if message.params.get("exercise") else "0",
        "MsgBasicInfo": {
            "MsgType": "1", "SenderName": values.get("sender", ""), "SenderCode": values.get("source", ""),
            "SentTime": moment.strftime(TIME), "EventType": values.get("event_type") or "11000",
            "Severity": SEVERITY.get(message.params.get("colour", ""), "4"),
            "StartTime": moment.strftime(TIME), "EndTime": (moment + LASTS).strftime(TIME),
        },
        "MsgContent": {
            "LanguageCode": language, "MsgTitle": message.text[:30], "MsgDesc": message.text,
            "AreaCode": message.address,
        },
        "Coverage": {"Area": {"AreaName": message.params.get("unit", ""), "AreaCode": message.address}},
    })  # fmt: skip
    return body


def question(number: str, moment: dt.datetime) -> Element:
    body = Element("EBMStateRequest")
    _tree(body, {"RptTime": moment.strftime(TIME), "EBM": {"EBMID": number}})
    return body


def signature(number: str, certificate: str, value: str) -> bytes:
    """The file beside the document. ``value``: base64, made by the county's signing machine; empty without one."""
    root = Element("Signature")
    _tree(root, {
        "Version": "1", "RelatedEBD": {"EBDID": number}, "CertSN": certificate, "SignatureAlgorithm": "SM2-SM3",
        "SignatureValue": value,
    })  # fmt: skip
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def number_of(document: bytes) -> str:
    return str(fromstring(document).findtext("EBDID", ""))


def packed(number: str, document: bytes, signed: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in ((f"EBDB_{number}.xml", document), (f"EBDS_EBDB_{number}.xml", signed)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def unpacked(content: bytes) -> Any:
    """The document in a tar file, or bare XML. ValueError for anything else; nothing is written to a disk."""
    if not content.lstrip().startswith(b"<"):
        content = _document(content)
    try:
        return fromstring(content)
    except ParseError as error:
        raise ValueError("no XML") from error


def _document(content: bytes) -> bytes:
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            for member in tar:
                name = member.name.rpartition("/")[2]
                if member.isfile() and name.startswith("EBDB_") and member.size <= MOST:
                    found = tar.extractfile(member)
                    return found.read(MOST) if found is not None else b""
    except tarfile.TarError as error:
        raise ValueError("no tar file") from error
    raise ValueError("no EBDB file")
