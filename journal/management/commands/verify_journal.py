"""``manage.py verify_journal``: recompute the chain of seals."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal import seals
from journal.models import Event, Seal


class Command(BaseCommand):
    help = "Check that no sealed event was changed, added or taken away. Exits with 1 when one was."

    def handle(self, *args: Any, **options: Any) -> None:
        breaches = seals.verify()
        for breach in breaches:
            self.stderr.write(f"events {breach.seal.first_seq}-{breach.seal.last_seq}: {breach.reason}")
        if breaches:
            raise CommandError(f"{len(breaches)} seals do not fit")
        last = Seal.objects.order_by("-last_seq").values_list("last_seq", flat=True).first() or 0
        waiting = Event.objects.filter(seq__gt=last).count()
        self.stdout.write(f"{Seal.objects.count()} seals fit; {waiting} newer events wait for their seal")
