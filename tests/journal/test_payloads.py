"""Every event is as declared, its data by its verb and its card by the card's type, checked when it is recorded (laws 4
and 12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import pytest
from django.db import transaction

from database.members import Sometimes, always, sometimes
from journal.actions.recording import SYSTEM, record
from journal.models import Event
from journal.rules import card_schemas
from journal.rules.card_schemas import CARDS
from journal.rules.payloads import WrongPayload, faults_of
from journal.sentences import MOVED, OF_ITS_SUBJECT, VERBS, Verb, say, sentence
from journal.states import machines

CARD = {"type": "test", "n": 1}
DATA = {"n": 1, "note": None}
MADE = Verb("%(by)s made %(n)s", "test", {"n": int, "note": str | None, "late": sometimes(bool)})
WRONG: list[tuple[dict[str, Any], dict[str, Any] | None, str]] = [
    ({"n": 1}, CARD, "test.made: data.note is missing"),
    ({**DATA, "more": 1}, CARD, "test.made: data.more is not declared"),
    ({**DATA, "n": "1"}, CARD, "test.made: data.n is a str"),
    ({**DATA, "late": None}, CARD, "test.made: data.late is a NoneType"),
    (DATA, None, "test.made: its card of type test is missing"),
    (DATA, {"type": "live", "text": ""}, "test.made: a card of type live is not declared"),
    (DATA, {"type": "test"}, "test.n is missing"),
    (DATA, {**CARD, "more": 1}, "test.more is not declared"),
    (DATA, {**CARD, "n": "1"}, "test.n is a str"),
    (DATA, {"type": "unheard"}, "no card of type unheard"),
    (DATA, {"n": 1}, "no card of type None"),
]


@pytest.fixture
def made(db: None) -> Iterator[Callable[..., Event]]:
    """Records a verb whose payload is declared."""
    with VERBS.lent({"test.made": MADE}), transaction.atomic():
        yield lambda data, card=CARD: record("test.made", "test:1", "33.11.26", by=SYSTEM, data=data, card=card)


@pytest.mark.parametrize(("data", "card", "said"), WRONG, ids=[said for _data, _card, said in WRONG])
def test_what_is_not_as_declared_is_not_recorded(
    made: Callable[..., Event], data: dict[str, Any], card: dict[str, Any] | None, said: str
) -> None:
    with pytest.raises(WrongPayload, match=said):
        made(data, card)


@pytest.mark.parametrize("data", [DATA, {**DATA, "note": "x"}, {**DATA, "late": True}], ids=str)
def test_what_is_as_declared_is_recorded(made: Callable[..., Event], data: dict[str, Any]) -> None:
    event = made(data)
    assert (event.data, event.card) == (data, CARD)


def test_all_faults_are_named_at_once(made: Callable[..., Event]) -> None:
    with pytest.raises(
        WrongPayload, match=r"data\.n is missing; .*data\.note is missing; .*data\.what is not declared"
    ):
        made({"what": 1})


@pytest.mark.django_db
def test_a_verb_that_nobody_declared_is_not_recorded() -> None:
    with pytest.raises(WrongPayload, match=r"no verb test\.unheard is declared"), transaction.atomic():
        record("test.unheard", "test:1", "33.11.26", by=SYSTEM)


@pytest.mark.django_db
def test_in_operation_a_payload_that_is_a_little_off_stops_no_act(settings: Any) -> None:
    settings.CHECK_PAYLOADS = False
    with transaction.atomic():
        assert record("test.unheard", "test:1", "33.11.26", by=SYSTEM, data={"more": 1}).data == {"more": 1}


def test_reading_asks_for_nothing_that_was_declared_since() -> None:
    with VERBS.lent({"test.made": MADE}):
        assert say("test.made", "Li", {"old": 1}, None) == "Li made –"


def test_a_verb_declared_with_nothing_holds_nothing() -> None:
    with VERBS.lent({}):
        sentence("test.bare", "it happened")
        assert list(faults_of("test.bare", {}, None)) == []
        assert list(faults_of("test.bare", {"n": 1}, None)) == ["test.bare: data.n is not declared"]
        assert list(faults_of("test.bare", {}, CARD)) == ["test.bare: a card of type test is not declared"]


def test_a_card_that_is_there_only_sometimes_may_be_missing() -> None:
    with VERBS.lent({}):
        sentence("test.maybe", "it happened", sometimes("test"))
        sentence("test.any", "it happened", OF_ITS_SUBJECT)
        for verb in ("test.maybe", "test.any"):
            assert [list(faults_of(verb, {}, card)) for card in (None, CARD)] == [[], []]
        assert list(faults_of("test.any", {}, {"type": "test"})) == ["test.n is missing"]


def test_cards_within_a_card_are_looked_through() -> None:
    called = {"type": "called", "order": 1, "ref": "", "incident": None, "text": "", "colour": "", "unit": "",
              "unit_name": {}, "assignments": [{"type": "assignment"}]}  # fmt: skip
    assert "assignment.status is missing" in list(card_schemas.faults_of(called))


# What the apps have declared -----------------------------------------------------------------------------------------

OURS = sorted(verb for verb in VERBS if not verb.startswith("test."))


def test_every_subject_with_a_state_table_has_a_declared_card() -> None:
    """An extension is drawn as its hazard, and a question has none."""
    assert set(machines) - {"extension", "question"} <= set(CARDS)


def test_every_card_of_a_verb_is_declared() -> None:
    assert len(OURS) > 180
    cards = {verb: always(VERBS[verb].card) for verb in OURS}
    assert {verb: card for verb, card in cards.items() if card not in (*CARDS, "", OF_ITS_SUBJECT)} == {}


def test_every_verb_of_a_state_table_holds_both_states_and_the_subject_s_card() -> None:
    moves = {verb: kind for kind, table in machines.items() for verb in table.moves.values()}
    silent = {
        verb for verb in moves if {name: always(VERBS[verb].members.get(name, object)) for name in MOVED} != MOVED
    }
    assert silent == set()
    drawn = {"extension": "hazard", "question": ""}
    assert {verb: kind for verb, kind in moves.items() if always(VERBS[verb].card) != drawn.get(kind, kind)} == {}


PLACE = re.compile(r"%\((\w+)\)s")
ADDED = {"told", "how_word", "holder", "messages"}
"""What the functions of command/screens/answer_words.py and notify/sentences.py add to the values."""


def _constants(code: CodeType) -> Iterator[Any]:
    for constant in code.co_consts:
        yield from _constants(constant) if isinstance(constant, CodeType) else (constant,)


def _templates(template: Any) -> Iterator[str]:
    """The template, or all that a function may choose from: its constants, and what it was made with."""
    if not callable(template):
        yield str(template)
        return
    yield from (constant for constant in _constants(template.__code__) if isinstance(constant, str))
    yield from (str(cell.cell_contents) for cell in template.__closure__ or ())


def _shown(verb: Verb) -> set[str]:
    return {place for template in _templates(verb.template) for place in PLACE.findall(template)}


@pytest.mark.parametrize("verb", OURS)
def test_every_place_of_a_sentence_is_filled_from_what_the_verb_holds(verb: str) -> None:
    """From ``by``, from its data or from its card; one that is there only sometimes would show as a dash."""
    declared = VERBS[verb]
    certain = {name for name, types in declared.members.items() if not isinstance(types, Sometimes)}
    if isinstance(declared.card, str):
        certain |= set(CARDS.get(declared.card, {}))
    chosen = set(declared.members) if callable(declared.template) else set()
    assert _shown(declared) - certain - chosen - ADDED - {"by"} == set()


def test_the_places_of_functions_are_found_too() -> None:
    assert {"unit_name", "by", "how_word"} <= _shown(VERBS["assignment.acknowledged"])
    assert {"unit_name", "post_name", "told"} <= _shown(VERBS["assignment.done"])
