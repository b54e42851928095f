"""Components are rendered without a manifest of hashed names: no collectstatic is needed to test them."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def plain_static(settings: Any) -> None:
    """Static files under their own names."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
