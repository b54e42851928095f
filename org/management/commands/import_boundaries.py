"""``manage.py import_boundaries FILE [--crs NAME] [--dry-run]``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from org.files.boundaries import COLUMN, SHIFTED, TOLERANCE, import_boundaries

HELP = {
    COLUMN: "Say --code-column NAME, or --name-column NAME where the file has no codes.",
    SHIFTED: "Say --crs GCJ-02 to convert them, or --crs EPSG:4326 if they are WGS 84 as they stand.",
}


class Command(BaseCommand):
    help = "Load units' boundaries from GeoJSON or a shapefile (.shp or .zip); all or nothing, every problem listed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--crs", default="", help="EPSG:4326, 4490, 4491-4554 or GCJ-02; over what the file says")
        parser.add_argument(
            "--code-column", "--code-field", default="", help="the column (attribute) that holds the unit code"
        )
        parser.add_argument("--name-column", default="", help="the column with the units' names, where codes are none")
        parser.add_argument("--source", default="", help="where the boundaries come from, shown beside the map")
        parser.add_argument("--tolerance", type=float, default=TOLERANCE, help="share of a unit that may lie outside")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        names = ("crs", "code_column", "name_column", "source", "tolerance")
        found = import_boundaries(path, by=None, dry_run=True, **{name: options[name] for name in names})
        told = [*found.problems, *found.questions]
        if told:
            raise CommandError(
                "\n".join(["Nothing was loaded.", *map(str, told), *(HELP[q.code] for q in found.questions)])
            )
        for note in found.notes:
            self.stdout.write(note)
        if not options["dry_run"]:
            found = import_boundaries(path, by=None, **{name: options[name] for name in names})
        did = "would be loaded" if options["dry_run"] else "loaded"
        self.stdout.write(f"{len(found.codes)} boundaries {did}, from {found.crs}.")
