"""Logging: filters that hide secrets and shorten what floods the log."""

from __future__ import annotations

import logging
import re

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError

SECRET = re.compile(r"(/wall/device/|/ical/)[^/\s\"']+")
"""URLs that contain a token (board/urls.py, duty/urls.py)."""


class ForTheLog(logging.Filter):
    """Log filter: masks tokens in URLs; drops tracebacks of requests that Django refuses as suspicious, such as one for
    a host that is not ours, and of those that come while the database is away: a thousand of them must not bury what
    matters.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (SuspiciousOperation, OperationalError, InterfaceError)):
            text = f"{text}: {str(error).strip()}"
            record.exc_info, record.exc_text = None, None
        record.msg, record.args = SECRET.sub(r"\1…", text), None
        return True
