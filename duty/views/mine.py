"""A person's own duty, on the phone: check in, hand over, answer, swap, and the address of the calendar feed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duty import actions
from duty.models import CalendarToken
from duty.selectors import today
from duty.selectors.rosters import feeds_revocable_by
from org.screens.place import frame_of, unit_of
from web.dialogs import Act, NoFields, perform, posted
from web.errors import NotFound
from web.requests import Request


def mine(request: Request) -> HttpResponse:
    context: dict[str, Any] = {"mine": today.mine(request.user)}
    context["feeds"] = CalendarToken.objects.filter(person=request.user, revoked_at=None).select_related("unit")
    if request.headers.get("HX-Request"):
        return render(request, "duty/_mine.html", context)
    return render(request, "duty/mine.html", context | frame_of(request.user))


def to_mine(request: Request) -> HttpResponse:
    return redirect("duty:me")


@require_POST
def check_in(request: Request) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        rows = actions.check_in(by=request.user)
        return _("Checked in, late.") if any(row.late for row in rows) else _("Checked in.")

    act = Act(_("Check in"), _("I am at my post"), NoFields(posted(request)), do, reverse("duty:me"))
    return perform(request, act)


@never_cache
@require_POST
def issue_feed(request: Request) -> HttpResponse:
    """The address is shown this once; the database keeps its hash. An older one stops working."""
    code = request.POST.get("unit", "")
    unit = unit_of(request.user, code) if code else None
    token = actions.issue_feed(by=request.user, unit=unit)
    address = request.build_absolute_uri(reverse("duty:ical", args=[token]))
    context = {"address": address, "unit": unit, **frame_of(request.user)}
    return render(request, "duty/feed.html", context)


def revoke_feed(request: Request, pk: int) -> HttpResponse:
    """Of a unit's address: back to its month, for whoever keeps its roster asks there."""
    row = feeds_revocable_by(request.user).filter(pk=pk).select_related("unit").first()
    if row is None:
        raise NotFound
    back = f"{reverse('duty:month')}?unit={row.unit.code}" if row.unit else reverse("duty:me")

    def do(data: dict[str, Any]) -> str:
        actions.revoke_feed(pk, by=request.user)
        return _("The address no longer works.")

    note = _("Calendars that read it find nothing from now on.")
    act = Act(_("Revoke the calendar address"), _("Revoke"), NoFields(posted(request)), do, back,
              note=note, danger=True)  # fmt: skip
    return perform(request, act)
