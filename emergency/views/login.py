"""The sign-in page; in a demonstration it offers the demo accounts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import is_valid_path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from emergency.middleware.refusals import is_open
from emergency.middleware.session_age import begin
from org.selectors import browsers
from web.requests import Request

DEMO_ACCOUNTS = [
    {"username": "officer", "title": _("County duty officer"), "description": _("command map, orders, the call-out")},
    {
        "username": "leader",
        "title": _("Deputy magistrate in charge"),
        "description": _("response levels, what is overdue"),
    },
    {
        "username": "township",
        "title": _("Jushui Township station"),
        "description": _("orders of the township and its villages"),
    },
    {
        "username": "department",
        "title": _("Liaison of the water bureau"),
        "description": _("receives and answers for the bureau"),
    },
    {
        "username": "village",
        "title": _("Village head in Jushui"),
        "description": _("on a phone: receive, pass on, report"),
    },
    {"username": "admin", "title": _("Administrator"), "description": _("units, people, posts")},
]
DEMO_PASSWORD = "sanji-demo"  # noqa: S105 - published on purpose, and only where DEMO is set


class SignIn(LoginView):
    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """The redirect after signing in: the page that was requested. The bare front page is none in particular: where
        to start decides.

        So it does where the address is none of ours, is open to all, or would only lead out again.
        """
        asked = super().get_redirect_url()
        path = urlsplit(asked).path
        if path in ("", "/", reverse("logout")) or is_open(path) or not is_valid_path(path):
            return ""
        return asked

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        begin(self.request.session, form.get_user())
        browsers.remember(self.request, answer, form.get_user())
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo = {"demo_accounts": DEMO_ACCOUNTS, "demo_password": DEMO_PASSWORD} if settings.DEMO else {}
        return super().get_context_data(**kwargs, **demo)


def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin's own sign-in, for those who are signed in and not of its staff: nobody else begins a session there."""
    return admin.site.login(request)


@require_safe
def session(request: Request) -> JsonResponse:
    """Session check that every open page polls: who is signed in here. It also keeps the session in use.

    It also makes the browser known, whose session may be older than that cookie, or begun by Django's administration.
    """
    answer = JsonResponse({"person": request.user.pk})
    if not request.user.is_device and not browsers.known_to(request, request.user):
        browsers.remember(request, answer, request.user)
    return answer
