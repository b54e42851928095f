"""What the desk can do to an order and its assignments: remind, call off, log an answer, verify, send back."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from command import actions
from command.models import Assignment
from command.selectors import lists, visible
from command.views.acts import Act, perform, posted
from command.views.forms import AnswerForm, NoteForm, ReasonForm, ReassignForm, SendBackForm
from command.views.orders import order_of
from org.models import Person
from org.selectors.register import unit_by_code
from web.dialogs import NoFields
from web.errors import NotFound
from web.requests import Request


def _back(pk: int) -> str:
    return reverse("command:order", args=[pk])


def remind(request: Request, pk: int) -> HttpResponse:
    """Everybody who is silent, or those of one branch (``?unit=CODE``)."""
    found = order_of(request.user, pk)
    code = request.GET.get("unit", "")
    unit = unit_by_code(code) if code else None

    def do(data: dict[str, Any]) -> str:
        people = actions.remind(pk, by=request.user, unit_path=unit.path if unit else "")
        return ngettext("%(n)s reminder sent.", "%(n)s reminders sent.", people) % {"n": people}

    where = unit.label if unit else _("every unit")
    note = _("Everybody in %(where)s who has not answered %(ref)s gets the call again. The escalation clock goes on.")
    act = Act(_("Remind the silent"), _("Send reminders"), NoFields(posted(request)), do, _back(pk))
    act.note = note % {"where": where, "ref": found.ref}
    return perform(request, act)


def call_off(request: Request, pk: int) -> HttpResponse:
    found = order_of(request.user, pk)
    counts = lists.counts_by_order(request.user, [found]).get(pk, {"waiting": 0})

    def do(data: dict[str, Any]) -> str:
        actions.call_off(pk, by=request.user, **data)
        return _("Order %(ref)s is called off.") % {"ref": found.ref}

    note = _loss(counts["waiting"])
    title = _("Call off order %(ref)s") % {"ref": found.ref}
    return perform(request, Act(title, _("Call off the order"), ReasonForm(posted(request)), do, _back(pk), note, True))


def _loss(waiting: int) -> str:
    """What calling an order off ends."""
    return ngettext(
        "%(n)s assignment without an answer will no longer be chased. What is done stays done.",
        "%(n)s assignments without an answer will no longer be chased. What is done stays done.",
        waiting,
    ) % {"n": waiting}


def assignment_of(person: Person, pk: int) -> Assignment:
    rows = visible.with_card_parts(visible.assignments_visible_to(person)).select_related(
        "order__issued_by", "order__unit", "task__action"
    )
    found = rows.defer("unit__boundary", "order__unit__boundary").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _whose(row: Assignment) -> str:
    return f"{row.unit.label} · {row.post.label} · {row.person.label if row.person else _('Vacant')}"


def answer(request: Request, pk: int) -> HttpResponse:
    row = assignment_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.answer_for(pk, by=request.user, **data)
        return _("Answer of %(who)s logged.") % {"who": row.person.label if row.person else row.unit.label}

    form = AnswerForm(posted(request), initial={"how": "phone"})
    act = Act(_("Log an answer"), _("Log the answer"), form, do, _back(row.order_id), note=_whose(row))
    act.context = {"assignment": row}
    return perform(request, act)


def reassign(request: Request, pk: int) -> HttpResponse:
    row = assignment_of(request.user, pk)
    form = ReassignForm(posted(request), assignment=row)

    def do(data: dict[str, Any]) -> str:
        found = actions.reassign(pk, by=request.user, **data)
        return _("%(name)s has it now.") % {"name": cast(Person, found.person).label}

    act = Act(_("Hand to somebody else"), _("Hand over"), form, do, _back(row.order_id), note=_whose(row))
    return perform(request, act)


def verify(request: Request, pk: int) -> HttpResponse:
    row = assignment_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.verify(pk, by=request.user, **data)
        return _("Verified: %(unit)s.") % {"unit": row.unit.label}

    form = NoteForm(posted(request))
    return perform(
        request, Act(_("Verify"), _("I have seen that it is done"), form, do, _back(row.order_id), _whose(row))
    )


def send_back(request: Request, pk: int) -> HttpResponse:
    row = assignment_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.send_back(pk, by=request.user, **data)
        return _("Sent back: %(unit)s.") % {"unit": row.unit.label}

    form = SendBackForm(posted(request))
    return perform(request, Act(_("Send back"), _("Send back"), form, do, _back(row.order_id), _whose(row)))
