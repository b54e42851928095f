"""Communication tests: who may see them, what came of them, which numbers are stale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from duty.models import CommTest, CommTestLine, CommTestPlan
from notify.models import Delivery
from org.models import Person
from org.rules.capabilities import REGISTER, VIEW
from org.selectors.jurisdiction import visible_to
from web.errors import NotFound

O = CommTestLine.Outcome
SILENT_TESTS = 2
"""So many tests in a row without an answer, and the number is proposed as stale."""


def tests_visible_to(person: Person) -> QuerySet[CommTest]:
    """With their counts; the newest first."""
    rows = CommTest.objects.filter(visible_to(person, "unit__path")).select_related("unit", "post", "started_by")
    return rows.defer("unit__boundary").annotate(
        people=Count("lines"), answers=Count("lines", filter=Q(lines__answered_at__isnull=False)),
    )  # fmt: skip


def plans_visible_to(person: Person) -> QuerySet[CommTestPlan]:
    """The monthly tests, in order of their units."""
    rows = CommTestPlan.objects.filter(visible_to(person, "unit__path")).select_related("unit", "post", "set_by")
    return rows.defer("unit__boundary").order_by("unit__path")


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


def stale_numbers(
    reader: Person, capability: str = VIEW, *, of: Person | None = None, most: int = 200
) -> list[CommTestLine]:
    """Whose number the register should have looked at, by their last test: it was wrong, or nobody answered in
    `SILENT_TESTS` in a row. Tests of another number than today's count no more, nor those before it was last confirmed.
    ``of``: one person alone. One query.
    """
    confirmed = Q(person__phone_confirmed_at=None) | Q(test__closed_at__gt=F("person__phone_confirmed_at"))
    rows = CommTestLine.objects.filter(
        confirmed, visible_to(reader, "unit__path", capability), test__closed_at__isnull=False,
        phone=F("person__phone"), person__is_active=True,
    ).exclude(outcome__in=(O.NOT_SENT, O.NO_NUMBER))  # fmt: skip
    if of is not None:
        rows = rows.filter(person=of)
    age = Window(RowNumber(), partition_by=[F("person")], order_by=F("pk").desc())
    rows = rows.annotate(age=age).filter(age__lte=SILENT_TESTS).select_related("person", "unit", "test")
    latest: dict[int, list[CommTestLine]] = {}
    for line in sorted(rows.defer("unit__boundary"), key=lambda line: -line.pk):
        latest.setdefault(line.person_id, []).append(line)
    found = [lines[0] for lines in latest.values() if _stale([line.outcome for line in lines])]
    return sorted(found, key=lambda line: (line.unit.path, line.pk))[:most]


def _stale(outcomes: Sequence[str]) -> bool:
    """``outcomes`` of one person's tests, the newest first."""
    return outcomes[0] == O.BAD_NUMBER or list(outcomes) == [O.NO_ANSWER] * SILENT_TESTS


def kept_line(keeper: Person, line_id: int) -> CommTestLine:
    """A line of whose unit somebody keeps the register; NotFound elsewhere."""
    rows = CommTestLine.objects.filter(visible_to(keeper, "unit__path", REGISTER), pk=line_id)
    line = rows.select_related("person", "unit", "test").defer("unit__boundary").first()
    if line is None:
        raise NotFound
    return line


def told_of(lines: Sequence[CommTestLine]) -> dict[int, list[Delivery]]:
    """Line → its deliveries outside the screens, the newest last; one query. Old ones are purged."""
    subjects = {f"comm_test_line:{line.pk}": line.pk for line in lines}
    rows = Delivery.objects.filter(message__subject__in=list(subjects), handed_over_at__isnull=False)
    found: dict[int, list[Delivery]] = {}
    for row in rows.exclude(channel="in_app").select_related("message", "account").order_by("handed_over_at"):
        found.setdefault(subjects[row.message.subject], []).append(row)
    return found
