"""What web, worker, beat and sentinel make sure of before they work: no published password or token opens anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.checks import run_checks
from django.db import connections

from board.selectors.published import PUBLISHED


def refuse_what_is_published() -> None:
    """SystemExit that says what is still open (board/selectors/published.py). Looks at nothing in a demonstration."""
    if settings.DEMO:
        return
    with ThreadPoolExecutor(1) as aside:  # uvicorn imports the application inside its loop, where Django asks nothing
        serious = aside.submit(_look).result()
    if serious:
        raise SystemExit("Refused to start.\n" + "\n".join(serious))


def _look() -> list[str]:
    try:
        found = run_checks(tags=[PUBLISHED], include_deployment_checks=True)
    finally:
        connections.close_all()
    return [f"{one.msg}\n  {one.hint}" for one in found if one.is_serious()]
