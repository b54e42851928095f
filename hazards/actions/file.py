"""Filing a hazard: one transaction, whatever door it comes through, and once for each client id."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils.translation import gettext as _

from database import rows
from database.text import clean
from hazards.actions import clocks, tally
from hazards.models import Deadline, Hazard
from hazards.rules.filing import WRONG_TIME, Filing
from hazards.rules.words import Door
from hazards.selectors.routing import placed
from hazards.states import HAZARD
from journal.actions.recording import Actor
from journal.states import tell
from journal.timers import set_timers
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Conflict, Forbidden, Invalid

AHEAD = dt.timedelta(days=1)
"""Tolerance for clocks of phones that run ahead: "tomorrow" counts as now. Beyond that the time is refused."""

S = Hazard.Status


@transaction.atomic
def file_hazard(
    filing: Filing, *, by: Actor, door: str, contact: str = "", exercise: int | None = None
) -> tuple[Hazard, bool]:
    """File a hazard, idempotent by client id. Returns the ticket, with its unit and owner loaded (without boundary),
    and whether it is new.

    Anybody who holds a post may file, wherever in the county they stand; what the public files is held until the
    township takes it up. Invalid: ``point`` outside the county, ``found_at`` in the future. Conflict when the client
    id stands for other content. ``exercise``: the exercise that it belongs to, with everything that follows from it.
    """
    if isinstance(by, Person) and not jurisdiction_of(by).keeps(capabilities.VIEW):
        raise Forbidden(_("Filing needs a post; you hold none at present."))
    if (twin := _twin(filing, by)) is not None:
        return twin, False
    made = _made(filing, by, door, contact)
    made.exercise = exercise
    due = clocks.until_registered(made)
    made.next_due_at = due.due_at
    made.ref, present = _number(made.found_at)
    made.found_at = min(made.found_at, present)
    if not _insert(made):
        # A concurrent request filed it meanwhile; the insert has waited for its commit.
        return _twin(filing, by) or made, False
    rows.insert(Deadline, clocks.COLUMNS, [clocks.row_of(made.pk, due)])
    set_timers([clocks.setting(made, made.generation, due, present)])
    tally.note(made, tally.Counted())
    tell(HAZARD, made, "hazard.filed", by=by, data={"door": door})
    return made, True


def _made(filing: Filing, by: Actor, door: str, contact: str) -> Hazard:
    """The ticket, placed and routed, without its number and deadline. Invalid (``point``) outside the county."""
    place = placed(filing.lon, filing.lat, filing.kind)
    made = Hazard(
        client_id=filing.client_id,
        digest=filing.digest(),
        kind=filing.kind,
        description=filing.description,
        point=Point(filing.lon, filing.lat, srid=4326),
        accuracy_m=filing.accuracy_m,
        place=filing.place,
        people_at_risk=filing.people_at_risk,
        found_at=filing.found_at,
        door=door,
        finder_id=by.pk if isinstance(by, Person) else None,
        finder_contact=clean(contact),
        status=S.HELD if door == Door.PUBLIC else S.FOUND,
        unit=place.unit,
        owner=place.owner,
        regulator=place.regulator,
    )
    made.lon, made.lat = filing.point
    return made


def _number(found_at: dt.datetime) -> tuple[str, dt.datetime]:
    """The next number, and the present. Invalid (``found_at``), and no number taken, for what lies in the future."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN %s <= p.at + %s THEN hazard_ref() END, p.at FROM (SELECT sanji_now() AS at) p",
            [found_at, cast(Any, AHEAD)],  # psycopg2 takes a timedelta
        )
        ref, present = cursor.fetchone()
    if ref is None:
        raise Invalid.field("found_at", WRONG_TIME)
    return ref, present


_COLUMNS = [
    field
    for field in Hazard._meta.concrete_fields
    if not (field.primary_key or field.generated or field.has_db_default())
]


def _insert(made: Hazard) -> bool:
    """INSERT … ON CONFLICT DO NOTHING; False when the client id is taken. Django's own insert has no such clause for
    single rows with a result.
    """
    values = [field.get_db_prep_save(getattr(made, field.attname), connection) for field in _COLUMNS]
    names = [cast(str, field.column) for field in _COLUMNS]
    found = rows.insert(Hazard, names, [values], returning=("id", "filed_at"), ignore_conflicts=True)
    if found:
        (made.pk, made.filed_at), made._state.adding = found[0], False
    return bool(found)


def _twin(filing: Filing, by: Actor) -> Hazard | None:
    """The existing ticket with this client id. Conflict when it is somebody else's, or has other content."""
    kept = (
        Hazard.objects.select_related("unit", "owner")
        .defer("unit__boundary", "owner__boundary")
        .filter(client_id=filing.client_id)
        .first()
    )
    if kept is None:
        return None
    finder = by.pk if isinstance(by, Person) else None
    if kept.finder_id != finder:
        raise Conflict(_("This client_id stands for another report."), code="client_id_taken")
    if kept.digest != filing.digest():
        raise Conflict(
            _("Another report stands under this client_id already."), current=HAZARD.card(kept), code="other_content"
        )
    return kept
