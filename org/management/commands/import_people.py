"""``manage.py import_people FILE.xlsx [--replace] [--dry-run]``, and ``--template FILE`` for an empty sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language

from org.imports.people import import_people
from org.imports.people_sheet import template
from org.models import Post


class Command(BaseCommand):
    help = "Register and appoint people from an Excel sheet; all or nothing, every problem listed by its cell."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="end the appointments of present A holders")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument(
            "--template", action="store_true", help="write an empty sheet to FILE instead of reading it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        if options["template"]:
            posts = [(post.code, post.label) for post in Post.objects.all()]
            path.write_bytes(template(get_language() or "en", posts))
            return
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        found = import_people(path, by=None, dry_run=True, replace=options["replace"])
        if found.problems:
            raise CommandError("Nothing was loaded.\n" + "\n".join(str(problem) for problem in found.problems))
        if not options["dry_run"]:
            found = import_people(path, by=None, replace=options["replace"])
        did = "would be made" if options["dry_run"] else "made"
        self.stdout.write(
            f"{len(found.rows)} appointments {did} ({found.new_people} new people, {len(found.ending)} ended,"
            f" {found.unchanged} as they were)."
        )
