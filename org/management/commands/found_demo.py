"""``manage.py found_demo``: set up the demo county; a second run finds it and does nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from org.actions import found
from org.demo import COUNTY, demo_county
from org.models import Unit


class Command(BaseCommand):
    help = "Found the demo county with invented people and the demo logins (only with DEMO on)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo county has known passwords; it is founded only where DEMO is on.")
        if Unit.objects.filter(code=COUNTY).exists():
            self.stdout.write("The demo county is there already.")
            return
        county = demo_county()
        found(county, by=None)
        self.stdout.write(
            f"Founded {COUNTY}: {len(county.units)} units, {len(county.people)} people,"
            f" {len(county.seatings)} appointments, {len(county.duties)} register entries."
        )
