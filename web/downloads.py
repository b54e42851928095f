"""Answers of the API that are no JSON: each of its own content type, which may be asked for with Accept."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from web.rest import OrjsonRenderer

BYTES = "application/octet-stream"
"""Fallback content type: generated clients know no other type for files."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def renderers(*kinds: str) -> list[type[BaseRenderer]]:
    """`renderer_classes` for a view that answers with files; its errors are JSON all the same."""
    named = [type("NamedRenderer", (OrjsonRenderer,), {"media_type": kind}) for kind in kinds]
    return [OrjsonRenderer, *named]


def file_answer(request: Request, content: bytes, kind: str, name: str = "") -> HttpResponse:
    """The file; ``name``: to be saved under it."""
    answer = HttpResponse(content, content_type=BYTES if request.accepted_media_type == BYTES else kind)
    if name:
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
