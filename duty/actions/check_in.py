"""Checking in at the start of a shift, with one tap."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from duty.cards import POST_NAMES
from duty.models import CheckIn, Shift, Stint
from duty.selectors import limits
from journal.actions.recording import record
from org.cards import names
from org.models import Person
from web.errors import Conflict

SECOND = dt.timedelta(seconds=1)


def due_check_ins(person: Person) -> list[CheckIn]:
    """The posts that the person may check in to now, unsaved: of shifts under way, or about to begin."""
    present = now()
    ahead = limits.minutes("handover_opens_min")
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


@transaction.atomic
def check_in(*, by: Person) -> list[CheckIn]:
    """Say that one is at one's post, in every shift that is under way or about to begin. Again changes nothing.

    Conflict when there is no such shift.
    """
    rows = due_check_ins(by)
    if not rows:
        present = now()
        known = CheckIn.objects.filter(person=by, shift__during__contains=present).select_related("shift__unit")
        if not known:
            raise Conflict(_("You are not on duty now, nor within the next half hour."))
        return list(known)
    late_after = limits.minutes("check_in_late_min")
    present = now()
    for row in rows:
        row.late = present > row.shift.during.lower + late_after
    CheckIn.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        _tell(row, by)
    written = CheckIn.objects.filter(person=by, shift__in=[row.shift for row in rows])
    return list(written.select_related("shift__unit"))


def _tell(row: CheckIn, by: Person) -> None:
    unit = row.shift.unit
    data = {"unit_name": names(unit), "post_name": POST_NAMES[row.post], "late": row.late, "person": by.pk}
    record(
        "duty.late_check_in" if row.late else "duty.checked_in", f"shift:{row.shift_id}", unit.path, by=by, data=data
    )
