"""What is done to single shifts and posts: assign, exchange, many at once, add, move, call off, override."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from database.clock import now
from duty import actions
from duty.actions import Place
from duty.models import DutyPost, Override, Shift, Slot
from duty.rules.spans import span
from duty.screens.place import month_at
from duty.selectors import rosters
from duty.views.forms import AssignForm, BulkForm, MoveForm, OverrideForm, ReasonForm, ShiftForm, SlotOverrideForm
from duty.views.roster_acts import back_to
from org.models import Person, Unit
from org.screens.place import unit_of
from org.selectors.jurisdiction import visible_to
from web.dialogs import Act, NoFields, perform, posted
from web.errors import Invalid, NotFound
from web.requests import Request

DAY = dt.timedelta(days=1)
CONSENT = gettext_lazy(
    "For sudden illness too: not asked a day ahead; the reason names who consented orally, and when."
)
PLACE = re.compile(r"(\d{1,18}):(leader|main|deputy|reserve):(\d{1,18})")


def shift_of(person: Person, pk: int) -> Shift:
    found = rosters.with_people(rosters.shifts_visible_to(person)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def back(shift: Shift) -> str:
    return back_to(shift.unit, rosters.month_of(timezone.localtime(shift.during.lower).date()))


def shift_words(shift: Shift) -> str:
    """Which shift an act is about: ``Jushui Township · 2026-07-01 08:30 – 07-02 08:30``."""
    return f"{shift.unit.label} · {span(shift.during)}"


def assign(request: Request, pk: int, post: str) -> HttpResponse:
    """One cell of the calendar; beside it what else can be done to the shift."""
    shift = shift_of(request.user, pk)
    slot = next((slot for slot in shift.slots.all() if slot.post == post), None)
    form = AssignForm(posted(request), unit=shift.unit, initial={"person": slot.person_id if slot else None})

    def do(data: dict[str, Any]) -> str:
        actions.assign(by=request.user, places=[Place(pk, post, data["person"])])
        return _("%(post)s: %(name)s.") % {"post": DutyPost(post).label, "name": Person.objects.get(pk=data["person"])}

    title = f"{DutyPost(post).label} · {timezone.localtime(shift.during.lower):%m-%d}"
    context = {"shift": shift, "slot": slot, "begun": shift.during.lower <= now()}
    act = Act(title, _("Put on duty"), form, do, back(shift), template="duty/acts/assign.html", context=context)
    return perform(request, act)


@require_POST
def places(request: Request) -> HttpResponse:
    """``place=SHIFT:POST:PERSON`` any number of times: what a drag, or its keyboard way, comes to. All or nothing."""
    found = [PLACE.fullmatch(raw) for raw in request.POST.getlist("place")]
    if not found or not all(found) or len(found) > 100:
        raise Invalid.field("place", _("This is not a place in the roster."))
    chosen = [Place(int(m[1]), m[2], int(m[3])) for m in found if m]
    shift = shift_of(request.user, chosen[0].shift_id)

    def do(data: dict[str, Any]) -> str:
        actions.assign(by=request.user, places=chosen)
        return _("The roster is changed.")

    return perform(request, Act(_("Move people"), _("Move"), NoFields(posted(request)), do, back(shift)))


def bulk(request: Request, code: str, year: int, number: int) -> HttpResponse:
    unit, month = unit_of(request.user, code), month_at(year, number)
    initial = {"first": month, "last": rosters.next_month(month) - DAY, "post": "main", "weekdays": [*range(1, 8)]}
    form = BulkForm(posted(request), unit=unit, initial=initial)

    def do(data: dict[str, Any]) -> str:
        chosen = _chosen(request.user, unit, data)
        actions.assign(by=request.user, places=[Place(pk, data["post"], data["person"]) for pk in chosen])
        return ngettext("Changed in %(n)s shift.", "Changed in %(n)s shifts.", len(chosen)) % {"n": len(chosen)}

    return perform(request, Act(_("Assign many"), _("Assign"), form, do, back_to(unit, month)))


def _chosen(person: Person, unit: Unit, data: dict[str, Any]) -> list[int]:
    rows = rosters.shifts_visible_to(person).filter(unit=unit, during__endswith__gt=now())
    rows = rosters.shifts_between(rows, data["first"], data["last"] + DAY)
    days = {pk: timezone.localtime(during.lower).isoweekday() for pk, during in rows.values_list("pk", "during")}
    chosen = [pk for pk, weekday in days.items() if weekday in data["weekdays"]]
    if not chosen:
        raise Invalid.field("last", _("There is no shift to change in this period."))
    return chosen


def add(request: Request, code: str, day: str) -> HttpResponse:
    unit, date = unit_of(request.user, code), _date(day)
    start = timezone.make_aware(dt.datetime.combine(date, dt.time(8, 30)))
    form = ShiftForm(posted(request), unit=unit, initial={"start": start, "end": start + DAY, "kind": "normal"})

    def do(data: dict[str, Any]) -> str:
        people = {post: data[post] for post in DutyPost.values if data.get(post)}
        given = {name: data[name] for name in ("start", "end", "kind", "published")}
        actions.add_shift(by=request.user, unit=unit, people=people, **given)
        return _("The shift is added.")

    act = Act(_("Add a shift"), _("Add"), form, do, back_to(unit, date.replace(day=1)), template="duty/acts/shift.html")
    return perform(request, act)


def _date(day: str) -> dt.date:
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        raise NotFound from None


def move(request: Request, pk: int) -> HttpResponse:
    shift = shift_of(request.user, pk)
    initial = {"start": shift.during.lower, "end": shift.during.upper}

    def do(data: dict[str, Any]) -> str:
        actions.move_shift(pk, by=request.user, **data)
        return _("The shift is moved; swaps and handovers follow it.")

    form = MoveForm(posted(request), initial=initial)
    act = Act(_("Move the shift"), _("Move"), form, do, back(shift), note=shift_words(shift))
    return perform(request, act)


def call_off(request: Request, pk: int) -> HttpResponse:
    shift = shift_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.call_off_shift(pk, by=request.user, **data)
        return _("The shift is called off.")

    note = _("%(shift)s: it stays on record; nobody is on duty then until another shift says so.")
    note %= {"shift": shift_words(shift)}
    act = Act(_("Call off the shift"), _("Call off"), ReasonForm(posted(request)), do, back(shift), note=note)
    act.danger = True
    return perform(request, act)


def override_slot(request: Request, pk: int) -> HttpResponse:
    """Somebody else for the whole of one slot, while the roster keeps whom it named."""
    seen = rosters.shifts_visible_to(request.user)
    slot = Slot.objects.filter(pk=pk, shift__in=seen).select_related("shift__unit", "person").first()
    if slot is None:
        raise NotFound

    def do(data: dict[str, Any]) -> str:
        actions.override_slot(pk, by=request.user, **data)
        return _("Put on duty instead of %(name)s.") % {"name": slot.person.label}

    form = SlotOverrideForm(posted(request), unit=slot.shift.unit)
    title = _("Instead of %(name)s") % {"name": slot.person.label}
    note = f"{shift_words(slot.shift)} · {slot.get_post_display()} · {CONSENT}"
    return perform(request, Act(title, _("Put on duty"), form, do, back(slot.shift), note=note))


def override(request: Request, code: str) -> HttpResponse:
    """Somebody in a post from now on, whatever the roster says."""
    unit, present = unit_of(request.user, code), now()
    post = request.GET.get("post", "")
    initial = {"post": post if post in DutyPost.values else "main", "start": present, "end": present + DAY}
    form = OverrideForm(posted(request), unit=unit, initial=initial)

    def do(data: dict[str, Any]) -> str:
        found = actions.override(by=request.user, unit=unit, **data)
        return _("%(name)s is on duty.") % {"name": found.person.label}

    month = rosters.month_of(timezone.localtime(present).date())
    title = _("Temporary stand-in at %(unit)s") % {"unit": unit.label}
    return perform(request, Act(title, _("Put on duty"), form, do, back_to(unit, month), note=str(CONSENT)))


def withdraw(request: Request, pk: int) -> HttpResponse:
    row = Override.objects.filter(visible_to(request.user), pk=pk).select_related("unit", "person").first()
    if row is None:
        raise NotFound

    def do(data: dict[str, Any]) -> str:
        actions.withdraw_override(pk, by=request.user)
        return _("What the roster says holds again.")

    note = _("%(name)s stays on record for what has passed.") % {"name": row.person.label}
    month = rosters.month_of(timezone.localtime(row.during.lower).date())
    act = Act(_("Take it back"), _("Take back"), NoFields(posted(request)), do, back_to(row.unit, month), note=note)
    return perform(request, act)
