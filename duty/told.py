"""Telling people about their duty: each one once a change, in one message, whatever the change was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duty.booking import span
from duty.cards import POST_NAMES, names
from duty.models import Shift, Slot
from journal.actions import Actor
from notify import actions as notify
from notify.actions import Notice
from org.clock import now
from org.models import Person

Held = Mapping[tuple[int, str], int]
"""(shift, post) → person."""


def held(shifts: Iterable[Shift]) -> dict[tuple[int, str], int]:
    """Who stands in these shifts now."""
    rows = Slot.objects.filter(shift__in=[shift.pk for shift in shifts])
    return {(shift, post): person for shift, post, person in rows.values_list("shift", "post", "person")}


def put_on(shifts: Sequence[Shift], before: Held, *, by: Actor) -> None:
    """After a change of published shifts: whoever is in them now and was not is told, and whoever is not any more."""
    after = held(shifts)
    gained = {key: person for key, person in after.items() if before.get(key) != person}
    still = {(shift_id, person) for (shift_id, _post), person in after.items()}
    lost = {key: person for key, person in before.items() if (key[0], person) not in still}
    tell_each(shifts, lost, "duty.taken_off", by=by)
    tell_each(shifts, gained, "duty.rostered", by=by)


def tell_each(
    shifts: Sequence[Shift], places: Held, code: str, *, by: Actor, data: Mapping[str, Any] | None = None
) -> None:
    """One message a person about all their places in these shifts; nobody is told what they did themselves."""
    by_id = {shift.pk: shift for shift in shifts if shift.during.upper > now()}
    mine = defaultdict[int, list[tuple[Shift, str]]](list)
    for (shift_id, post), person_id in places.items():
        if shift_id in by_id and not (isinstance(by, Person) and by.pk == person_id):
            mine[person_id].append((by_id[shift_id], post))
    notices = []
    for person_id, found in sorted(mine.items()):
        found.sort(key=lambda one: one[0].during.lower)
        shift, post = found[0]
        about = {
            "unit": names(shift.unit),
            "post": POST_NAMES[post],
            "time": span(shift.during),
            "count": len(found),
            **(data or {}),
        }
        many = code if len(found) == 1 else f"{code}_many"
        subject = f"shift:{shift.pk}"
        notices.append(Notice(person_id, many, subject, shift.unit.path, data=about, url="/duty/me/"))
    notify.send_all(notices, by=by)
