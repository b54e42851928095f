"""Hashed static files whose ES-module imports are rewritten to the hashed names."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_FOLDERS = ("js/", "css/")


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Rewrites our own files only: packages' files name source maps and modules that they do not ship.

    What those name with a plain path is still found, since each file is also kept under its own name.
    """

    support_js_module_import_aggregation = True
    # A template that names a file which was never collected is a defect.
    manifest_strict = True

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], Any]:
        if not name.startswith(OWN_FOLDERS):
            return lambda found: found[0]
        return super().url_converter(name, hashed_files, template)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """A file that is kept under its own name and its hashed one is compressed once: that is what takes long."""
        alike: dict[tuple[bytes, str], list[str]] = {}
        for path in sorted(paths):
            file = Path(self.path(path))
            alike.setdefault((hashlib.sha256(file.read_bytes()).digest(), file.suffix), []).append(path)
        others = {first: rest for first, *rest in alike.values()}
        for path, compressed in super().compress_files(others):
            yield path, compressed
            for other in others[path]:
                copy = other + compressed.removeprefix(path)
                shutil.copy2(self.path(compressed), self.path(copy))
                yield other, copy
