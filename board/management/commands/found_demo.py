"""``manage.py found_demo``: the demo county, and the demonstration at work; a second run finds it and does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from board.actions import begin_demonstration
from board.demo import gateway, hazards, month, past, plans, running
from board.demo.clock import story
from board.demo.county import COUNTY, demo_county
from board.demo.platform import found_feed
from command.models import Incident
from journal.actions.recording import SYSTEM
from org.actions import found
from org.models import Unit
from plans.models import Plan


class Command(BaseCommand):
    """Each part is a transaction of its own and is skipped when it is there: an interrupted founding is carried on."""

    help = "Found the demo county with invented people, two incidents and a month of duty (only with DEMO on)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo county has known passwords; it is founded only where DEMO is on.")
        if Unit.objects.filter(code=COUNTY).exists():
            self.stdout.write("The demo county is there already.")
        else:
            self._found()
        parts: tuple[tuple[Callable[[], Any], Callable[[], bool]], ...] = (
            (plans.tell, lambda: not Plan.objects.exists()),
            (past.tell, lambda: not Incident.objects.exists()),
            *month.PARTS,
            *hazards.PARTS,
            (running.tell, lambda: Incident.objects.count() == 1),
            (gateway.tell, gateway.missing),
        )
        for tell, wanted in parts:
            if wanted():
                with transaction.atomic():
                    tell()

    @transaction.atomic
    def _found(self) -> None:
        county = demo_county()
        with story(days=400):  # people have held their posts for longer than the past incident is old
            found(county, by=None)
            found_feed(SYSTEM)
        begin_demonstration(by=SYSTEM)
        self.stdout.write(
            f"Founded {COUNTY}: {len(county.units)} units, {len(county.people)} people,"
            f" {len(county.seatings)} appointments, {len(county.duties)} register entries."
        )
