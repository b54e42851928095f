"""Checking in at the start of a shift, with one tap."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from duty.cards import POST_NAMES
from duty.models import CheckIn
from duty.selectors.check_ins import due_check_ins
from journal.actions.recording import record
from norms.selectors import numbers
from org.cards import names
from org.models import Person
from web.errors import Conflict


@transaction.atomic
def check_in(*, by: Person) -> list[CheckIn]:
    """Check in to every shift that is under way or about to begin. Idempotent.

    Conflict when there is no such shift.
    """
    rows = due_check_ins(by)
    if not rows:
        present = now()
        known = CheckIn.objects.filter(person=by, shift__during__contains=present).select_related("shift__unit")
        if not known:
            raise Conflict(
                _("You are not on duty now, nor within the next %(minutes)s minutes.")
                % {"minutes": numbers.number("handover_opens_min")}
            )
        return list(known)
    late_after = numbers.minutes("check_in_late_min")
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
