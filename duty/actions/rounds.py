"""A sweep over all units for the gaps that no action and no timer stands for: a rule of cover that begins, a season
that opens, a unit that never had a shift, an appointment that ran out, a number that was lost.
"""

from __future__ import annotations

from django.db import connection, transaction

from duty.actions.alarms import review_gaps
from duty.models import GapAlarm
from duty.selectors.gaps import missing_now
from journal.actions.rounds import every_second

EVERY_S = 15
"""Seconds between two sweeps: a gap is told within a minute, and asking about all units costs some ten milliseconds."""

_TURN = """
    INSERT INTO journal_pulse AS p (name, at) SELECT 'duty.sweep', sanji_now()
    WHERE pg_try_advisory_xact_lock(hashtext('duty.sweep'))
    ON CONFLICT (name) DO UPDATE SET at = excluded.at
    WHERE p.at NOT BETWEEN excluded.at - make_interval(secs => %s) AND excluded.at RETURNING 1
"""
"""SQL that claims the sweep: nobody else sweeps now or did within the interval; a clock that was set back does not stop
it.
"""


@every_second("gaps")
def sweep() -> int:
    """Every `EVERY_S` seconds: look again at each unit whose alarms differ from what is missing; returns how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TURN, [EVERY_S])
            if cursor.fetchone() is None:
                return 0
        units = _differing()
    for unit_id in units:  # each in a transaction of its own: one that fails keeps no other from being told
        with transaction.atomic():
            review_gaps([unit_id])
    return len(units)


def _differing() -> list[int]:
    missing, _crews = missing_now(None)
    wanted = {(one.unit_id, one.post, one.person_id, one.called_id) for one in missing}
    rows = GapAlarm.objects.filter(status=GapAlarm.Status.OPEN)
    told = set(rows.values_list("unit", "post", "person", "called"))
    return sorted({unit_id for unit_id, *_rest in wanted ^ told})
