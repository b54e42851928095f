"""Notifications on one's devices, on one's own page; nothing where no account carries them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notify.actions.push import switch_off
from notify.selectors.push import devices_of, offered
from org.models import Person
from web.dialogs import Act, NoFields, perform, posted
from web.requests import Request


def push_context(person: Person) -> dict[str, Any]:
    """One query, and one more where pushes are offered."""
    offer = offered()
    return {"push": {"server_key": offer.server_key, "devices": devices_of(person, offer)} if offer else None}


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        switch_off(pk, by=request.user)
        return _("That device shows no notifications any more.")

    act = Act(_("Remove the device"), _("Remove"), NoFields(posted(request)), do, reverse("command:me"))
    return perform(request, act)
