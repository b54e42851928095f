"""The elements of CAP 1.2 (section 3.2, the data dictionary), 1.1 and 1.0 as tables: what may stand where, how often,
and how it is read.

Stricter than the schema where the dictionary's text is, and for one reason of our own: an element of CAP's namespace
that the standard does not know is refused, because a misspelt ``polygon`` that is quietly passed over loses an area.
More lenient in one point: the order of elements carries no meaning and is not asked for. A warning without an info
block is valid, and is for a person to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from early_warning.platforms.cap import values


@dataclass(frozen=True)
class Row:
    """One element. ``block`` makes it a nested table; ``pair``: one that may be written “name=value” too, as in 1.0;
    ``shape``: polygon or circle.
    """

    required: bool = False
    many: bool = False
    read: Callable[[str], Any] = values.text
    block: Mapping[str, Row] | None = None
    may_be_empty: bool = False
    pair: bool = False
    shape: str = ""


PAIR = {"valueName": Row(required=True), "value": Row(required=True, may_be_empty=True)}

AREA = {
    "areaDesc": Row(required=True),
    "polygon": Row(many=True, shape="polygon"),
    "circle": Row(many=True, shape="circle"),
    "geocode": Row(many=True, block=PAIR),
    "altitude": Row(read=values.number),
    "ceiling": Row(read=values.number),
}

RESOURCE = {
    "resourceDesc": Row(required=True),
    "mimeType": Row(required=True),
    "size": Row(read=values.size),
    "uri": Row(),
    "derefUri": Row(read=values.embedded),
    "digest": Row(),
}

INFO = {
    "language": Row(),
    "category": Row(
        required=True,
        many=True,
        read=values.one_of(
            "Geo",
            "Met",
            "Safety",
            "Security",
            "Rescue",
            "Fire",
            "Health",
            "Env",
            "Transport",
            "Infra",
            "CBRNE",
            "Other",
        ),
    ),
    "event": Row(required=True),
    "responseType": Row(
        many=True,
        read=values.one_of(
            "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"
        ),
    ),
    "urgency": Row(required=True, read=values.one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
    "severity": Row(required=True, read=values.one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    "certainty": Row(
        required=True,
        read=values.one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown", formerly={"Very Likely": "Likely"}),
    ),
    "audience": Row(),
    "eventCode": Row(many=True, block=PAIR),
    "effective": Row(read=values.date_time),
    "onset": Row(read=values.date_time),
    "expires": Row(read=values.date_time),
    "senderName": Row(),
    "headline": Row(),
    "description": Row(),
    "instruction": Row(),
    "web": Row(),
    "contact": Row(),
    "parameter": Row(many=True, block=PAIR),
    "resource": Row(many=True, block=RESOURCE),
    "area": Row(many=True, block=AREA),
}

ALERT = {
    "identifier": Row(required=True, read=values.name),
    "sender": Row(required=True, read=values.name),
    "sent": Row(required=True, read=values.date_time),
    "status": Row(required=True, read=values.one_of("Actual", "Exercise", "System", "Test", "Draft")),
    "msgType": Row(required=True, read=values.one_of("Alert", "Update", "Cancel", "Ack", "Error")),
    "source": Row(),
    "scope": Row(required=True, read=values.one_of("Public", "Restricted", "Private")),
    "restriction": Row(),
    "addresses": Row(),
    "code": Row(many=True),
    "note": Row(),
    "references": Row(read=values.references),
    "incidents": Row(),
    "info": Row(many=True, block=INFO),
}

# CAP 1.1 (OASIS, October 2005): the same but for what 1.2 added. Its schema takes any xs:dateTime with an offset, “Z”
# and fractions among them.
_INFO_11 = {
    **INFO,
    "responseType": Row(
        many=True, read=values.one_of("Shelter", "Evacuate", "Prepare", "Execute", "Monitor", "Assess", "None")
    ),
    "resource": Row(many=True, block={**RESOURCE, "mimeType": Row()}),
    **{name: Row(read=values.xml_date_time) for name in ("effective", "onset", "expires")},
}
ALERT_11 = {
    **ALERT,
    "sent": Row(required=True, read=values.xml_date_time),
    "references": Row(read=values.xml_references),
    "info": Row(many=True, block=_INFO_11),
}

# CAP 1.0 (OASIS, March 2004): a password, codes, parameters and geocodes as “name=value”, no responseType, no Draft, a
# category that may be left out.
_PAIRS_10 = Row(many=True, block=PAIR, pair=True, read=values.pair)
_INFO_10 = {
    **{name: row for name, row in _INFO_11.items() if name != "responseType"},
    "category": replace(INFO["category"], required=False),
    "certainty": Row(
        required=True,
        read=values.one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown", formerly={"Very Likely": "Likely"}),
    ),
    "eventCode": _PAIRS_10,
    "parameter": _PAIRS_10,
    "area": Row(many=True, block={**AREA, "geocode": _PAIRS_10}),
}
ALERT_10 = {
    **ALERT_11,
    "password": Row(),
    "status": Row(required=True, read=values.one_of("Actual", "Exercise", "System", "Test")),
    "info": Row(many=True, block=_INFO_10),
}

TABLES: dict[str, tuple[str, Mapping[str, Row]]] = {
    "urn:oasis:names:tc:emergency:cap:1.2": ("1.2", ALERT),
    "urn:oasis:names:tc:emergency:cap:1.1": ("1.1", ALERT_11),
    "http://www.incident.com/cap/1.0": ("1.0", ALERT_10),
    "urn:oasis:names:tc:emergency:cap:1.0": ("1.0", ALERT_10),
}
"""By namespace."""
