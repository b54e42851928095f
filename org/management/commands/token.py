"""``manage.py token USERNAME``: print an API token, sent as ``Authorization: Token KEY``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from knox.models import AuthToken

from org.models import Person


class Command(BaseCommand):
    help = "Print a new API token of a person, and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person with the username {options['username']!r}.")
        _row, token = AuthToken.objects.create(user=person)
        self.stdout.write(token)
