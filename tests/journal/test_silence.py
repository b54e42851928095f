"""Silence and jumps are counted by a process's monotonic clock: a clock that is set back makes nobody look alive."""

from __future__ import annotations

import time
from typing import Any

import pytest

from journal.actions import rounds
from journal.actions.relays import run_pending
from journal.actions.silence import Clock, Silence
from journal.models import Event
from notify.models import Message
from org.models import Person, Unit

pytestmark = pytest.mark.django_db


class Monotonic:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 1000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.at)

    def go(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def monotonic(monkeypatch: pytest.MonkeyPatch) -> Monotonic:
    return Monotonic(monkeypatch)


def alive() -> None:
    for name in rounds.names():
        rounds.pulse(f"celery:{name}")


class TestSilence:
    def test_a_clock_set_back_by_little_does_not_hide_that_celery_died(self, clock: Any, monotonic: Monotonic) -> None:
        silence = Silence()
        alive()
        assert rounds.silent_rounds(silence) == []
        clock.travel(seconds=-1.5)
        monotonic.go(5.5)
        assert rounds.silent_rounds(silence) == rounds.names()

    def test_set_back_by_an_hour_it_is_seen_at_once(self, clock: Any) -> None:
        alive()
        clock.travel(hours=-1)
        assert rounds.silent_rounds(Silence()) == rounds.names()

    def test_one_that_goes_on_after_the_jump_is_alive(self, clock: Any, monotonic: Monotonic) -> None:
        silence = Silence()
        alive()
        rounds.silent_rounds(silence)
        clock.travel(hours=-1)
        monotonic.go(1)
        alive()
        assert rounds.silent_rounds(silence) == []

    def test_readyz_says_it(self, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        from emergency.views import health

        monkeypatch.setattr(health.LOOKS, "silence", Silence())
        alive()
        assert health.run_check("rounds") == (True, "on time")
        clock.travel(hours=-1)
        ok, said = health.run_check("rounds")
        assert not ok
        assert "timers" in said


class TestJumps:
    @pytest.mark.parametrize("seconds", [3600, -3600, 6, -6])
    def test_a_jump_is_an_event_and_an_alarm(
        self, clock: Any, monotonic: Monotonic, demo_county: Unit, officer: Person, seconds: int
    ) -> None:
        watched = Clock()
        assert watched.look() == 0
        clock.travel(seconds=seconds)
        assert watched.look() == 1
        assert watched.look() == 0, "once a jump"
        assert abs(Event.objects.get(verb="clock.jumped").data["seconds"] - seconds) <= 1
        run_pending()
        assert Message.objects.filter(code="duty.clock_jumped", alarm=True).exists()

    def test_time_that_passes_is_none_and_neither_is_a_slow_database(self, clock: Any, monotonic: Monotonic) -> None:
        watched = Clock()
        watched.look()
        for _second in range(20):
            clock.travel(seconds=60)
            monotonic.go(60)
            assert watched.look() == 0
        clock.travel(seconds=4)
        assert watched.look() == 0, "a time server's correction"

    def test_one_while_no_sentinel_ran_is_told_when_it_starts(self, clock: Any, demo_county: Unit) -> None:
        rounds.pulse("sentinel")
        clock.travel(minutes=-10)
        assert Clock().look() == 1
