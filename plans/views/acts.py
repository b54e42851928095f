"""What is done to a plan and its versions, each a dialog over the plan's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from database.clock import today
from plans import actions
from plans.files.documents import document_of
from plans.models import Due, Plan, Version
from plans.rules.words import Source
from plans.screens.place import in_work, item_of, plan_of
from plans.screens.words import placed
from plans.selectors import plans
from plans.selectors.checking import hindrances
from plans.views.forms import (
    AnswerForm,
    ApprovalForm,
    DueDateForm,
    DueDoneForm,
    FilingForm,
    HeadquartersForm,
    ItemForm,
    ReasonForm,
)
from plans.views.onward import onward
from web.dialogs import Act, NoFields, PageForm, perform, posted
from web.errors import NotFound
from web.requests import Request


def back_to(plan: Plan) -> str:
    return reverse("plans:plan", args=[plan.code])


def draft(request: Request, code: str) -> HttpResponse:
    plan = plan_of(request.user, code)

    def do(data: dict[str, Any]) -> str:
        made = actions.draft_version(plan.pk, by=request.user)
        return _("Version %(number)s is begun.") % {"number": made.number}

    note = _("A copy of the version in force; that one stays in force until the next is approved.")
    act = Act(_("Begin a new version"), _("Begin"), NoFields(posted(request)), do, back_to(plan), note=note)
    return onward(request, act, lambda: reverse("plans:edit", args=[plan.code]))


def headquarters(request: Request, code: str) -> HttpResponse:
    plan = plan_of(request.user, code)
    form = HeadquartersForm(posted(request), plan=plan, initial={"headquarters": plan.headquarters_id})

    def do(data: dict[str, Any]) -> str:
        actions.set_headquarters(plan.pk, by=request.user, headquarters=data["headquarters"])
        return _("Saved.")

    return perform(request, Act(_("Headquarters of the plan"), _("Save"), form, do, back_to(plan)))


def _working(plan: Plan) -> Version:
    return _found(in_work(plan))


def _found(version: Version | None) -> Version:
    if version is None:
        raise NotFound
    return version


def _in_force(plan: Plan) -> Version | None:
    return next((one for one in plan.shown_versions if one.status in plans.IN_FORCE), None)


def _sound(version: Version, **more: Any) -> dict[str, Any]:
    """How the dialog shows the problems that stand in the way beforehand."""
    problems = placed(hindrances(document_of(version), version.plan.unit))
    return {"template": "plans/acts/sound.html", "context": {"version": version, "problems": problems, **more}}


def submit(request: Request, code: str) -> HttpResponse:
    plan = plan_of(request.user, code)
    version = _working(plan)

    def do(data: dict[str, Any]) -> str:
        actions.submit(version.pk, by=request.user)
        return _("Sent for approval; whoever approves it is told.")

    title, sound = _("Send version %(number)s for approval"), _sound(version, editor=reverse("plans:edit", args=[code]))
    button = "" if sound["context"]["problems"] else _("Send")
    act = Act(title % {"number": version.number}, button, NoFields(posted(request)), do, back_to(plan), **sound)
    return onward(request, act, lambda: back_to(plan))


def send_back(request: Request, code: str) -> HttpResponse:
    plan = plan_of(request.user, code)
    version = _working(plan)

    def do(data: dict[str, Any]) -> str:
        actions.send_back(version.pk, by=request.user, **data)
        return _("It is a draft again; its writer is told.")

    title = _("Send version %(number)s back") % {"number": version.number}
    return perform(request, Act(title, _("Send back"), ReasonForm(posted(request)), do, back_to(plan)))


def approve(request: Request, code: str) -> HttpResponse:
    plan = plan_of(request.user, code)
    version = _working(plan)

    def do(data: dict[str, Any]) -> str:
        actions.approve(version.pk, by=request.user, **data)
        return _("Version %(number)s is in force.") % {"number": version.number}

    title, form = _("Approve version %(number)s") % {"number": version.number}, ApprovalForm(posted(request))
    sound = _sound(version, older=_in_force(plan), form_follows=True)
    return perform(request, Act(title, _("Approve"), form, do, back_to(plan), **sound))


def file(request: Request, code: str) -> HttpResponse:
    """Shows the open items that stand in the way, beforehand as after a refusal."""
    plan = plan_of(request.user, code)
    version = _found(_in_force(plan))

    def do(data: dict[str, Any]) -> str:
        actions.file(version.pk, by=request.user, **data)
        return _("Filed.")

    shown = {"items": plans.with_item_parts(plans.open_items(plan)), "plan": plan}
    title, form = _("File version %(number)s") % {"number": version.number}, FilingForm(posted(request))
    act = Act(title, pgettext("plan", "File"), form, do, back_to(plan), template="plans/acts/file.html",
              context=shown)  # fmt: skip
    return perform(request, act)


def discard(request: Request, code: str) -> HttpResponse:
    plan = plan_of(request.user, code)
    version = _working(plan)
    alone = len(plan.shown_versions) == 1

    def do(data: dict[str, Any]) -> str:
        actions.discard_draft(version.pk, by=request.user)
        return _("The draft is gone.")

    note = _("Version %(number)s of “%(plan)s” is lost.") % {"number": version.number, "plan": plan.label}
    note += " " + _("The plan has no other version and goes with it.") if alone else ""
    act = Act(
        _("Discard the draft"), _("Discard"), NoFields(posted(request)), do, back_to(plan), note=note, danger=True
    )
    return onward(request, act, lambda: reverse("plans:list") if alone else back_to(plan))


# Revision items ------------------------------------------------------------------------------------------------------


def raise_item(request: Request, code: str) -> HttpResponse:
    plan = plan_of(request.user, code)
    form = ItemForm(posted(request), initial={"source": Source.PROBLEM, "subject": request.GET.get("subject", "")})

    def do(data: dict[str, Any]) -> str:
        actions.raise_item(plan.pk, by=request.user, **data)
        return _("Raised. The plan cannot be filed until it is answered.")

    return perform(request, Act(_("Why the plan must be revised"), _("Raise"), form, do, back_to(plan)))


def answer_item(request: Request, pk: int) -> HttpResponse:
    item = item_of(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        actions.answer_item(item.pk, by=request.user, **data)
        return pgettext("plan", "Answered.")

    note = _("An adopted item must change the plan: it is answered in the version in work.")
    act = Act(_("Answer the revision item"), _("Answer"), AnswerForm(posted(request)), do, back_to(item.plan),
              note=note, template="plans/acts/answer.html", context={"item": item})  # fmt: skip
    return perform(request, act)


# Due dates -----------------------------------------------------------------------------------------------------------


def _due_act(request: Request, code: str, what: str, title: str, form: PageForm,
             do: Callable[[dict[str, Any]], str]) -> HttpResponse:  # fmt: skip
    plan = plan_of(request.user, code)
    now = next((one for one in plan.open_dues if one.what == what), None)
    label = str(Due.What(what).label)
    act = Act(
        title % {"what": label, "plan": plan.label},
        _("Record"),
        form,
        do,
        request.GET.get("back") or back_to(plan),
        template="plans/acts/due.html",
        context={"due": now, "today": today(), "plan": plan},
    )
    act.back = act.back if act.back.startswith("/plans/") else back_to(plan)
    return perform(request, act)


def record_due(request: Request, code: str, what: str) -> HttpResponse:
    """A review or drill that was held; the receipt of a filing is recorded with `file`."""
    if what not in (Due.What.REVIEW, Due.What.DRILL):
        raise NotFound

    def do(data: dict[str, Any]) -> str:
        plan = plan_of(request.user, code)
        actions.record_due(plan.pk, by=request.user, what=what, **data)
        return _("Recorded; the next date is set.")

    form = DueDoneForm(posted(request), initial={"done_on": today()})
    return _due_act(request, code, what, _("%(what)s of “%(plan)s” done"), form, do)


def set_due(request: Request, code: str, what: str) -> HttpResponse:
    if what not in Due.What.values:
        raise NotFound

    def do(data: dict[str, Any]) -> str:
        plan = plan_of(request.user, code)
        actions.set_due(plan.pk, by=request.user, what=what, **data)
        return _("The date is set.")

    form = DueDateForm(posted(request), initial={"due_on": today()})
    return _due_act(request, code, what, _("%(what)s of “%(plan)s”: another date"), form, do)
