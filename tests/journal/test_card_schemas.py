"""Every card is as its app declared it, checked when it is recorded (law 4)."""

from __future__ import annotations

import pytest
from django.db import transaction

from journal.actions.recording import SYSTEM, record
from journal.rules.card_schemas import CARDS, WrongCard, faults_of
from journal.states import machines

GOOD = {"type": "test", "n": 1}


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({"type": "test"}, "test.n is missing"),
        ({**GOOD, "more": 1}, "test.more is not declared"),
        ({"type": "test", "n": "1"}, "test.n is a str"),
        ({"type": "unheard"}, "no card of type unheard"),
        ({"n": 1}, "no card of type None"),
    ],
)
@pytest.mark.django_db
def test_a_card_that_is_not_as_declared_is_not_recorded(card: dict[str, object], said: str) -> None:
    with pytest.raises(WrongCard, match=said), transaction.atomic():
        record("test.happened", "test:1", "33.11.26", by=SYSTEM, card=card)


@pytest.mark.django_db
def test_one_that_is_as_declared_is_recorded_and_none_is_no_card() -> None:
    with transaction.atomic():
        assert record("test.happened", "test:1", "33.11.26", by=SYSTEM, card=GOOD).card == GOOD
        assert record("test.happened", "test:1", "33.11.26", by=SYSTEM).card is None


def test_cards_within_a_card_are_looked_through() -> None:
    called = {"type": "called", "order": 1, "ref": "", "incident": None, "text": "", "colour": "", "unit": "",
              "unit_name": {}, "assignments": [{"type": "assignment"}]}  # fmt: skip
    assert "assignment.status is missing" in faults_of(called)


def test_every_subject_with_a_state_table_has_a_declared_card() -> None:
    """An extension is drawn as its hazard, and a question has none."""
    assert set(machines) - {"extension", "question"} <= set(CARDS)
