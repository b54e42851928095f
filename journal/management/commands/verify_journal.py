"""``manage.py verify_journal``: recompute the seals, and hold them against their anchors and the files they cover."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.actions import attachments, seals
from journal.files import anchors
from journal.models import Event, Seal

SHOWN = 50


class Command(BaseCommand):
    help = "Check that nothing sealed was changed, added or taken away, photos included. Exits with 1 when it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchors", type=Path, help="the file of anchors; by default this system's own")
        parser.add_argument("--without-files", action="store_true", help="leave photos out")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["anchors"] or anchors.file()
        breaches = [*seals.verify(), *self._anchored(path, asked=options["anchors"] is not None)]
        if not options["without_files"]:
            breaches += attachments.verify_files()
        for breach in breaches[:SHOWN]:
            self.stderr.write(f"{breach.place}: {breach.reason}")
        if breaches:
            raise CommandError(f"{len(breaches)} things do not fit")
        last = Seal.objects.order_by("-number").first()
        waiting = Event.objects.filter(seq__gt=last.last_seq if last else 0).count()
        self.stdout.write(f"{last.number if last else 0} seals fit; {waiting} newer events wait for their seal")

    def _anchored(self, path: Path, *, asked: bool) -> list[seals.Breach]:
        if not path.exists():
            if asked or Seal.objects.exists():
                self.stderr.write(f"no file of anchors at {path}: a rewritten chain would not show")
            if asked:
                raise CommandError("nothing to compare with")
            return []
        try:
            return anchors.verify(path)
        except ValueError as error:
            raise CommandError(str(error)) from error
