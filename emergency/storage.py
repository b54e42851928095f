"""Hashed static files whose ES-module imports are rewritten to the hashed names."""

from __future__ import annotations

import re
from collections.abc import Callable
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
