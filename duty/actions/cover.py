"""What duty must know of responses: where one runs, villages keep watch and the departments that matter are staffed.

Called by the app of responses, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from database.clock import now
from duty.models import ResponseCover
from norms.selectors import numbers


def begin_response(subject: str, hazard: str, paths: Iterable[str]) -> None:
    """A response runs over the units at ``paths``, or its area has changed. Its watches are due after a while only."""
    starts_at = now() + numbers.minutes("response_watch_min")
    values = {"hazard": hazard, "paths": sorted(paths)}
    ResponseCover.objects.update_or_create(
        subject=subject, defaults=values, create_defaults={**values, "starts_at": starts_at}
    )


def end_response(subject: str) -> None:
    ResponseCover.objects.filter(subject=subject, ends_at=None).update(ends_at=now())
