"""A real server in a thread of this process, and live clients that speak to it over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.live import LiveServer


@pytest.fixture
def server(transactional_db: None) -> Iterator[LiveServer]:
    running = LiveServer()
    yield running
    running.stop()
