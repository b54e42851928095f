"""``/register/numbers/``: numbers that communication tests found wrong or silent, corrected or confirmed in one tap."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from board.selectors.stale import proposals
from duty import actions
from duty.selectors.comm_tests import kept_line
from org.screens.register import keepers_only
from web.dialogs import Act, PageForm, done, perform, posted
from web.requests import Request


class NumberForm(PageForm):
    phone = forms.CharField(
        label=gettext_lazy("Right number"), max_length=24, widget=forms.TextInput({"inputmode": "tel"})
    )


@require_safe
@keepers_only
def numbers(request: Request) -> HttpResponse:
    return render(request, "board/numbers.html", {"rows": proposals(request.user)})


@keepers_only
def correct(request: Request, pk: int) -> HttpResponse:
    line = kept_line(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        person = actions.correct_number(pk, data["phone"], by=request.user)
        return _("%(name)s has the number %(phone)s now.") % {"name": person.label, "phone": person.phone}

    note = _("Until now: %(phone)s. It is kept in the journal.") % {"phone": line.phone}
    title = _("Correct the number of %(name)s") % {"name": line.person.label}
    form = NumberForm(posted(request), initial={"phone": line.phone})
    return perform(request, Act(title, _("Store"), form, do, reverse("numbers-to-check"), note))


@require_POST
@keepers_only
def confirm(request: Request, pk: int) -> HttpResponse:
    person = actions.confirm_number(pk, by=request.user)
    return done(request, reverse("numbers-to-check"), _("Confirmed: %(phone)s.") % {"phone": person.phone})
