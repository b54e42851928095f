"""Logging (structlog): one record a line with its request or task and actor, as text or as JSON; tokens are masked.

Whoever writes to a `logging` logger need not know of it: what `structlog.contextvars` holds for the thread is added to
each line. The middlewares bind `request_id`, `actor` and `unit` (emergency/middleware/log_context.py), Celery's worker
takes them over from whoever asked for the task and adds `task` and `task_id` (emergency/celery.py), the sentinel calls
itself `firer`.
"""

from __future__ import annotations

import re
from typing import Any

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

SECRET = re.compile(r"(/wall/device/|/ical/)[^/\s\"']+")
"""URLs that contain a token (board/urls.py, duty/urls.py)."""


def without_needless_traceback(_logger: Any, _level: str, event: EventDict) -> EventDict:
    """Log processor: drops tracebacks of requests that Django refuses as suspicious, such as one for a host that is not
    ours, and of those that come while the database is away: a thousand of them must not bury what matters.
    """
    info = event.get("exc_info")
    error = info[1] if isinstance(info, tuple) else None
    if isinstance(error, (SuspiciousOperation, OperationalError, InterfaceError)):
        del event["exc_info"]
        event["event"] = f"{event['event']}: {str(error).strip()}"
    return event


def without_secrets(_logger: Any, _level: str, event: EventDict) -> EventDict:
    """Log processor: masks tokens in URLs, in the text and in tracebacks."""
    return {name: SECRET.sub(r"\1…", value) if isinstance(value, str) else value for name, value in event.items()}


def line_formatter(style: str) -> ProcessorFormatter:
    """The formatter of a logging handler. ``text``: time, level, message, logger and ``key=value``, a traceback below;
    ``json``: an object a line.
    """
    text = structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=0, pad_level=False, exception_formatter=structlog.dev.plain_traceback
    )
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%f%z", utc=False),
        ProcessorFormatter.remove_processors_meta,
        without_needless_traceback,
        structlog.processors.format_exc_info,
        without_secrets,
        text if style == "text" else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    return ProcessorFormatter(processors=processors)


# Loggers of structlog itself (django-structlog's) go the same way as all others, with the levels of settings.LOGGING.
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
