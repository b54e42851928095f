"""Filing a hazard: one transaction, whatever door it comes through, and once for each client id.

The hot path of a rainy night, so it is few statements: the deadline; then place, owner, number, ticket and its deadline
in one; then the event and the timer.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hazards import deadlines
from hazards.actions import clocks
from hazards.deadlines import Computed
from hazards.filing import WRONG_TIME, Filing
from hazards.models import Deadline, Hazard
from hazards.routing import AT_POINT
from hazards.states import HAZARD
from hazards.words import Door
from journal.actions import Actor, record_all
from journal.errors import Conflict, Forbidden, Invalid
from journal.states import fact_of
from org import capabilities
from org.jurisdiction import jurisdiction_of
from org.models import Person, Unit
from org.prepared import Prepared

AHEAD = dt.timedelta(days=1)
"""How far a phone's clock may run ahead: what it found "tomorrow" was found now. Beyond that the time is wrong."""

# A number is taken only for what is filed: not outside the county, nor in the future, nor for a repeat.
_FILE = Prepared(
    "hazard_file",
    f"""
    WITH {AT_POINT}, checked AS (
        SELECT p.id, %(found_at)s > sanji_now() + %(ahead)s AS wrong_time FROM place p
    ), number AS MATERIALIZED (
        SELECT hazard_ref() AS ref FROM checked c
        WHERE NOT c.wrong_time AND NOT EXISTS (SELECT 1 FROM hazards_hazard h WHERE h.client_id = %(client_id)s)
    ), filed AS (
        INSERT INTO hazards_hazard (
            client_id, digest, ref, kind, description, point, accuracy_m, place, people_at_risk, found_at, door,
            finder_id, finder_contact, unit_id, owner_id, status, next_due_at,
            grade, reasons, grade_note, closure, close_note, reopened, overdue_step, listed, generation
        )
        SELECT %(client_id)s, %(digest)s, n.ref, %(kind)s, %(description)s,
            ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(accuracy_m)s, %(place)s, %(people_at_risk)s,
            LEAST(%(found_at)s, sanji_now()), %(door)s, %(finder)s, %(contact)s,
            p.id, COALESCE(o.id, p.id), %(status)s, %(due_at)s, '', '{{}}', '', '', '', 0, 0, false, 0
        FROM place p CROSS JOIN number n LEFT JOIN ruled o ON true
        ON CONFLICT (client_id) DO NOTHING
        RETURNING id, ref, found_at, filed_at
    ), deadline AS (
        INSERT INTO hazards_deadline (hazard_id, what, due_at, rule, calendar_version, why)
        SELECT f.id, %(what)s, %(due_at)s, %(rule)s, %(calendar)s, %(why)s FROM filed f
    )
    SELECT f.id, f.ref, f.found_at, f.filed_at, c.wrong_time,
        p.id, p.code, p.path, p.level, p.name, p.name_en, o.id, o.code, o.path, o.level, o.name, o.name_en
    FROM place p JOIN checked c ON true LEFT JOIN ruled o ON true LEFT JOIN filed f ON true
    """,
    {
        "client_id": "uuid",
        "digest": "text",
        "kind": "text",
        "description": "text",
        "lon": "float8",
        "lat": "float8",
        "accuracy_m": "int",
        "place": "text",
        "people_at_risk": "int",
        "found_at": "timestamptz",
        "ahead": "interval",
        "door": "text",
        "finder": "bigint",
        "contact": "text",
        "status": "text",
        "due_at": "timestamptz",
        "what": "text",
        "rule": "text",
        "calendar": "int",
        "why": "jsonb",
    },
)
_UNIT = ("id", "code", "path", "level", "name", "name_en")
S = Hazard.Status
TAKE_UP = (Deadline.What.TAKE_UP, "take_up")
REGISTER = (Deadline.What.REGISTER, "register")


def file_hazard(filing: Filing, *, by: Actor, door: str, contact: str = "") -> tuple[Hazard, bool]:
    """The ticket, and whether it is new. With its unit and owner loaded, both without boundary.

    Anybody who holds a post may file, wherever in the county they stand; what the public files is held until the
    township takes it up. Invalid: ``point`` outside the county, ``found_at`` in the future. Conflict when the client
    id stands for other content.
    """
    if isinstance(by, Person) and not jurisdiction_of(by).keeps(capabilities.VIEW):
        raise Forbidden(_("Filing needs a post; you hold none at present."))
    with transaction.atomic():
        first = deadlines.counted(*(TAKE_UP if door == Door.PUBLIC else REGISTER))
        made = _insert(filing, first, by, door, contact)
        if made is not None:
            record_all([fact_of(HAZARD, made, "hazard.filed", {"door": door})], by=by)
            clocks.start(made.pk, first, made.filed_at)
            return made, True
    return _twin(filing, by), False


def _insert(filing: Filing, first: Computed, by: Actor, door: str, contact: str) -> Hazard | None:
    """None when the client id is taken already."""
    columns: dict[str, Any] = {
        "client_id": filing.client_id,
        "digest": filing.digest(),
        "kind": filing.kind,
        "description": filing.description,
        "accuracy_m": filing.accuracy_m,
        "place": filing.place,
        "people_at_risk": filing.people_at_risk,
        "door": door,
        "finder_contact": contact,
        "status": S.HELD if door == Door.PUBLIC else S.FOUND,
        "next_due_at": first.due_at,
    }
    finder = by.pk if isinstance(by, Person) else None
    values = {**columns, "finder": finder, "contact": contact, "due_at": first.due_at, "found_at": filing.found_at}
    values |= {"lon": filing.lon, "lat": filing.lat, "ahead": AHEAD}
    values |= dict(zip(("what", "rule", "calendar", "why"), clocks.kept(first), strict=True))
    rows = _FILE.fetch(values)
    if not rows:
        raise Invalid.field("point", _("This point lies outside the county. Move the pin to where the danger is."))
    row = rows[0]
    if row[4]:
        raise Invalid.field("found_at", WRONG_TIME)
    if row[0] is None:
        return None
    unit = Unit(**dict(zip(_UNIT, row[5:11], strict=True)))
    owner = Unit(**dict(zip(_UNIT, row[11:], strict=True))) if row[11] else unit
    own = dict(zip(("id", "ref", "found_at", "filed_at"), row[:4], strict=True))
    # As text, which becomes a geometry only for whoever asks.
    point = f"SRID=4326;POINT({filing.lon!r} {filing.lat!r})"
    made = Hazard(**columns, **own, finder_id=finder, point=point, unit=unit, owner=owner)
    made.lon, made.lat = filing.point
    return made


def _twin(filing: Filing, by: Actor) -> Hazard:
    """The ticket that has the client id. Conflict when it is somebody else's, or says something else."""
    kept = (
        Hazard.objects.select_related("unit", "owner")
        .defer("unit__boundary", "owner__boundary")
        .get(client_id=filing.client_id)
    )
    finder = by.pk if isinstance(by, Person) else None
    if kept.finder_id != finder:
        raise Conflict(_("This client_id stands for another report."), code="client_id_taken")
    if kept.digest != filing.digest():
        raise Conflict(
            _("Another report stands under this client_id already."), current=HAZARD.card(kept), code="other_content"
        )
    return kept
