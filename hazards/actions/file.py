"""Filing a hazard: one transaction, whatever door it comes through, and once for each client id.

The hot path of a rainy night, so it is one statement, hence one transaction: place, owner, number, ticket, its
deadline, the event and the timer. Reports that come in while one is being written are written together by the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from database.rows import as_json
from database.text import clean
from hazards.actions import clocks
from hazards.cards import hazard_card
from hazards.models import Deadline, Hazard
from hazards.rules.filing import WRONG_TIME, Filing
from hazards.rules.words import Door
from hazards.selectors.deadlines import FIRST_STEP, by_rule
from hazards.selectors.routing import AT_POINT
from hazards.states import HAZARD
from journal.actions.recording import Actor, actor_of
from journal.timers import TOLD, TOLD_TYPES, telling, told
from org.models import Person, Unit
from org.prepared import Prepared
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of
from org.together import MOST, Together
from web.errors import Conflict, Forbidden, Invalid

AHEAD = dt.timedelta(days=1)
"""How far a phone's clock may run ahead: what it found "tomorrow" was found now. Beyond that the time is wrong."""

# A number is taken only for what is filed: not outside the county, nor in the future, nor for a repeat. Inserted in the
# order of their ids, so that two statements with the same reports in them wait for one another and never crosswise.
_FILE = Prepared(
    "hazard_file",
    f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(%(asked)s) AS a(
            n int, client_id uuid, digest text, kind text, description text, lon float8, lat float8, accuracy_m int,
            place text, people_at_risk int, found_at timestamptz, door text, finder bigint, contact text, status text,
            what text, rule text, by text, by_name text, card jsonb
        ) LIMIT {MOST}
    ), {AT_POINT}, first AS MATERIALIZED (
        SELECT w.rule, d.* FROM (SELECT DISTINCT rule FROM asked) w
        CROSS JOIN LATERAL ({by_rule("w.rule", "sanji_now()", "1")}) d
    ), checked AS MATERIALIZED (
        SELECT a.*, a.found_at > sanji_now() + %(ahead)s AS wrong_time,
            d.value, d.due_at, d.version, d.remind_first, d.remind_second, d.why,
            p.id AS unit_id, p.code, p.path, p.level, p.name, p.name_en, o.id AS owner_id, o.code AS owner_code,
            o.path AS owner_path, o.level AS owner_level, o.name AS owner_name, o.name_en AS owner_name_en
        FROM asked a JOIN place p ON p.n = a.n JOIN first d ON d.rule = a.rule LEFT JOIN ruled o ON o.n = a.n
    ), number AS MATERIALIZED (
        SELECT c.n, hazard_ref() AS ref FROM checked c
        WHERE NOT c.wrong_time AND c.due_at IS NOT NULL
            AND (SELECT h.id FROM hazards_hazard h WHERE h.client_id = c.client_id) IS NULL
    ), filed AS (
        INSERT INTO hazards_hazard (
            client_id, digest, ref, kind, description, point, accuracy_m, place, people_at_risk, found_at, door,
            finder_id, finder_contact, unit_id, owner_id, status, next_due_at,
            grade, reasons, grade_note, closure, close_note, reopened, overdue_step, listed, generation
        )
        SELECT c.client_id, c.digest, n.ref, c.kind, c.description,
            ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326), c.accuracy_m, c.place, c.people_at_risk,
            LEAST(c.found_at, sanji_now()), c.door, c.finder, c.contact,
            c.unit_id, COALESCE(c.owner_id, c.unit_id), c.status, c.due_at, '', '{{}}', '', '', '', 0, 0, false, 0
        FROM checked c JOIN number n ON n.n = c.n ORDER BY c.client_id
        ON CONFLICT (client_id) DO NOTHING
        RETURNING id, client_id, ref, found_at, filed_at
    ), deadline AS (
        INSERT INTO hazards_deadline (hazard_id, what, due_at, rule, calendar_version, why)
        SELECT f.id, c.what, c.due_at, c.rule, c.version, c.why
        FROM filed f JOIN checked c ON c.client_id = f.client_id
    ), told AS (
        SELECT d.n, d.by, d.by_name, 'hazard:' || f.id AS subject, d.path AS unit_path,
            jsonb_build_object('door', d.door) AS data, s.step, s.clock_at, d.card || jsonb_build_object(
                'id', f.id, 'ref', f.ref, 'found_at', f.found_at, 'next_due_at', d.due_at,
                'unit', d.code, 'unit_name', jsonb_build_object('zh', d.name, 'en', d.name_en),
                'owner', COALESCE(d.owner_code, d.code), 'owner_name', jsonb_build_object(
                    'zh', COALESCE(d.owner_name, d.name), 'en', COALESCE(d.owner_name_en, d.name_en)
                )
            ) AS card
        FROM filed f JOIN checked d ON d.client_id = f.client_id CROSS JOIN LATERAL ({FIRST_STEP}) s
    ), {TOLD}
    SELECT c.n, f.id, f.ref, f.found_at, f.filed_at, c.wrong_time, c.value, c.due_at,
        c.unit_id, c.code, c.path, c.level, c.name, c.name_en,
        c.owner_id, c.owner_code, c.owner_path, c.owner_level, c.owner_name, c.owner_name_en
    FROM checked c LEFT JOIN filed f ON f.client_id = c.client_id
    """,
    {"asked": "jsonb", "ahead": "interval", **TOLD_TYPES},
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
    if _insert(made, by):
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
        finder_contact=clean(contact),
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
    *("status", "lon", "lat"),
)


def _write(asked: Sequence[dict[str, Any]]) -> list[tuple[Any, ...] | None]:
    """What the database says of each, in their order; None for one that lies outside the county."""
    numbered = as_json([{"n": n, **one} for n, one in enumerate(asked)])
    found = _FILE.fetch({"asked": numbered, "ahead": AHEAD, **telling("hazard.filed", clocks.DUE)})
    if any(row[1] for row in found):
        told()
    by_number = {row[0]: row[1:] for row in found}
    return [by_number.get(n) for n in range(len(asked))]


_filed = Together(_write)
filing_expected = _filed.expected
"""Around a request that is going to file: others who file at this moment wait for it, and all are written together."""


def _insert(made: Hazard, by: Actor) -> bool:
    """Files the ticket and completes it; False when the client id is taken already."""
    what, rule = TAKE_UP if made.door == Door.PUBLIC else REGISTER
    actor = actor_of(by)
    asked = {name: getattr(made, name) for name in _GIVEN}
    asked |= {"finder": made.finder_id, "contact": made.finder_contact, "what": what, "rule": rule}
    row = _filed(made.client_id, asked | {"by": actor.ref, "by_name": actor.name, "card": hazard_card(made)})
    if row is None:
        raise Invalid.field("point", _("This point lies outside the county. Move the pin to where the danger is."))
    pk, ref, found_at, filed_at, wrong_time, number, due_at, *units = row
    if wrong_time:
        raise Invalid.field("found_at", WRONG_TIME)
    if number is None:
        raise LookupError(f"no rule {rule}")
    if pk is None:
        return False
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
