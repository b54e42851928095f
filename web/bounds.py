"""Limits on requests; and what is refused by them, or by Django's DATA_UPLOAD_MAX_*, as status and sentence."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import DataError
from django.utils.translation import gettext as _

LARGEST_BODY = 100 * 1024 * 1024
"""Bytes of a request with its files: three photos of 30 MB. It lies on disk while it comes in."""
LONGEST_QUERY = 16 * 1024
"""Bytes; all townships and villages of a county by their codes are 4 KB."""


REFUSED = "sanji.refused"
"""Key of the ASGI scope: what emergency/http.py could not take in, an exception that a middleware raises."""


class BodyTooBig(SuspiciousOperation):
    """A request with more than `LARGEST_BODY` bytes."""


class QueryTooLong(SuspiciousOperation):
    """An address with more than `LONGEST_QUERY` bytes behind its question mark."""


class Unreadable(SuspiciousOperation):
    """An address, a field or a key with what no text in the database can hold: a NUL, half a character."""


def check_query(query: str) -> None:
    """Check a query string before it is used. Raises QueryTooLong or Unreadable."""
    if len(query) > LONGEST_QUERY:
        raise QueryTooLong
    if "%00" in query:
        raise Unreadable
    check_text(query)


def check_text(*texts: str) -> None:
    """Unreadable for a NUL, or for half a character (a lone surrogate), which is no UTF-8."""
    for text in texts:
        if "\x00" in text:
            raise Unreadable
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Unreadable from None


LARGEST_NUMBER = 2**63 - 1
"""The database's bigint, which all of our ids are."""


def whole_number(text: str) -> int | None:
    """The number that a parameter or an address names; None for anything else, and for what no id can be."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number <= LARGEST_NUMBER else None


def unstorable(error: BaseException) -> bool:
    """Whether the database, or its driver, refused a value as one that it cannot hold.

    A number beyond its column, a moment beyond the calendar, a NUL, half a character. The net under the checks at the
    doors: whoever sent such a value is told so (400); that is no fault of ours.
    """
    if isinstance(error, (DataError, OverflowError, UnicodeEncodeError)):
        return True
    return isinstance(error, ValueError) and "NUL (0x00)" in str(error)


def status_of(error: Exception | None) -> int:
    if isinstance(error, QueryTooLong):
        return 414
    return 413 if isinstance(error, (RequestDataTooBig, BodyTooBig)) else 400


def code_of(error: Exception | None) -> str:
    """The error code: "unreadable", or "too_much" for what exceeds a limit."""
    bounds = (RequestDataTooBig, BodyTooBig, QueryTooLong, TooManyFieldsSent, TooManyFilesSent)
    return "too_much" if isinstance(error, bounds) else "unreadable"


def sentence_of(error: Exception | None) -> str:
    if isinstance(error, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
        return _("What was sent, without its files, is larger than %(limit)s MB.") % {"limit": limit}
    if isinstance(error, BodyTooBig):
        return _("What was sent is larger than %(limit)s MB.") % {"limit": LARGEST_BODY // 1024 // 1024}
    if isinstance(error, QueryTooLong):
        return _("This address is too long. Choose fewer at once.")
    if isinstance(error, TooManyFieldsSent):
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        return _("More than %(limit)s fields were sent. Choose fewer at once.") % {"limit": limit}
    if isinstance(error, TooManyFilesSent):
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return _("More than %(limit)s files were sent at once.") % {"limit": limit}
    return _("What was sent cannot be read.")
