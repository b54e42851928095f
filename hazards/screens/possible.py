"""Permitted acts on a ticket for one reader, so that a page offers no others. Actions check again."""

from __future__ import annotations

from collections.abc import Callable

from hazards.actions import lookup
from hazards.actions.route import MOVABLE
from hazards.models import Deadline, Extension, Hazard
from hazards.rules.words import Grade
from hazards.states import AT_WORK
from org.models import Person
from org.rules import capabilities
from web.errors import Forbidden

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
    decides = bool(asked) and (county if hazard.listed else above) and asked.asked_by_id != reader.pk
    found = {
        "take-up": status == S.HELD and local,
        "register": status == S.FOUND and place,
        "grade": status == S.REGISTERED and verifier,
        "plan": status == S.GRADED and owner,
        "submit": status == S.RECTIFYING and owner,
        "inspect": status == S.SUBMITTED and inspector,
        "close": status == S.INSPECTED and inspector,
        "decide": decides,
        "publish": county and status == S.CLOSED and _to_publish(hazard),
        "send-back": status == S.SUBMITTED and inspector,
        "extend": status in EXTENDABLE and owner and not asked,
        "leader": work and verifier,
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
