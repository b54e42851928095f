"""The numbers of the domain, for whoever keeps the register: what is in force, its history, and a new value."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from database.clock import now
from norms.actions import set_number
from norms.models import SOURCE_LENGTH
from norms.rules.numbers import NUMBERS, said
from norms.screens.numbers import Shown, may_set_for_all, settable_units, sheet, shown
from org.models import Person, Unit
from org.screens.register import keepers_only
from web.dialogs import Act, Moment, PageForm, perform, posted
from web.errors import Forbidden, NotFound
from web.requests import Request


class NumberForm(PageForm):
    """``unit`` only where a unit may have a value of its own; empty is everybody."""

    expected = forms.IntegerField(widget=forms.HiddenInput)
    value = forms.IntegerField(min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"}))
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Applies to"), queryset=Unit.objects.none(), required=False, empty_label=None
    )
    effective_from = Moment(label=gettext_lazy("In force from"))
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=SOURCE_LENGTH,
        help_text=gettext_lazy("The decision or document on which it rests; it stands in the record."),
    )

    def __init__(self, *args: Any, number: Shown, person: Person, **kwargs: Any) -> None:
        newest = max((one.row.pk for one in number.versions), default=0)
        super().__init__(*args, initial={"expected": newest, "effective_from": now()}, **kwargs)
        self.fields["value"].widget.attrs["min"] = str(number.kind.least)
        self.fields["value"].label = _("New value (%(measure)s)") % {"measure": number.kind.measure.label}
        if not number.kind.local:
            del self.fields["unit"]
            return
        field: Any = self.fields["unit"]
        field.queryset, field.required = settable_units(person), not may_set_for_all(person)
        field.empty_label = "–" if field.required else _("the whole county")
        field.label_from_instance = lambda unit: unit.label


def _number(request: Request, code: str) -> Shown:
    if code not in NUMBERS:
        raise NotFound
    return shown(request.user, code)[0]


@require_safe
@keepers_only
def number_list(request: Request) -> HttpResponse:
    return render(request, "norms/numbers.html", {"groups": sheet(request.user)})


@require_safe
@keepers_only
def history(request: Request, code: str) -> HttpResponse:
    return render(request, "norms/number.html", {"number": _number(request, code)})


@keepers_only
def change(request: Request, code: str) -> HttpResponse:
    number = _number(request, code)
    if not number.may:
        raise Forbidden(_("Your posts do not allow this here."))

    def do(data: dict[str, Any]) -> str:
        row = set_number(code, by=request.user, **data)
        return _("Stored: %(said)s.") % {"said": said(row.value, row.measure)}

    form = NumberForm(posted(request), number=number, person=request.user)
    act = Act(str(number.kind.label), _("Store"), form, do, reverse("norms:numbers"), _note(number))
    return perform(request, act)


def _note(number: Shown) -> str:
    present = number.general.said if number.general else "–"
    return _("At present %(said)s. What was computed with it stays as it is.") % {"said": present}
