"""Uploaded files are written whole or not at all, and only their owner reads them."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from emergency.files.uploads import DurableStorage


@pytest.fixture
def storage(tmp_path: Path) -> DurableStorage:
    return DurableStorage(location=tmp_path)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_it_is_the_one_that_photos_are_kept_in() -> None:
    assert isinstance(
        default_storage._wrapped if hasattr(default_storage, "_wrapped") else default_storage, DurableStorage
    )


def test_a_file_and_its_folder_are_private(storage: DurableStorage, tmp_path: Path) -> None:
    name = storage.save("attachments/2026/11/a.jpg", ContentFile(b"whole"))
    assert storage.open(name).read() == b"whole"
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / name).parent.stat().st_mode & 0o077 == 0
    assert files(tmp_path) == ["a.jpg"]


def test_two_of_one_name_are_two_files(storage: DurableStorage, tmp_path: Path) -> None:
    names = [storage.save("a.jpg", ContentFile(text)) for text in (b"one", b"two")]
    assert [storage.open(name).read() for name in names] == [b"one", b"two"]


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_full_disk_leaves_nothing(
    storage: DurableStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*args: Any, **more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space left"):
        storage.save("a.jpg", ContentFile(b"x" * 100))
    assert files(tmp_path) == []
