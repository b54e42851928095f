"""A warning in force is a signal to the plans: what it suggests is proposed, and lapses with it (docs/domain.md 2). An
orange or red one has the open hazards inside looked at again (docs/domain.md 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from command import actions as command
from command.models import Incident
from command.selectors.areas import compact, names_units
from command.selectors.proposals import Opener, opener
from database.clock import now
from early_warning.actions import hazard_watch, timekeeping
from early_warning.actions.take_up import incident_for_decision
from early_warning.models import Question, Warning, WarningPart
from early_warning.rules import languages
from early_warning.selectors import attached, request, standing
from early_warning.states import WARNING
from journal.models import Event
from journal.subscribers import subscribe
from notify.selectors.places import Announced, announced
from plans.selectors.signals import Signal


@subscribe("warning.received", "warning.reopened", "warning.accepted", name="early_warning.propose_levels")
def propose_levels(event: Event) -> None:
    """Not for a test, nor for one that is over by now."""
    _propose(_of(event))


@subscribe("warning.classified", name="early_warning.propose_by_its_kind")
def propose_by_its_kind(event: Event) -> None:
    """What was proposed for another kind of event and not decided gives way."""
    command.lapse(event.subject)
    _propose(_of(event))


@subscribe("warning.part_began", "warning.part_over", name="early_warning.propose_by_what_is_in_force")
def propose_by_what_is_in_force(event: Event) -> None:
    """The gravest part has begun or is over: what was proposed for it and not decided gives way to what holds now."""
    if event.data.get("signal_changed"):
        command.lapse(event.subject)
        _propose(_of(event))


@subscribe(
    "warning.updated", "warning.cancelled", "warning.expired", "warning.dismissed", name="early_warning.lapse_proposals"
)
def lapse_proposals(event: Event) -> None:
    command.lapse(event.subject)


@subscribe(
    "warning.questioned", "question.accepted", "question.rejected", "question.lapsed", name="early_warning.weigh"
)
def weigh(event: Event) -> None:
    """Of two that contradict each other the graver rules: the other proposes nothing until somebody decides."""
    number = event.data["question"] if event.verb == "warning.questioned" else event.subject.rpartition(":")[2]
    question = Question.objects.filter(pk=number, kind=Question.Kind.CONTRADICTION).first()
    for warning in _concerned(question) if question else ():
        if standing.gives_way(warning):
            command.lapse(WARNING.subject(warning))
        else:
            _propose(warning)
            hazard_watch.look_again(warning, cause=event.seq)


@subscribe("warning.received", "warning.accepted", "warning.part_began", name="early_warning.look_at_hazards_again")
def look_at_hazards_again(event: Event) -> None:
    warning = Warning.objects.select_related("unit").filter(pk=int(event.subject.partition(":")[2])).first()
    if warning is not None:
        hazard_watch.look_again(warning, cause=event.seq)


def _propose(warning: Warning) -> None:
    over = warning.status != Warning.Status.ACTIVE or (warning.expires is not None and warning.expires <= now())
    if warning.test or over or standing.gives_way(warning):
        return
    signal = signal_of(warning)
    if signal is not None:
        command.propose(signal)


def _concerned(question: Question) -> list[Warning]:
    rows = question.concerns.filter(status=Warning.Status.ACTIVE).select_related("unit", "raw")
    return list(rows.defer("unit__boundary", "area", "raw__body"))


def signal_of(warning: Warning) -> Signal | None:
    """The warning as plans compare it: the gravest colour in force, over the townships and villages of the parts that
    have it; None while none is in force.
    """
    colour, parts = timekeeping.signal_parts(list(warning.parts.defer("area")))
    if not parts:
        return None
    paths = list(warning.named_units.filter(part__in=parts).values_list("unit__path", flat=True).distinct())
    whole = any(part.whole_county for part in parts)
    return Signal(
        kind="warning",
        subject=WARNING.subject(warning),
        unit=warning.unit,
        facts=_facts(warning, colour, parts),
        area=[warning.unit.code] if whole else compact(paths, warning.unit),
        title=languages.both(warning.infos),
        url=f"/warnings/{warning.pk}/",
        exercise=warning.exercise,
        told=request.told(warning, colour, parts, whole=whole),
    )


def _facts(warning: Warning, colour: str, parts: Sequence[WarningPart]) -> dict[str, Any]:
    """Colour, and the kinds of event of these parts; nothing is read out of a headline."""
    kinds = [part.event_kind for part in parts if part.event_kind]
    return {"colour": colour or None, "event": list(dict.fromkeys(kinds)) or None}


def _of(event: Event) -> Warning:
    number = int(event.subject.rpartition(":")[2])
    return Warning.objects.select_related("unit").defer("unit__boundary", "area").get(pk=number)


def _incident_of(warning_id: int) -> Incident | None:
    rows = Warning.objects.select_related("incident__unit", "incident__commander", "incident__desk_officer").filter(
        pk=warning_id
    )
    warning = rows.defer("area", "incident__unit__boundary").first()
    return warning.incident if warning else None


opener("warning", Opener(find=_incident_of, open=lambda pk, person: incident_for_decision(pk, by=person)))
names_units("warning", attached.to_incident)


announced("warning", Announced())
