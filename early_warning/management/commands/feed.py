"""``manage.py feed add CODE NAME --unit 331126`` · ``feed list`` · ``feed revoke CODE``: platforms and their tokens."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from early_warning import actions
from early_warning.models import Feed
from early_warning.selectors import warnings
from journal.actions.recording import SYSTEM
from org.models import Unit
from org.rules.codes import normalise
from web.errors import ActionError


class Command(BaseCommand):
    help = "Add, list and revoke the platforms that may post to the inbound doors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="Add a platform and print its token, once.")
        add.add_argument("code")
        add.add_argument("name")
        add.add_argument("--unit", required=True, help="Code of the county that it feeds, 6, 9 or 12 digits.")
        verbs.add_parser("list", help="List the platforms.")
        verbs.add_parser("revoke", help="Revoke a platform's token.").add_argument("code")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(options)
        except ActionError as error:
            raise CommandError(
                " ".join([str(error.detail), *(str(c) for cs in error.fields.values() for c in cs)])
            ) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def add(self, options: dict[str, Any]) -> None:
        try:
            unit = Unit.objects.get(code=normalise(options["unit"]))
        except (ValueError, Unit.DoesNotExist) as error:
            raise CommandError(f"no unit with the code {options['unit']}") from error
        feed, token = actions.add_feed(options["code"], options["name"], unit, by=SYSTEM)
        self.stdout.write(f"{feed.code} feeds {unit.code} {unit.name}. Its token, shown this once:\n{token}")

    def list(self, options: dict[str, Any]) -> None:
        for feed in warnings.with_counts(Feed.objects.select_related("unit").defer("unit__boundary")):
            heard = feed.last_heard_at.isoformat(timespec="seconds") if feed.last_heard_at else "never"
            state = "active" if feed.active else "revoked"
            self.stdout.write(
                f"{feed.code}\t{feed.unit.code}\t{state}\tlast heard {heard}\tunread {feed.waiting}\t{feed.name}"
            )

    def revoke(self, options: dict[str, Any]) -> None:
        feed = actions.revoke_feed(options["code"], by=SYSTEM)
        self.stdout.write(f"{feed.code} is revoked.")
