"""``manage.py import_plan FILE --unit CODE [--dry-run]``; ``--library`` loads the plans that come with us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from journal.actions.recording import SYSTEM
from plans.actions import import_file, load_library
from plans.rules.problems import Refused
from web.errors import ActionError


class Command(BaseCommand):
    help = "Import a plan from YAML or Excel into a draft; all or nothing, every problem listed by its place."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--unit", required=True, help="the code of the unit that the plan belongs to")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--library", action="store_true", help="load the worked plans, in force at once")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["library"]:
                versions = load_library(options["unit"], by=SYSTEM)
                self.stdout.write(f"{len(versions)} plans of the library are in force.")
            else:
                self._import(options["file"], options["unit"], options["dry_run"])
        except Refused as refused:
            raise CommandError("Nothing was done.\n" + "\n".join(str(one) for one in refused.problems)) from None
        except ActionError as error:
            complaints = [str(one) for many in error.fields.values() for one in many]
            raise CommandError(" ".join(complaints) or str(error.detail)) from None

    def _import(self, path: Path | None, unit: str, dry_run: bool) -> None:
        if path is None or not path.is_file():
            raise CommandError(f"There is no file {path}.")
        found = import_file(path.name, path.read_bytes(), by=SYSTEM, unit=unit, dry_run=dry_run)
        if found.problems:
            raise Refused(found.problems)
        did = "would be written" if dry_run else "was written"
        what = "a new plan" if found.new else "a new version"
        actions = len(found.document["actions"])
        self.stdout.write(f"{found.document['code']}: {what} {did} as a draft, {actions} actions.")
