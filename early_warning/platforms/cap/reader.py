"""Walk the tree by the tables, collect every complaint, and only then refuse: a sender learns of all faults at once.

Complaints are named by their place, counted from 0: ``info[1].severity``, ``info[0].area[2].polygon[0]``.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from lxml import etree

from early_warning.platforms.cap import tree, values
from early_warning.platforms.cap.errors import Refused
from early_warning.platforms.cap.message import Area, Info, Message, Resource
from early_warning.platforms.cap.shapes import MOST_POINTS
from early_warning.platforms.cap.table import ALERT, Row

MOST_SHAPES = 1_000
MOST_COMPLAINTS = 50
DEFAULT_LANGUAGE = "en-US"  # CAP 1.2 section 3.2.2, language
_HAN = re.compile(r"[\u4e00-\u9fff]")

Found = dict[str, Any]


def read(body: bytes) -> Message:
    """The checked message; raises Refused (or TooLarge) and nothing else, whatever the bytes are."""
    reader = _Reader()
    root = tree.parse(body)
    reader.limit_shapes(root)
    found = reader.block(root, ALERT, "")
    reader.check_whole(found)
    if reader.complaints:
        raise Refused(_("The message is not valid CAP 1.2."), code="invalid_message", fields=reader.complaints)
    return _message(found)


class _Reader:
    def __init__(self) -> None:
        self.complaints: dict[str, list[Any]] = {}

    def complain(self, place: str, complaint: Any) -> None:
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.setdefault(place, []).append(complaint)

    def limit_shapes(self, root: etree._Element) -> None:
        """Bound the work before any of it is done: the geometry, not the XML, is what costs."""
        shapes = [el for kind in ("polygon", "circle") for el in root.iter(f"{{{tree.NAMESPACE}}}{kind}")]
        points = sum(len((el.text or "").split()) for el in shapes)
        if len(shapes) > MOST_SHAPES or points > MOST_POINTS:
            message = _("More than %(shapes)s shapes or %(points)s points are not read.")
            raise Refused(message % {"shapes": MOST_SHAPES, "points": MOST_POINTS}, code="too_complex")

    def block(self, element: etree._Element, rows: dict[str, Row], place: str) -> Found:
        """Values by name: a list where the row may repeat, else one value or None."""
        children = self._children(element, rows, place)
        return {name: self._values(row, children.get(name, []), f"{place}{name}") for name, row in rows.items()}

    def _children(self, element: etree._Element, rows: dict[str, Row], place: str) -> dict[str, list[etree._Element]]:
        """By name. Elements of foreign namespaces (signatures, extensions) stay in the verbatim copy only."""
        if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
            self.complain(place.rstrip(".") or "alert", _("There is loose text between the elements."))
        found: dict[str, list[etree._Element]] = {}
        for child in element:
            name = etree.QName(child)
            if name.namespace not in (tree.NAMESPACE, None):
                continue
            if name.namespace is None or name.localname not in rows:
                self.complain(f"{place}{name.localname[:60]}", _("CAP 1.2 has no such element here."))
                continue
            found.setdefault(name.localname, []).append(child)
        return found

    def _values(self, row: Row, elements: list[etree._Element], place: str) -> Any:
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

    def _value(self, row: Row, element: etree._Element, place: str) -> Any:
        """None for an empty element, which senders write for “not given”, and for one that was complained about."""
        if row.block is not None:
            return self.block(element, row.block, f"{place}.")
        if len(element):
            self.complain(place, _("Only text may stand here."))
            return None
        text = (element.text or "").strip()
        if not text:
            return None
        try:
            return row.read(text)
        except ValueError as error:
            self.complain(place, values.complaint_of(error))
            return None

    def check_whole(self, found: Found) -> None:
        """The conditions that span elements (section 3.2.1 and 3.2.4)."""
        warns = found["msgType"] in ("Alert", "Update") and found["status"] == "Actual"
        conditions = [
            ("restriction", found["scope"] == "Restricted", _("It is required when the scope is Restricted.")),
            ("addresses", found["scope"] == "Private", _("It is required when the scope is Private.")),
            (
                "references",
                found["msgType"] in ("Update", "Cancel"),
                _("An Update or a Cancel must name the messages that it speaks of."),
            ),
            ("info", warns, _("A warning needs at least one info block.")),
        ]
        for place, required, complaint in conditions:
            if required and not found[place] and place not in self.complaints:
                self.complain(place, complaint)
        for i, info in enumerate(found["info"]):
            for j, area in enumerate(info["area"]):
                if area["ceiling"] is not None and area["altitude"] is None:
                    self.complain(f"info[{i}].area[{j}].altitude", _("It is required when there is a ceiling."))


def _message(found: Found) -> Message:
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
        infos=[_info(info) for info in found["info"]],
        codes=found["code"],
    )


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
        responses=found["responseType"],
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
