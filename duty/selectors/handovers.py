"""Permission to sign a handover."""

from __future__ import annotations

import datetime as dt

from database.clock import now
from duty.models import Handover, Stint
from duty.selectors import watch

SIGNERS = ("main", "deputy")
"""The posts that sign for their side; a leader settles what they cannot."""


def sides(handover: Handover) -> dict[str, set[int]]:
    """Ids of who may sign: ``out`` whoever is on now; ``in`` whoever is booked when the shift begins (or by now)."""
    shift = handover.shift
    last = shift.during.upper - dt.timedelta(microseconds=1)
    at = min(max(shift.during.lower, now()), last)
    # Not asked by post: a unit's few people of one moment are one reach into the index, its posts are not.
    coming = Stint.objects.filter(unit=handover.unit_id, during__contains=at).values_list("post", "person")
    on = watch.crew(handover.unit_id)
    return {
        "out": {on[post].person_id for post in SIGNERS if post in on},
        "in": {person_id for post, person_id in coming if post in SIGNERS},
    }
