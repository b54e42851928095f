"""Uploaded files on the disk: whole or not at all, durable before anybody is told of them, private to the system."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


class DurableStorage(FileSystemStorage):
    """Atomic, durable file storage: writes a temporary file, calls fsync, and links it into place under its name.

    A full disk or a crash leaves no part of a file under a name that a row could bear; what is left then is a hidden
    file beside it. Raises OSError, for example ENOSPC; nothing is kept.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("file_permissions_mode", PRIVATE_FILE)
        options.setdefault("directory_permissions_mode", PRIVATE_FOLDER)
        super().__init__(**options)

    def _save(self, name: str, content: Any) -> str:
        folder = Path(self.path(name)).parent
        os.makedirs(folder, mode=PRIVATE_FOLDER, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in content.chunks():
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            name = self._put(aside, name)
        finally:
            os.unlink(aside)
        _sync_folder(folder)
        return str(name).replace("\\", "/")

    def _put(self, aside: str, name: str) -> str:
        """A hard link fails where the name is taken, so that two who write at once never share one."""
        while True:
            try:
                os.link(aside, self.path(name))
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name


def _sync_folder(folder: Path) -> None:
    """fsync of the folder, so that the name itself reaches the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
