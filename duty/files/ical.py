"""Calendar feeds (RFC 5545): a person's own duty or a unit's, from the one definition of who is on.

A stretch that a handover has prolonged ends when it was taken over; one still open ends as it stands now.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from database.clock import now
from duty.models import CalendarToken, DutyPost, Stint
from duty.selectors import watch

BACK, AHEAD = dt.timedelta(days=31), dt.timedelta(days=120)


def feed(token: CalendarToken) -> bytes:
    """The feed of a token from a month back to four months ahead."""
    present = now()
    start, end = present - BACK, present + AHEAD
    if token.unit:
        rows, name = watch.watches([token.unit.pk], start, end), token.unit.label
    else:
        units = Stint.objects.filter(person=token.person, during__overlap=(start, end)).values_list("unit", flat=True)
        rows = [w for w in watch.watches(sorted(set(units)), start, end) if w.person_id == token.person_id]
        name = token.person.label
    calendar = Calendar()
    calendar.add("prodid", "-//Sanji//Duty//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Duty: %(name)s") % {"name": name})
    for row in rows:
        calendar.add_component(_event(row, present))
    return calendar.to_ical()


def _event(row: watch.Watch, present: dt.datetime) -> Event:
    event = Event()
    kind = f"o{row.override_id}" if row.override_id else f"s{row.slot_id}"
    event.add("uid", f"{kind}-{row.post}-{int(row.start.timestamp())}@sanji")
    event.add("dtstamp", present)
    event.add("dtstart", row.start)
    event.add("dtend", row.end)
    event.add("summary", f"{row.unit} · {DutyPost(row.post).label} · {row.person}")
    if row.phone:
        event.add("description", row.phone)
    return event
