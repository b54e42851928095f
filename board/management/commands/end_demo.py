"""``manage.py end_demo``: nobody gets in any more by what the demonstration published; the data stays."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from board.actions import end_demonstration
from journal.actions.recording import SYSTEM

NEXT = """
All data stays: the invented people, incidents and hazards too. To begin with an empty database instead, start over with
DEMO=0 scripts/run --fresh (which destroys it) and found your county: manage.py found_county.
Nobody can sign in with the published password now. Make the first administrator: manage.py createsuperuser
"""


class Command(BaseCommand):
    help = "End the published passwords and whatever was let in while everybody knew them, so that DEMO=0 can start."

    def handle(self, *args: Any, **options: Any) -> None:
        with override("en"):
            ended = end_demonstration(by=SYSTEM).lines()
        if not ended:
            self.stdout.write("Nothing of a demonstration was open.")
            return
        self.stdout.write("\n".join(["Ended:", *(f"  {line}" for line in ended)]))
        self.stdout.write(NEXT.rstrip())
