"""The responsibility register (责任人登记): lead, deputy and superior for a unit or a site against one kind of
hazard.
"""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from org.actions.permission import may_register
from org.cards import names
from org.models import Person, Responsibility, Unit
from org.rules.announce import Actor, announce
from org.sentences import RESPONSIBILITY_SET
from web.errors import Invalid


@transaction.atomic
def set_responsibility(
    *,
    unit: Unit,
    hazard_kind: str,
    by: Actor,
    site: str = "",
    lead: Person | None = None,
    deputy: Person | None = None,
    superior: Person | None = None,
) -> Responsibility:
    """Write the entry of (unit, site, kind), over the one before. ``hazard_kind`` is snake_case of docs/domain.md 6's
    types.
    """
    may_register(by, unit.path)
    if not re.fullmatch(r"[a-z][a-z_]{1,39}", hazard_kind):
        raise Invalid.field("hazard_kind", _("A kind of hazard is a code of lower-case letters and underscores."))
    if lead is not None and lead == deputy:
        raise Invalid.field("deputy", _("The deputy must be somebody else than the lead."))
    row, _created = Responsibility.objects.select_for_update().update_or_create(
        unit=unit,
        site=site.strip(),
        hazard_kind=hazard_kind,
        defaults={"lead": lead, "deputy": deputy, "superior": superior},
    )
    people = {"lead": lead and lead.pk, "deputy": deputy and deputy.pk, "superior": superior and superior.pk}
    data = {"unit_name": names(unit), "site": row.site, "hazard_kind": hazard_kind, **people}
    announce(RESPONSIBILITY_SET, f"unit:{unit.pk}", unit.path, data, by=by)
    return row
