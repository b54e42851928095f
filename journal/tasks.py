"""Celery tasks of the journal: one a round, ticked by beat, and the sealing."""

from __future__ import annotations

from celery import shared_task

from journal.actions import rounds, seals
from journal.files import anchors


@shared_task(name="journal.tick")
def tick() -> None:
    """Timers first, then the relays that they and the pages left behind."""
    rounds.run("timers")
    rounds.run("relays")


@shared_task(name="journal.round")
def one_round(name: str) -> None:
    rounds.run(name)


@shared_task(name="journal.seal")
def seal() -> None:
    """Seal, then carry the new digests out of the database."""
    seals.seal_new()
    anchors.write_new()
