"""Django's system check that nothing of a demonstration lets anybody in where DEMO is off.

Registered for deployment (``manage.py check --deploy``); each process runs it by its tag when it
starts (emergency/start.py), scripts/run and the compose file before that.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import Error as DatabaseError
from django.db import ProgrammingError
from django.utils.translation import override

PUBLISHED = "published"


@register(PUBLISHED, deploy=True)
def nothing_published_is_open(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each kind of thing that is still open, with the names."""
    from board.selectors.demonstration import still_open

    if settings.DEMO:
        return []
    try:
        with override("en"):
            lines = still_open().lines()
    except ProgrammingError:
        return []  # its tables are not there yet, so nobody is in it
    except DatabaseError as error:
        return [Warning(f"Whether a demonstration is still open could not be looked up: {error}", id="board.W001")]
    hint = "End them with `manage.py end_demo` (scripts/run --end-demo), or set DEMO=1 for a demonstration."
    told = "DEMO is off, but this database was founded as a demonstration, and everybody knows how to get in by its"
    return [Error(f"{told} {line}", hint=hint, id="board.E001") for line in lines]
