"""Look for the same elsewhere (举一反三): one hazard sends townships through their places for the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from hazards.actions.lookup import allows, current, grounds_of, hazard_for, refuse, require_verifier
from hazards.models import Elsewhere, Hazard
from hazards.selectors import people
from hazards.states import HAZARD
from journal.states import tell
from norms.rules.deadlines import day_of
from norms.selectors.deadlines import counted
from notify.actions import messages as notify
from org.models import Person, Unit
from org.rules import capabilities
from org.rules.codes import county_of
from web.errors import Conflict, Invalid, NotFound

S = Hazard.Status
MOST = 1_000_000


@transaction.atomic
def look_elsewhere(hazard_id: int, *, by: Person, units: Sequence[str]) -> list[Elsewhere]:
    """Each of these townships (by code) is to look for hazards of the same kind; one that still looks is left as it is.

    Invalid for a unit that is no township of the county, or in which ``by`` verifies nothing.
    """
    hazard = hazard_for(hazard_id, by=by)
    require_verifier(hazard, by)
    if hazard.status in (S.HELD, S.TURNED_AWAY, S.MERGED):
        raise Conflict(_("This ticket has ended, or was not taken up yet."), current=current(hazard))
    townships = _townships(hazard, units, by)
    there = set(Elsewhere.objects.filter(origin=hazard, done_at=None).values_list("unit", flat=True))
    due = counted("look_elsewhere", "look_elsewhere").due_at
    new = [Elsewhere(origin=hazard, unit=unit, ordered_by=by, due_at=due) for unit in townships if unit.pk not in there]
    made = Elsewhere.objects.bulk_create(new)
    if not made:
        raise Conflict(_("All of these are looking already."), current=current(hazard), code="looking")
    names = {"zh": "、".join(row.unit.name for row in made), "en": ", ".join(row.unit.name_en for row in made)}
    tell(HAZARD, hazard, "hazard.elsewhere_ordered", by=by, data={"units": names, "due_on": day_of(due)})
    words: dict[str, Any] = {"kind": people.kind_words(hazard.kind), "due": day_of(due)}
    places = [people.desk(row.unit.path) for row in made]
    notify.send_all(people.notices(places, "hazard.look_elsewhere", hazard, **words), by=by)
    return made


def _townships(hazard: Hazard, codes: Sequence[str], by: Person) -> list[Unit]:
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        raise Invalid.field("units", _("Choose at least one township."))
    rows = Unit.objects.filter(code__in=wanted, level=Unit.Level.TOWNSHIP, active=True).defer("boundary")
    county = county_of(hazard.unit.path)
    found = [row for row in rows if row.parent_id and row.path.startswith(county + ".")]
    if len(found) != len(wanted) or not all(allows(by, capabilities.VERIFY, row.path) for row in found):
        raise Invalid.field("units", _("Choose townships of yours."))
    return found


@transaction.atomic
def done_elsewhere(pk: int, *, by: Person, looked_at: int, found: int, note: str = "") -> Elsewhere:
    """The township says how many places it looked at and how many hazards it found (each filed as its own ticket)."""
    row = Elsewhere.objects.select_for_update().filter(pk=pk).first()
    if row is None or not allows(by, capabilities.VIEW, row.unit.path):
        raise NotFound
    if not allows(by, capabilities.ANSWER, row.unit.path):
        raise refuse()
    if row.done_at is not None:
        raise Conflict(_("This was done already."), current={"id": row.pk, "done_at": row.done_at})
    if not 0 <= looked_at <= MOST:
        raise Invalid.field("looked_at", _("At most %(limit)s.") % {"limit": MOST})
    if not 0 <= found <= looked_at:
        raise Invalid.field("found", _("Not more hazards than places."))
    row.looked_at, row.found, row.done_by, row.done_at = looked_at, found, by, now()
    row.note = grounds_of(note, "note", needed=False)
    row.save()
    hazard = Hazard.objects.select_related("unit", "owner").select_for_update(of=("self",)).get(pk=row.origin_id)
    data = {"unit_name": people.names(row.unit), "looked_at": looked_at, "found": found}
    tell(HAZARD, hazard, "hazard.elsewhere_done", by=by, data=data)
    return row
