"""The page behind a poster's QR code: anybody files, nobody signs in, nothing of the county is shown."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from database.clock import now
from hazards.actions.public import PHOTOS, file_publicly, poster_of
from hazards.models import Poster
from hazards.rules.filing import NewHazard, filing_of
from hazards.rules.words import Kind
from web.dialogs import PageForm
from web.errors import ActionError


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A list of the files chosen, none of them opened."""

    widget = ManyFiles(attrs={"accept": "image/*", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [one for one in data or [] if one]


class PublicForm(PageForm):
    """Form alone is checked here; `NewHazard` and the action say the rest."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose")), *Kind.choices])
    description = forms.CharField(label=_("What you see"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    place = forms.CharField(label=_("Where it is"), max_length=160, help_text=_("Behind the school, third house, …"))
    people_at_risk = forms.IntegerField(
        label=_("People at risk, about how many"), required=False, min_value=0, max_value=100_000
    )
    photos = PhotosField(label=_("Photos"), required=False)
    contact = forms.CharField(
        label=_("Your name and phone"), max_length=120, required=False,
        help_text=_("Only the staff who look into it see this. Without it nobody can ask you back."),
    )  # fmt: skip
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, widget=forms.HiddenInput)
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    found_at = forms.CharField(max_length=40, widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=200)
    """A trap: people do not see it, machines fill it in."""

    def body(self, poster: Poster) -> dict[str, Any]:
        """As the API would have got it. Without a position of the phone's it is the poster's own place."""
        data = self.cleaned_data
        names = ("client_id", "kind", "description", "place", "found_at")
        body = {name: data[name] for name in names} | {"people_at_risk": data["people_at_risk"] or 0}
        if data["lon"] is not None and data["lat"] is not None:
            return body | {"point": [data["lon"], data["lat"]], "accuracy_m": data["accuracy_m"]}
        place = place_of(poster)
        return body | ({} if place is None else {"point": place})


def place_of(poster: Poster) -> list[float] | None:
    """The seat of the poster's unit, else a point inside its boundary; None where the county has given neither."""
    unit = poster.unit
    point = unit.seat or (unit.boundary.point_on_surface if unit.boundary else None)
    return None if point is None else [point.x, point.y]


@login_not_required
@never_cache
def hazard(request: HttpRequest) -> HttpResponse:
    """``?p=KEY`` from the poster."""
    poster = poster_of(request.GET.get("p", ""))
    if request.method != "POST":
        start = {"client_id": uuid.uuid4(), "found_at": now().isoformat(timespec="seconds")}
        return _show(request, poster, PublicForm(initial=start))
    form = PublicForm(request.POST, _files(request))
    if not form.is_valid():
        return _show(request, poster, form, 400)
    if form.cleaned_data["website"]:
        return _thanks(request, poster)
    return _filed(request, poster, form)


def _files(request: HttpRequest) -> dict[str, Any]:
    return {"photos": request.FILES.getlist("photos")}


def _filed(request: HttpRequest, poster: Poster, form: PublicForm) -> HttpResponse:
    bound = NewHazard(data=form.body(poster))
    try:
        if not bound.is_valid():
            raise ActionError(say("Some fields need attention."), fields=dict(bound.errors))
        ticket = file_publicly(
            filing_of(bound.validated_data), form.cleaned_data["photos"], poster=poster,
            address=request.META.get("REMOTE_ADDR", ""), contact=form.cleaned_data["contact"],
        )  # fmt: skip
    except ActionError as error:
        form.take(error)
        answer = _show(request, poster, form, error.status)
        if error.retry_after:
            answer["Retry-After"] = str(error.retry_after)
        return answer
    return _thanks(request, poster, ticket.ref)


def _show(request: HttpRequest, poster: Poster, form: PublicForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "poster": poster, "most_photos": PHOTOS}
    return render(request, "hazards/public/hazard.html", context, status=status)


def _thanks(request: HttpRequest, poster: Poster, ref: str = "") -> HttpResponse:
    return render(request, "hazards/public/thanks.html", {"poster": poster, "ref": ref}, status=201)
