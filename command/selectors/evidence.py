"""What a plan's action asks to see before it counts as done."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from command.models import Assignment
from journal.selectors.attachments import photos_of
from plans.models import Action
from plans.rules.words import Evidence
from web.errors import Invalid
from web.pictures import Picture

LARGEST_FIGURE = 10_000_000


def action_of(assignment: Assignment) -> Action | None:
    """The plan's action that the assignment carries out; None for an order written by hand."""
    return Action.objects.filter(pk=assignment.task.action_id).first() if assignment.task else None


def require_evidence(assignment: Assignment, *, note: str, figure: int | None, photo: Picture | None) -> None:
    """Invalid by field (``note``, ``figure``, ``photo``) for what is missing. A photo sent before counts."""
    _check_figure(figure)
    action = action_of(assignment)
    asked = action.evidence if action else Evidence.NONE
    fields: dict[str, list[Any]] = {}
    if asked == Evidence.NOTE and not note.strip():
        fields["note"] = [_("Say in a note what was done: the plan asks for it.")]
    if asked == Evidence.COUNT and figure is None:
        counted = action.counted if action else ""
        fields["figure"] = [_("Give the figure that the plan asks for: %(counted)s.") % {"counted": counted or "–"}]
    if asked == Evidence.PHOTO and photo is None and not photos_of([f"assignment:{assignment.pk}"]).exists():
        fields["photo"] = [_("Add a photo: the plan asks for it.")]
    if fields:
        raise Invalid(_("The plan asks for evidence before this counts as done."), fields=fields, code="no_evidence")


def _check_figure(figure: int | None) -> None:
    if figure is not None and not 0 <= figure <= LARGEST_FIGURE:
        raise Invalid.field("figure", _("A whole number from 0 to %(largest)s.") % {"largest": LARGEST_FIGURE})
