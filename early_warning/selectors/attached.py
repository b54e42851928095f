"""Which units the warnings attached to an incident name: what command/selectors/areas.py asks for. Reading only."""

from __future__ import annotations

import json

from django.db import connection

from command.selectors.areas import Named
from early_warning.models import Warning
from early_warning.rules import languages

Status = Warning.Status

SAID = [Status.ACTIVE, Status.UPDATED, Status.CANCELLED, Status.EXPIRED]
"""What has been in force here; a dismissed warning, or one that never was, says nothing of whom to order."""

# Of a warning of several parts, those of the gravest colour in force, which is the warning's own: the same that its
# proposal is for. The warnings of the incident, those whose proposals led to it, and whatever has replaced any of them
# since.
_ATTACHED = """
WITH RECURSIVE attached AS (
    SELECT id, raw_id, ended_by_id FROM early_warning_warning
    WHERE incident_id = %(incident)s OR id IN (
        SELECT split_part(subject, ':', 2)::bigint FROM command_proposal
        WHERE incident_id = %(incident)s AND subject ~ '^warning:[0-9]+$')
    UNION
    SELECT w.id, w.raw_id, w.ended_by_id FROM early_warning_warning w JOIN attached a ON w.raw_id = a.ended_by_id
)
SELECT w.id, w.ref, w.infos, w.colour,
       w.status = 'active' AND (w.expires IS NULL OR w.expires > sanji_now()),
       ARRAY(SELECT DISTINCT u.path FROM early_warning_warningunit n JOIN org_unit u ON u.id = n.unit_id
             JOIN early_warning_warningpart p ON p.id = n.part_id
             WHERE n.warning_id = w.id AND u.active AND p.colour = w.colour
               AND (w.status <> 'active' OR p.over_at IS NULL AND (p.begun_at IS NOT NULL OR w.coming)))
FROM (
    SELECT warning.*, NOT EXISTS (
        SELECT 1 FROM early_warning_warningpart q
        WHERE q.warning_id = warning.id AND q.begun_at IS NOT NULL AND q.over_at IS NULL) AS coming
    FROM early_warning_warning warning WHERE id IN (SELECT id FROM attached) AND NOT test AND status = ANY(%(said)s)
) w
ORDER BY w.id DESC
"""


def to_incident(incident_id: int) -> list[Named]:
    """The warnings attached to the incident and what they became, the newest first; tests are none."""
    with connection.cursor() as cursor:
        cursor.execute(_ATTACHED, {"incident": incident_id, "said": SAID})
        rows = cursor.fetchall()
    return [_named(*row) for row in rows]


def _named(pk: int, ref: str, infos: str, colour: str, in_force: bool, paths: list[str]) -> Named:
    title = languages.both(json.loads(infos))
    return Named(f"warning:{pk}", ref, title, f"/warnings/{pk}/", colour, in_force, frozenset(paths))
