"""``manage.py purge``: what Celery's beat sweeps away once a day, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from org.actions.purge import purge_access


class Command(BaseCommand):
    help = "Delete expired sessions and tokens, and records of sign-ins past their age (settings ..._KEPT_DAYS)."

    def handle(self, *args: Any, **options: Any) -> None:
        gone = purge_access()
        self.stdout.write(", ".join(f"{count} {kind.replace('_', '-')}" for kind, count in gone.items()))
