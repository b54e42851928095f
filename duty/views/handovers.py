"""Handovers: what they carry, who has signed, and the sheet for print."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from duty import actions
from duty.files.paper import OPEN
from duty.models import Handover
from duty.screens.handovers import carried, handover_of
from duty.screens.place import may_roster
from duty.selectors import rosters, watch
from duty.selectors.handovers import SIGNERS, sides
from duty.views.forms import ReasonForm, SignForm
from org.models import Person
from org.screens.place import frame_of
from web.dialogs import Act, perform, posted
from web.requests import Request
from web.views.waiting import wait_for

PER_PAGE = 50


def handover_list(request: Request) -> HttpResponse:
    rows = rosters.with_handover_parts(rosters.handovers_visible_to(request.user)).order_by("-due_at", "-pk")
    show = request.GET.get("show", "")
    if show == "open":
        rows = rows.filter(status__in=["open", "half_signed"])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    template = "duty/_handovers.html" if request.headers.get("HX-Request") else "duty/handovers.html"
    return render(request, template, {"page": page, "show": show})


def handover(request: Request, pk: int) -> HttpResponse:
    row = handover_of(request.user, pk)
    context = {"row": row, "sections": carried(row), **_may(request.user, row), **frame_of(request.user)}
    template = "duty/_handover.html" if request.headers.get("HX-Request") else "duty/handover.html"
    return render(request, template, context)


@require_safe
def paper(request: Request, pk: int) -> HttpResponse:
    """The sheet for the binder: as it was accepted, or as it stands while it is open."""
    return wait_for(request, "duty.handover", {"pk": handover_of(request.user, pk).pk})


def _may(person: Person, row: Handover) -> dict[str, Any]:
    """Which sides the person signs for, and who else may; a leader may settle it."""
    if row.status not in OPEN:
        return {"open": False}
    both = sides(row)
    people = Person.objects.in_bulk(both["out"] | both["in"])
    on = watch.crew(row.unit_id)
    leads = "leader" in on and on["leader"].person_id == person.pk
    signed = {"out": row.out_by_id, "in": row.in_by_id}
    return {
        "open": True,
        "out_people": [people[pk] for pk in sorted(both["out"])],
        "in_people": [people[pk] for pk in sorted(both["in"])],
        "mine": [side for side in ("out", "in") if person.pk in both[side] and not signed[side]],
        "may_settle": leads or may_roster(person, row.unit),
        "signers": SIGNERS,
    }


@require_POST
def sign(request: Request, pk: int) -> HttpResponse:
    row = handover_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        signed = actions.sign_handover(pk, by=request.user, **data)
        return (
            _("Handed over.") if signed.status == Handover.Status.ACCEPTED else _("Signed. The other side signs now.")
        )

    return perform(request, Act(_("Sign the handover"), _("Sign"), SignForm(posted(request)), do, _back(row)))


def settle(request: Request, pk: int) -> HttpResponse:
    row = handover_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.settle_handover(pk, by=request.user, **data)
        return _("The incoming shift is in charge.")

    note = _("The incoming shift takes over without the missing signature; your name stands in its place.")
    title = _("Complete handover without signature")
    act = Act(title, _("Put the incoming shift in charge"), ReasonForm(posted(request)), do,
              _back(row), note=note)  # fmt: skip
    return perform(request, act)


def _back(row: Handover) -> str:
    return reverse("duty:handover", args=[row.pk])
