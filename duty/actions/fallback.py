"""The fallback contact: whom a county calls where its roster leaves nobody to call."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from duty.actions.lookup import person_for, unit_for
from duty.models import FallbackContact
from journal.actions.recording import record
from org.cards import names
from org.models import Person, Unit
from org.rules import capabilities
from web.errors import Invalid


@transaction.atomic
def set_fallback(*, by: Person, unit: Unit | str, person: Person | int) -> FallbackContact:
    """Set the fallback contact of a county. Invalid for a unit that is no county, and for somebody without a number."""
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    who = person_for(person, by=by)
    if unit.level != Unit.Level.COUNTY:
        raise Invalid.field("unit", _("Only a county has a fallback contact; its units are covered by it."))
    if not who.phone:
        raise Invalid.field("person", _("%(name)s has no phone number.") % {"name": who.label})
    row, _made = FallbackContact.objects.update_or_create(unit=unit, defaults={"person": who, "set_by": by})
    data = {"person": who.pk, "person_name": names(who), "unit_name": names(unit)}
    record("duty.fallback_set", f"unit:{unit.pk}", unit.path, by=by, data=data)
    return row
