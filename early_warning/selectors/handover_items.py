"""What a handover carries of this app: the warnings in force over the unit."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duty.selectors.gather import Item, first_of, gatherer
from early_warning.models import Question, Warning, WarningUnit
from early_warning.rules import languages
from early_warning.rules.words import why
from early_warning.selectors.warnings import GRAVEST_FIRST
from journal.rules.world import REAL
from org.models import Unit
from org.selectors.jurisdiction import under
from web.languages import in_both

_UNDECIDED = _("nobody has decided on it yet")
_TAKEN_UP = _("taken up as an incident")


@gatherer("warnings", _("Warnings in force"), order=15)
def warnings_in_force(unit: Unit) -> list[Item]:
    """Of the unit's own platforms, and public ones that name it or anything under it (what is Restricted or Private is
    for those whom its sender addressed: early_warning/selectors/warnings.py), the gravest first. Tests and exercises
    are none.
    """
    inside = under(unit.path)
    named = Exists(WarningUnit.objects.filter(inside, warning=OuterRef("pk")))
    rows = Warning.objects.filter(inside | Q(named, scope="Public"), status=Warning.Status.ACTIVE, test=False)
    rows = rows.filter(REAL.rows()).defer("area").order_by(GRAVEST_FIRST, "-pk")
    asked = _open_questions(unit) if unit.level == unit.Level.COUNTY else []
    return [*asked, *first_of(rows, _item, rest=reverse("warnings:list"))]


def _open_questions(unit: Unit) -> list[Item]:
    """Updates and cancels in doubt, which somebody must decide on: of the county's own platforms, the newest first."""
    rows = Question.objects.filter(status=Question.Status.OPEN, unit=unit).select_related("raw").defer("raw__body")
    return first_of(rows.order_by("-pk"), _question, rest=reverse("warnings:list") + "?status=decide")


def _question(row: Question) -> Item:
    return Item(
        subject=f"question:{row.pk}",
        title=in_both(Question.Kind(row.kind).label),
        detail=why(row.reasons),
        url=reverse("warnings:list") + "?status=decide",
        due_at=None,
    )


def _item(row: Warning) -> Item:
    return Item(
        subject=f"warning:{row.pk}",
        title=languages.both(row.infos),
        detail=in_both(_UNDECIDED if row.incident_id is None else _TAKEN_UP),
        url=reverse("warnings:detail", args=[row.pk]),
        due_at=row.expires,
    )
