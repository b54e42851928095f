"""``manage.py backup FILE``: everything in one archive, while the system runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.files import backups


class Command(BaseCommand):
    help = (
        "Write the database, the uploaded files, the secret key and the anchors into FILE. Keep it closed: it is all."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"].absolute()
        if target.exists():
            raise CommandError(f"{target} exists already")
        if not target.parent.is_dir():
            raise CommandError(f"there is no folder {target.parent}")
        try:
            backups.backup(target)
        except (backups.Unusable, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{target}: {target.stat().st_size // 1024} KiB")
