"""State machines: every pair of states of every machine, and what a move writes."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from command.actions import issue_order, open_incident
from command.models import Assignment, Incident
from command.states import ASSIGNMENT
from journal.actions.recording import SYSTEM
from journal.management.commands.draw_states import document
from journal.models import Event
from journal.states import IllegalMove, check, locked, machines, move, move_many
from org.models import Person

PAIRS = [
    (kind, source, to) for kind, table in sorted(machines.items()) for source in table.states() for to in table.states()
]


ANSWER = {"how": "self", "note": "", "silent_rungs": 0, "logged_by": 1}


class _Row(SimpleNamespace):
    """As much of a row as `check` looks at."""

    def get_status_display(self) -> str:
        return str(self.status)


@pytest.mark.parametrize(("kind", "source", "to"), PAIRS, ids=lambda value: str(value))
def test_a_move_is_allowed_exactly_where_the_table_has_it(kind: str, source: str, to: str) -> None:
    table = machines[kind]
    flat = [(state, state) for state in table.states()]
    field = SimpleNamespace(flatchoices=flat)
    row = _Row(pk=1, status=source, _meta=SimpleNamespace(get_field=lambda name: field))
    if (source, to) in table.moves:
        assert check(table, row, to) == table.moves[source, to]
        return
    with pytest.raises(IllegalMove) as refusal:
        check(table, row, to)
    assert refusal.value.status == 409
    assert refusal.value.current == {"id": 1, "status": source, "allowed": table.targets(source)}


@pytest.mark.parametrize("kind", sorted(machines))
def test_every_state_can_be_reached_and_belongs_to_the_column(kind: str) -> None:
    table = machines[kind]
    reached, edge = {table.initial, *table.begins}, [table.initial, *table.begins]
    while edge:
        for to in table.targets(edge.pop()):
            if to not in reached:
                reached.add(to)
                edge.append(to)
    assert reached == set(table.states())


@pytest.mark.parametrize("kind", sorted(machines))
def test_the_drawing_holds_every_move(kind: str) -> None:
    text = document()
    for (source, to), verb in machines[kind].moves.items():
        assert f"    {source} --> {to}: {verb}\n" in text


@pytest.fixture
def assignments(officer: Person) -> list[Assignment]:
    order = issue_order(by=officer, incident_id=None, text="查", units=["331126206"], descendants=True, ladder="red")
    return order.lines


def test_a_move_writes_the_state_the_columns_and_one_event(assignments: list[Assignment], officer: Person) -> None:
    row = locked(Assignment.objects.select_related("order", "unit", "post", "person"), pk=assignments[0].pk)
    event = move(ASSIGNMENT, row, Assignment.Status.RECEIVED, by=officer, data=ANSWER, answered_how="self")
    kept = Assignment.objects.get(pk=row.pk)
    assert (kept.status, kept.answered_how) == ("received", "self")
    told = Event.objects.get(seq=event.seq)
    assert told.verb == "assignment.acknowledged"
    assert told.data == {"from": "called", "to": "received", **ANSWER}
    assert told.card["status"] == "received", "the card shows the subject after the change"
    assert told.unit_path == row.unit.path


def test_a_refused_move_writes_nothing(assignments: list[Assignment], officer: Person) -> None:
    row = locked(Assignment.objects.select_related("order", "unit", "post", "person"), pk=assignments[0].pk)
    before = Event.objects.count()
    with pytest.raises(IllegalMove):
        move(ASSIGNMENT, row, Assignment.Status.VERIFIED, by=officer, note="x")
    kept = Assignment.objects.get(pk=row.pk)
    assert (kept.status, kept.note, Event.objects.count()) == ("called", "", before)


def test_many_move_together_in_two_statements_or_not_at_all(
    assignments: list[Assignment], django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(2):
        move_many(ASSIGNMENT, assignments[:10], Assignment.Status.CALLED_OFF, by=SYSTEM, data={"reason": ""})
    before = Event.objects.count()
    with pytest.raises(IllegalMove), transaction.atomic():
        move_many(ASSIGNMENT, assignments[9:15], Assignment.Status.CALLED_OFF, by=SYSTEM, data={"reason": ""})
    assert Event.objects.count() == before
    states = Assignment.objects.filter(pk__in=[row.pk for row in assignments[10:15]]).values_list("status", flat=True)
    assert set(states) == {"called"}


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_inside_a_transaction_only() -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        locked(Incident.objects, pk=1)


def test_a_refusal_speaks_the_reader_s_language(officer: Person) -> None:
    from command.actions import archive

    incident = open_incident(by=officer, title="塌方", category="natural_disaster", unit="331126")
    with pytest.raises(IllegalMove) as refusal:
        archive(incident.pk, by=officer, grounds="x")
    assert refusal.value.current["status"] == "monitored"
    assert refusal.value.current["allowed"] == ["warned", "responding", "ended"]
