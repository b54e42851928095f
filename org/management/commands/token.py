"""``manage.py token USERNAME [--name TEXT] [--days N]``: print an API token, sent as ``Authorization: Token KEY``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime

from org.actions import issue_token
from org.models import Person
from web.errors import ActionError


class Command(BaseCommand):
    help = "Print a new API token of a person, and nothing else; until when it is valid stands on standard error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="manage.py token", help="what it is for, as the pages list it")
        parser.add_argument("--days", type=int, help="how long it is valid (API_TOKEN_DAYS)")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person with the username {options['username']!r}.")
        try:
            row, token = issue_token(person, name=options["name"], days=options["days"], by=None)
        except ActionError as refused:
            complaints = [str(one) for some in refused.fields.values() for one in some]
            raise CommandError(" ".join(complaints) or str(refused.detail)) from None
        self.stdout.write(token)
        self.stderr.write(f"Valid until {localtime(row.expiry):%Y-%m-%d %H:%M}; /me/tokens/ lists and revokes it.")
