"""``manage.py found_county CODE --divisions FILE [--divisions FILE] [--boundaries FILE]``: set up any county, whole
or not at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from org.actions import found
from org.actions.founding import County
from org.files.boundaries import import_boundaries
from org.files.divisions import read_divisions
from org.rules.codes import level_of, normalise
from web.errors import ActionError
from web.problems import Problem, Refused


class Command(BaseCommand):
    help = "Found a county from statistical-code CSV files; people come later (import_people)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the county's six digits, such as 510321")
        parser.add_argument(
            "--divisions",
            type=Path,
            action="append",
            required=True,
            metavar="FILE",
            help="CSV with the columns code and name; may be given several times (areas, streets, villages)",
        )
        parser.add_argument("--name", default="", help="the county's name, where no file has a row for it")
        parser.add_argument("--boundaries", type=Path, metavar="FILE", help="GeoJSON or shapefile")
        parser.add_argument("--crs", default="", help="coordinate system of the boundaries, over what the file says")

    def handle(self, *args: Any, **options: Any) -> None:
        code = _county_code(options["code"])
        for path in [*options["divisions"], *([options["boundaries"]] if options["boundaries"] else [])]:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
        rows, problems = read_divisions(code, options["divisions"], name=options["name"])
        if problems:
            raise CommandError(_listed(problems))
        try:
            with transaction.atomic():
                found(County(code, rows), by=None)
                if options["boundaries"]:
                    import_boundaries(options["boundaries"], by=None, crs=options["crs"])
        except Refused as refused:
            raise CommandError(_listed(refused.problems)) from None
        except ActionError as error:
            raise CommandError(str(error.detail)) from None
        self.stdout.write(f"Founded {code}: {len(rows)} units.")


def _county_code(text: str) -> str:
    try:
        code = normalise(text)
    except ValueError:
        code = ""
    if not code or level_of(code) != "county":
        raise CommandError(f"{text!r} is not a county's code of six digits.")
    return code


def _listed(problems: list[Problem]) -> str:
    return "Nothing was loaded.\n" + "\n".join(str(problem) for problem in problems)
