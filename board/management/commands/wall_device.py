"""``manage.py wall_device add NAME --unit CODE`` prints the screen's address; ``wall_device revoke NAME`` ends it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from board.actions import add_device, revoke_device
from journal.actions.recording import SYSTEM
from web.errors import ActionError


class Command(BaseCommand):
    help = "Add or revoke a wall screen."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        add = acts.add_parser("add", help="a new screen; prints its address, once")
        add.add_argument("name")
        add.add_argument("--unit", required=True, help="code of the unit whose board it shows")
        acts.add_parser("revoke", help="the screen goes dark at once").add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._act(options)
        except ActionError as refusal:
            complaints = "; ".join(str(one) for some in refusal.fields.values() for one in some)
            raise CommandError(complaints or str(refusal.detail)) from refusal

    def _act(self, options: dict[str, Any]) -> None:
        if options["act"] == "revoke":
            revoke_device(name=options["name"], by=SYSTEM)
            self.stdout.write(f"Revoked {options['name']}.")
            return
        token = add_device(name=options["name"], unit=options["unit"], by=SYSTEM)[1]
        self.stdout.write("Open this once on the screen; it stays signed in until it is revoked:")
        self.stdout.write(reverse("wall-device", args=[token]))
