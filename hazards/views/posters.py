"""Posters with QR codes: who has one, making, replacing and ending them, and sheets to print (a page, and a PDF)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hazards.actions.posters import SITE_LIMIT, end_poster, make_posters, replace_poster
from hazards.screens.posters import MOST_SHEETS, address_of, chosen, in_use, poster_in_sight, sheets
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from org.selectors.register import listed
from web.dialogs import Act, NoFields, PageForm, perform, posted
from web.requests import Request
from web.views.waiting import wait_for


class PosterForm(PageForm):
    """Units of which the person keeps the register."""

    units = forms.MultipleChoiceField(
        label=gettext_lazy("For"), widget=forms.SelectMultiple(attrs={"size": 10, "class": "form-select"})
    )
    site = forms.CharField(
        label=gettext_lazy("Site"), max_length=SITE_LIMIT, required=False,
        help_text=gettext_lazy("Such as the school or the bridge; empty for the unit as a whole."),
    )  # fmt: skip

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = listed(Unit.objects.filter(visible_to(by, "path", capabilities.REGISTER), active=True))
        units = kept.exclude(level=Unit.Level.DEPARTMENT)
        depth = {"county": 0, "township": 1, "village": 2}
        rows = units.order_by("path").only("code", "name", "name_en", "level")
        self.choice("units").choices = [(u.code, "　" * depth[u.level] + u.label) for u in rows]


@require_safe
def posters(request: Request) -> HttpResponse:
    """``?unit=CODE``: those in use in the person's sight."""
    rows = list(in_use(request.user, request.GET)[: MOST_SHEETS + 1])
    keeps = jurisdiction_of(request.user).keeps(capabilities.REGISTER)
    for row in rows:
        row.keeps = jurisdiction_of(request.user).allows(capabilities.REGISTER, row.unit.path)
        row.address = address_of(base_of(request), row)
    context = {"posters": rows[:MOST_SHEETS], "more": len(rows) > MOST_SHEETS, "may": keeps}
    return render(request, "hazards/posters/list.html", context)


def make(request: Request) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        number = len(make_posters(by=request.user, units=data["units"], site=data["site"]))
        return _("%(n)s posters made; who had one keeps it.") % {"n": number}

    form = PosterForm(posted(request), by=request.user, initial={"units": request.GET.getlist("unit")})
    return perform(request, Act(_("Make posters"), _("Make"), form, do, reverse("hazards:posters")))


def replace(request: Request, pk: int) -> HttpResponse:
    note = _("The old code opens nothing any more: print the new one and put it over the old.")
    return _act(request, pk, _("Replace the code"), _("Replace"), note, replace_poster, _("The poster has a new code."))


def end(request: Request, pk: int) -> HttpResponse:
    note = _("The code opens nothing any more. What was filed through it stays.")
    return _act(request, pk, _("End the poster"), _("End"), note, end_poster, _("The poster is ended."))


def _act(
    request: Request, pk: int, title: str, button: str, note: str, action: Any, said: str
) -> HttpResponse:  # fmt: skip
    poster_in_sight(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        action(pk, by=request.user)
        return said

    act = Act(title, button, NoFields(posted(request)), do, reverse("hazards:posters"), note=note, danger=True)
    return perform(request, act)


@require_safe
def printed(request: Request) -> HttpResponse:
    """``?id=1&id=2`` or ``?unit=CODE``: a page of which every poster prints on a sheet of its own."""
    return render(
        request, "hazards/posters/print.html", {"sheets": sheets(request.user, request.GET, base_of(request))}
    )


@require_safe
def paper(request: Request) -> HttpResponse:
    """Posters as PDF."""
    chosen(request.user, request.GET)
    return wait_for(request, "hazards.posters", {"query": request.GET.urlencode(), "base": base_of(request)})


def base_of(request: Request) -> str:
    return request.build_absolute_uri("/").rstrip("/")
