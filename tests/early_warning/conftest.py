"""What the tests of warnings share: a platform of the demo county, and posting to its door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from early_warning.actions import add_feed
from early_warning.models import Feed
from journal.actions.recording import SYSTEM
from org.models import Unit
from tests.support.platforms import TOKEN


@pytest.fixture
def feed(db: None) -> Feed:
    cache.clear()  # the door counts requests there
    return add_feed("qx", "气象平台", Unit.objects.get(code="331126"), by=SYSTEM, token=TOKEN)[0]


@pytest.fixture
def post(feed: Feed) -> Callable[..., Any]:
    """``post(body)`` to the door as the platform; keywords are headers."""

    def send(body: bytes, content_type: str = "application/xml", token: str | None = TOKEN, **headers: str) -> Any:
        if token is not None:
            headers["Authorization"] = f"Token {token}"
        client = APIClient(headers={"accept-language": "en", **{k.replace("_", "-"): v for k, v in headers.items()}})
        return client.generic("POST", "/api/v1/inbound/cap/", body, content_type=content_type)

    return send
