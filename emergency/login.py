"""The sign-in page; in a demonstration it offers the demo accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.utils.translation import gettext_lazy as _

DEMO_ACCOUNTS = [
    {"username": "officer", "title": _("County duty officer"), "description": _("command map, orders, the call-out")},
    {
        "username": "leader",
        "title": _("Deputy magistrate in charge"),
        "description": _("response levels, what is overdue"),
    },
    {
        "username": "township",
        "title": _("Jushui Town station"),
        "description": _("orders of the town and its villages"),
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

    def get_redirect_url(self) -> str:
        """The page that was asked for; the bare front door is nobody's page in particular, and where to start decides."""
        asked = super().get_redirect_url()
        return "" if asked == "/" else asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo = {"demo_accounts": DEMO_ACCOUNTS, "demo_password": DEMO_PASSWORD} if settings.DEMO else {}
        return super().get_context_data(**kwargs, **demo)
