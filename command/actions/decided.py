"""What a decision about a level does to the proposals that asked for it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from command.models import Proposal, Response
from command.selectors.levelling import GRAVITY
from command.states import PROPOSAL
from database.clock import now
from journal import timers
from journal.actions.recording import Actor
from journal.states import move_many
from notify.actions import messages as notify
from org.models import Person


def settle_proposals(response: Response, *, by: Person) -> None:
    """Mark as accepted the open proposals of the same plan for the same event that ask for no more than what is in
    effect now.
    """
    about = Q(incident=response.incident_id)
    if response.incident.warning_id is not None:
        about |= Q(subject=f"warning:{response.incident.warning_id}")
    rows = Proposal.objects.filter(about, status=Proposal.Status.OPEN, version__plan=response.version.plan_id)
    rows = rows.select_related("unit", "version__plan").select_for_update(of=("self",)).order_by("pk")
    met = [row for row in rows if GRAVITY[row.level] <= GRAVITY[response.level]]
    decide(met, Proposal.Status.ACCEPTED, by=by, person=by, incident_id=response.incident_id)


def decide(
    proposals: Sequence[Proposal], to: str, *, by: Actor, person: Person | None, reason: str = "", **more: int
) -> None:
    """Close locked proposals as accepted, refused or lapsed; their timers and alarms end."""
    if not proposals:
        return
    data = {"reason": reason} if reason else {}
    for proposal in proposals:
        proposal.generation += 1
    Proposal.objects.bulk_update(proposals, ["generation"])
    changes = {"decided_by": person, "decided_at": now(), "reason": reason, **more}
    move_many(PROPOSAL, proposals, to, by=by, data=data, **changes)
    subjects = [PROPOSAL.subject(proposal) for proposal in proposals]
    timers.cancel(subjects)
    notify.settle(subjects, by=by)
