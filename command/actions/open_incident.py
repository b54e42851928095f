"""Opening an incident: from a call, from the map, or from a warning."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from command.actions.lookup import require, unit_for
from command.models import Category, Colour, Incident, Scale
from command.rules.hazard_words import hazard_type_of
from command.selectors.desk import desk_officer_for
from command.states import INCIDENT
from database.clock import now
from journal.actions.numbers import next_ref
from journal.states import move, tell
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.headquarters import own_headquarters
from web.errors import Conflict, Invalid

CLOCK_SLACK = dt.timedelta(minutes=5)
"""Tolerance for a learned-at in the future: clocks of platforms may run a little ahead; beyond it is a typing error."""


@transaction.atomic
def open_incident(
    *,
    by: Person,
    title: str,
    category: str,
    unit: Unit | str,
    grade: str = "",
    colour: str = "",
    point: Point | None = None,
    area: MultiPolygon | None = None,
    place: str = "",
    occurred_at: dt.datetime | None = None,
    learned_at: dt.datetime | None = None,
    description: str = "",
    warning_id: int | None = None,
    exercise: int | None = None,
) -> Incident:
    """Register an incident, with ``by`` as its desk officer in charge and without a commander; one that comes from a
    warning starts as warned. ``exercise``: the exercise that it belongs to, with everything below it.

    Invalid by field; Forbidden without the capability in the unit; Conflict, with the incident, when the warning has
    one.
    """
    unit = unit if isinstance(unit, Unit) else unit_for(unit, by=by)
    require(by, capabilities.INCIDENT, unit.path)
    present = now()
    values: dict[str, Any] = {"title": title.strip(), "category": category, "grade": grade, "colour": colour}
    values |= {"point": point, "area": area, "place": place.strip(), "description": description.strip()}
    values |= {"occurred_at": occurred_at, "learned_at": learned_at or present, "exercise": exercise}
    _check(values, present)
    if warning_id is not None:
        _refuse_second(warning_id)
    incident = _insert(unit, by, values, warning_id)
    event = tell(INCIDENT, incident, "incident.opened", by=by, data={"description": incident.description})
    if warning_id is not None:
        move(INCIDENT, incident, Incident.Status.WARNED, by=by, data={"warning": warning_id}, cause=event.seq)
    return incident


def _insert(unit: Unit, by: Person, values: dict, warning_id: int | None) -> Incident:
    try:
        with transaction.atomic():
            return Incident.objects.create(
                ref=next_ref("incident"), unit=unit, desk_officer=desk_officer_for(unit, by), warning_id=warning_id,
                headquarters=own_headquarters(unit, hazard_type_of(values["title"], values["category"])), **values,
            )  # fmt: skip
    except IntegrityError:
        if warning_id is not None:
            _refuse_second(warning_id)
        raise


def _check(values: dict, present: dt.datetime) -> None:
    fields: dict[str, list[str]] = {}
    if not values["title"]:
        fields["title"] = [_("Say in a few words what happened.")]
    for name, choices, may_be_empty in (
        ("category", Category, False),
        ("grade", Scale, True),
        ("colour", Colour, True),
    ):
        if not (values[name] in choices.values or (may_be_empty and not values[name])):
            fields[name] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(choices.values)}]
    if values["learned_at"] > present + CLOCK_SLACK:
        fields["learned_at"] = [_("This lies in the future.")]
    if values["occurred_at"] and values["occurred_at"] > values["learned_at"] and not values["colour"]:
        fields["occurred_at"] = [_("It cannot have been learned of before it occurred.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


def _refuse_second(warning_id: int) -> None:
    """Conflict where the warning has an incident already: whoever clicks second is told where it is."""
    existing = Incident.objects.filter(warning_id=warning_id).first()
    if existing is not None:
        raise Conflict(
            _("This warning already has the incident %(ref)s.") % {"ref": existing.ref},
            current={"id": existing.pk, "ref": existing.ref, "status": existing.status},
        )
