"""A warning in force is a signal to the plans: what it suggests is proposed, and lapses with it (DOMAIN section 2). An
orange or red one has the open hazards inside looked at again (section 6).
"""

from __future__ import annotations

from typing import Any

from command import actions as command
from command.areas import compact, names_units
from command.models import Incident
from command.proposals import Opener, opener
from early_warning import attached, hazard_watch, languages
from early_warning.actions.take_up import incident_for_decision
from early_warning.models import Warning
from early_warning.states import WARNING
from journal.models import Event
from journal.subscribers import subscribe
from org.clock import now
from plans.signals import Signal


@subscribe("warning.received", "warning.reopened")
def propose_levels(event: Event) -> None:
    """Not for a test, nor for one that is over by now."""
    warning = _of(event)
    over = warning.status != Warning.Status.ACTIVE or (warning.expires is not None and warning.expires <= now())
    if not warning.test and not over:
        command.propose(signal_of(warning))


@subscribe("warning.updated", "warning.cancelled", "warning.expired", "warning.dismissed")
def lapse_proposals(event: Event) -> None:
    command.lapse(event.subject)


@subscribe("warning.received")
def look_at_hazards_again(event: Event) -> None:
    warning = Warning.objects.select_related("unit").filter(pk=int(event.subject.partition(":")[2])).first()
    if warning is not None:
        hazard_watch.look_again(warning, cause=event.seq)


def signal_of(warning: Warning) -> Signal:
    """The warning as plans compare it; its area is the townships and villages that it names."""
    paths = list(warning.named_units.values_list("unit__path", flat=True))
    return Signal(
        kind="warning",
        subject=WARNING.subject(warning),
        unit=warning.unit,
        facts=_facts(warning),
        area=compact(paths, warning.unit) or [warning.unit.code],
        title=languages.both(warning.infos),
        url=f"/warnings/{warning.pk}/",
    )


def _facts(warning: Warning) -> dict[str, Any]:
    """Colour, and the event in every language of the message with the headline: plans name either."""
    words = [warning.event, *(block[part] for block in warning.infos for part in ("event", "headline"))]
    return {"colour": warning.colour or None, "event": [word for word in dict.fromkeys(words) if word]}


def _of(event: Event) -> Warning:
    number = int(event.subject.rpartition(":")[2])
    return Warning.objects.select_related("unit").defer("unit__boundary", "area").get(pk=number)


def _incident_of(warning_id: int) -> Incident | None:
    rows = Warning.objects.select_related("incident__unit", "incident__commander").filter(pk=warning_id)
    warning = rows.defer("area", "incident__unit__boundary").first()
    return warning.incident if warning else None


opener("warning", Opener(find=_incident_of, open=lambda pk, person: incident_for_decision(pk, by=person)))
names_units("warning", attached.to_incident)
