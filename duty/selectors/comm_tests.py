"""Communication tests: who may see them, what came of them, which numbers are stale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from duty.models import CommTest, CommTestLine
from notify.models import Delivery
from org.models import Person
from org.selectors.jurisdiction import visible_to

O = CommTestLine.Outcome
SILENT_TESTS = 2
"""So many tests in a row without an answer, and the number is proposed as stale."""


def tests_visible_to(person: Person) -> QuerySet[CommTest]:
    """With their counts; the newest first."""
    rows = CommTest.objects.filter(visible_to(person, "unit__path")).select_related("unit", "post", "started_by")
    return rows.defer("unit__boundary").annotate(
        people=Count("lines"), answers=Count("lines", filter=Q(lines__answered_at__isnull=False)),
    )  # fmt: skip


def lines_of(test: CommTest) -> QuerySet[CommTestLine]:
    rows = CommTestLine.objects.filter(test=test).select_related("person", "unit").defer("unit__boundary")
    return rows.order_by("unit__path", "pk")


def by_unit(lines: Sequence[CommTestLine]) -> list[dict[str, Any]]:
    """Per unit: how many were asked and how many answered, those with the most silent first. ``lines`` in order of
    units.
    """
    found: dict[int, dict[str, Any]] = {}
    for line in lines:
        row = found.setdefault(line.unit_id, {"unit": line.unit, "people": 0, "answered": 0})
        row["people"] += 1
        row["answered"] += line.answered_at is not None
    return sorted(found.values(), key=lambda row: (row["answered"] - row["people"], row["unit"].path))


def outcomes(lines: Sequence[CommTestLine]) -> dict[int, str]:
    """Line → what came of it by now; one query over their deliveries."""
    subjects = {f"comm_test_line:{line.pk}": line.pk for line in lines}
    out = Delivery.objects.filter(message__subject__in=list(subjects)).exclude(channel="in_app")
    told: dict[int, set[str]] = {}
    for subject, outcome, state in out.values_list("message__subject", "outcome", "state"):
        told.setdefault(subjects[subject], set()).add(outcome or state)
    return {line.pk: _outcome(line, told.get(line.pk, set())) for line in lines}


def _outcome(line: CommTestLine, told: set[str]) -> str:
    if line.answered_at is not None:
        return O.ANSWERED
    if not line.phone:
        return O.NO_NUMBER
    if Delivery.Outcome.BAD_NUMBER in told:
        return O.BAD_NUMBER
    if not told - {Delivery.State.QUEUED, Delivery.State.CANCELLED}:
        return O.NOT_SENT
    return O.NO_ANSWER


def stale_numbers(person: Person, most: int = 200) -> list[CommTestLine]:
    """Whose number the register should have looked at: a wrong one in their last test, or no answer in the last
    `SILENT_TESTS`; while the number is still the one that was tested. One query.
    """
    rows = CommTestLine.objects.filter(visible_to(person, "unit__path"), test__closed_at__isnull=False)
    rows = rows.exclude(outcome__in=(O.NOT_SENT, O.NO_NUMBER)).select_related("person", "unit").defer("unit__boundary")
    latest: dict[int, list[CommTestLine]] = {}
    for line in rows.order_by("person", "-id")[:20000]:
        latest.setdefault(line.person_id, []).append(line)
    found = [
        lines[0] for lines in latest.values()
        if lines[0].person.phone == lines[0].phone and lines[0].person.is_active and (
            lines[0].outcome == O.BAD_NUMBER
            or (len(lines) >= SILENT_TESTS and all(one.outcome == O.NO_ANSWER for one in lines[:SILENT_TESTS]))
        )
    ]  # fmt: skip
    return sorted(found, key=lambda line: line.unit.path)[:most]
