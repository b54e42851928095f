"""Downloads of duty: calendar feeds."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from duty.actions.feeds import owner_of
from duty.files import ical
from web.errors import NotFound


@login_not_required
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Open to whoever has the secret: calendars cannot sign in. Revoked with the owner's account, and by the owner."""
    owner = owner_of(token)
    if owner is None:
        raise NotFound
    return HttpResponse(ical.feed(owner), content_type="text/calendar; charset=utf-8")
