"""Questions that a message leaves open: asking them, and letting them lapse when later messages have settled them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from database.clock import DatabaseNow
from early_warning.actions import alarm
from early_warning.models import Question, RawMessage, Warning
from early_warning.rules import words
from early_warning.states import QUESTION, WARNING
from journal.actions.recording import By, record_all
from journal.states import fact_of, move
from notify.actions import messages as notify

Kind = Question.Kind


def ask(
    kind: str, raw: RawMessage, concerns: Sequence[Warning], reasons: Sequence[dict[str, Any]], *, by: By
) -> Question:
    """Put it to the county's officers, and say it on the page of every warning that it may concern."""
    question = Question.objects.create(unit_id=raw.unit_id, raw=raw, kind=kind, reasons=list(reasons))
    question.concerns.set(concerns)
    tell(question, concerns, by=by)
    return question


def add(question: Question, warning: Warning, *, by: By) -> None:
    """An open question that concerns one more: an original that arrives after the message that names it."""
    question.concerns.add(warning)
    tell(question, [warning], by=by)


def tell(question: Question, concerns: Sequence[Warning], *, by: By) -> None:
    raw = question.raw
    data = {"question": question.pk, "kind": raw.kind, "identifier": raw.identifier, "reasons": question.reasons,
            "why": words.why(question.reasons)}  # fmt: skip
    record_all(
        [fact_of(WARNING, warning, "warning.questioned", {**data, "ref": warning.ref}) for warning in concerns], by=by
    )
    alarm.raise_question(question, concerns, by=by)


def review(warnings: Sequence[Warning], *, by: Any) -> None:
    """After warnings have ended: what asks about nothing any more lapses. An update that is held stays to be decided
    on, though what it would replace is over; that is told.
    """
    rows = (
        open_ones().filter(concerns__in=warnings).distinct() | open_ones().filter(raw__warning__in=warnings).distinct()
    )
    ids = list(rows.values_list("pk", flat=True))
    questions = open_ones().filter(pk__in=ids).select_for_update(of=("self",)).select_related("unit", "raw__feed")
    for question in questions.defer("unit__boundary", "raw__body").order_by("pk") if ids else ():
        standing = question.concerns.filter(status=Warning.Status.ACTIVE).count()
        own = Warning.objects.filter(raw=question.raw_id).first()
        if own is not None and own.status == Warning.Status.HELD:
            alarm.raise_left_open(question, [w for w in warnings if w.pk != own.pk], by=by)
        elif standing < (2 if question.kind == Kind.CONTRADICTION else 1) or _overtaken(own):
            settle(question, Question.Status.LAPSED, by=by)


def _overtaken(own: Warning | None) -> bool:
    """The message that asks has itself been replaced, cancelled or put aside."""
    return own is not None and own.status not in (Warning.Status.ACTIVE, Warning.Status.ELSEWHERE)


def settle(question: Question, to: str, *, by: Any, **changes: Any) -> None:
    move(QUESTION, question, to, by=by, data=facts(question), decided_at=DatabaseNow(), **changes)
    question.refresh_from_db(fields=["decided_at"])
    notify.settle([QUESTION.subject(question)], by=by)


def facts(question: Question) -> dict[str, Any]:
    refs = ", ".join(question.concerns.order_by("pk").values_list("ref", flat=True))
    return {"question": question.kind, "identifier": question.raw.identifier, "refs": refs}


def open_ones() -> QuerySet[Question]:
    return Question.objects.filter(status=Question.Status.OPEN)
