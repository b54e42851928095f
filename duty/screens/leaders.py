"""Who is in the county and may sign, as the page shows it: the leaders, the alarms over them, the history."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from database.clock import now
from duty.models import Authorisation, Whereabouts
from duty.selectors import leaders
from duty.selectors.leaders import counties_of
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import NotFound

PER_PAGE = 30


def unit_for_page(person: Person, code: str) -> Unit:
    unit = counties_of(person).filter(code=code).first()
    if unit is None:
        raise NotFound
    return unit


def leader_of(unit: Unit, pk: int) -> Person:
    found = next((one.person for one in leaders.leaders_of(unit) if one.person.pk == pk), None)
    if found is None:
        raise NotFound
    return found


def page_of(person: Person, code: str, page: str) -> dict[str, Any]:
    """``code``: the county; left out, the first in sight. ``unit`` is None for whoever sees no county."""
    units = list(counties_of(person))
    unit = next((one for one in units if not code or one.code == code), None)
    if unit is None:
        return {"unit": None, "rows": []}
    rows = leaders.leaders_of(unit)
    files = allowed(person, capabilities.ANSWER, unit.path)
    for row in rows:
        row.own = row.person.pk == person.pk
        row.may = files or row.own
    past = Whereabouts.objects.filter(unit=unit).select_related("person", "filed_by", "withdrawn_by").order_by("-pk")
    return {
        "unit": unit, "units": units if len(units) > 1 else [], "rows": rows, "files": files, "at": now(),
        "out": leaders.both_out(unit), "gaps": [row for row in rows if row.gap],
        "untold": [row for row in rows if not row.told], "here": sum(row.told and not row.absent for row in rows),
        "history": Paginator(past, PER_PAGE).get_page(page),
        "authorities": _authorities(unit),
    }  # fmt: skip


def _authorities(unit: Unit) -> QuerySet[Authorisation]:
    rows = Authorisation.objects.filter(unit=unit).select_related("giver", "deputy", "logged_by", "revoked_by")
    return rows.order_by("-pk")[:PER_PAGE]
