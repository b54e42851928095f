"""Celery task of org: the nightly purge."""

from __future__ import annotations

import logging

from celery import shared_task

from org.actions.purge import purge_all

_log = logging.getLogger(__name__)


@shared_task(name="org.purge")
def purge() -> None:
    gone = purge_all()
    if any(gone.values()):
        _log.info("purged %s", ", ".join(f"{count} {kind}" for kind, count in gone.items()))
