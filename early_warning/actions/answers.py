"""What a person decides on a question that a message left open. The reason stands in the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import DatabaseNow, now
from early_warning.actions import alarm, questions, succession, timekeeping, warn
from early_warning.actions.decide import checked_reason
from early_warning.actions.lookup import one_at_a_time
from early_warning.models import Question, Warning, WarningPart
from early_warning.selectors import warnings as selectors
from early_warning.states import QUESTION, WARNING
from journal.states import check, move
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import Forbidden, Invalid, NotFound

Kind, Status = Question.Kind, Question.Status


@transaction.atomic
def accept_question(question_id: int, *, by: Person, reason: str, warnings: Sequence[int] | None = None) -> Question:
    """Yes: the update replaces, the message ends, or (of a contradiction) this one counts.

    ``warnings``: which of those that it concerns; left out, all that an update names, and the only one there is. An
    update that was held is in force from now on. IllegalMove (409) when somebody decided before, Invalid by field.
    """
    question, concerns = _question_for(question_id, by=by)
    check(QUESTION, question, Status.ACCEPTED)
    reason = checked_reason(reason)
    chosen = _chosen(question, concerns, warnings)
    questions.settle(question, Status.ACCEPTED, by=by, decided_by=by, reason=reason)
    if question.kind == Kind.CONTRADICTION:
        others = [warning for warning in concerns if warning not in chosen and warning.status == Warning.Status.ACTIVE]
        succession.end(others, chosen[0].raw, by=by)
    elif question.kind == Kind.ENDING:
        succession.end(chosen, question.raw, by=by, to=Warning.Status.CANCELLED)
    else:
        _accept_update(question, chosen, reason, by=by)
    return question


@transaction.atomic
def reject_question(question_id: int, *, by: Person, reason: str) -> Question:
    """No: what is in force stays so. An update that was held is rejected; of a contradiction both stand."""
    question, _concerns = _question_for(question_id, by=by)
    check(QUESTION, question, Status.REJECTED)
    reason = checked_reason(reason)
    questions.settle(question, Status.REJECTED, by=by, decided_by=by, reason=reason)
    own = _own(question)
    if question.kind == Kind.UPDATE and own is not None and own.status == Warning.Status.HELD:
        data = {"ref": own.ref, "reason": reason}
        move(WARNING, own, Warning.Status.REJECTED, by=by, data=data, ended_at=DatabaseNow())
        succession.silence([own], by=by)
    return question


def _accept_update(question: Question, chosen: list[Warning], reason: str, *, by: Person) -> None:
    own = _own(question)
    if own is None:
        succession.end(chosen, question.raw, by=by)
        return
    if own.status == Warning.Status.HELD:
        _put_in_force(own, reason, by=by)
    claims = succession.claims_of([own, *chosen])
    old = {warning.pk: claims[warning.pk] for warning in chosen}
    warn.take_over(own, claims[own.pk], chosen, old, by=by)


def _put_in_force(own: Warning, reason: str, *, by: Person) -> None:
    moment = now()
    parts: list[WarningPart] = list(own.parts.all())
    for part in parts:
        begun = part.effective is None or part.effective <= moment
        part.begun_at = part.begun_at or (moment if begun else None)
        part.over_at = moment if part.expires and part.expires <= moment else None
    WarningPart.objects.bulk_update(parts, ["begun_at", "over_at"])
    colour, source = timekeeping.colour_of(parts) or ("", "none")
    data = {"ref": own.ref, "reason": reason}
    move(WARNING, own, Warning.Status.ACTIVE, by=by, data=data, in_force_since=moment, colour=colour,
         colour_source=source)  # fmt: skip
    timekeeping.set_clocks(own)
    alarm.raise_for(own, by=by)


def _question_for(question_id: int, *, by: Person) -> tuple[Question, list[Warning]]:
    """The question and what it concerns, all locked in the order in which messages lock them: county, warnings,
    question.
    """
    known = selectors.questions_visible_to(by).select_related("unit").defer("unit__boundary").filter(pk=question_id)
    found = known.first()
    if found is None:
        raise NotFound
    if not allowed(by, capabilities.WARNING, found.unit.path):
        raise Forbidden(_("Deciding on warnings is for the county's duty officers."))
    one_at_a_time(found.unit_id)
    concerns = succession.locked(Warning.objects.filter(questions=found))
    rows = Question.objects.select_for_update(of=("self",)).select_related("unit", "raw__feed")
    return rows.defer("unit__boundary", "raw__body").get(pk=question_id), concerns


def _own(question: Question) -> Warning | None:
    """The warning that the message itself makes, locked; None for a cancel or a lift."""
    return next(iter(succession.locked(Warning.objects.filter(raw=question.raw_id))), None)


def _chosen(question: Question, concerns: list[Warning], wanted: Sequence[int] | None) -> list[Warning]:
    standing = {warning.pk: warning for warning in concerns if warning.status == Warning.Status.ACTIVE}
    if wanted is None and (question.kind == Kind.UPDATE or len(standing) == 1):
        wanted = list(standing)
    chosen: list[Any] = [standing[pk] for pk in dict.fromkeys(wanted or ()) if pk in standing]
    if len(chosen) != len(set(wanted or ())):
        raise Invalid.field("warnings", _("Choose among the warnings in force that this concerns."))
    if question.kind == Kind.CONTRADICTION and len(chosen) != 1:
        raise Invalid.field("warnings", _("Choose the one that counts."))
    if question.kind == Kind.ENDING and not chosen:
        raise Invalid.field("warnings", _("Choose the warnings that this message ends."))
    return chosen
