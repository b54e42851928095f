"""Saved filters of the queue under a name; officials know them as views."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from hazards.actions.saved_filters import forget_filters, keep_filters
from hazards.models import SavedFilter
from hazards.screens.asked import asked
from hazards.views.forms import SavedFilterForm
from web.dialogs import Act, NoFields, perform, posted
from web.requests import Request


def keep(request: Request) -> HttpResponse:
    """The address's own filters, under a name."""
    query = asked(request.GET).query()
    form = SavedFilterForm(posted(request), initial={"query": query})

    def do(data: dict[str, Any]) -> str:
        keep_filters(by=request.user, **data)
        return _("The view “%(name)s” is kept.") % {"name": data["name"].strip()}

    note = _("Only you see it. The same name again replaces it.")
    return perform(request, Act(_("Save view"), _("Keep it"), form, do, f"{reverse('hazards:queue')}?{query}",
                                note=note))  # fmt: skip


def forget(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(SavedFilter, pk=pk, person=request.user)

    def do(data: dict[str, Any]) -> str:
        forget_filters(pk, by=request.user)
        return _("The view is gone.")

    title = _("Delete the view “%(name)s”") % {"name": row.name}
    note = _("The hazards in it stay as they are.")
    act = Act(title, _("Delete view"), NoFields(posted(request)), do, reverse("hazards:queue"), note=note, danger=True)
    return perform(request, act)
