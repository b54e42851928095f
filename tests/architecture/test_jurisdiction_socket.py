"""What is pushed to a township's socket tells nothing of its neighbour (the addresses: test_jurisdiction_walk.py)."""

from __future__ import annotations

from typing import Any

import pytest

from command.actions import open_incident
from org.models import Person
from tests.architecture.test_jurisdiction_walk import WORDS, plant
from tests.support.live import LiveServer, until


@pytest.mark.django_db(transaction=True)
def test_a_socket_hears_nothing_of_the_neighbour(
    township: Person, officer: Person, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    server = LiveServer()
    try:
        ours, theirs = server.client(township, after=0), server.client(officer, after=0)
        plant()
        own = open_incident(by=officer, title="OURS", category="accident", unit="331126206")
        for client in (ours, theirs):
            _hears(client, f"incident:{own.pk}")
        assert [word for word in WORDS if word in str(ours.frames)] == []
        assert "ZQORDER" in str(theirs.frames)
    finally:
        server.stop()


def _hears(client: Any, subject: str) -> None:
    until(lambda: any(frame["subject"] == subject for frame in client.frames), what=subject)
