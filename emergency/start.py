"""What web, worker, beat and sentinel make sure of before they work: no published password or token opens anything."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.checks import run_checks
from django.db import connections

from board.selectors.published import PUBLISHED

STARTUP_FAILURE = 3
"""uvicorn's exit status of a web process that would fail again in the same way: its parent ends, too."""


def refuse_what_is_published() -> None:
    """SystemExit, having said what is still open (board/selectors/published.py). Looks at nothing in a
    demonstration.
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
