"""Recomputing stints (who holds a post when) from slots and overrides, in bulk; who loses a race is told who holds the
place.

A slot is booked for its shift's time less all overrides of its post; an override for its time less later overrides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from duty.models import DutyPost, Shift, Slot, Stint
from duty.rules.spans import span
from org.models import Person, Unit
from web.errors import Conflict
from web.rest import conflict_of

_LOCK = 7_331_127
"""First key of the advisory locks that serialise changes of a unit's roster."""

_DELETE = """
    DELETE FROM duty_stint t WHERE t.unit_id = ANY(%(units)s) AND (
        t.during && %(window)s
        OR t.slot_id IN (SELECT sl.id FROM duty_slot sl JOIN duty_shift s ON s.id = sl.shift_id
            WHERE s.live AND s.unit_id = ANY(%(units)s) AND s.during && %(window)s)
        OR t.override_id IN (SELECT o.id FROM duty_override o
            WHERE o.withdrawn_at IS NULL AND o.unit_id = ANY(%(units)s) AND o.during && %(window)s)
    )
"""
_INSERT = """
    INSERT INTO duty_stint (unit_id, post, person_id, during, slot_id, override_id)
    SELECT s.unit_id, sl.post, sl.person_id, piece, sl.id, NULL
    FROM duty_shift s JOIN duty_slot sl ON sl.shift_id = s.id
    CROSS JOIN LATERAL unnest(tstzmultirange(s.during) - COALESCE((
        SELECT range_agg(o.during) FROM duty_override o WHERE o.withdrawn_at IS NULL
            AND o.unit_id = s.unit_id AND o.post = sl.post AND o.during && s.during), '{}')) AS piece
    WHERE s.live AND s.unit_id = ANY(%(units)s) AND s.during && %(window)s
    UNION ALL
    SELECT o.unit_id, o.post, o.person_id, piece, NULL, o.id
    FROM duty_override o
    CROSS JOIN LATERAL unnest(tstzmultirange(o.during) - COALESCE((
        SELECT range_agg(n.during) FROM duty_override n WHERE n.withdrawn_at IS NULL AND n.id > o.id
            AND n.unit_id = o.unit_id AND n.post = o.post AND n.during && o.during), '{}')) AS piece
    WHERE o.withdrawn_at IS NULL AND o.unit_id = ANY(%(units)s) AND o.during && %(window)s
"""


def lock_units(unit_ids: Sequence[int]) -> None:
    """Take the advisory locks on the rosters of these units, always in one order (no deadlock among them)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, u) FROM (SELECT DISTINCT unnest(%s::int[]) AS u ORDER BY 1) AS units",
            [_LOCK, list(unit_ids)],
        )


def rebook(unit_ids: Sequence[int], window: DateTimeTZRange) -> None:
    """Write the stints of these units that touch ``window`` anew.

    Inside the caller's transaction, after `lock_units`. Conflict when somebody would be in two places, or two people
    in one post: then the caller's transaction must be given up.
    """
    parameters = {"units": list(unit_ids), "window": window}
    with told_as_conflict(), connection.cursor() as cursor:
        cursor.execute(_DELETE, parameters)
        cursor.execute(_INSERT, parameters)


@contextmanager
def told_as_conflict() -> Iterator[None]:
    """Translate a violated exclusion constraint, or a lost race, into a 409 with the present holder."""
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, OperationalError) as error:
        raise _holder(error) or conflict_of(error) or error from error


_KEY = re.compile(r"=\((\d+), (?:(\w+), )?.*existing key \([^)]*\)=\(\d+, (?:\w+, )?\[\"?([^\",]+)\"?,\"?([^\",)]+)")


def _holder(error: Exception) -> Conflict | None:
    diagnosis = getattr(error.__cause__, "diag", None)
    found = _KEY.search(getattr(diagnosis, "message_detail", None) or "")
    if found is None:
        return None
    ident, post, start, end = found.groups()
    during = Slot.objects.filter(shift__during__overlap=DateTimeTZRange(start, end))
    if diagnosis.constraint_name == "duty_one_place_a_person":
        return _elsewhere(int(ident), DateTimeTZRange(start, end))
    if diagnosis.constraint_name == "duty_one_shift_a_unit":
        return _second_shift(int(ident), DateTimeTZRange(start, end))
    slot = during.filter(shift__unit=int(ident), post=post).select_related("person", "shift__unit").first()
    return slot and Conflict(
        _("%(post)s of %(unit)s is held by %(name)s, %(time)s.") % {**_words(slot), "name": slot.person.label},
        current=_current(slot),
        code="taken",
    )


def _elsewhere(person_id: int, during: DateTimeTZRange) -> Conflict:
    """The person has a stint or a slot there already; which one, as far as it is still there to be read."""
    person = Person.objects.get(pk=person_id)
    slots = Slot.objects.filter(person=person, shift__during__overlap=during, shift__called_off_at=None)
    slot = slots.select_related("shift__unit").order_by("-shift__live", "pk").first()
    if slot is None:
        stint = Stint.objects.filter(person=person, during__overlap=during).select_related("unit").first()
        unit, time = (stint.unit.label, span(stint.during)) if stint else ("–", span(during))
        return Conflict(_already(person, unit, time), code="taken")
    return Conflict(
        _already(person, slot.shift.unit.label, span(slot.shift.during)), current=_current(slot), code="taken"
    )


def _already(person: Person, unit: str, time: str) -> str:
    return _("%(name)s is on duty at %(unit)s already, %(time)s.") % {"name": person.label, "unit": unit, "time": time}


def _second_shift(unit_id: int, during: DateTimeTZRange) -> Conflict:
    unit = Unit.objects.get(pk=unit_id)
    shift = Shift.objects.filter(unit=unit, live=True, during__overlap=during).first()
    return Conflict(
        _("%(unit)s has a shift at that time already, %(time)s.")
        % {"unit": unit.label, "time": span(shift.during if shift else during)},
        current={"shift": shift.pk} if shift else None,
        code="taken",
    )


def _current(slot: Slot) -> dict[str, Any]:
    return {"shift": slot.shift_id, "unit": slot.shift.unit.code, "post": slot.post, "person": slot.person_id}


def _words(slot: Slot) -> dict[str, str]:
    post = str(DutyPost(slot.post).label)
    return {"post": post, "unit": slot.shift.unit.label, "time": span(slot.shift.during)}
