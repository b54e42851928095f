"""What an address of duty speaks of: a unit, a month, and the frame in which the person works."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from duty.selectors import month_of, next_month
from journal.errors import NotFound
from org import capabilities
from org.clock import now
from org.codes import normalise
from org.jurisdiction import allowed, jurisdiction_of, visible_to
from org.models import Appointment, Person, Unit
from org.selectors import held_now

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Beyond these no roster is drawn up: a date of nonsense in an address."""


def today() -> dt.date:
    """The date in Beijing, by the database's clock."""
    return timezone.localtime(now()).date()


def unit_of(person: Person, code: str) -> Unit:
    """The active unit of a code inside the person's jurisdiction; 404 otherwise."""
    try:
        normal = normalise(code)
    except ValueError:
        raise NotFound from None
    found = Unit.objects.filter(visible_to(person, "path"), code=normal, active=True).defer("boundary").first()
    if found is None:
        raise NotFound
    return found


def chosen_unit(request: HttpRequest) -> Unit:
    """The one of the address, or the person's own, or the first that they see."""
    if code := request.GET.get("unit", ""):
        return unit_of(request.user, code)
    own = home_of(request.user)
    if own is None:
        raise NotFound
    return own


def home_of(person: Person) -> Unit | None:
    """Where the person serves; of several units the uppermost. Somebody without a post: the first unit in sight."""
    rows = held_now(Appointment.objects.filter(person=person)).order_by("unit__path")
    row = rows.select_related("unit").defer("unit__boundary").first()
    if row is not None:
        return row.unit
    return Unit.objects.filter(visible_to(person, "path"), active=True).defer("boundary").order_by("path").first()


def chosen_month(request: HttpRequest) -> dt.date:
    """``?month=2026-11`` as its first day; the present month when it is missing or none at all."""
    found = MONTH.fullmatch(request.GET.get("month", ""))
    try:
        return month_at(int(found[1]), int(found[2])) if found else month_of(today())
    except NotFound:
        return month_of(today())


def month_at(year: int, number: int) -> dt.date:
    """The first day of the month that an address names. NotFound for what no roster reaches."""
    if not (1 <= number <= 12 and FIRST_YEAR <= year <= LAST_YEAR):
        raise NotFound
    return dt.date(year, number, 1)


def month_frame(first: dt.date) -> dict[str, Any]:
    """The months on either side, for the switch."""
    return {"month": first, "month_before": month_of(first - dt.timedelta(days=1)), "month_after": next_month(first)}


def on_a_phone(person: Person) -> bool:
    """Whether the person serves townships and villages alone, and so works in the phone's frame."""
    found = jurisdiction_of(person)
    return bool(found.grants) and not found.everything and all(path.count(".") >= 3 for path in found.grants)


def frame_of(person: Person) -> dict[str, str]:
    return {"frame_base": "base_phone.html" if on_a_phone(person) else "base.html", "tab": "duty"}


def may_roster(person: Person, unit: Unit) -> bool:
    return allowed(person, capabilities.ROSTER, unit.path)


def may_somewhere(person: Person, capability: str) -> bool:
    found = jurisdiction_of(person)
    return found.everything or bool(found.scopes(capability))
