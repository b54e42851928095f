"""The design-system page, and the choice of theme."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from board.context_processors import THEME_COOKIE, THEMES
from board.screens.samples import samples
from web.requests import Request

YEAR = 365 * 24 * 3600


def design(request: Request) -> HttpResponse:
    """Every component in every state, from invented samples; reads nothing from the database."""
    return render(request, "board/design.html", samples())


@login_not_required
@require_POST
def set_theme(request: Request) -> HttpResponse:
    """Stores dark or light in a cookie; anything else gives the choice back to the system. 204 for fetch, else back."""
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = HttpResponse(status=204) if request.headers.get("X-Requested-With") == "fetch" else redirect(back)
    if chosen in THEMES:
        answer.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        answer.delete_cookie(THEME_COOKIE, samesite="Lax")
    return answer
