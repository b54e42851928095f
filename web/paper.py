"""Sheets of paper as PDF, for every app: a template that extends ``paper/sheet.html``, its figures, and out it comes.

A sheet is A4 with the unit's name and the sheet's number above, who printed it and when (by the database's clock) and
the page's number below. It reads local files alone and embeds the system's Chinese fonts (web/press.py).
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from database.clock import now
from web.errors import ActionError
from web.kinds import PDF, File, Work

_log = logging.getLogger(__name__)
LONGEST = 90
"""Timeout of a layout in seconds; what takes longer was too much for one sheet."""
_GLYPHS = {"zh-hans": "zh-CN"}
"""The HTML lang attribute for CJK fonts: the same character is drawn differently in Chinese, Japanese and Korean."""


class NotPrinted(ActionError):
    """The server could not lay the sheet out; the page itself can still be printed by the browser."""

    status = 503
    code = "not_printed"


def pdf_of(template: str, context: Mapping[str, Any], *, language: str | None = None, by: Any = None) -> bytes:
    """The sheet in ``language`` (the present one when left out), printed ``by`` somebody or by the system itself.

    It takes seconds and some 200 MB: for a job (web/kinds.py), never for a request. NotPrinted when it could not be
    laid out: too long, or Pango is not on this machine.
    """
    language = language or get_language() or settings.LANGUAGE_CODE
    frame = {"lang": _GLYPHS.get(language, language), "printed_at": now(), "printed_by": by}
    with override(language):
        return pressed(render_to_string(template, {**context, **frame}))


def pdf_file(work: Work, template: str, context: Mapping[str, Any], *, name: str) -> File:
    """The sheet for whoever asked for the job: opens in the browser, saved as ``name`` (ASCII)."""
    work.report("lay_out", 1, 3)
    return File(name, pdf_of(template, context, by=work.by), PDF, inline=True)


def pressed(html: str) -> bytes:
    folders = [str(folder) for folder in (*settings.STATICFILES_DIRS, settings.STATIC_ROOT)]
    job = json.dumps({"html": html, "static_url": settings.STATIC_URL, "folders": folders}).encode()
    try:
        return _read(
            subprocess.run(
                [sys.executable, "-m", "web.press"],
                input=job,
                capture_output=True,
                timeout=LONGEST,
                cwd=settings.BASE_DIR,
                check=False,
            )
        )
    except subprocess.TimeoutExpired:
        raise NotPrinted(_("This takes too long to print. Choose less of it, such as a shorter time.")) from None


def _read(done: subprocess.CompletedProcess[bytes]) -> bytes:
    told = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode:
        _log.error("PDF layout failed (exit %s): %s", done.returncode, told[-2000:])
        raise NotPrinted(_("The server could not make the PDF. Print the page from the browser instead."))
    if told:
        _log.warning("PDF layout warnings: %s", told[:2000])
    return done.stdout
