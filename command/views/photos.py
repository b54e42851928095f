"""Serving photos: never by an address of the file, always through the permission of what they belong to."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from journal.selectors.attachments import attachment_for
from web.requests import Request


@require_safe
def photo(request: Request, pk: int) -> HttpResponse:
    found = attachment_for(request.user, pk)
    try:
        with found.file.open("rb") as file:
            # Read at once instead of streamed, since it is small: a file that streams synchronously would hold an ASGI
            # thread.
            response = HttpResponse(file.read(), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Disposition"] = f'inline; filename="photo-{found.pk}.jpg"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Vary"] = "Cookie"
    return response
