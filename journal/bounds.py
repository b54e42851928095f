"""What a request may weigh; and what is refused by that, or by Django's DATA_UPLOAD_MAX_*, as status and sentence."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.utils.translation import gettext as _

LARGEST_BODY = 100 * 1024 * 1024
"""Bytes of a request with its files: three photos of 30 MB. It lies on disk while it comes in."""
LONGEST_QUERY = 16 * 1024
"""Bytes; all townships and villages of a county by their codes are 4 KB."""


class BodyTooBig(SuspiciousOperation):
    """A request with more than `LARGEST_BODY` bytes."""


class QueryTooLong(SuspiciousOperation):
    """An address with more than `LONGEST_QUERY` bytes behind its question mark."""


class Unreadable(SuspiciousOperation):
    """A query with a NUL, which no text in the database can hold."""


def check_query(query: str) -> None:
    """Before anything is looked up with it. QueryTooLong, Unreadable."""
    if len(query) > LONGEST_QUERY:
        raise QueryTooLong
    if "%00" in query or "\x00" in query:
        raise Unreadable


def status_of(error: Exception | None) -> int:
    if isinstance(error, QueryTooLong):
        return 414
    return 413 if isinstance(error, (RequestDataTooBig, BodyTooBig)) else 400


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
