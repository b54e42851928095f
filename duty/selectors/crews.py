"""Which duty posts make a shift whole at a level (`duty.models.Crew`)."""

from __future__ import annotations

from duty.models import REQUIRED, Crew


def required_posts() -> dict[str, tuple[str, ...]]:
    """Level → duty posts; one query. Ask with `of`."""
    return {row.level: tuple(row.posts) for row in Crew.objects.all()}


def of(level: str, known: dict[str, tuple[str, ...]] | None = None) -> tuple[str, ...]:
    """The posts of one level; a level without a row needs leader, main and deputy."""
    found = required_posts() if known is None else known
    return found.get(level, tuple(REQUIRED))
