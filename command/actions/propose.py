"""Proposals: a level that a signal suggests is offered to its approver and chased, and never started by itself.

docs/domain.md 2: the software suggests; a named person starts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from command.actions.consent import Consent
from command.actions.decided import decide
from command.actions.levels import authority, note_signature
from command.actions.lookup import proposal_for, required_grounds
from command.actions.open_incident import open_incident
from command.actions.respond import change_level, start_level
from command.models import Category, Incident, Proposal, Response
from command.selectors import ladders
from command.selectors.approvers import Called, chain_of, first_called, may_decide, people_of, reachable, rule_of
from command.selectors.grounds import grounds_in_both, grounds_text, request_of
from command.selectors.levelling import GRAVITY, proposed_area
from command.selectors.proposals import incident_found, opener_of
from command.selectors.shocks import counted
from command.states import PROPOSAL
from database.clock import now
from journal.actions.recording import Actor
from journal.states import check, move, tell
from journal.timers import Setting, set_timers
from norms.actions import Step
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.models import Person
from plans.rules.words import LEVEL_WORDS
from plans.selectors.matching import Suggestion, suggested
from plans.selectors.signals import Signal
from web.errors import Forbidden, Invalid
from web.languages import in_both

CLIMB = "proposal.climb"
REASON_LIMIT = 300


@transaction.atomic
def propose(signal: Signal) -> list[Proposal]:
    """By rule: what the plans in force suggest for the signal, each to its approver with the grounds; those made now.

    Nothing for a level that is in effect already by the same plan. The same signal proposes the same level once; one
    that lapsed is made again.
    """
    incident, signal = incident_found(signal.subject), counted(signal)
    found = [_propose(signal, one, incident) for one in suggested(signal) if not _in_effect(incident, one)]
    return [proposal for proposal in found if proposal is not None]


def _in_effect(incident: Incident | None, suggestion: Suggestion) -> bool:
    if incident is None:
        return False
    running = Response.objects.filter(incident=incident, status=Response.Status.RUNNING)
    levels = running.filter(version__plan=suggestion.version.plan_id).values_list("level", flat=True)
    return any(GRAVITY[level] >= GRAVITY[suggestion.level] for level in levels)


def _propose(signal: Signal, suggestion: Suggestion, incident: Incident | None) -> Proposal | None:
    version = suggestion.version
    by = by_rule("command.propose", approved_by=version.approved_by, document=version.document)
    key = {"subject": signal.subject, "version": suggestion.version, "level": suggestion.level}
    values = {
        "title": dict(signal.title),
        "url": signal.url,
        "grounds": suggestion.grounds,
        "told": request_of(signal, suggestion),
        "area": list(signal.area),
        "unit": signal.unit,
        "incident": incident,
        "made_at": now(),
        "exercise": signal.exercise,
    }
    proposal, made = Proposal.objects.get_or_create(**key, defaults=values)
    if made:
        tell(PROPOSAL, proposal, "proposal.made", by=by, data={"grounds": suggestion.grounds})
    else:
        proposal = (
            Proposal.objects.select_related("unit", "version__plan__unit").select_for_update(of=("self",)).get(**key)
        )
        if proposal.status != Proposal.Status.LAPSED:
            return None
        again: dict[str, Any] = {
            **values,
            "rung": 0,
            "generation": proposal.generation + 1,
            "decided_at": None,
            "reason": "",
        }
        move(PROPOSAL, proposal, Proposal.Status.OPEN, by=by, **again)
    people = reachable(chain_of(rule_of(proposal.version, proposal.level)))
    tell_deciders(proposal, first_called(people), "proposal.made", by=by)
    _start_clock(proposal)
    return proposal


def _start_clock(proposal: Proposal) -> None:
    ladder = ladders.in_force(ladders.COLOUR_OF[proposal.level])
    due = proposal.made_at + dt.timedelta(seconds=ladder.wait_s(0) or 0)
    set_timers([Setting(CLIMB, PROPOSAL.subject(proposal), due, 0, proposal.generation, proposal.exercise)])


def tell_deciders(proposal: Proposal, called: Sequence[Called], code: str, *, by: Actor) -> list[Person]:
    """An alarm to each person of these posts; returns the people."""
    people = people_of(called)
    data = {"level": in_both(LEVEL_WORDS[proposal.level]), "grounds": grounds_in_both(proposal)}
    notify.send_all(
        [
            Notice(
                person.pk,
                code,
                PROPOSAL.subject(proposal),
                proposal.unit.path,
                data=data,
                url=f"/proposals/{proposal.pk}/",
                alarm=True,
                exercise=proposal.exercise,
            )
            for person in people
        ],
        by=by,
    )
    return people


@transaction.atomic
def accept_proposal(
    proposal_id: int,
    *,
    by: Person,
    grounds: str = "",
    area: Sequence[str] | None = None,
    document: str = "",
    consent: Consent | None = None,
    sign_notice: bool = False,
) -> Response:
    """Start (or raise to) the proposed level. ``by`` must approve it; grounds left out are those of the signal.

    Opens the incident if the signal has none yet. IllegalMove (409) when somebody decided before; Conflict when the
    level cannot be started as it stands, with the present state.
    """
    _lock_incident_first(proposal_id)
    proposal = _decidable(proposal_id, Proposal.Status.ACCEPTED, by)
    text = required_grounds(grounds or grounds_text(proposal))
    incident = _incident_of(proposal, by)
    authority(incident, proposal.level, by=by, version=proposal.version)
    decide([proposal], Proposal.Status.ACCEPTED, by=by, person=by, incident_id=incident.pk)
    codes = proposed_area(proposal, incident) if area is None else area
    running = Response.objects.filter(incident=incident, status=Response.Status.RUNNING).first()
    if running is not None:
        return change_level(
            running.pk, by=by, level=proposal.level, grounds=text, area=codes, document=document, consent=consent,
            sign_notice=sign_notice,
        )  # fmt: skip
    return start_level(
        incident.pk, by=by, version_id=proposal.version_id, level=proposal.level, grounds=text, area=codes,
        document=document, consent=consent, sign_notice=sign_notice,
    )  # fmt: skip


def _decidable(proposal_id: int, to: str, by: Person) -> Proposal:
    proposal = proposal_for(proposal_id, by=by)
    if not may_decide(by, rule_of(proposal.version, proposal.level)):
        raise Forbidden(_("Your posts do not allow this here."))
    check(PROPOSAL, proposal, to)
    return proposal


def _lock_incident_first(proposal_id: int) -> None:
    """Lock order against deadlocks: the incident first, then its proposals, as when a level is started by hand."""
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    incident = proposal and (proposal.incident or incident_found(proposal.subject))
    if incident:
        Incident.objects.select_for_update().filter(pk=incident.pk).values_list("pk", flat=True).first()


def _incident_of(proposal: Proposal, by: Person) -> Incident:
    """The signal's incident. One that runs by another plan keeps its response, and this plan gets an incident of its
    own: a rainstorm may call for the flood plan and the landslide plan at once.
    """
    open_it = opener_of(proposal)
    incident = proposal.incident or incident_found(proposal.subject)
    if incident is None and open_it is not None:
        incident = open_it(by)
    if incident is not None and not _busy_with_another(incident, proposal):
        return incident
    plan = proposal.version.plan
    title = f"{proposal.title.get('zh') or proposal.subject}（{plan.name}）"
    return open_incident(
        by=by, title=title[:120], category=Category.NATURAL_DISASTER, unit=proposal.unit, exercise=proposal.exercise
    )


def _busy_with_another(incident: Incident, proposal: Proposal) -> bool:
    running = Response.objects.filter(incident=incident, status=Response.Status.RUNNING)
    over = incident.status in (Incident.Status.REVIEWED, Incident.Status.ARCHIVED)
    return over or running.exclude(version__plan=proposal.version.plan_id).exists()


@transaction.atomic
def refuse_proposal(proposal_id: int, *, by: Person, reason: str) -> Proposal:
    """Not this level, for a reason that stands in the record. IllegalMove (409) when somebody decided before."""
    proposal = _decidable(proposal_id, Proposal.Status.REFUSED, by)
    text = reason.strip()
    if not text:
        raise Invalid.field("reason", _("Give a reason: it stands in the record."))
    if len(text) > REASON_LIMIT:
        raise Invalid.field("reason", _("At most %(limit)s characters.") % {"limit": REASON_LIMIT})
    note_signature(PROPOSAL, proposal, rule_of(proposal.version, proposal.level), by=by)
    decide([proposal], Proposal.Status.REFUSED, by=by, person=by, reason=text)
    return proposal


@transaction.atomic
def lapse(subject: str) -> int:
    """By rule: expire the undecided proposals of a signal that is over. Returns how many."""
    rows = Proposal.objects.filter(subject=subject, status=Proposal.Status.OPEN)
    found = list(rows.select_related("unit", "version__plan__unit").select_for_update(of=("self",)).order_by("pk"))
    decide(found, Proposal.Status.LAPSED, by=by_rule("command.lapse"), person=None)
    return len(found)


def climb_proposal(step: Step[Proposal]) -> None:
    """Silence at a step of the ladder: the next higher post is called too, those before are called again. Called by
    the chase, the proposal being locked.
    """
    proposal = step.row
    by = by_rule("command.decide", ladder=ladders.in_force(ladders.COLOUR_OF[proposal.level]).data)
    chain = reachable(chain_of(rule_of(proposal.version, proposal.level)))
    reached = max(step.due.step + 2, len(first_called(chain)))
    step.people = tell_deciders(proposal, chain[:reached], "proposal.climbed", by=by)
    proposal.rung = step.due.step + 1
    proposal.save(update_fields=["rung"])
    tell(PROPOSAL, proposal, "proposal.climbed", by=by, data=step.told)
