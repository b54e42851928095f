"""The page of five-stops orders: those in force and to be signed, and the sheet for a new one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import QueryDict

from command.selectors import five_stops as selectors
from command.selectors import lists, visible
from database.clock import now
from journal.selectors.participants import world_of_request
from norms.models import OfficialPaper
from norms.rules.papers import COMMANDER
from norms.screens.papers import dressed
from norms.selectors.papers import signers_of
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import NotFound
from web.requests import Request

SHOWN = 50
STARTS_IN = dt.timedelta(hours=1)
LASTS = dt.timedelta(hours=24)
"""What the form proposes; both are edited by hand."""


def areas(person: Person) -> list[tuple[str, str]]:
    """The county and the townships over which the person may order."""
    found: list[tuple[str, str]] = []
    for top in lists.picker_tree(person, capabilities.ORDER):
        towns = [branch for branch in top.children if branch.unit.level == Unit.Level.TOWNSHIP]
        found += [(one.unit.code, one.unit.label) for one in (top, *towns) if one.unit.level in _WIDE]
    return found


_WIDE = (Unit.Level.COUNTY, Unit.Level.TOWNSHIP)


def initial(person: Person, asked: QueryDict) -> dict[str, Any]:
    """From the address: what stops, where, why; times from the next full hour on."""
    start = (now() + STARTS_IN).replace(minute=0, second=0, microsecond=0)
    stops, codes = asked.getlist("stops"), [code for code in asked.getlist("area") if code]
    heads = list(visible.units_visible_to(person).filter(code__in=codes, active=True))
    told = selectors.places_told(person, heads, stops) if heads and stops else []
    given = {name: asked[name] for name in ("grounds", "since", "until", "incident") if asked.get(name)}
    times = {"since": start, "until": start + LASTS}
    return {**times, **given, "stops": stops, "area": codes, "told": "\n".join(told)}


def sheet(request: Request) -> dict[str, Any]:
    person = request.user
    rows = [dressed(paper) for paper in selectors.orders_of(person, world_of_request(request))[:SHOWN]]
    for paper in rows:
        lifted = selectors.lifting(paper)
        ordered = paper.status == OfficialPaper.Status.SERVED
        paper.may = {
            "lift": ordered and lifted is None and jurisdiction_of(person).allows(capabilities.ORDER, paper.unit.path)
        }
        vars(paper)["lifting"] = lifted
    return {"orders": rows, "may_order": bool(areas(person)), "signers": _signers(person), "at": now()}


def _signers(person: Person) -> list[Person]:
    """Who signs a new one, as far as it is known before it is drafted."""
    tops = [top.unit for top in lists.picker_tree(person, capabilities.ORDER)]
    if not tops:
        return []
    county = selectors.county(tops[0])
    draft = OfficialPaper(unit=county, headquarters=selectors.body(county, None), signing=list(COMMANDER))
    return next(iter(signers_of(draft)), [])


def order_of(person: Person, pk: int) -> OfficialPaper:
    found = selectors.orders_of(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
