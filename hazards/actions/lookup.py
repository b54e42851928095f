"""Row lookup and permission checks for actions: locked, and within the actor's sight (docs/domain.md 6).

Three sides: the owner's (whoever answers in the responsible unit or over it), the inspector's (VERIFY over the ticket,
the county for a major one, and never anybody who rectified), and the unit above the owner's, which decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hazards.models import Extension, Hazard, Plan
from hazards.rules.words import Grade
from hazards.selectors import tickets
from hazards.selectors.people import above
from org.models import Person, Unit
from org.rules import capabilities
from org.rules.codes import county_of, is_within, normalise
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Conflict, Forbidden, Invalid, NotFound

GROUNDS_LIMIT = 300
NOTE_LIMIT = 500


def hazard_for(hazard_id: int, *, by: Person) -> Hazard:
    """The ticket under FOR UPDATE, with what its card needs. NotFound when ``by`` does not see it."""
    return hazards_for([hazard_id], by=by)[0]


def hazards_for(ids: Sequence[int], *, by: Person) -> list[Hazard]:
    """All of them, locked in the order of their ids; NotFound when one is not to be seen."""
    wanted = sorted(set(ids))
    found = list(with_card_parts(tickets.hazards_visible_to(by)).filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise NotFound
    return found


def with_card_parts(hazards: QuerySet[Hazard]) -> QuerySet[Hazard]:
    parts = hazards.select_related("unit", "owner").defer("unit__boundary", "owner__boundary")
    return parts.select_for_update(of=("self",))


def allows(by: Person, capability: str, *paths: str) -> bool:
    found = jurisdiction_of(by)
    return any(found.allows(capability, path) for path in paths)


def refuse() -> Forbidden:
    return Forbidden(_("Your posts do not allow this here."))


def require(by: Person, capability: str, *paths: str) -> None:
    """The capability over one of these places; Forbidden otherwise."""
    if not allows(by, capability, *paths):
        raise refuse()


def require_owner(hazard: Hazard, by: Person) -> None:
    """Require the owner's side: an answering post in the responsible unit or above it, or the named leader."""
    if hazard.leader_id != by.pk:
        require(by, capabilities.ANSWER, hazard.owner.path)


def require_verifier(hazard: Hazard, by: Person) -> None:
    require(by, capabilities.VERIFY, hazard.owner.path, hazard.unit.path)


def require_above(hazard: Hazard, by: Person) -> None:
    """Require VERIFY in the unit above the responsible one, or higher."""
    require(by, capabilities.VERIFY, above(hazard.owner.path))


def require_county(hazard: Hazard, by: Person) -> None:
    require(by, capabilities.VERIFY, county_of(hazard.unit.path))


def require_inspector(hazard: Hazard, by: Person) -> None:
    """Require an independent inspector: never who submitted the work, answers for the plan or leads it. [rule]

    A major hazard is looked at by the county.
    """
    if by.pk in rectifiers(hazard):
        raise Forbidden(_("Somebody else has to look: you took part in the rectification."), code="own_work")
    if hazard.grade == Grade.MAJOR:
        if not allows(by, capabilities.VERIFY, county_of(hazard.unit.path)):
            raise Forbidden(_("A major hazard is re-inspected and closed by the county."), code="county_only")
    else:
        require_verifier(hazard, by)


def rectifiers(hazard: Hazard) -> set[int]:
    """The people whose work it is."""
    newest = Plan.objects.filter(hazard=hazard).order_by("-id").values_list("responsible_id", flat=True)[:1]
    return {pk for pk in (hazard.rectifier_id, hazard.leader_id, *newest) if pk}


def current(hazard: Hazard) -> dict[str, Any]:
    return {"id": hazard.pk, "status": hazard.status, "next_due_at": hazard.next_due_at}


def open_extension(hazard: Hazard) -> Extension | None:
    found = Extension.objects.select_for_update().filter(hazard=hazard, status=Extension.Status.ASKED).first()
    if found is not None:
        found.hazard = hazard
    return found


def extension_for(hazard: Hazard) -> Extension:
    """The extension that waits for a decision; Conflict when none does."""
    found = open_extension(hazard)
    if found is None:
        raise Conflict(_("No extension waits for a decision."), current=current(hazard), code="nothing_asked")
    return found


def grounds_of(text: str, field: str = "grounds", *, limit: int = GROUNDS_LIMIT, needed: bool = True) -> str:
    text = text.strip()
    if needed and not text:
        raise Invalid.field(field, _("Give the grounds: they stay with the ticket."))
    if len(text) > limit:
        raise Invalid.field(field, _("At most %(limit)s characters.") % {"limit": limit})
    return text


def person_for(person_id: int, field: str, owner: Unit) -> Person:
    """Somebody active with a post now in the responsible unit, under it or over it; Invalid names the field."""
    found = Person.objects.filter(pk=person_id, is_active=True).first()
    held = jurisdiction_of(found).grants if found else {}
    if found is None or not any(is_within(path, owner.path) or is_within(owner.path, path) for path in held):
        raise Invalid.field(field, _("There is no such person with a post there."))
    return found


def unit_for(code: str, *, by: Person, near: Hazard | None = None, field: str = "unit") -> Unit:
    """The active unit of a code: in the actor's sight, or else a department or a unit above where ``near`` lies."""
    try:
        found = Unit.objects.filter(code=normalise(code), active=True).defer("boundary").first()
    except ValueError:
        raise Invalid.field(field, _("“%(code)s” is not a unit code of 6, 9 or 12 digits.") % {"code": code}) from None
    if found is None or not (allows(by, capabilities.VIEW, found.path) or (near and may_take(found, near, by=by))):
        raise Invalid.field(field, _("There is no unit %(code)s in your jurisdiction.") % {"code": code})
    if found.level in Unit.PARTS:
        raise Invalid.field(field, _("A hazard belongs to the village; name the natural village or grid as the place."))
    return found


def may_take(unit: Unit, hazard: Hazard, *, by: Person) -> bool:
    """Whether ``by`` may make the unit answer for it: one of their own, a department, or one above the place."""
    if allows(by, capabilities.VIEW, unit.path) or is_within(hazard.unit.path, unit.path):
        return True
    return unit.level == Unit.Level.DEPARTMENT and is_within(unit.path, county_of(hazard.unit.path))
