"""Redirecting after an act to what it made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from web.dialogs import Act, go, perform
from web.requests import Request


def onward(request: Request, act: Act, address: Callable[[], str]) -> HttpResponse:
    """Like `perform`, but goes to ``address()`` once it has acted, and says there what was done."""
    said = _said_by(act)
    answer = perform(request, act)
    if answer.status_code not in (204, 302):
        return answer
    if request.headers.get("HX-Request"):
        messages.success(request, said[0])
    return go(request, address())


def _said_by(act: Act) -> list[str]:
    """Holds what the act says, once it has acted."""
    said: list[str] = []
    first = act.do

    def do(data: dict[str, Any]) -> str:
        said.append(first(data))
        return said[0]

    act.do = do
    return said
