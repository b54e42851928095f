"""In whose name an order goes out: the unit's, one of its headquarters', or that headquarters' office's.

An issuer is named by a code: ``unit``, a headquarters' code (``flood``), or its office (``flood:office``).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from command.models import Incident
from command.rules.hazard_words import hazard_type_of
from org.models import Headquarters, Person, Unit
from org.rules.capabilities import ORDER
from org.selectors.headquarters import own_headquarters
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Invalid

UNIT = "unit"
OFFICE = ":office"


@dataclass(frozen=True)
class Issuer:
    """``headquarters`` is None for the unit itself."""

    unit: Unit
    headquarters: Headquarters | None = None
    by_office: bool = False

    @property
    def code(self) -> str:
        if self.headquarters is None:
            return UNIT
        return self.headquarters.code + (OFFICE if self.by_office else "")

    @property
    def label(self) -> str:
        if self.headquarters is None:
            return self.unit.label
        return self.headquarters.office_label if self.by_office else self.headquarters.label


def default_issuer(unit: Unit, incident: Incident | None, text: str = "") -> Issuer:
    """The office of the headquarters that answers for the incident (or for what the text speaks of): it issues the
    ordinary orders, the headquarters itself the levels. A unit without one orders in its own name.
    """
    body = incident.headquarters if incident is not None else own_headquarters(unit, hazard_type_of(text))
    if body is None or body.unit_id != unit.pk or not body.active:
        return Issuer(unit)
    return Issuer(unit, body, by_office=True)


def issuer_named(code: str, unit: Unit) -> Issuer:
    """Invalid for a code that is no issuer of the unit."""
    if code == UNIT:
        return Issuer(unit)
    rows = Headquarters.objects.filter(unit=unit, active=True, code=code.removesuffix(OFFICE))
    body = rows.select_related("unit").defer("unit__boundary").first()
    if body is None:
        message = _("%(unit)s issues nothing as “%(code)s”.")
        raise Invalid.field("issuer", message % {"unit": unit.label, "code": code})
    return Issuer(unit, body, by_office=code.endswith(OFFICE))


def issuers_for(person: Person) -> list[Issuer]:
    """All in whose name the person may order: of each of their units the headquarters with their offices, and the
    unit.
    """
    scopes = jurisdiction_of(person).scopes(ORDER)
    if jurisdiction_of(person).everything:
        units = list(Unit.objects.filter(level=Unit.Level.COUNTY, active=True).defer("boundary").order_by("path"))
    else:
        units = list(Unit.objects.filter(path__in=scopes, active=True).defer("boundary").order_by("path"))
    bodies = Headquarters.objects.filter(unit__in=units, active=True).select_related("unit").defer("unit__boundary")
    found = []
    for unit in units:
        for body in bodies:
            if body.unit_id == unit.pk:
                found += [Issuer(unit, body, by_office=True), Issuer(unit, body)]
        found.append(Issuer(unit))
    return found
