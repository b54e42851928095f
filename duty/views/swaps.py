"""Swaps: asking, taking, deciding; the list for leaders."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty import actions
from duty.models import Slot, Swap
from duty.rules.spans import span
from duty.selectors import rosters, today
from duty.views.forms import AnswerForm, ReasonForm, TakeForm
from org.models import Person
from org.screens.place import frame_of
from web.dialogs import Act, NoFields, perform, posted
from web.errors import NotFound
from web.requests import Request

PER_PAGE = 50
OPEN = ("requested", "taken")


def swaps(request: Request) -> HttpResponse:
    show = request.GET.get("show", "open")
    rows = rosters.with_swap_parts(rosters.swaps_visible_to(request.user))
    if show == "open":
        rows = rows.filter(status__in=OPEN).order_by("slot__shift__during")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.may = today.may_decide(request.user, row)
    template = "duty/_swaps.html" if request.headers.get("HX-Request") else "duty/swaps.html"
    return render(request, template, {"page": page, "show": show, **frame_of(request.user)})


def swap_of(person: Person, pk: int) -> Swap:
    found = rosters.with_swap_parts(rosters.swaps_visible_to(person)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def swap(request: Request, pk: int) -> HttpResponse:
    row = swap_of(request.user, pk)
    row.may = today.may_decide(request.user, row)
    context = {"row": row, "open": row.status in OPEN, **frame_of(request.user)}
    template = "duty/_swap.html" if request.headers.get("HX-Request") else "duty/swap.html"
    return render(request, template, context)


def slot_words(slot: Slot) -> str:
    """Which slot a swap is about: unit, post and time."""
    return f"{slot.shift.unit.label} · {slot.get_post_display()} · {span(slot.shift.during)}"


def ask(request: Request, slot: int) -> HttpResponse:
    row = Slot.objects.filter(pk=slot, person=request.user).select_related("shift__unit").first()
    if row is None:
        raise NotFound

    def do(data: dict[str, Any]) -> str:
        actions.request_swap(by=request.user, slot_id=slot, **data)
        return _("Asked. A colleague takes it, then a leader approves.")

    note = _("%(slot)s: you stay on duty until the swap is approved.") % {"slot": slot_words(row)}
    act = Act(_("Ask for a swap"), _("Ask"), ReasonForm(posted(request)), do, reverse("duty:me"), note=note)
    return perform(request, act)


def take(request: Request, pk: int) -> HttpResponse:
    row = swap_of(request.user, pk)
    form = TakeForm(posted(request), slots=today.slots_to_give(request.user, row))

    def do(data: dict[str, Any]) -> str:
        actions.take_swap(pk, by=request.user, **data)
        return _("Taken. The leader approves it.")

    title = _("Stand in for %(name)s") % {"name": row.asked_by.label}
    note = _("%(slot)s: you are on duty then once the swap is approved.") % {"slot": slot_words(row.slot)}
    return perform(request, Act(title, _("Accept the swap"), form, do, reverse("duty:me"), note=note))


@require_POST
def approve(request: Request, pk: int) -> HttpResponse:
    row = swap_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        found = actions.approve_swap(pk, by=request.user)
        return _("Approved: %(name)s is on duty then.") % {"name": cast(Person, found.taken_by).label}

    return perform(request, Act(_("Approve the swap"), _("Approve"), NoFields(posted(request)), do, _back(row)))


def refuse(request: Request, pk: int) -> HttpResponse:
    row = swap_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.refuse_swap(pk, by=request.user, **data)
        return _("Refused; both are told.")

    return perform(request, Act(_("Refuse the swap"), _("Refuse"), AnswerForm(posted(request)), do, _back(row)))


def cancel(request: Request, pk: int) -> HttpResponse:
    swap_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.cancel_swap(pk, by=request.user)
        return _("Taken back; you stay on duty.")

    act = Act(_("Take the request back"), _("Take back"), NoFields(posted(request)), do, reverse("duty:me"))
    return perform(request, act)


def _back(row: Swap) -> str:
    return reverse("duty:swap", args=[row.pk])
