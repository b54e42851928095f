"""What a township has (六有): leadership, a working order, a plan, teams, supplies, training; by what the data proves,
and for supplies and training by what a named person states.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from database.clock import now, today
from duty.selectors import watch
from org.models import Confirmation, Person, Unit
from org.selectors.jurisdiction import visible_to
from org.selectors.register import Holding, holders
from plans.models import Version

LEADERS = ("township_party_secretary", "township_head", "township_deputy")
TEAM = "village_emergency_leader"
ITEMS = {
    "leadership": gettext_lazy("Leadership"),
    "order": gettext_lazy("Working order"),
    "plan": pgettext_lazy("six have", "Plan"),
    "team": gettext_lazy("Teams"),
    "supplies": gettext_lazy("Supplies"),
    "training": gettext_lazy("Training"),
}
IN_FORCE = (Version.Status.APPROVED, Version.Status.FILED)


@dataclass(frozen=True)
class Mark:
    """One of the six: whether it is there, and the sentence that proves it or says what is missing."""

    item: str
    there: bool
    said: str
    stated: Confirmation | None = None

    @property
    def label(self) -> str:
        return str(ITEMS[self.item])

    @property
    def asked(self) -> bool:
        """Whether a person states it, because no data proves it."""
        return self.item in Confirmation.Item.values


@dataclass(frozen=True)
class Row:
    unit: Unit
    marks: list[Mark]
    vacancies: int

    @property
    def total(self) -> int:
        return sum(mark.there for mark in self.marks)


def six(person: Person) -> list[Row]:
    """A row for each township in sight, by its code; a fixed number of queries."""
    seen = Unit.objects.filter(visible_to(person, "path"), level=Unit.Level.TOWNSHIP, active=True)
    townships = list(seen.defer("boundary").order_by("path"))
    ids = [unit.pk for unit in townships]
    leaders = _by_township(holders(seen, LEADERS))
    villages = Unit.objects.filter(parent__in=ids, level=Unit.Level.VILLAGE, active=True)
    teams = _by_township(holders(villages, [TEAM]))
    both = Unit.objects.filter(Q(pk__in=ids) | Q(parent__in=ids, level=Unit.Level.VILLAGE), active=True)
    vacant = Counter(_township(row.unit_path) for row in holders(both, vacant_only=True))
    present = now()
    short = watch.gaps(townships, present, present + dt.timedelta(seconds=1)) if townships else []
    gaps = {gap.unit_id for gap in short}
    plans = dict(
        Version.objects.filter(plan__unit__in=ids, plan__active=True, status__in=IN_FORCE)
        .order_by("-approved_at").values_list("plan__unit", "plan__name")
    )  # fmt: skip
    stated = _stated(ids)

    def marks(unit: Unit) -> list[Mark]:
        proved = [_leadership(leaders[unit.path]), _order(unit.pk in gaps), _plan(plans.get(unit.pk, ""))]
        said = [_confirmed(item, stated.get((unit.pk, item))) for item in Confirmation.Item.values]
        return [*proved, _team(teams[unit.path]), *said]

    return [Row(unit, marks(unit), vacant[unit.path]) for unit in townships]


def _township(path: str) -> str:
    return ".".join(path.split(".")[:4])


def _by_township(rows: Iterable[Holding]) -> dict[str, list[Holding]]:
    found: dict[str, list[Holding]] = defaultdict(list)
    for row in rows:
        found[_township(row.unit_path)].append(row)
    return found


def _stated(ids: list[int]) -> dict[tuple[int, str], Confirmation]:
    """The newest statement of each township and item."""
    rows = Confirmation.objects.filter(unit__in=ids).order_by("unit_id", "item", "-id").distinct("unit_id", "item")
    return {(row.unit_id, row.item): row for row in rows.select_related("by")}


def _leadership(rows: list[Holding]) -> Mark:
    # A stand-in answers, but does not make a leadership: the A role must be held.
    missing = [row.post for row in rows if row.role != "A"]
    said = _("Nobody holds: %(posts)s") % {"posts": _(", ").join(missing)} if missing else _("All three are appointed")
    return Mark("leadership", not missing, said)


def _order(short: bool) -> Mark:
    return Mark("order", not short, _("The duty is short of people now") if short else _("The duty is fully staffed"))


def _plan(name: str) -> Mark:
    return Mark("plan", bool(name), name or _("No plan of its own is in force"))


def _team(rows: list[Holding]) -> Mark:
    there = sum(not row.vacant for row in rows)
    words = {"n": there, "all": len(rows)}
    said = ngettext(
        "%(n)s of %(all)s village has a team leader", "%(n)s of %(all)s villages have a team leader", len(rows)
    )
    return Mark("team", bool(rows) and there == len(rows), said % words)


def _confirmed(item: str, row: Confirmation | None) -> Mark:
    if row is None:
        return Mark(item, False, _("Nobody has stated it"))
    words = {"name": row.by.label, "day": row.valid_until, "note": row.note}
    if row.valid_until < today():
        return Mark(item, False, _("%(name)s: %(note)s; held until %(day)s") % words, row)
    return Mark(item, True, _("%(name)s: %(note)s; holds until %(day)s") % words, row)
