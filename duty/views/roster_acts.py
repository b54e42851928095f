"""What is done to a unit's month: drafts, publication, patterns, seasons."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from duty import actions
from duty.actions import told
from duty.models import FallbackContact, Roster, RosterPattern, Shift
from duty.rules.spans import listed
from duty.screens import calendar
from duty.screens.place import chosen_month, month_at
from duty.selectors import rosters as selectors
from duty.views.forms import EndForm, FallbackForm, PatternForm, PeriodForm, PublishForm, SeasonForm, SheetForm
from org.models import Unit
from org.screens.place import unit_of
from web.dialogs import Act, NoFields, perform, posted
from web.errors import NotFound
from web.kinds import Upload
from web.requests import Request
from web.views.waiting import outcome_of, wait_for

DAY = dt.timedelta(days=1)


def back_to(unit: Unit, month: dt.date) -> str:
    return f"{reverse('duty:month')}?unit={unit.code}&month={month:%Y-%m}"


def generate(request: Request, code: str, year: int, number: int) -> HttpResponse:
    unit, month = unit_of(request.user, code), month_at(year, number)
    form = PeriodForm(posted(request), initial={"first": month, "last": selectors.next_month(month) - DAY})

    def do(data: dict[str, Any]) -> str:
        until = data.pop("last") + DAY
        found = actions.generate(by=request.user, unit=unit, until=until, **data)
        return _("Drafting shifts for %(units)s.") % {"units": units_words(found.total)}

    context = {"unit": unit, "month": month, "patterns": calendar.patterns_of(unit, month)}
    act = Act(_("Generate from patterns"), _("Generate drafts"), form, do, back_to(unit, month),
              template="duty/acts/generate.html", context=context)  # fmt: skip
    return perform(request, act)


@require_POST
def generate_preview(request: Request, code: str, year: int, number: int) -> HttpResponse:
    """How many shifts it would draft for the unit itself; nothing is kept."""
    unit, form = unit_of(request.user, code), PeriodForm(request.POST)
    if not form.is_valid() or not dt.timedelta(0) < form.cleaned_data["last"] + DAY - form.cleaned_data["first"]:
        return render(request, "duty/acts/_preview.html", {"open": True})
    first, until = form.cleaned_data["first"], form.cleaned_data["last"] + DAY
    if until - first > dt.timedelta(days=400):
        return render(request, "duty/acts/_preview.html", {"open": True})
    context = calendar.shifts_in(unit, first, until)
    return render(request, "duty/acts/_preview.html", context | {"descendants": form.cleaned_data["descendants"]})


def units_words(number: int) -> str:
    return ngettext("%(number)s unit", "%(number)s units", number) % {"number": number}


def publish(request: Request, code: str, year: int, number: int) -> HttpResponse:
    """The dialog says beforehand what blocks it; double bookings are told by the database when it is tried."""
    unit, month = unit_of(request.user, code), month_at(year, number)
    rosters = list(Roster.objects.filter(unit=unit, month=month))
    findings = selectors.problems_of_drafts(rosters)

    def do(data: dict[str, Any]) -> str:
        found = actions.publish(by=request.user, unit=unit, month=month, **data)
        said = _("Published: %(units)s.") % {"units": units_words(len(found))}
        return f"{said} {_cannot_be_called(unit, month)}".strip()

    act = Act(_("Publish %(month)s") % {"month": f"{month:%Y-%m}"}, _("Publish"), PublishForm(posted(request)), do,
              back_to(unit, month), template="duty/acts/publish.html",
              context={"unit": unit, "findings": findings, "drafts": _drafts(request, unit, month)})  # fmt: skip
    return perform(request, act)


def _cannot_be_called(unit: Unit, month: dt.date) -> str:
    live = selectors.shifts_between(Shift.objects.filter(unit=unit, live=True), month, selectors.next_month(month))
    people = told.cannot_be_called(list(live.values_list("pk", flat=True))).get(unit.pk, [])
    if not people:
        return ""
    names = listed(person.label for person in people)
    return _("These have no number of their own and cannot be called: %(names)s.") % {"names": names}


def _drafts(request: Request, unit: Unit, month: dt.date) -> int:
    rows = selectors.shifts_visible_to(request.user).filter(unit=unit, live=False)
    return selectors.shifts_between(rows, month, selectors.next_month(month)).count()


WHEN_NOBODY_IS_LEFT = gettext_lazy(
    "When a post is empty and no stand-in is on, or an order's escalation finds nobody, this person is called."
)


def fallback(request: Request, code: str) -> HttpResponse:
    """Whom the county calls where nobody is left to call."""
    unit = unit_of(request.user, code)
    now_set = FallbackContact.objects.filter(unit=unit).select_related("person").first()
    form = FallbackForm(posted(request), unit=unit, initial={"person": now_set.person_id if now_set else None})

    def do(data: dict[str, Any]) -> str:
        row = actions.set_fallback(by=request.user, unit=unit, person=data["person"])
        return _("%(name)s is called where nobody else is left.") % {"name": row.person.label}

    title = _("Fallback contact of %(unit)s") % {"unit": unit.label}
    return perform(request, Act(title, _("Set"), form, do, reverse("duty:today"), note=str(WHEN_NOBODY_IS_LEFT)))


def discard(request: Request, code: str, year: int, number: int) -> HttpResponse:
    unit, month = unit_of(request.user, code), month_at(year, number)

    def do(data: dict[str, Any]) -> str:
        gone = actions.discard_drafts(by=request.user, unit=unit, month=month)
        return ngettext("%(n)s draft discarded.", "%(n)s drafts discarded.", gone) % {"n": gone}

    drafts = _drafts(request, unit, month)
    note = ngettext("%(n)s draft of %(unit)s goes; what is published stays.",
                    "%(n)s drafts of %(unit)s go; what is published stays.", drafts)  # fmt: skip
    act = Act(_("Discard the drafts"), _("Discard"), NoFields(posted(request)), do, back_to(unit, month),
              note=note % {"n": drafts, "unit": unit.label}, danger=True)  # fmt: skip
    return perform(request, act)


def pattern(request: Request, code: str) -> HttpResponse:
    unit, month = unit_of(request.user, code), chosen_month(request)
    initial = {"kind": "normal", "days": "every", "starts": "08:30", "hours": 24, "valid_from": month, "signed": True}
    form = PatternForm(posted(request), unit=unit, initial=initial)

    def do(data: dict[str, Any]) -> str:
        chosen = {name: data[name] for name in ("name", "kind", "days", "starts", "valid_from", "signed")}
        length = dt.timedelta(hours=data["hours"])
        actions.set_pattern(by=request.user, unit=unit, rotation=form.rotation(), length=length, **chosen)
        return _("The pattern is stored. Generate shifts from it now.")

    act = Act(_("New pattern of %(unit)s") % {"unit": unit.label}, _("Store the pattern"), form, do,
              back_to(unit, month), template="duty/acts/pattern.html")  # fmt: skip
    return perform(request, act)


def end_pattern(request: Request, pk: int) -> HttpResponse:
    row = selectors.patterns_visible_to(request.user).filter(pk=pk).first()
    if row is None:
        raise NotFound
    form = EndForm(posted(request))

    def do(data: dict[str, Any]) -> str:
        actions.end_pattern(pk, by=request.user, on=data["on"])
        return _("The pattern has ended.")

    title = _("End the pattern “%(name)s”") % {"name": row.name}
    note = _("Shifts that were made from it stay.")
    return perform(request, Act(title, _("End it"), form, do, _of(row), note=note, danger=True))


def _of(row: RosterPattern) -> str:
    return f"{reverse('duty:month')}?unit={row.unit.code}"


def season(request: Request, code: str) -> HttpResponse:
    unit = unit_of(request.user, code)

    def do(data: dict[str, Any]) -> str:
        actions.set_season(by=request.user, unit=unit, ends_on=data.pop("last") + DAY, **data)
        return _("The season is declared: it demands the strengthened roster.")

    note = _("Counts for %(unit)s and everything under it.") % {"unit": unit.label}
    act = Act(_("Declare a season"), _("Declare"), SeasonForm(posted(request), initial={"kind": "flood"}), do,
              f"{reverse('duty:month')}?unit={unit.code}", note=note)  # fmt: skip
    return perform(request, act)


def load_year(request: Request, year: int) -> HttpResponse:
    """Take the year anew from the `holidays` package; shifts that it affects are listed, never changed."""

    def do(data: dict[str, Any]) -> str:
        affected = actions.seed_calendar([year], by=request.user)
        return ngettext("Calendar loaded; %(n)s shift is affected.", "Calendar loaded; %(n)s shifts are affected.",
                        len(affected)) % {"n": len(affected)}  # fmt: skip

    note = _("No shift is changed: those whose day is now of another kind are listed for you to decide.")
    act = Act(_("Load the calendar of %(year)s") % {"year": year}, _("Load"), NoFields(posted(request)), do,
              f"{reverse('duty:affected')}?year={year}", note=note)  # fmt: skip
    return perform(request, act)


def sheet(request: Request, code: str) -> HttpResponse:
    """Import of a roster as counties keep it: tried first, row by row, then loaded as drafts; ``?job=``: how."""
    unit, form = unit_of(request.user, code), SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        params = {"unit": unit.code, "load": "load" in request.POST}
        return wait_for(request, "duty.roster_import", params, upload=Upload.of(form.cleaned_data["file"]))
    outcome = outcome_of(request, "duty.roster_import")
    faulty = bool(form.errors or (outcome and outcome["problems"]))
    context = {"unit": unit, "form": form, "outcome": outcome, "back": back_to(unit, chosen_month(request))}
    return render(request, "duty/import.html", context, status=400 if faulty else 200)


def export(request: Request, code: str, year: int, number: int) -> HttpResponse:
    unit, month = unit_of(request.user, code), month_at(year, number)
    return wait_for(request, "duty.roster_sheet", {"unit": unit.code, "month": f"{month:%Y-%m}"})
