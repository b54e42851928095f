"""Hashed static files whose ES-module imports are rewritten to the hashed names."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed file names (ManifestStaticFilesStorage) with rewritten imports, for our own files only: packages' files
    name source maps and modules that they do not ship.

    What those name with a plain path is still found, since each file is also kept under its own name.
    """

    support_js_module_import_aggregation = True
    # A template that names a file which was never collected is a defect.
    manifest_strict = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patterns = {f"{kind[2:]}/{kind}": patterns for kind, patterns in self._patterns.items()}
