"""``manage.py restore FILE``: bring back what `backup` wrote, beside what is there, and exchange the two."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from journal.files import anchors, backups


class Command(BaseCommand):
    help = (
        "Restore FILE. The database of now is kept under another name, uploaded files are added, none is removed. Wants"
        " OWNER_DATABASE_URL; may be run while the system runs: open pages then load anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--role", default="sanji_app", help="the application's role (application_role)")

    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get("SANJI_RESTORES_AS_OWNER") != "1":
            return self._again_as_owner(options)
        try:
            with backups.opened(options["file"]) as (folder, manifest):
                self._restore(folder, manifest, options["role"])
        except (backups.Unusable, OSError) as error:
            raise CommandError(str(error)) from error
        return None

    def _again_as_owner(self, options: dict[str, Any]) -> None:
        """Run the restore in a subprocess with the owner's database URL, because this process has the application's
        role.
        """
        owner = os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
        environment = {**os.environ, "DATABASE_URL": owner, "SANJI_RESTORES_AS_OWNER": "1"}
        command = [sys.executable, *sys.argv[:1], "restore", str(options["file"].absolute()), "--role", options["role"]]
        if subprocess.run(command, env=environment, check=False).returncode:  # noqa: S603
            raise CommandError("the restore did not succeed; see above")

    def _restore(self, folder: Path, manifest: dict[str, Any], role: str) -> None:
        newer = backups.unknown_to_us(manifest)
        if newer:
            raise CommandError(f"this backup was made by a newer version: {', '.join(newer[:5])}")
        name = backups.fill_beside(folder)
        try:
            self._bring_up_to_date(name, role)
        except BaseException:
            backups.drop(name)
            raise
        put = backups.put_files(folder)
        before = backups.exchange(name)
        backups.put_anchors(folder)
        anchors.note_restore()
        self.stdout.write(f"restored the backup of {manifest['made_at']}; {put} files put back")
        if before:
            self.stdout.write(f"the database of before is kept as {before}")
        self._say_key(folder)
        call_command("verify_journal", stdout=self.stdout, stderr=self.stderr)

    def _bring_up_to_date(self, name: str, role: str) -> None:
        parts = urlsplit(os.environ["DATABASE_URL"])
        environment = {**os.environ, "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}
        for words in (["migrate", "--noinput", "--verbosity", "0"], ["application_role", role], ["new_epoch"]):
            done = subprocess.run(  # noqa: S603
                [sys.executable, *sys.argv[:1], *words], env=environment, check=False, stdout=subprocess.DEVNULL
            )
            if done.returncode:
                raise backups.Unusable(f"{words[0]} failed on the restored database; nothing was exchanged")

    def _say_key(self, folder: Path) -> None:
        if (folder / backups.KEY).read_text("utf-8") != settings.SECRET_KEY:
            self.stdout.write(
                "SECRET_KEY differs from the backup's: everybody signs in again. To keep sessions and links, take the"
                f" file {backups.KEY} out of the archive (tar --extract --file FILE {backups.KEY})."
            )
