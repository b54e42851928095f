"""Five-stops orders on one sheet: those in force, a new one, and lifting one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from command import actions
from command.actions.five_stops import GROUNDS_LIMIT
from command.rules.words import STOP_WORDS
from command.screens import five_stops as screens
from command.views.acts import Act, go, perform, posted
from org.models import Person
from web.dialogs import Moment, PageForm
from web.errors import ActionError
from web.requests import Request


class FiveStopsForm(PageForm):
    stops = forms.MultipleChoiceField(
        label=gettext_lazy("What stops"), choices=list(STOP_WORDS.items()), widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    area = forms.MultipleChoiceField(
        label=pgettext_lazy("five-stops order", "Where"), widget=forms.CheckboxSelectMultiple, required=False
    )
    since = Moment(label=pgettext_lazy("of a period", "From"))
    until = Moment(label=pgettext_lazy("of a period", "Until"))
    grounds = forms.CharField(
        label=gettext_lazy("Grounds"), max_length=GROUNDS_LIMIT, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("As they are to stand in the order, in Chinese."),
    )  # fmt: skip
    told = forms.CharField(
        label=gettext_lazy("Who is told by name"), widget=forms.Textarea(attrs={"rows": 10}), required=False,
        help_text=gettext_lazy("One a line: schools, sites, lines, scenic spots. Filled from the register; change it."),
    )  # fmt: skip
    incident = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("area").choices = screens.areas(person)
        self.take_any("area", "stops")


class LiftForm(PageForm):
    grounds = forms.CharField(
        label=gettext_lazy("Grounds"), max_length=GROUNDS_LIMIT, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("As they are to stand in the order, in Chinese."),
    )  # fmt: skip


def five_stops(request: Request) -> HttpResponse:
    """GET may carry stops, area and grounds: the list of those who are told is filled from the register then."""
    form = FiveStopsForm(posted(request), person=request.user, initial=screens.initial(request.user, request.GET))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return go(request, reverse("norms:paper", args=[_draft(request.user, form.cleaned_data)]))
            except ActionError as error:
                form.take(error)
                status = error.status
    context = {"form": form, **screens.sheet(request), "chosen_area": set(form["area"].value() or ())}
    return render(request, "command/five_stops.html", context, status=status)


def _draft(person: Person, data: dict[str, Any]) -> int:
    told = data.pop("told").splitlines()
    return actions.draft_five_stops(by=person, told=told, incident_id=data.pop("incident"), **data).pk


def lift(request: Request, pk: int) -> HttpResponse:
    found = screens.order_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.lift_five_stops(pk, by=request.user, **data)
        return _("Drafted: it lifts the order once it is signed.")

    form, back = LiftForm(posted(request)), reverse("command:five_stops")
    act = Act(_("Lift this order"), _("Draft the lifting"), form, do, back, f"{found.number} {found.title}")
    return perform(request, act)
