"""One's own password, API tokens and files."""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from board.actions import change_own_password
from board.selectors.access import digest_of_mark, own_tokens
from board.views.forms import PasswordForm, TokenForm
from command.views.phone import phone_frame
from command.views.start import on_the_ground
from org import actions as org
from org.models import Appointment, Person
from org.selectors import browsers
from org.selectors.register import held_now
from web.dialogs import Act, NoFields, perform, posted
from web.errors import ActionError, Forbidden, Invalid
from web.selectors import waiting_for
from web.views.files import shown


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """In the phone's frame for townships and villages, like /me/; secrets on it are kept by nobody on the way."""
    held = held_now(Appointment.objects.filter(person=request.user)).select_related("unit").defer("unit__boundary")
    frame = "base_phone.html" if on_the_ground(list(held)) else "base.html"
    around = {"frame_base": frame, "tab": "me", **phone_frame(request.user)}
    answer = render(request, f"board/account/{template}.html", {**context, **around}, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """What is being made in the background for the person, and what waits for them."""
    return _page(request, "files", {"rows": [shown(job) for job in waiting_for(request.user)]})


@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    form, status = PasswordForm(posted(request)), 200
    if request.method == "POST":
        try:
            if form.is_valid():
                person = _change(request, form.cleaned_data)
                messages.success(request, _("Your password is changed. You are signed out everywhere else."))
                answer = redirect("command:me")
                browsers.remember(request, answer, person)
                return answer
            status = 400
        except ActionError as refused:
            form.take(refused)
            status = refused.status
    return _page(request, "password", {"form": form}, status)


def _change(request: HttpRequest, given: dict[str, Any]) -> Person:
    _present_password(request, given["current"])
    # One transaction, so that this session never exists under the old password: its own page would be signed out.
    with transaction.atomic():
        everything_else = given["everything_else"]
        person = change_own_password(password=given["password"], everything_else=everything_else, by=request.user)
        update_session_auth_hash(request, person)
    return person


def _present_password(request: HttpRequest, current: str) -> None:
    """Check the present password, counted as a sign-in attempt (django-axes), so that an unlocked desk is no place for
    guessing.
    """
    name = {"username": request.user.get_username()}
    if AxesProxyHandler.is_allowed(request, name) and authenticate(request, password=current, **name) is not None:
        return
    request.axes_locked_out = False  # told in the form, not as a page of its own
    if not AxesProxyHandler.is_allowed(request, name):
        until = localtime(request.sign_in_lock.until)  # type: ignore[attr-defined]
        raise Forbidden(_("Too many failed attempts. Try again at %(time)s.") % {"time": f"{until:%H:%M:%S}"})
    raise Invalid.field("current", _("This is not your present password."))


def tokens(request: HttpRequest) -> HttpResponse:
    return _page(request, "tokens", {"rows": own_tokens(request.user)})


def new_token(request: HttpRequest) -> HttpResponse:
    """The form, and after it the token, this once."""
    form, status = TokenForm(posted(request)), 200
    if request.method == "POST":
        try:
            if form.is_valid():
                row, secret = org.issue_token(request.user, by=request.user, **form.cleaned_data)
                return _page(request, "token_shown", {"token": row, "secret": secret})
            status = 400
        except ActionError as refused:
            form.take(refused)
            status = refused.status
    return _page(request, "token_new", {"form": form}, status)


def revoke_token(request: HttpRequest, mark: str) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        org.revoke_token(digest, by=request.user)
        return _("The token is revoked.")

    digest = digest_of_mark(own_tokens(request.user), mark)
    note = _("Whatever uses it is refused from now on.")
    act = Act(
        _("Revoke the token"), _("Revoke"), NoFields(posted(request)), do, reverse("my-tokens"), note, danger=True
    )
    return perform(request, act)
