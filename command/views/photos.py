"""Serving photos and documents: never by an address of the file, always by the permission of what they belong to."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from journal.models import Attachment
from journal.selectors.attachments import attachment_for, content_type_of
from web.requests import Request


@require_safe
def photo(request: Request, pk: int) -> HttpResponse:
    found = attachment_for(request.user, pk)
    try:
        with found.file.open("rb") as file:
            # Whole, since it is bounded: a file that streams synchronously would hold an ASGI thread.
            response = HttpResponse(file.read(), content_type=content_type_of(found))
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Disposition"] = _disposition(found)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["Vary"] = "Cookie"
    return response


def _disposition(found: Attachment) -> str:
    """A photo was made by us and may be shown; what was sent is only ever saved."""
    if found.is_photo:
        return f'inline; filename="photo-{found.pk}.jpg"'
    return f'attachment; filename="document-{found.pk}.{found.ending}"'
