"""The CAP parser: walks the tree by the tables and collects every fault before it refuses, so that a sender learns all
at once.

Complaints are named by their place, counted from 0: ``info[1].severity``, ``info[0].area[2].polygon[0]``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from early_warning.platforms.cap import bounds, shapes, tree, values
from early_warning.platforms.cap.colours import colour_of
from early_warning.platforms.cap.errors import Refused
from early_warning.platforms.cap.message import Area, Info, Message, Resource
from early_warning.platforms.cap.table import TABLES, Row
from early_warning.platforms.cap.values import said

MOST_COMPLAINTS = 50
DEFAULT_LANGUAGE = "en-US"  # CAP 1.2 section 3.2.2, language
_HAN = re.compile(r"[\u4e00-\u9fff]")

Found = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """What a body held: each alert as a Message or as its refusal, and whether they came inside a wrapper."""

    alerts: list[Message | Refused]
    wrapped: bool


def read_all(body: BinaryIO | bytes) -> Reading:
    """Every alert by itself; raises Refused (or TooLarge) for a body that holds none, and nothing else, whatever the
    bytes are.
    """
    alerts, wrapped = tree.parse(body)
    count = _Counted(alert.root for alert in alerts)
    return Reading([_attempt(alert, count) for alert in alerts], wrapped)


def read(body: BinaryIO | bytes) -> Message:
    """The first alert of a body; raises its refusal."""
    first = read_all(body).alerts[0]
    if isinstance(first, Refused):
        raise first
    return first


def _attempt(alert: tree.Alert, count: _Counted) -> Message | Refused:
    try:
        return _read(alert, count)
    except Refused as refusal:
        return refusal


def _read(alert: tree.Alert, count: _Counted) -> Message:
    version, table = TABLES[alert.root.namespace]
    count.check()
    reader = _Reader(alert.root.namespace, version, count)
    found = reader.block(alert.root, table, "")
    reader.check_whole(found)
    if reader.complaints:
        message = said(_("The message is not valid CAP %(version)s."), version=version)
        raise Refused(message, code="invalid_message", fields=reader.complaints)
    return _message(found, version, alert.canonical, reader.notes)


class _Counted:
    """Shapes and points of a body, before any of them is drawn: the geometry, not the XML, is what costs."""

    def __init__(self, roots: Any) -> None:
        sizes = [node.text.count(",") for root in roots for node in root.iter("polygon", "circle")]
        self.shapes, self.points = len(sizes), sum(sizes)

    def check(self) -> None:
        if self.shapes > bounds.MOST_SHAPES or self.points > bounds.MOST_POINTS:
            message = _("More than %(shapes)s shapes or %(points)s points are not read.")
            raise Refused(said(message, shapes=bounds.MOST_SHAPES, points=bounds.MOST_POINTS), code="too_complex")

    def allowance(self, points: int) -> int:
        """Of the points that are kept, those for a polygon of so many."""
        if self.points <= bounds.MOST_KEPT:
            return bounds.MOST_KEPT
        return max(8, math.floor(bounds.MOST_KEPT * points / self.points))

    @property
    def corners(self) -> int:
        """Of each circle."""
        return min(shapes.CORNERS_OF_A_CIRCLE, bounds.MOST_KEPT // max(1, self.shapes))


class _Reader:
    def __init__(self, namespace: str, version: str, count: _Counted) -> None:
        self.namespace, self.version, self.count = namespace, version, count
        self.complaints: dict[str, list[Any]] = {}
        self.notes: list[dict[str, str]] = []

    def complain(self, place: str, complaint: Any) -> None:
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.setdefault(place, []).append(complaint)

    def block(self, element: tree.Node, rows: Mapping[str, Row], place: str) -> Found:
        """Values by name: a list where the row may repeat, else one value or None."""
        children = self._children(element, rows, place)
        return {name: self._values(row, children.get(name, []), f"{place}{name}") for name, row in rows.items()}

    def _children(self, element: tree.Node, rows: Mapping[str, Row], place: str) -> dict[str, list[tree.Node]]:
        """Child elements by name; foreign namespaces (signatures, extensions) stay in the verbatim copy only."""
        if element.text:
            self.complain(place.rstrip(".") or "alert", _("There is loose text between the elements."))
        found: dict[str, list[tree.Node]] = {}
        for child in element.children:
            if child.namespace not in (self.namespace, ""):
                continue
            if not child.namespace or child.name not in rows:
                message = said(_("CAP %(version)s has no such element here."), version=self.version)
                self.complain(f"{place}{child.name[:60]}", message)
                continue
            found.setdefault(child.name, []).append(child)
        return found

    def _values(self, row: Row, elements: list[tree.Node], place: str) -> Any:
        if not row.many and len(elements) > 1:
            self.complain(place, _("It may stand here only once."))
        if not row.many:
            value = self._value(row, elements[0], place) if elements else None
            missing = not elements or (value is None and place not in self.complaints)
            if row.required and missing and not (elements and row.may_be_empty):
                self.complain(place, _("This element is required."))
            return value
        read = [self._value(row, element, f"{place}[{i}]") for i, element in enumerate(elements)]
        present = [value for value in read if value is not None]
        if row.required and not present and not any(key.startswith(f"{place}[") for key in self.complaints):
            self.complain(place, _("This element is required."))
        return present

    def _value(self, row: Row, element: tree.Node, place: str) -> Any:
        """None for an empty element, which senders write for “not given”, and for one that was complained about."""
        if row.block is not None and (element.children or not row.pair):
            return self.block(element, row.block, f"{place}.")
        if element.children:
            self.complain(place, _("Only text may stand here."))
            return None
        text = element.text
        if not text:
            return None
        try:
            return self._shape(row.shape, text, place) if row.shape else row.read(text)
        except ValueError as error:
            self.complain(place, values.complaint_of(error))
            return None

    def _shape(self, kind: str, text: str, place: str) -> BaseGeometry:
        if kind == "circle":
            return shapes.circle(text, self.count.corners)
        drawn = shapes.outline(text, self.count.allowance(text.count(",")))
        if drawn.note:
            self.notes.append({"code": drawn.note, "value": f"{place} {drawn.metres}" if drawn.metres else place})
        return drawn.shape

    def check_whole(self, found: Found) -> None:
        """The conditions that span elements (section 3.2.1 and 3.2.4)."""
        conditions = [
            ("restriction", found["scope"] == "Restricted", _("It is required when the scope is Restricted.")),
            ("addresses", found["scope"] == "Private", _("It is required when the scope is Private.")),
            (
                "references",
                found["msgType"] in ("Update", "Cancel"),
                _("An Update or a Cancel must name the messages that it speaks of."),
            ),
        ]
        for place, required, complaint in conditions:
            if required and not found[place] and place not in self.complaints:
                self.complain(place, complaint)
        for i, info in enumerate(found["info"]):
            for j, area in enumerate(info["area"]):
                if area["ceiling"] is not None and area["altitude"] is None:
                    self.complain(f"info[{i}].area[{j}].altitude", _("It is required when there is a ceiling."))


def _message(found: Found, version: str, canonical: str, notes: list[dict[str, str]]) -> Message:
    infos, hulls = _tamed([_info(info) for info in found["info"]])
    notes = _few(notes)
    if hulls:
        notes.append({"code": "outlines_cross", "value": ""})
    if disagreement := colour_of(infos).disagreement:
        notes.append({"code": "colours_disagree", "value": " ".join(f"{who}={what}" for who, what in disagreement)})
    return Message(
        identifier=found["identifier"],
        sender=found["sender"],
        sent=found["sent"],
        status=found["status"],
        kind=found["msgType"],
        scope=found["scope"],
        source=found["source"] or "",
        note=found["note"] or "",
        references=found["references"] or [],
        infos=infos,
        codes=found["code"],
        version=version,
        canonical=canonical,
        notes=notes,
    )


MOST_NOTES = 10


def _few(notes: list[dict[str, str]]) -> list[dict[str, str]]:
    """The first few of each kind and how many there are more: a thousand outlines are not a thousand sentences."""
    kept: list[dict[str, str]] = []
    for code in dict.fromkeys(note["code"] for note in notes):
        same = [note for note in notes if note["code"] == code]
        kept += same[:MOST_NOTES]
        if more := len(same) - MOST_NOTES:
            kept += [{"code": f"{code}_more", "value": str(more)}] if more > 0 else []
    return kept


def _tamed(infos: list[Info]) -> tuple[list[Info], bool]:
    areas = [area for info in infos for area in info.areas]
    drawn, changed = shapes.tamed([area.shapes for area in areas])
    if not changed:
        return infos, False
    new = iter(replace(area, shapes=shape) for area, shape in zip(areas, drawn, strict=True))
    return [replace(info, areas=[next(new) for _area in info.areas]) for info in infos], True


def _info(found: Found) -> Info:
    words = {
        "sender_name": "senderName",
        "headline": "headline",
        "description": "description",
        "instruction": "instruction",
        "web": "web",
        "contact": "contact",
        "audience": "audience",
    }
    return Info(
        language=found["language"] or _language_of(found),
        event=found["event"],
        categories=found["category"],
        urgency=found["urgency"],
        severity=found["severity"],
        certainty=found["certainty"],
        effective=found["effective"],
        onset=found["onset"],
        expires=found["expires"],
        parameters=_pairs(found["parameter"]),
        areas=[_area(area) for area in found["area"]],
        responses=found.get("responseType") or [],
        resources=[_resource(resource) for resource in found["resource"]],
        event_codes=_pairs(found["eventCode"]),
        **{ours: found[theirs] or "" for ours, theirs in words.items()},
    )


def _language_of(found: Found) -> str:
    """The standard's default is en-US; a block written in Chinese characters without saying so is Chinese all the
    same.
    """
    return "zh-CN" if _HAN.search(f"{found['event']}{found['headline'] or ''}") else DEFAULT_LANGUAGE


def _area(found: Found) -> Area:
    shapes = [*found["polygon"], *found["circle"]]
    return Area(found["areaDesc"], shapes, _pairs(found["geocode"]), found["altitude"], found["ceiling"])


def _resource(found: Found) -> Resource:
    return Resource(
        description=found["resourceDesc"] or "",
        mime=found["mimeType"] or "",
        size=found["size"],
        uri=found["uri"] or "",
        digest=found["digest"] or "",
        embedded=bool(found["derefUri"]),
    )


def _pairs(found: list[Found]) -> list[tuple[str, str]]:
    return [(pair["valueName"] or "", pair["value"] or "") for pair in found]
