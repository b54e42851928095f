"""``manage.py purge``: what Celery's beat sweeps away once a day, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from org.actions.purge import purge_all


class Command(BaseCommand):
    help = "Delete what has ended and is past its age (settings ..._KEPT_DAYS); the record itself is never purged."

    def handle(self, *args: Any, **options: Any) -> None:
        gone = purge_all()
        self.stdout.write(", ".join(f"{count} {kind.replace('_', '-')}" for kind, count in gone.items()))
