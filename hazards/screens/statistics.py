"""Figures by township and kind, as the page and the workbook show them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from database.clock import today
from duty.screens.place import MONTH
from duty.selectors.rosters import month_of
from hazards.rules.words import Kind
from hazards.selectors import statistics as selectors_statistics
from hazards.selectors.statistics import FIGURES, totals
from journal.selectors.participants import world_asked
from org.models import Person, Unit
from org.screens.place import unit_of
from web.errors import Invalid


def scope_of(person: Person, query: QueryDict) -> tuple[dt.date, dt.date, Unit | None]:
    this = month_of(today())
    first, last = _month(query, "first", this.replace(month=1)), _month(query, "last", this)
    return first, last, unit_of(person, query.get("unit", "")) if query.get("unit") else None


def figures(person: Person, query: QueryDict) -> dict[str, Any]:
    first, last, scope = scope_of(person, query)
    path = scope.path if scope else _top()
    lines = selectors_statistics.statistics(person, path, first, last, world_asked(person, query))
    whole = {name: sum(line[name] for line in lines) for name in FIGURES}
    return {
        "first": first,
        "last": last,
        "scope": scope,
        "places": _table(lines, "unit", {line["unit"]: line["name"] for line in lines}),
        "kinds": _table(lines, "kind", dict(Kind.choices)),
        "whole": {**whole, "share": _share(whole)},
        "lines": lines,
    }


def _table(lines: list[dict[str, Any]], by: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines added up, in the order of the register; ``share``: of what was rectified, how much in time (%)."""
    sums = totals(lines, by)
    return [{"code": key, "name": names[key], **row, "share": _share(row)} for key, row in sums.items()]


def _share(row: dict[str, int]) -> int | None:
    return round(100 * row["in_time"] / row["rectified"]) if row["rectified"] else None


def _month(query: QueryDict, name: str, default: dt.date) -> dt.date:
    raw = query.get(name, "")
    if not raw:
        return default
    found = MONTH.fullmatch(raw)
    if found is None or not (2000 <= int(found[1]) <= 2100 and 1 <= int(found[2]) <= 12):
        raise Invalid.field(name, _("Give a month such as 2026-11."))
    return dt.date(int(found[1]), int(found[2]), 1)


def _top() -> str:
    return Unit.objects.filter(parent=None).values_list("path", flat=True).first() or ""
