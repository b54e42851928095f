"""JSON representation of one ticket: a plain dict in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Any

from database.clock import now
from hazards.models import (
    ClosureSignature,
    Deadline,
    Elsewhere,
    Extension,
    Hazard,
    Inspection,
    Photo,
    Plan,
    Supervision,
)
from hazards.selectors import signatures, tickets
from hazards.states import ENDED
from norms.rules import deadlines
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed


def unit(row: Unit) -> dict[str, Any]:
    return {"code": row.code, "name": row.label, "level": row.level}


def person(row: Person | None) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.label, "phone": row.phone} if row else None


def hazard(row: Hazard, at: dt.datetime | None = None) -> dict[str, Any]:
    """As lists show it; ``at`` is the present where it is known already."""
    return {
        "id": row.pk,
        "ref": row.ref,
        "kind": row.kind,
        "description": row.description,
        "grade": row.grade or None,
        "status": row.status,
        "closure": row.closure or None,
        "in_time": row.in_time,
        "unit": unit(row.unit),
        "owner": unit(row.owner),
        "point": [row.lon, row.lat],
        "accuracy_m": row.accuracy_m,
        "place": row.place,
        "people_at_risk": row.people_at_risk,
        "found_at": row.found_at,
        "filed_at": row.filed_at,
        "door": row.door,
        "next_due_at": row.next_due_at,
        "overdue": bool(row.next_due_at and row.next_due_at < (at or now())),
        "overdue_step": row.overdue_step,
        "listed": row.listed,
        "reopened": row.reopened,
        "closed_at": row.closed_at,
        "merged_into": row.merged_into_id,
    }


def hazard_whole(row: Hazard, reader: Person) -> dict[str, Any]:
    """The ticket with all that hangs on it, that of the merged among it.

    Who of the public reported it is for those who verify there.
    """
    contact = row.finder_contact if allowed(reader, capabilities.VERIFY, row.unit.path) else ""
    mine = tickets.family(row)
    return {
        **hazard(row),
        "client_id": row.client_id,
        "reasons": row.reasons,
        "grounds": row.grade_note,
        **_roles(row),
        "finder": person(row.finder),
        "finder_contact": contact,
        "leader": person(row.leader),
        "rectifier": person(row.rectifier),
        "closed_by": person(row.closed_by),
        "close_note": row.close_note,
        "open": row.status not in ENDED,
        "deadlines": [deadline(one) for one in row.deadlines.order_by("-id")],
        "plans": [plan(one) for one in tickets.plans_of(row)],
        "inspections": [inspection(one) for one in Inspection.objects.filter(mine).select_related("by")],
        "extensions": [
            extension(one) for one in Extension.objects.filter(mine).select_related("asked_by", "decided_by")
        ],
        "supervisions": [
            supervision(one)
            for one in Supervision.objects.filter(mine).select_related("to", "paper").defer("to__boundary")
        ],
        "photos": [photo(one) for one in tickets.photos_of(row)],
        "merged": list(row.merged.order_by("pk").values_list("pk", flat=True)),
    }


def _roles(row: Hazard) -> dict[str, Any]:
    """The sides beside the owner, by what it is judged, the signatures of its closure, who looks for the same."""
    signed = ClosureSignature.objects.filter(inspection__hazard=row).select_related("unit", "by")
    looking = Elsewhere.objects.filter(origin=row).select_related("unit").defer("unit__boundary")
    return {
        "territory": unit(signatures.territory(row)),
        "regulator": unit(row.regulator) if row.regulator else None,
        "principal": row.principal,
        "risk": row.risk or None,
        "criterion": row.criterion.label if row.criterion else None,
        "signatures": [signature(one) for one in signed.defer("unit__boundary")],
        "signatures_lacking": signatures.lacking(row) if signatures.passed(row) else [],
        "elsewhere": [elsewhere(one) for one in looking],
    }


def signature(row: ClosureSignature) -> dict[str, Any]:
    return {"role": row.role, "unit": unit(row.unit), "by": person(row.by), "at": row.at, "note": row.note}


def elsewhere(row: Elsewhere) -> dict[str, Any]:
    found = {"looked_at": row.looked_at, "found": row.found, "note": row.note}
    return {"id": row.pk, "unit": unit(row.unit), "due_at": row.due_at, "done_at": row.done_at, **found}


def deadline(row: Deadline) -> dict[str, Any]:
    return {
        "what": row.what,
        "due_at": row.due_at,
        "rule": row.rule,
        "calendar_version": row.calendar_version,
        "why": deadlines.say(row.why),
        "set_at": row.set_at,
        "ended_at": row.ended_at,
    }


def plan(row: Plan) -> dict[str, Any]:
    return {
        "id": row.pk,
        "hazard": row.hazard_id,
        "responsible": person(row.responsible),
        "measures": row.measures,
        "funds": row.funds,
        "fund_source": row.fund_source or None,
        "finish_on": row.finish_on,
        "contingency": row.contingency,
        "interim": row.interim,
        "made_by": person(row.made_by),
        "made_at": row.made_at,
    }


def inspection(row: Inspection) -> dict[str, Any]:
    return {"id": row.pk, "by": person(row.by), "at": row.at, "result": row.result, "note": row.note}


def extension(row: Extension) -> dict[str, Any]:
    return {
        "id": row.pk,
        "until": row.until,
        "reason": row.reason,
        "status": row.status,
        "asked_by": person(row.asked_by),
        "asked_at": row.asked_at,
        "decided_by": person(row.decided_by),
        "decided_at": row.decided_at,
        "answer": row.answer,
    }


def supervision(row: Supervision) -> dict[str, Any]:
    return {
        "id": row.pk,
        "form": row.form,
        "paper": row.paper_id,
        "status": row.paper.status,
        "number": row.paper.number,
        "to": unit(row.to),
        "drafted_at": row.paper.drafted_at,
        "signed_at": row.paper.signed_at,
        "served_at": row.paper.served_at,
        "due_on": row.due_on,
        "lifted_at": row.lifted_at,
        "published_on": row.published_on,
    }


def photo(row: Photo) -> dict[str, Any]:
    return {
        "id": row.pk,
        "hazard": row.hazard_id,
        "attachment": row.attachment_id,
        "url": f"/attachments/{row.attachment_id}/",
        "shows": row.shows,
        "pair": row.pair_id,
        "taken_at": row.attachment.taken_at,
    }
