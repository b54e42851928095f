"""What each process makes sure of before it works: no published password or token opens anything."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.checks import run_checks
from django.db import connections

from board.selectors.published import PUBLISHED

STARTUP_FAILURE = 3
"""Exit status that uvicorn knows as a failed start: its parent process ends too, instead of trying again."""


def refuse_what_is_published() -> None:
    """Refuse to start (SystemExit) while published credentials still work (board/selectors/published.py). Checks
    nothing in a demonstration.
    """
    if settings.DEMO:
        return
    with ThreadPoolExecutor(1) as aside:  # uvicorn imports the application inside its loop, where Django asks nothing
        serious = aside.submit(_look).result()
    if serious:
        sys.stderr.write("\n".join(["Refused to start.", *serious, ""]))
        raise SystemExit(STARTUP_FAILURE)


def _look() -> list[str]:
    try:
        found = run_checks(tags=[PUBLISHED], include_deployment_checks=True)
    finally:
        connections.close_all()
    return [f"{one.msg}\n  {one.hint}" for one in found if one.is_serious()]
