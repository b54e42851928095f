"""Permitted acts on a ticket for one reader, so that a page offers no others. Actions check again."""

from __future__ import annotations

from collections.abc import Callable

from hazards.actions import lookup, sign
from hazards.actions.route import MOVABLE
from hazards.models import Deadline, Extension, Hazard
from hazards.rules.words import Grade
from hazards.selectors import signatures
from hazards.states import AT_WORK
from org.models import Person
from org.rules import capabilities
from web.errors import Conflict, Forbidden

S = Hazard.Status
EXTENDABLE = (S.GRADED, S.RECTIFYING)
Check = Callable[[Hazard, Person], None]


def _is(check: Check, hazard: Hazard, reader: Person) -> bool:
    try:
        check(hazard, reader)
    except Forbidden:
        return False
    return True


def possible(hazard: Hazard, reader: Person, asked: Extension | None) -> list[str]:
    """Names of acts (hazards/views/acts.py), the next step first. ``asked``: the extension that waits, if any."""
    owner = _is(lookup.require_owner, hazard, reader)
    verifier = _is(lookup.require_verifier, hazard, reader)
    inspector = _is(lookup.require_inspector, hazard, reader)
    above = _is(lookup.require_above, hazard, reader)
    county = _is(lookup.require_county, hazard, reader)
    local = lookup.allows(reader, capabilities.VERIFY, hazard.unit.path)
    place = lookup.allows(reader, capabilities.ANSWER, hazard.owner.path, hazard.unit.path)
    status, work = hazard.status, hazard.status in AT_WORK
    decides = asked is not None and (county if hazard.listed else above) and asked.asked_by_id != reader.pk
    found = {
        "take-up": status == S.HELD and local,
        "register": status == S.FOUND and place,
        "grade": status == S.REGISTERED and verifier,
        "plan": status == S.GRADED and owner,
        "submit": status == S.RECTIFYING and owner,
        "inspect": status == S.SUBMITTED and inspector,
        "sign": status == S.INSPECTED and bool(sides_to_sign(hazard, reader)),
        "close": status == S.INSPECTED and inspector and not signatures.lacking(hazard),
        "decide": decides,
        "publish": county and status == S.CLOSED and _to_publish(hazard),
        "send-back": status == S.SUBMITTED and inspector,
        "extend": status in EXTENDABLE and owner and not asked,
        "leader": work and verifier,
        "roles": work and verifier,
        "elsewhere": status not in (S.HELD, S.TURNED_AWAY, S.MERGED) and verifier,
        "reroute": status in MOVABLE and verifier,
        "merge": (work or status == S.HELD) and verifier,
        "list": work and county and hazard.grade == Grade.MAJOR and not hazard.listed,
        "close-otherwise": work and above and reader.pk not in lookup.rectifiers(hazard),
        "turn-away": status == S.HELD and local,
        "reopen": status == S.CLOSED and verifier,
    }
    return [name for name, may in found.items() if may]


def _to_publish(hazard: Hazard) -> bool:
    return Deadline.objects.filter(hazard=hazard, what=Deadline.What.PUBLISH, ended_at=None).exists()


def sides_to_sign(hazard: Hazard, reader: Person) -> list[str]:
    """The sides whose signature is missing and for which the reader may sign, who has not signed for another."""
    inspection = signatures.passed(hazard)
    if inspection is None or any(row.by_id == reader.pk for row in inspection.signatures.all()):
        return []
    return [role for role in signatures.lacking(hazard) if _may_sign(hazard, role, reader)]


def _may_sign(hazard: Hazard, role: str, reader: Person) -> bool:
    try:
        sign.require_side(hazard, role, reader)
    except (Conflict, Forbidden):
        return False
    return True
