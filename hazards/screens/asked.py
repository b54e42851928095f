"""Parsing the query string of the queue. Its names are the API's, with ``due`` for a window and ``status=all``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from database.clock import now
from hazards.api.bodies import FilterQuery
from hazards.models import Hazard
from hazards.selectors.queue import Filters
from hazards.states import ENDED
from org.models import Person, Unit
from org.selectors.jurisdiction import visible_to
from org.selectors.register import listed
from web.errors import Invalid

NAMES = ("status", "kind", "grade", "unit", "owner", "listed", "people", "found_after", "found_before", "q", "bbox")
"""Query parameters passed to the API's filters unchanged."""
WINDOWS = {
    "overdue": pgettext_lazy("hazards", "Overdue"),
    "0": _("Due today"),
    "3": _("Due within 3 days"),
    "7": _("Due within 7 days"),
    "30": _("Due within 30 days"),
}
ORDERINGS = {
    "due": _("Most urgent first"),
    "-id": _("Newest first"),
    "-people": _("Most people at risk first"),
    "found": _("Longest known first"),
}
EVERY = "all"
LEVELS = (Unit.Level.COUNTY, Unit.Level.DEPARTMENT, Unit.Level.TOWNSHIP)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """``chosen``: the address's own values. ``given``: the same as the API would be asked."""

    chosen: dict[str, str]
    given: dict[str, str]
    filters: Filters

    @property
    def ordering(self) -> str:
        """Overdue first; what has ended has no deadline, so that the newest stands first there."""
        wanted = self.chosen.get("ordering", "")
        offered = [name for name in ORDERINGS if name != "due" or self.running]
        return wanted if wanted in offered else offered[0]

    @property
    def running(self) -> bool:
        status = self.filters.status
        return bool(status and not set(status) & set(ENDED)) or bool(self.filters.open or self.filters.overdue)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab was chosen."""
        return any(name not in ("status", "ordering") for name in self.chosen)

    @property
    def without_state(self) -> Filters:
        """For the counts on the tabs: everything that is chosen but the state."""
        return replace(self.filters, status=(), open=None)

    def query(self, *leave: str) -> str:
        """The address's query again, without what is named."""
        return urlencode({name: value for name, value in self.chosen.items() if name not in leave})

    @property
    def layer_query(self) -> str:
        """For the map's layer, which shows what is open unless it is told otherwise."""
        every = {"every": "true"} if self.chosen.get("status") == EVERY else {}
        return urlencode({**self.given, **every})


def asked(query: QueryDict) -> Asked:
    """Invalid (400) that names each parameter which cannot be read."""
    chosen = _chosen(query)
    if chosen.get("due", "overdue") not in WINDOWS:
        raise Invalid.field("due", str(_("Choose one of: %(choices)s.")) % {"choices": ", ".join(WINDOWS)})
    given = _given(chosen)
    form = FilterQuery(data=given)
    if not form.is_valid():
        raise Invalid(
            str(_("Some fields need attention.")),
            fields={name: [str(one) for one in texts] for name, texts in form.errors.items()},
        )
    return Asked(chosen, given, form.filters())


def _chosen(query: QueryDict) -> dict[str, str]:
    chosen = {name: text for name in query if (text := query.get(name, "").strip())}
    if chosen.pop("overdue", "").lower() in ("true", "1"):
        chosen["due"] = "overdue"
    return {name: value for name, value in chosen.items() if name in (*NAMES, "due", "ordering")}


def _given(chosen: dict[str, str]) -> dict[str, str]:
    given = {name: chosen[name] for name in NAMES if name in chosen}
    if given.get("status") == EVERY:
        del given["status"]
    elif "status" not in given:
        given["open"] = "true"
    due = chosen.get("due", "")
    if due == "overdue":
        given["overdue"] = "true"
    elif due:
        midnight = timezone.localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
        given["due_before"] = (midnight + (int(due) + 1) * DAY).isoformat()
    return given


def tabs(asked: Asked, counts: dict[str, int]) -> list[dict[str, Any]]:
    """A tab a state, those that wait for somebody first, with how many stand there under the other filters."""
    rest = asked.query("status", "ordering")
    here = asked.chosen.get("status", "")
    found = [_tab("", pgettext_lazy("hazards", "Open"), counts["open"], rest)]
    for status in Hazard.Status:
        if counts[status] or status == here or status in SHOWN:
            found.append(_tab(status.value, SHORT[status], counts[status], rest))
    found.append(_tab(EVERY, _("All"), sum(counts[status] for status in Hazard.Status.values), rest))
    return found


def _tab(key: str, label: Any, count: int, rest: str) -> dict[str, Any]:
    query = "&".join(part for part in (f"status={key}" if key else "", rest) if part)
    return {"key": key, "label": label, "count": count, "href": f"?{query}"}


S = Hazard.Status
SHOWN = (S.FOUND, S.REGISTERED, S.GRADED, S.RECTIFYING, S.SUBMITTED, S.INSPECTED, S.CLOSED)
SHORT: dict[str, Any] = {
    S.HELD: _("To take up"),
    S.FOUND: _("To register"),
    S.REGISTERED: _("To grade"),
    S.GRADED: _("To plan"),
    S.RECTIFYING: _("Rectifying"),
    S.SUBMITTED: _("To re-inspect"),
    S.INSPECTED: _("To close"),
    S.CLOSED: pgettext_lazy("hazards", "Closed"),
    S.MERGED: _("Merged"),
    S.TURNED_AWAY: _("Rejected"),
}
"""A state as the work that it waits for."""


# Units to choose from ------------------------------------------------------------------------------------------------


def units_in_sight(person: Person) -> list[Unit]:
    """Departments, townships and villages that the person sees, without boundaries; one query."""
    rows = listed(Unit.objects.filter(visible_to(person, "path"), active=True))
    return list(rows.only("code", "path", "name", "name_en", "level").order_by("path"))


def options(units: Iterable[Unit], *levels: str) -> list[tuple[str, str]]:
    """(code, name) of the units of these levels; for somebody who sees villages alone, those."""
    known = list(units)
    found = [(unit.code, unit.label) for unit in known if unit.level in levels]
    return found or [(unit.code, unit.label) for unit in known if unit.level == Unit.Level.VILLAGE]


def grouped(units: Iterable[Unit]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything in sight for a select: county and departments, then each township with its villages."""
    groups: dict[str, list[tuple[str, str]]] = {}
    labels: dict[str, str] = {}
    for unit in units:
        if unit.level == Unit.Level.VILLAGE:
            groups.setdefault(labels.get(unit.path.rpartition(".")[0], ""), []).append((unit.code, unit.label))
        else:
            labels[unit.path] = unit.label
            name = str(_("Departments")) if unit.level == Unit.Level.DEPARTMENT else unit.label
            groups.setdefault(name, []).append((unit.code, unit.label))
    return list(groups.items())
