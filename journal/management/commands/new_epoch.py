"""``manage.py new_epoch``: have every open page and phone load anew; part of `restore`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from journal.actions import epochs


class Command(BaseCommand):
    help = "Begin an epoch of the journal: every cursor of before is told to load anew. `restore` does it by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(epochs.begin("restored"))
