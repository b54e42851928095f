"""Middleware that removes bidirectional control characters from responses, wherever the text came from.

U+202E in a unit's name turns the rest of the sentence, of a title, of a tooltip: doc.exe is read where exe.cod stands.
No page of ours needs any of them; what really is written from right to left is kept apart by isolation (``<bdi>``,
static/css/base.css). What comes to the browser as data is cleaned there (static/js/core/text.js).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

TURNING = re.compile(rb"\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xd8\x9c")
"""U+200E, U+200F, U+061C, U+202A to U+202E, U+2066 to U+2069 in UTF-8, where none stands within another's bytes."""


class TextDirectionMiddleware:
    """Stands within Django's CommonMiddleware, which tells the length."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            response.content = TURNING.sub(b"", response.content)
        return response
