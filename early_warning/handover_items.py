"""What a handover carries of this app: the warnings in force over the unit."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duty.gather import Item, gatherer, in_both
from early_warning import languages
from early_warning.models import Warning, WarningUnit
from early_warning.selectors import GRAVEST_FIRST
from org.models import Unit

MOST = 50


@gatherer("warnings", _("Warnings in force"), order=15)
def warnings_in_force(unit: Unit) -> list[Item]:
    """Issued for the unit or for anything under it, the gravest first; tests of a platform are none."""
    named = WarningUnit.objects.filter(
        Q(unit__path=unit.path) | Q(unit__path__startswith=unit.path + "."), warning=OuterRef("pk")
    )
    rows = Warning.objects.filter(Q(unit=unit) | Exists(named), status=Warning.Status.ACTIVE, test=False)
    rows = rows.defer("area").order_by(GRAVEST_FIRST, "-pk")
    return [
        Item(
            subject=f"warning:{row.pk}",
            title=languages.both(row.infos),
            detail=in_both(_UNDECIDED if row.incident_id is None else _TAKEN_UP),
            url=reverse("warnings:detail", args=[row.pk]),
            due_at=row.expires,
        )
        for row in rows[:MOST]
    ]


_UNDECIDED = _("nobody has decided on it yet")
_TAKEN_UP = _("taken up as an incident")
