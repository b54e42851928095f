"""Filing a hazard: one transaction, whatever door it comes through, and once for each client id.

The hot path of a rainy night, so it is one statement, hence one transaction: place, owner, number, ticket, its
deadline, the event and the timer.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from hazards.actions import clocks
from hazards.cards import hazard_card
from hazards.deadlines import BY_RULE, FIRST_STEP
from hazards.filing import WRONG_TIME, Filing
from hazards.models import Deadline, Hazard
from hazards.routing import AT_POINT
from hazards.states import HAZARD
from hazards.words import Door
from journal.actions import Actor
from journal.errors import Conflict, Forbidden, Invalid
from journal.rows import as_json
from journal.timers import TOLD, TOLD_TYPES, telling, told
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
    WITH {AT_POINT}, first AS MATERIALIZED (
        {BY_RULE}
    ), checked AS (
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
            p.id, COALESCE(o.id, p.id), %(status)s, d.due_at, '', '{{}}', '', '', '', 0, 0, false, 0
        FROM place p CROSS JOIN number n JOIN first d ON d.due_at IS NOT NULL LEFT JOIN ruled o ON true
        ON CONFLICT (client_id) DO NOTHING
        RETURNING id, ref, found_at, filed_at
    ), deadline AS (
        INSERT INTO hazards_deadline (hazard_id, what, due_at, rule, calendar_version, why)
        SELECT f.id, %(what)s, d.due_at, %(rule)s, d.version, d.why FROM filed f CROSS JOIN first d
    ), told AS (
        SELECT 'hazard:' || f.id AS subject, p.path AS unit_path, s.step, s.clock_at, %(card)s || jsonb_build_object(
            'id', f.id, 'ref', f.ref, 'found_at', f.found_at, 'next_due_at', d.due_at,
            'unit', p.code, 'unit_name', jsonb_build_object('zh', p.name, 'en', p.name_en),
            'owner', COALESCE(o.code, p.code), 'owner_name', jsonb_build_object(
                'zh', COALESCE(o.name, p.name), 'en', COALESCE(o.name_en, p.name_en)
            )
        ) AS card
        FROM filed f CROSS JOIN place p CROSS JOIN first d CROSS JOIN LATERAL ({FIRST_STEP}) s LEFT JOIN ruled o ON true
    ), {TOLD}
    SELECT f.id, f.ref, f.found_at, f.filed_at, c.wrong_time,
        d.value, d.due_at,
        p.id, p.code, p.path, p.level, p.name, p.name_en, o.id, o.code, o.path, o.level, o.name, o.name_en
    FROM place p CROSS JOIN checked c CROSS JOIN first d LEFT JOIN ruled o ON true LEFT JOIN filed f ON true
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
        "what": "text",
        "rule": "text",
        "since": "timestamptz",
        "way": "int",
        "card": "jsonb",
        **TOLD_TYPES,
    },
)
# Where it lies is known when it is filed; the card is completed there.
_NOWHERE = Unit(code="", name="", name_en="")
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
    made = _made(filing, by, door, contact)
    if _insert(made, filing, by):
        return made, True
    return _twin(filing, by), False


def _made(filing: Filing, by: Actor, door: str, contact: str) -> Hazard:
    """The ticket as it will be, but for what the database finds out about it."""
    made = Hazard(
        client_id=filing.client_id,
        digest=filing.digest(),
        kind=filing.kind,
        description=filing.description,
        accuracy_m=filing.accuracy_m,
        place=filing.place,
        people_at_risk=filing.people_at_risk,
        found_at=filing.found_at,
        door=door,
        finder_id=by.pk if isinstance(by, Person) else None,
        finder_contact=contact,
        status=S.HELD if door == Door.PUBLIC else S.FOUND,
        # As text, which becomes a geometry only for whoever asks.
        point=f"SRID=4326;POINT({filing.lon!r} {filing.lat!r})",
        unit=_NOWHERE,
        owner=_NOWHERE,
    )
    made.lon, made.lat = filing.point
    return made


_GIVEN = (
    *("client_id", "digest", "kind", "description", "accuracy_m", "place", "people_at_risk", "found_at", "door"),
    "status",
)


def _insert(made: Hazard, filing: Filing, by: Actor) -> bool:
    """Files the ticket and completes it; False when the client id is taken already."""
    what, rule = TAKE_UP if made.door == Door.PUBLIC else REGISTER
    values = {name: getattr(made, name) for name in _GIVEN}
    values |= {"finder": made.finder_id, "contact": made.finder_contact, "lon": filing.lon, "lat": filing.lat}
    values |= {"ahead": AHEAD, "since": None, "way": 1, "what": what, "rule": rule, "card": as_json(hazard_card(made))}
    rows = _FILE.fetch(values | telling("hazard.filed", {"door": made.door}, clocks.DUE, by=by))
    if not rows:
        raise Invalid.field("point", _("This point lies outside the county. Move the pin to where the danger is."))
    pk, ref, found_at, filed_at, wrong_time, number, due_at, *units = rows[0]
    if wrong_time:
        raise Invalid.field("found_at", WRONG_TIME)
    if number is None:
        raise LookupError(f"no rule {rule}")
    if pk is None:
        return False
    told()
    made.pk, made.ref, made.found_at, made.filed_at, made.next_due_at = pk, ref, found_at, filed_at, due_at
    made.unit = Unit(**dict(zip(_UNIT, units[:6], strict=True)))
    made.owner = Unit(**dict(zip(_UNIT, units[6:], strict=True))) if units[6] else made.unit
    return True


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
