"""``manage.py unlock USERNAME``: whoever is locked out after failed sign-ins may try again, as with /setup/access/."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from journal.actions.recording import SYSTEM
from norms.selectors.numbers import minutes, number
from org.actions import unlock_sign_in
from org.models import Person


class Command(BaseCommand):
    help = "Unlock signing in as a person; the way in for the only administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(username__iexact=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person with the username {options['username']!r}.")
        locked = unlock_sign_in(person, spared=minutes("sign_in_spared_min"), by=SYSTEM)
        if not locked:
            self.stdout.write(f"{person.username} was not locked.")
            return
        self.stdout.write(f"Unlocked {person.username}, for {number('sign_in_spared_min')} minutes at least.")
