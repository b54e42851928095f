"""Notifications of changes on duty: one message a person and change, whatever the change was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from database.clock import now
from duty.cards import POST_NAMES
from duty.models import Shift, Slot
from duty.rules.spans import span
from journal.actions.recording import Actor, Fact, record_all
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
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


_CANNOT = """
    SELECT DISTINCT s.unit_id, p.id, p.name, p.name_en
    FROM duty_shift s JOIN duty_slot sl ON sl.shift_id = s.id JOIN org_person p ON p.id = sl.person_id
    WHERE s.id = ANY(%s) AND (p.phone = '' OR EXISTS (
        SELECT 1 FROM org_person o WHERE o.phone = p.phone AND o.id <> p.id AND o.is_active AND (
            EXISTS (SELECT 1 FROM duty_slot other WHERE other.shift_id = s.id AND other.person_id = o.id)
            OR EXISTS (SELECT 1 FROM org_appointment a WHERE a.person_id = o.id AND a.unit_id = s.unit_id
                AND a.valid_from <= sanji_now() AND (a.valid_to IS NULL OR a.valid_to > sanji_now())))))
    ORDER BY s.unit_id, p.id
"""


def cannot_be_called(shift_ids: Sequence[int]) -> dict[int, list[Person]]:
    """Unit → whoever stands in these shifts without a number, or with that of a colleague; one query."""
    found = defaultdict[int, list[Person]](list)
    with connection.cursor() as cursor:
        cursor.execute(_CANNOT, [list(shift_ids)])
        for unit_id, pk, name, name_en in cursor.fetchall():
            found[unit_id].append(Person(pk=pk, name=name, name_en=name_en))
    return found


def who_cannot_be_called(shifts: Sequence[Shift], *, by: Actor) -> None:
    """Recorded, and told to whoever publishes. It keeps no roster from counting: a post with a person whom somebody
    fetches is better than a gap; their deputy is called as soon as they are on (duty/selectors/gaps.py).
    """
    units = {shift.unit_id: shift.unit for shift in shifts}
    facts, everybody = [], []
    for unit_id, people in cannot_be_called([shift.pk for shift in shifts]).items():
        words = listed_names(people)
        everybody += people
        data = {"people": [person.pk for person in people], "people_names": words, "unit_name": names(units[unit_id])}
        facts.append(Fact("roster.cannot_be_called", f"unit:{unit_id}", units[unit_id].path, data=data))
    record_all(facts, by=by)
    if facts and isinstance(by, Person):
        about = {"people": listed_names(list({person.pk: person for person in everybody}.values()))}
        notice = Notice(by.pk, "duty.cannot_be_called", facts[0].subject, facts[0].unit_path, about, url="/duty/")
        notify.send_all([notice], by=by)


def listed_names(people: Sequence[Person]) -> dict[str, str]:
    both = [names(person) for person in people]
    return {"zh": "、".join(one["zh"] for one in both), "en": ", ".join(one["en"] for one in both)}


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
