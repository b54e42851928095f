"""The headquarters of the units that the reader sees; who keeps the register changes them and their seats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from org import actions
from org.models import Appointment, Headquarters, HeadquartersMember, Person, Post, Unit
from org.rules.hazard_types import HAZARD_TYPES
from org.screens.headquarters import bodies, body_of
from org.screens.register import keepers_only
from org.selectors.jurisdiction import registered_by
from org.selectors.register import held_now
from web.dialogs import Act, PageForm, perform, posted
from web.errors import NotFound
from web.requests import Request


class BodyForm(PageForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=20)
    office_name = forms.CharField(label=gettext_lazy("Its office"), max_length=80)
    office_name_en = forms.CharField(label=gettext_lazy("Its office in English"), max_length=120, required=False)
    series = forms.CharField(
        label=gettext_lazy("Head of document numbers"), max_length=20,
        help_text=gettext_lazy("As it stands before the year: 庆防指 in 庆防指〔2026〕12号."),
    )  # fmt: skip
    hazard_types = forms.MultipleChoiceField(
        label=gettext_lazy("Types of hazard"), required=False, widget=forms.CheckboxSelectMultiple
    )
    active = forms.BooleanField(label=gettext_lazy("Active"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("hazard_types").choices = [(code, str(label)) for code, label in HAZARD_TYPES.items()]


class NewBodyForm(BodyForm):
    unit = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=Unit.objects.none(), empty_label=None)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("For programs: flood, forest_fire …")
    )
    field_order = ["unit", "name", "name_en", "short_name", "office_name", "office_name_en", "code", "series"]

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        levels = [Unit.Level.COUNTY, Unit.Level.TOWNSHIP]
        field.queryset = registered_by(person).filter(level__in=levels).defer("boundary", "seat")


class SeatForm(PageForm):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=HeadquartersMember.Role.choices)
    post = forms.ChoiceField(
        label=gettext_lazy("Whoever holds the post"), required=False,
        help_text=gettext_lazy("People change; a seat by post changes with them."),
    )  # fmt: skip
    person = forms.TypedChoiceField(
        label=gettext_lazy("Or this person alone"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, body: Headquarters, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        units = [body.unit, *Unit.objects.filter(parent=body.unit, level="department", active=True).defer("boundary")]
        posts = list(Post.objects.filter(level__in={unit.level for unit in units}))
        places = [(unit, post) for unit in units for post in posts if post.level == unit.level]
        self.places = {f"{unit.pk}.{post.pk}": (unit, post) for unit, post in places}
        offered = [(key, f"{unit.label} · {post.label}") for key, (unit, post) in self.places.items()]
        self.choice("post").choices = [("", "–"), *offered]
        held = held_now(Appointment.objects.filter(unit__in=units)).select_related("person", "post", "unit")
        self.people = {
            row.person_id: row for row in held.defer("unit__boundary").order_by("-unit__path", "-post__rank")
        }
        named = [(key, f"{row.person.label} · {row.unit.label} {row.post.label}") for key, row in self.people.items()]
        self.choice("person").choices = [("", "–"), *named]

    def seat(self) -> dict[str, Any]:
        """The seat's unit, post and person, as the action takes them."""
        data = self.cleaned_data
        if data["person"]:
            row = self.people[data["person"]]
            return {"role": data["role"], "unit": row.unit, "person": row.person}
        unit, post = self.places.get(data["post"], (self.body.unit, None))
        return {"role": data["role"], "unit": unit, "post": post}


def _back() -> str:
    return reverse("register-headquarters")


@require_safe
def headquarters(request: Request) -> HttpResponse:
    found = bodies(request.user)
    return render(request, "org/headquarters.html", {"bodies": found, "may_add": any(one.may for one in found)})


@keepers_only
def create(request: Request) -> HttpResponse:
    form = NewBodyForm(posted(request), person=request.user)

    def do(data: dict[str, Any]) -> str:
        data.pop("active")
        return _("%(name)s is set up.") % {"name": actions.create_headquarters(by=request.user, **data).label}

    return perform(request, Act(_("New headquarters"), _("Set up"), form, do, _back()))


@keepers_only
def change(request: Request, pk: int) -> HttpResponse:
    row = body_of(request.user, pk)
    form = BodyForm(posted(request), initial={name: getattr(row, name) for name in BodyForm.base_fields})

    def do(data: dict[str, Any]) -> str:
        actions.update_headquarters(row, by=request.user, **data)
        return _("Saved.")

    return perform(request, Act(row.label, _("Save"), form, do, _back()))


@keepers_only
def seat(request: Request, pk: int) -> HttpResponse:
    row = body_of(request.user, pk)
    form = SeatForm(posted(request), body=row)

    def do(data: dict[str, Any]) -> str:
        made = actions.seat_member(row, by=request.user, **form.seat())
        return _("Seated: %(role)s.") % {"role": made.get_role_display()}

    return perform(request, Act(_("New seat in %(name)s") % {"name": row.label}, _("Seat"), form, do, _back()))


@keepers_only
def unseat(request: Request, pk: int, seat: int) -> HttpResponse:
    row = body_of(request.user, pk)
    found = row.members.select_related("post", "person").filter(pk=seat).first()
    if found is None:
        raise NotFound
    found.headquarters = row

    def do(data: dict[str, Any]) -> str:
        actions.unseat_member(found, by=request.user)
        return _("The seat is gone.")

    note = f"{found.get_role_display()} · {found.person or found.post}"
    return perform(request, Act(_("Take the seat away"), _("Take away"), PageForm(posted(request)), do, _back(), note))
