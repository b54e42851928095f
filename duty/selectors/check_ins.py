"""Who may check in now."""

from __future__ import annotations

import datetime as dt

from database.clock import now
from duty.models import CheckIn, Shift, Stint
from norms.selectors import numbers
from org.models import Person

SECOND = dt.timedelta(seconds=1)


def due_check_ins(person: Person) -> list[CheckIn]:
    """The posts that the person may check in to now, unsaved: of shifts under way, or about to begin."""
    present = now()
    ahead = numbers.minutes("handover_opens_min")
    stints = Stint.objects.filter(person=person, during__overlap=(present, present + ahead + SECOND))
    found = []
    for stint in stints.select_related("slot__shift__unit", "override__unit").order_by("during"):
        shift = stint.slot.shift if stint.slot else _shift_at(stint, present)
        if shift is not None:
            found.append(CheckIn(shift=shift, post=stint.post, person=person))
    done = {(c.shift_id, c.post) for c in CheckIn.objects.filter(person=person, shift__in=[c.shift for c in found])}
    return [row for row in found if (row.shift_id, row.post) not in done]


def _shift_at(stint: Stint, present: dt.datetime) -> Shift | None:
    at = max(stint.during.lower, present)
    shifts = Shift.objects.filter(unit=stint.unit_id, live=True, during__contains=at)
    return shifts.select_related("unit").first()
