"""Who and what can get in, for whoever keeps the register: API tokens, wall screens, platforms, each to be revoked; and
under whose name signing in is locked, to be unlocked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from board.actions import revoke_device, revoke_platform
from board.selectors.access import (
    digest_of_mark,
    kept_locks,
    kept_platform,
    kept_platforms,
    kept_screen,
    kept_screens,
    kept_tokens,
    locked_person,
)
from norms.selectors.numbers import minutes, number
from org import actions as org
from org.screens.register import keepers_only
from web.dialogs import Act, NoFields, perform, posted
from web.requests import Request


@require_safe
@keepers_only
def access(request: Request) -> HttpResponse:
    keeper = request.user
    context = {
        "locks": kept_locks(keeper),
        "tokens": kept_tokens(keeper),
        "screens": kept_screens(keeper),
        "platforms": kept_platforms(keeper),
    }
    return render(request, "board/account/access.html", context)


def _revoke(request: Request, title: str, note: str, revoke: Callable[[], Any]) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        revoke()
        return _("Revoked.")

    act = Act(title, _("Revoke"), NoFields(posted(request)), do, reverse("access"), note, danger=True)
    return perform(request, act)


@keepers_only
def revoke_token(request: Request, mark: str) -> HttpResponse:
    digest = digest_of_mark(kept_tokens(request.user), mark)
    note = _("Whatever uses it is refused from now on.")
    return _revoke(request, _("Revoke the token"), note, lambda: org.revoke_token(digest, by=request.user))


@keepers_only
def revoke_screen(request: Request, screen: int) -> HttpResponse:
    row = kept_screen(request.user, screen)
    note = _("The screen goes dark at once.")
    title = _("Revoke the screen %(name)s") % {"name": row.screen}
    return _revoke(request, title, note, lambda: revoke_device(name=row.screen, by=request.user))


@keepers_only
def cut_platform(request: Request, platform: str) -> HttpResponse:
    row = kept_platform(request.user, platform)
    note = _("Its warnings are refused from now on, until it is given another token.")
    title = _("Revoke the platform %(name)s") % {"name": row.name}
    return _revoke(request, title, note, lambda: revoke_platform(code=row.code, by=request.user))


@keepers_only
def unlock(request: Request, person: int) -> HttpResponse:
    row = locked_person(request.user, person)

    def do(data: dict[str, Any]) -> str:
        org.unlock_sign_in(row, spared=minutes("sign_in_spared_min"), by=request.user)
        return _("Unlocked. They can sign in at once.")

    note = _("For %(n)s minutes it takes many more failures to lock this name again.") % {
        "n": number("sign_in_spared_min")
    }
    act = Act(_("Unlock signing in as %(name)s") % {"name": row.label}, _("Unlock"), NoFields(posted(request)), do,
              reverse("access"), note)  # fmt: skip
    return perform(request, act)
