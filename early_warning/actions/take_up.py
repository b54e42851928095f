"""From a warning to an incident: the officer's act, with the sender's words as a suggestion (docs/domain.md 2)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from command import actions as command
from command.models import Incident
from early_warning.actions.lookup import warning_for
from early_warning.models import Warning
from early_warning.rules import blocks, languages
from early_warning.rules.parts import cut
from early_warning.states import WARNING
from journal.states import tell
from notify.actions import messages as notify
from org.models import Person
from web.errors import Conflict, NotFound

LONGEST_TITLE, LONGEST_PLACE, LONGEST_DESCRIPTION = 120, 160, 5000


@transaction.atomic
def turn_into_incident(
    warning_id: int, *, by: Person, title: str = "", category: str = "", grade: str = ""
) -> Incident:
    """Open the incident of this warning. What is left empty is taken from the message; the grade never is.

    Conflict for a test, for one that was replaced, cancelled or dismissed, and, with the incident, when there is one
    already.
    """
    return _take_up(warning_for(warning_id, by=by), by, title, category, grade)


@transaction.atomic
def incident_for_decision(warning_id: int, *, by: Person) -> Incident:
    """The incident of a warning whose proposed level ``by`` is about to start: the one that there is, or opened now.

    Whoever may start a level may open its incident, though deciding on warnings be for others (docs/domain.md 2).
    """
    rows = Warning.objects.select_related("unit", "raw", "incident__unit").defer("unit__boundary", "raw__body")
    warning = rows.select_for_update(of=("self",)).filter(pk=warning_id).first()
    if warning is None:
        raise NotFound
    return warning.incident or _take_up(warning, by)


def _take_up(warning: Warning, by: Person, title: str = "", category: str = "", grade: str = "") -> Incident:
    _check(warning)
    incident = command.open_incident(
        by=by,
        title=title or cut(languages.headline(warning.infos, by.language), LONGEST_TITLE),
        category=category or blocks.category_of(warning.infos),
        grade=grade,
        colour=warning.colour,
        unit=warning.unit,
        area=warning.area,
        point=warning.area.point_on_surface if warning.area and warning.unit_count else None,
        place=cut(warning.area_description, LONGEST_PLACE),
        learned_at=warning.received_at,
        description=_description(warning, by),
        warning_id=warning.pk,
        exercise=warning.exercise,
    )
    warning.incident = incident
    warning.save(update_fields=["incident"])
    tell(WARNING, warning, "warning.taken_up", by=by, data={"ref": warning.ref, "incident": incident.ref})
    notify.settle([WARNING.subject(warning)], by=by)
    return incident


def _check(warning: Warning) -> None:
    current = {"id": warning.pk, "status": warning.status}
    if warning.incident_id:
        incident = Incident.objects.get(pk=warning.incident_id)
        raise Conflict(
            _("This warning already has the incident %(ref)s.") % {"ref": incident.ref},
            current={"id": incident.pk, "ref": incident.ref, "status": incident.status},
        )
    if warning.test:
        raise Conflict(
            _("This is a test message of its sender, not a warning to act on."), current=current, code="test"
        )
    if warning.status not in (Warning.Status.ACTIVE, Warning.Status.EXPIRED):
        raise Conflict(
            _("This warning is “%(state)s”; open the incident from the one in force.")
            % {"state": warning.get_status_display()},
            current=current,
        )


def _description(warning: Warning, by: Person) -> str:
    texts = [
        block[part]
        for block in languages.blocks_for(warning.infos, by.language)
        for part in ("description", "instruction")
    ]
    return cut("\n\n".join(dict.fromkeys(text for text in texts if text)), LONGEST_DESCRIPTION)
