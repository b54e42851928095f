"""``manage.py doubles``: people and units of the register that may be one and the same. Lists; merges nobody."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from org.models import Person
from org.selectors.doubles import Double, doubles

WHY = {
    "number": "one number, like names",
    "spelling": "usernames that differ in spelling alone",
    "unit": "units of one name under one unit",
}


class Command(BaseCommand):
    help = "List people and units that may stand on the register twice. Nothing is changed: a person decides."

    def handle(self, *args: Any, **options: Any) -> None:
        found = doubles()
        for double in found:
            self.stdout.write(f"{WHY[double.why]}: {_rows(double)}")
        self.stdout.write(f"{len(found)} found." if found else "Nobody and nothing stands on the register twice.")


def _rows(double: Double) -> str:
    return "; ".join(
        f"{row.name} ({row.username}, {row.phone})" if isinstance(row, Person) else f"{row.name} ({row.code})"
        for row in double.rows
    )
