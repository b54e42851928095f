"""The board at a past moment, redrawn from the cards in the journal alone (docs/laws.md 4)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from board.selectors.assignments import LIVE
from board.selectors.compose import sql_of
from board.selectors.features import PLACES, View, collection
from journal.models import Event
from org.models import Person
from org.selectors.jurisdiction import visible_to


def _told(person: Person, view: View) -> QuerySet[Event]:
    """CTE ``told``: events of the view's world up to its moment, within the person's jurisdiction."""
    return Event.objects.filter(
        visible_to(person, "unit_path"), view.world.rows(), view.world.told(), card__isnull=False
    )


# The newest card of each assignment: its own events, or the order that called its unit, which carries the first cards.
_ASSIGNMENTS = f"""
    WITH told AS ({{told}}),
    cards AS (
        SELECT e.subject, e.seq, e.card FROM journal_event e WHERE e.seq IN (SELECT seq FROM told)
            AND e.subject LIKE 'assignment:%%'
        UNION ALL
        SELECT 'assignment:' || (c.card->>'id'), e.seq, c.card FROM journal_event e
            CROSS JOIN LATERAL jsonb_array_elements(e.card->'assignments') AS c(card)
            WHERE e.seq IN (SELECT seq FROM told) AND e.verb = 'order.called'
    ),
    newest AS (SELECT DISTINCT ON (subject) subject, seq, card FROM cards ORDER BY subject, seq DESC),
    first AS (SELECT subject, min(seq) AS seq FROM cards GROUP BY subject),
    known AS (
        SELECT (n.card->>'id')::bigint AS id, u.id AS unit_id, (n.card->>'order')::bigint AS order_id,
            (n.card->>'incident')::bigint AS incident_id, n.card->>'status' AS status,
            COALESCE(n.card->>'climbed_to', '') AS climbed_to, (n.card->>'ack_due_at')::timestamptz AS ack_due_at,
            (n.card->>'next_climb_at')::timestamptz AS next_climb_at, e.at AS issued_at, n.seq,
            (n.card#>>'{{{{answered_by,id}}}}')::bigint AS answered_by, (n.card#>>'{{{{person,id}}}}')::bigint AS person
        FROM newest n JOIN first f ON f.subject = n.subject JOIN journal_event e ON e.seq = f.seq
            JOIN org_unit u ON u.code = n.card->>'unit'
    ),
    asked AS (
        SELECT k.*, assignment_shown(k.status, k.climbed_to, k.ack_due_at, k.answered_by, k.person, %s) AS state
        FROM known k WHERE k.status <> 'called_off' AND (%s::bigint IS NULL OR k.incident_id = %s)
    ) {PLACES}
"""

_INCIDENTS = """
    SELECT json_build_object('type', 'Feature', 'id', (n.card->>'id')::bigint, 'geometry', CASE
            WHEN n.card->'point' <> 'null'::jsonb
            THEN json_build_object('type', 'Point', 'coordinates', n.card->'point')
            ELSE ST_AsGeoJSON(u.seat, 5, 0)::json END,
        'properties', (n.card || jsonb_build_object('seq', n.seq, 'exact', n.card->'point' <> 'null'::jsonb,
            'unit', n.card->>'unit'))::json)
    FROM (SELECT DISTINCT ON (subject) subject, seq, card FROM journal_event
            WHERE seq IN ({told}) AND subject LIKE 'incident:%%' ORDER BY subject, seq DESC) n
        JOIN org_unit u ON u.code = n.card->>'unit'
    WHERE (%s::bigint IS NULL AND n.card->>'status' = ANY(%s)) OR (n.card->>'id')::bigint = %s
    ORDER BY n.subject
"""


def assignments_at(person: Person, view: View) -> str:
    """As `layers.assignments`, at ``view.world.at``; silence is reckoned at that moment."""
    told, values = sql_of(_told(person, view).values("seq"))
    parameters: list[Any] = [*values, view.world.at, view.incident, view.incident]
    return collection(_ASSIGNMENTS.format(told=told), parameters)


def incidents_at(person: Person, view: View) -> str:
    """As `layers.incidents`, at ``view.world.at``: the incidents of the person's units that were not over then."""
    told, values = sql_of(_told(person, view).values("seq"))
    parameters = [*values, view.incident, [str(status) for status in LIVE], view.incident]
    return collection(_INCIDENTS.replace("{told}", told), parameters)
