"""``/register/gateways/``: gateway accounts with their health, a test, their settings and approved texts; for whoever
keeps the register there.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from board.selectors.gateways import approved, health, kept_account, kept_accounts
from board.views.gateway_forms import AccountForm, TemplateForm, TrialForm
from database.clock import now
from notify.actions import accounts as actions
from notify.actions.trial import send_trial
from notify.gateways.contract import GATEWAYS
from notify.models import Account
from org.models import Unit
from org.screens.register import keepers_only
from org.selectors.jurisdiction import registered_by
from web.dialogs import Act, NoFields, perform, posted
from web.errors import ActionError, Forbidden, NotFound
from web.requests import Request


@require_safe
@keepers_only
def gateways(request: Request) -> HttpResponse:
    present = now()
    rows = [health(row, present) for row in kept_accounts(request.user)]
    context = {"rows": rows, "kinds": sorted(GATEWAYS.items()), "at": present, "may_add": _county(request) is not None}
    return render(request, "board/gateways.html", context)


def _county(request: Request) -> Unit | None:
    counties = registered_by(request.user).filter(level=Unit.Level.COUNTY)
    return counties.defer("boundary").order_by("path").first()


@sensitive_post_parameters()
@keepers_only
def add(request: Request, kind: str) -> HttpResponse:
    """A new account of the county; its token is shown this once."""
    made, county = GATEWAYS.get(kind), _county(request)
    if made is None:
        raise NotFound
    if county is None:
        raise Forbidden(_("Gateway accounts belong to the county."))
    form, title = AccountForm(posted(request), made), _("New account: %(kind)s") % {"kind": made.label}
    if request.method == "POST" and form.is_valid():
        try:
            row, token = actions.add_account(form.cleaned_data["code"], kind, county, form.settled(), by=request.user)
            return _shown_once(request, row, token)
        except ActionError as error:
            form.take(error)
    return _form_page(request, form, title, 400 if form.errors else 200)


@sensitive_post_parameters()
@keepers_only
def change(request: Request, pk: int) -> HttpResponse:
    row = kept_account(request.user, pk)
    if (made := GATEWAYS.get(row.gateway)) is None:
        raise NotFound
    form = AccountForm(posted(request), made, row)

    def do(data: dict[str, Any]) -> str:
        actions.change_account(row.pk, form.settled(), by=request.user)
        return _("Stored. The deliverer uses it within a second.")

    title = _("Change %(name)s") % {"name": row.name}
    return perform(request, Act(title, _("Store"), form, do, reverse("gateways")))


@keepers_only
def switch(request: Request, pk: int) -> HttpResponse:
    row = kept_account(request.user, pk)
    enabled = not row.enabled

    def do(data: dict[str, Any]) -> str:
        actions.switch_account(row.pk, enabled, by=request.user)
        return _("Switched on.") if enabled else _("Switched off.")

    note = "" if enabled else _("What waits goes by another account of the same channel, or on to the next channel.")
    words = _("Switch %(name)s on") if enabled else _("Switch %(name)s off")
    button = _("Switch on") if enabled else _("Switch off")
    act = Act(words % {"name": row.name}, button, NoFields(posted(request)), do, reverse("gateways"), note,
              danger=not enabled)  # fmt: skip
    return perform(request, act)


@keepers_only
def trial(request: Request, pk: int) -> HttpResponse:
    row = kept_account(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        sent = send_trial(row.pk, data["channel"], by=request.user)
        return _("Taken by the gateway, for %(address)s. Reference %(reference)s.") % {
            "address": sent.address, "reference": sent.reference,
        }  # fmt: skip

    note = _("One message goes to your own address on record, over this account and no other.")
    title = _("Test %(name)s") % {"name": row.name}
    return perform(
        request, Act(title, _("Send the test"), TrialForm(posted(request), row), do, reverse("gateways"), note)
    )


@keepers_only
def renew(request: Request, pk: int) -> HttpResponse:
    row = kept_account(request.user, pk)
    if request.method == "POST":
        row, token = actions.renew_token(row.pk, by=request.user)
        return _shown_once(request, row, token)
    title, note = _("New token for %(name)s") % {"name": row.name}, _("The old one opens nothing any more.")
    act = Act(title, _("Make it"), NoFields(None), lambda data: "", reverse("gateways"), note, danger=True)
    context = {"act": act, "form": act.form, "action": request.path}
    return render(request, "acts/page.html", context)


@require_safe
@keepers_only
def templates(request: Request, pk: int) -> HttpResponse:
    row = kept_account(request.user, pk)
    return render(request, "board/gateway_templates.html", {"account": row, "rows": approved(row)})


@keepers_only
def template(request: Request, pk: int) -> HttpResponse:
    row = kept_account(request.user, pk)

    def do(data: dict[str, Any]) -> str:
        params = data.pop("params").split()
        actions.keep_template(row.pk, data.pop("key"), data.pop("vendor_code"), by=request.user, params=params, **data)
        return _("Stored.")

    known = row.templates.filter(key=request.GET.get("key", "")).first()
    initial = {} if known is None else {**vars(known), "params": " ".join(known.params)}
    form = TemplateForm(posted(request), initial=initial)
    title = _("Approved text of %(name)s") % {"name": row.name}
    return perform(request, Act(title, _("Store"), form, do, reverse("gateway-templates", args=[row.pk])))


def _shown_once(request: Request, row: Account, token: str) -> HttpResponse:
    answer = render(request, "board/gateway_token.html", {"account": row, "token": token})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form_page(request: Request, form: AccountForm, title: str, status: int) -> HttpResponse:
    act = Act(title, _("Store"), form, lambda data: "", reverse("gateways"))
    return render(request, "acts/page.html", {"act": act, "form": form, "action": request.path}, status=status)
