"""An uploaded file between its preview and the confirmation: one a person and kind, taken away with the next."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from org.models import Person
from web.errors import Conflict


@dataclass(frozen=True)
class Upload:
    """A file that somebody gave; ``key`` where it is kept already."""

    name: str
    content: bytes
    key: str = ""


def _folder(person: Person, kind: str) -> str:
    return f"imports/{person.pk}/{kind}"


def hold(person: Person, kind: str, name: str, content: bytes) -> str:
    """Keep ``content``; returns the key under which only the same person finds it again."""
    drop(person, kind)
    suffix = re.sub(r"[^.a-z]", "", "." + name.lower().rpartition(".")[2])[:8]
    key = f"{uuid.uuid4().hex}{suffix}"
    default_storage.save(f"{_folder(person, kind)}/{key}", ContentFile(content))
    return key


def held(person: Person, kind: str, key: str) -> bytes:
    """What was kept. Conflict when it is gone: confirmed already, or another file came after it."""
    path = f"{_folder(person, kind)}/{key}"
    if not re.fullmatch(r"[0-9a-f]{32}\.[a-z]{1,7}", key) or not default_storage.exists(path):
        raise Conflict(_("This upload is gone. Choose the file again."), code="gone")
    with default_storage.open(path) as file:
        return file.read()


def drop(person: Person, kind: str) -> None:
    folder = _folder(person, kind)
    if default_storage.exists(folder):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
