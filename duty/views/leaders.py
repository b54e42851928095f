"""Leaders' whereabouts: who is in the county and may sign; one tap each morning, absences, authorisations."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from database.clock import now
from duty import actions
from duty.models import Authorisation, Whereabouts
from duty.screens.leaders import leader_of, page_of, unit_for_page
from duty.views.forms_leaders import AbsenceForm, AuthorityForm, HeardForm
from org.models import Person, Unit
from org.screens.place import frame_of
from org.selectors.jurisdiction import visible_to
from web.dialogs import Act, NoFields, perform, posted
from web.errors import NotFound
from web.requests import Request


def leaders(request: Request) -> HttpResponse:
    context = page_of(request.user, request.GET.get("unit", ""), request.GET.get("page", ""))
    template = "duty/_leaders.html" if request.headers.get("HX-Request") else "duty/leaders.html"
    return render(request, template, context | frame_of(request.user))


@require_POST
def in_county(request: Request, code: str) -> HttpResponse:
    """The one tap of the leader, for themselves."""
    unit = unit_for_page(request.user, code)

    def do(data: dict[str, Any]) -> str:
        row = actions.tell_in_county(by=request.user, unit=unit)
        return _("%(name)s is in the county today.") % {"name": row.person.label}

    return perform(
        request, Act(_("In the county today"), _("In the county"), NoFields(posted(request)), do, _page(unit))
    )


@require_POST
def person_in_county(request: Request, code: str, pk: int) -> HttpResponse:
    """The tap of the county's office, for somebody else."""
    unit, person = _both(request, code, pk)
    form = HeardForm(posted(request))

    def do(data: dict[str, Any]) -> str:
        actions.tell_in_county(by=request.user, unit=unit, person=person, means=data["means"])
        return _("%(name)s is in the county today.") % {"name": person.label}

    return perform(request, Act(_("In the county today"), _("In the county"), form, do, _page(unit)))


def away(request: Request, code: str, pk: int) -> HttpResponse:
    unit, person = _both(request, code, pk)
    form = AbsenceForm(posted(request), other=person.pk != request.user.pk, initial={"start": now(), "kind": "away"})

    def do(data: dict[str, Any]) -> str:
        row = actions.file_absence(by=request.user, unit=unit, person=person, **data)
        return _("Filed: %(name)s, %(kind)s.") % {"name": person.label, "kind": row.get_kind_display()}

    title = _("%(name)s: out of the county or on leave") % {"name": person.label}
    note = _("Say who signs meanwhile as well: without an authorised deputy it is listed as a gap.")
    return perform(request, Act(title, _("Report the absence"), form, do, _page(unit), note=note))


def authorise(request: Request, code: str, pk: int) -> HttpResponse:
    unit, person = _both(request, code, pk)
    form = AuthorityForm(posted(request), unit=unit, giver=person, initial={"start": now()})

    def do(data: dict[str, Any]) -> str:
        row = actions.authorise(by=request.user, unit=unit, giver=person, **data)
        values = {"deputy": row.deputy.label, "name": person.label}
        return _("%(deputy)s signs for %(name)s while they are away.") % values

    title = _("Who signs for %(name)s") % {"name": person.label}
    note = _("It counts only while %(name)s is away. Without a document it was given orally, and you log it.")
    act = Act(title, _("Authorise"), form, do, _page(unit), note=note % {"name": person.label})
    return perform(request, act)


def withdraw(request: Request, pk: int) -> HttpResponse:
    row = _row(Whereabouts, request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.withdraw_whereabouts(pk, by=request.user)
        return _("Withdrawn.")

    act = Act(_("Withdraw the absence"), _("Withdraw"), NoFields(posted(request)), do, _page(row.unit))
    return perform(request, act)


def revoke(request: Request, pk: int) -> HttpResponse:
    row = _row(Authorisation, request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.revoke_authorisation(pk, by=request.user)
        return _("Revoked.")

    title = _("Revoke the authorisation")
    return perform(request, Act(title, _("Revoke"), NoFields(posted(request)), do, _page(row.unit), danger=True))


def _both(request: Request, code: str, pk: int) -> tuple[Unit, Person]:
    unit = unit_for_page(request.user, code)
    return unit, leader_of(unit, pk)


def _row(model: Any, person: Person, pk: int) -> Any:
    row = model.objects.filter(visible_to(person), pk=pk).select_related("unit").defer("unit__boundary").first()
    if row is None:
        raise NotFound
    return row


def _page(unit: Unit) -> str:
    return f"{reverse('duty:leaders')}?unit={unit.code}"
