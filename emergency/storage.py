"""Hashed static files whose ES-module imports are rewritten to the hashed names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    # A template that names a file which was never collected is a defect; a vendored comment that does so is not.
    manifest_strict = True
