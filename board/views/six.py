"""The check of what townships have (六有) on one page, as a sheet, and the statements that it needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from board.files.six import sheet
from board.selectors.six import ITEMS
from board.selectors.six import six as rows_of
from database.clock import now, today
from org import actions
from org.models import Confirmation
from org.rules.capabilities import ROSTER
from org.screens.place import unit_of
from org.selectors.jurisdiction import jurisdiction_of
from web.dialogs import Act, PageForm, perform, posted
from web.downloads import XLSX
from web.requests import Request

A_SEASON = dt.timedelta(days=180)


class ConfirmForm(PageForm):
    note = forms.CharField(label=_("What is there"), max_length=200, widget=forms.Textarea({"rows": 2}))
    valid_until = forms.DateField(
        label=_("Holds until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@require_safe
def six(request: Request) -> HttpResponse:
    held = jurisdiction_of(request.user)
    rows = [(row, held.allows(ROSTER, row.unit.path)) for row in rows_of(request.user)]
    whole = sum(row.total == len(ITEMS) for row, _may in rows)
    context = {"rows": rows, "items": ITEMS.values(), "whole": whole, "count": len(ITEMS), "at": now()}
    return render(request, "board/six.html", context)


@require_safe
def export(request: Request) -> HttpResponse:
    content = sheet(rows_of(request.user), get_language() or "en")
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="six.xlsx"'})


def confirm(request: Request, code: str, item: str) -> HttpResponse:
    unit = unit_of(request.user, code)
    form = ConfirmForm(posted(request), initial={"valid_until": today() + A_SEASON})

    def do(data: dict[str, Any]) -> str:
        actions.confirm(unit, item=item, by=request.user, **data)
        return str(_("Stated."))

    title = f"{unit.label}: {Confirmation.Item(item).label}"
    note = str(_("Your name and the day stand beside it."))
    return perform(request, Act(title, str(_("State it")), form, do, reverse("six"), note=note))
