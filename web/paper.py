"""Sheets of paper as PDF, for every app: a template that extends ``paper/sheet.html``, its figures, and out it comes.

A sheet is A4 with the unit's name and the sheet's number above, who printed it and when (by the database's clock) and
the page's number below. It reads local files alone and embeds the system's Chinese fonts (web/press.py).
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from database.clock import now
from web.errors import ActionError

_log = logging.getLogger(__name__)
LONGEST = 90
"""Seconds that a layout may take; what takes longer was too much for one sheet."""
_GLYPHS = {"zh-hans": "zh-CN"}
"""Languages as fonts know them: the same character is drawn otherwise in Chinese, Japanese and Korean."""
_presses = threading.BoundedSemaphore(2)
"""Layouts at one time in one process: each takes a core and some 200 MB."""


class NotPrinted(ActionError):
    """The server could not lay the sheet out; the page itself can still be printed by the browser."""

    status = 503
    code = "not_printed"


def pdf_of(template: str, context: Mapping[str, Any], *, language: str | None = None, by: Any = None) -> bytes:
    """The sheet in ``language`` (the present one when left out), printed ``by`` somebody or by the system itself.

    NotPrinted when it could not be laid out: too long, too many at once, or Pango is not on this machine.
    """
    language = language or get_language() or settings.LANGUAGE_CODE
    frame = {"lang": _GLYPHS.get(language, language), "printed_at": now(), "printed_by": by}
    with override(language):
        return _press(render_to_string(template, {**context, **frame}))


def pdf_response(request: HttpRequest, template: str, context: Mapping[str, Any], *, filename: str) -> HttpResponse:
    """The sheet for the reader of a page, in their language: opens in the browser, saved as ``filename`` (ASCII).

    What could not be laid out is a page that says so (503).
    """
    try:
        content = pdf_of(template, context, by=request.user if request.user.is_authenticated else None)
    except NotPrinted as error:
        return render(request, "paper/not_printed.html", {"error": error}, status=error.status)
    headers = {"Content-Disposition": f'inline; filename="{filename}"'}
    answer = HttpResponse(content, content_type="application/pdf", headers=headers)
    add_never_cache_headers(answer)
    return answer


def _press(html: str) -> bytes:
    folders = [str(folder) for folder in (*settings.STATICFILES_DIRS, settings.STATIC_ROOT)]
    job = json.dumps({"html": html, "static_url": settings.STATIC_URL, "folders": folders}).encode()
    if not _presses.acquire(timeout=LONGEST):
        raise NotPrinted(_("Too much is being printed at once. Try again in a minute."))
    try:
        return _read(subprocess.run([sys.executable, "-m", "web.press"], input=job, **_HOW))
    except subprocess.TimeoutExpired:
        raise NotPrinted(_("This takes too long to print. Choose less of it, such as a shorter time.")) from None
    finally:
        _presses.release()


_HOW: dict[str, Any] = {"capture_output": True, "timeout": LONGEST, "cwd": settings.BASE_DIR, "check": False}


def _read(done: subprocess.CompletedProcess[bytes]) -> bytes:
    told = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode:
        _log.error("a sheet could not be laid out (exit %s): %s", done.returncode, told[-2000:])
        raise NotPrinted(_("The server could not make the PDF. Print the page from the browser instead."))
    if told:
        _log.warning("a sheet was laid out with complaints: %s", told[:2000])
    return done.stdout
