"""``manage.py application_role NAME``: make the role that the processes connect as, or set its rights anew."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.actions import roles


class Command(BaseCommand):
    help = (
        "Make the database role of the application, which can append to the journal and change nothing in it. Run it as"
        " the owner of the tables, after each migrate. A password is taken from APPLICATION_PASSWORD."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", options["name"]):
            raise CommandError("the role's name must be of small letters, digits and underscores")
        roles.make(options["name"], os.environ.get("APPLICATION_PASSWORD", ""))
        self.stdout.write(f"role {options['name']} may append to the journal, and change nothing in it")
