"""Writes that come in at the same time are one statement, each with its own answer; none waits for long."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from org import together
from org.together import MOST, Together
from tests.journal.conftest import until


class Desk:
    """Writes words in capitals; holds each statement until it is let through; cannot write "bad"."""

    def __init__(self) -> None:
        self.statements: list[list[str]] = []
        self.through = threading.Semaphore(0)
        self.together: Together[str, str] = Together(self._write)
        self._pool = ThreadPoolExecutor(MOST + 10)

    def _write(self, asked: Sequence[str]) -> list[str]:
        self.statements.append(list(asked))
        assert self.through.acquire(timeout=20)
        if "bad" in asked:
            raise ValueError("bad")
        return [word.upper() for word in asked]

    def ask(self, *words: str) -> list[Future[str]]:
        """One after the other, each once the one before it waits."""
        asked = []
        for word in words:
            before = len(self.together._waiting), len(self.statements)
            asked.append(self._pool.submit(self.together, word.split("#")[0], word))
            until(lambda before=before: (len(self.together._waiting), len(self.statements)) != before, what=word)
        return asked

    def let(self, statements: int) -> None:
        self.through.release(statements)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def answers(asked: list[Future[str]]) -> list[Any]:
    return [one.exception(20) or one.result() for one in asked]


def test_one_that_finds_nobody_writing_goes_out_at_once(desk: Desk) -> None:
    asked = desk.ask("one")
    desk.let(1)
    assert answers(asked) == ["ONE"]
    assert desk.statements == [["one"]]


def test_what_comes_in_meanwhile_is_one_statement_in_its_order(desk: Desk) -> None:
    asked = desk.ask("one", "two", "three", "four")
    desk.let(2)
    assert answers(asked) == ["ONE", "TWO", "THREE", "FOUR"]
    assert desk.statements == [["one"], ["two", "three", "four"]]
    again = desk.ask("five")
    desk.let(1)
    assert answers(again) == ["FIVE"]


def test_two_of_one_key_are_never_in_one_statement(desk: Desk) -> None:
    asked = desk.ask("one", "two#first", "three", "two#second")
    desk.let(3)
    assert answers(asked) == ["ONE", "TWO#FIRST", "THREE", "TWO#SECOND"]
    assert desk.statements == [["one"], ["two#first", "three"], ["two#second"]]


def test_one_that_cannot_be_written_is_refused_alone(desk: Desk) -> None:
    asked = desk.ask("one", "two", "bad", "three")
    desk.let(5)
    first, two, bad, three = answers(asked)
    assert (first, two, three) == ("ONE", "TWO", "THREE")
    assert isinstance(bad, ValueError)
    assert desk.statements[:2] == [["one"], ["two", "bad", "three"]]
    assert sorted(desk.statements[2:]) == [["bad"], ["three"], ["two"]]


def test_one_that_fails_by_itself_is_not_tried_again_and_the_next_goes_on(desk: Desk) -> None:
    asked = desk.ask("bad", "one")
    desk.let(2)
    failed, one = answers(asked)
    assert isinstance(failed, ValueError)
    assert one == "ONE"
    assert desk.statements == [["bad"], ["one"]]


def test_no_statement_grows_without_end(desk: Desk) -> None:
    asked = desk.ask("first", *(f"w{n}" for n in range(MOST + 5)))
    desk.let(3)
    assert len(set(answers(asked))) == MOST + 6
    assert [len(statement) for statement in desk.statements] == [1, MOST, 5]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "PATIENCE_S", 20.0)


def test_who_is_ready_waits_for_who_is_on_the_way(desk: Desk, patient: None) -> None:
    desk.let(1)
    with desk.together.expected():
        asked = desk.ask("one", "two")
        assert desk.statements == []
        assert desk.together("three", "three") == "THREE"
    assert answers(asked) == ["ONE", "TWO"]
    assert [sorted(statement) for statement in desk.statements] == [["one", "three", "two"]]


def test_who_is_on_the_way_and_writes_nothing_lets_the_others_go(desk: Desk, patient: None) -> None:
    desk.let(1)
    with desk.together.expected():
        asked = desk.ask("one", "two")
    assert answers(asked) == ["ONE", "TWO"]
    assert desk.statements == [["one", "two"]]


def test_after_a_statement_those_on_the_way_are_waited_for_too(desk: Desk, patient: None) -> None:
    asked = desk.ask("one", "two")
    with desk.together.expected():
        desk.let(1)
        assert asked[0].result(20) == "ONE"
        desk.let(1)
        assert desk.together("three", "three") == "THREE"
    assert asked[1].result(20) == "TWO"
    assert [sorted(statement) for statement in desk.statements] == [["one"], ["three", "two"]]


def test_who_does_not_come_is_waited_for_a_moment_only(desk: Desk) -> None:
    desk.let(1)
    with desk.together.expected():
        assert answers(desk.ask("one")) == ["ONE"]


@pytest.mark.django_db
def test_who_writes_in_a_transaction_is_waited_for_by_nobody(desk: Desk, patient: None) -> None:
    desk.let(2)
    with desk.together.expected():
        asked = desk.ask("one")
        assert desk.together("two", "two") == "TWO"
        assert answers(asked) == ["ONE"]


@pytest.mark.django_db
def test_inside_a_transaction_it_waits_for_nobody(desk: Desk) -> None:
    assert connection.in_atomic_block
    desk.together._busy = True  # by somebody who never ends
    desk.let(1)
    assert desk.together("one", "one") == "ONE"
