"""``manage.py import_people FILE.xlsx [--replace] [--dry-run]``, and ``--template FILE`` for an empty sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language

from org.files.people import OTHER, SAME, import_people
from org.files.people_sheet import template
from org.models import Post

SAME_HELP = "rows whose person has another spelling on the register"
OTHER_HELP = "rows of people who share a number with somebody of a like name"


class Command(BaseCommand):
    help = "Register and appoint people from an Excel sheet; all or nothing, every problem listed by its cell."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="end the appointments of present A holders")
        parser.add_argument("--same", nargs="+", type=int, default=[], metavar="ROW", help=SAME_HELP)
        parser.add_argument("--other", nargs="+", type=int, default=[], metavar="ROW", help=OTHER_HELP)
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
        decisions = {**dict.fromkeys(options["same"], SAME), **dict.fromkeys(options["other"], OTHER)}
        asked = {"by": None, "replace": options["replace"], "decisions": decisions}
        found = import_people(path, dry_run=True, **asked)
        told = [str(row) for row in (*found.problems, *found.questions)]
        if found.questions:
            told.append("Say --same ROW... for rows that are the person they resemble, --other ROW... for the others.")
        if told:
            raise CommandError("\n".join(["Nothing was loaded.", *told]))
        if not options["dry_run"]:
            found = import_people(path, **asked)
        did = "would be made" if options["dry_run"] else "made"
        self.stdout.write(
            f"{len(found.rows)} appointments {did} ({found.new_people} new people, {len(found.ending)} ended,"
            f" {found.unchanged} as they were)."
        )
