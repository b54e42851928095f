"""JSON representations of duty: plain dicts in the reader's language."""

from __future__ import annotations

from typing import Any

from duty.models import (
    Authorisation,
    CallLog,
    Generation,
    Handover,
    Leave,
    Override,
    Roster,
    Shift,
    Slot,
    SpotCheck,
    Swap,
    Whereabouts,
)
from duty.selectors import gather
from duty.selectors.leaders import Leader, Signatory
from duty.selectors.leave import warnings
from duty.selectors.watch import Gap, Watch
from journal.sentences import in_reader_language
from org.models import Person, Unit


def unit(row: Unit) -> dict[str, Any]:
    return {"code": row.code, "name": row.label, "level": row.level}


def person(row: Person | None) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.label, "phone": row.phone} if row else None


def slot(row: Slot) -> dict[str, Any]:
    swapped = person(row.rostered) if row.rostered_id != row.person_id else None
    return {"id": row.pk, "post": row.post, "person": person(row.person), "rostered": swapped}


def shift(row: Shift) -> dict[str, Any]:
    """``rostered`` of a slot is set where a swap has changed who stands in it."""
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "start": row.during.lower,
        "end": row.during.upper,
        "kind": row.kind,
        "status": row.status,
        "signed_handover": row.signed,
        "taken_at": row.taken_at,
        "rest_day": row.rest_day,
        "slots": [slot(s) for s in row.slots.all()],
    }


def watch(row: Watch) -> dict[str, Any]:
    """Who answers for a post. ``until`` is the end of the shift in charge; past it the person is not relieved yet."""
    return {
        "unit": {"code": row.unit_code, "name": row.unit},
        "post": row.post,
        "person": {"id": row.person_id, "name": row.person, "phone": row.phone},
        "shift": row.shift_id,
        "override": row.override_id,
        "until": row.shift_end,
        "overstays": row.overstays,
        "stands_in_for": row.stands_in_for,
    }


def gap(row: Gap) -> dict[str, Any]:
    return {
        "unit": {"code": row.unit_code, "name": row.unit},
        "post": row.post,
        "start": row.start,
        "end": row.end,
        "seconds": round((row.end - row.start).total_seconds()),
    }


def roster(row: Roster) -> dict[str, Any]:
    return {"id": row.pk, "unit": unit(row.unit), "month": f"{row.month:%Y-%m}", "status": row.status}


def generation(row: Generation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "first": row.first,
        "until": row.until,
        "status": row.status,
        "done": row.done,
        "total": row.total,
        "shifts": row.shifts,
        "unstrengthened": row.unstrengthened,
    }


def override(row: Override) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "post": row.post,
        "person": person(row.person),
        "start": row.during.lower,
        "end": row.during.upper,
        "reason": row.reason,
        "withdrawn_at": row.withdrawn_at,
    }


def swap(row: Swap) -> dict[str, Any]:
    return {
        "id": row.pk,
        "shift": row.slot.shift_id,
        "slot": row.slot_id,
        "unit": unit(row.slot.shift.unit),
        "post": row.slot.post,
        "start": row.slot.shift.during.lower,
        "end": row.slot.shift.during.upper,
        "status": row.status,
        "asked_by": person(row.asked_by),
        "taken_by": person(row.taken_by),
        "in_return": row.in_return_id,
        "reason": row.reason,
        "answer": row.answer,
        "expires_at": row.expires_at,
        "decided_by": person(row.decided_by),
        "decided_at": row.decided_at,
    }


def leave(row: Leave) -> dict[str, Any]:
    """``warnings``: what whoever decides must know: both heads out of the county at once."""
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "person": person(row.person),
        "start": row.during.lower,
        "end": row.during.upper,
        "abroad": row.abroad,
        "status": row.status,
        "reason": row.reason,
        "answer": row.answer,
        "asked_by": person(row.asked_by),
        "asked_at": row.asked_at,
        "decided_by": person(row.decided_by),
        "decided_at": row.decided_at,
        "warnings": [str(found) for found in warnings(row)],
    }


def handover(row: Handover) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "shift": row.shift_id,
        "status": row.status,
        "opened_at": row.opened_at,
        "due_at": row.due_at,
        "out_by": person(row.out_by),
        "out_at": row.out_at,
        "in_by": person(row.in_by),
        "in_at": row.in_at,
        "settled_by": person(row.settled_by),
        "accepted_at": row.accepted_at,
        "late": row.late_told_at is not None,
        "note": row.note,
        "equipment": row.equipment,
    }


def handover_whole(row: Handover) -> dict[str, Any]:
    """With what it carries: as it was when accepted, fresh while it is open."""
    parts = row.items if row.status == Handover.Status.ACCEPTED else gather.gathered(row.unit)
    return {**handover(row), "sections": sections(parts)}


def sections(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sections in the reader's language, each with its label."""
    return [
        {
            **part,
            "label": str(gather.label_of(part["section"])),
            "items": [{key: _plain(value) for key, value in item.items()} for item in part["items"]],
        }
        for part in parts
    ]


def _plain(value: Any) -> Any:
    return in_reader_language(value) if isinstance(value, dict) else value


def spot_check(row: SpotCheck) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "post": row.post,
        "method": row.method,
        "status": row.status,
        "outcome": row.outcome or None,
        "ordered_by": person(row.ordered_by),
        "planned_at": row.planned_at,
        "person": person(row.person),
        "called_at": row.called_at,
        "call_back_due_at": row.call_back_due_at,
        "second_call_at": row.second_call_at,
        "leader_called_at": row.leader_called_at,
        "leader": person(row.leader),
        "answered_at": row.answered_at,
        "answered_by": person(row.answered_by),
        "closed_at": row.closed_at,
        "said_warning": row.said_warning,
        "said_here": row.said_here,
        "said_told": row.said_told,
        "note": row.note,
    }


def call(row: CallLog) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "kind": row.kind,
        "reply_due_at": row.reply_due_at,
        "answers": row.answers_id,
        "at": row.at,
        "caller_unit": row.caller_unit,
        "caller_name": row.caller_name,
        "caller_post": row.caller_post,
        "caller_phone": row.caller_phone,
        "occurred_at": row.occurred_at,
        "place": row.place,
        "content": row.content,
        "measures": row.measures,
        "told": row.told,
        "recorder": person(row.recorder),
        "recorded_at": row.recorded_at,
        "corrects": row.corrects_id,
        "corrected_by": row.corrected_by.pk if row.struck else None,
        "reason": row.reason,
    }


def whereabouts(row: Whereabouts) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "person": person(row.person),
        "kind": row.kind,
        "start": row.during.lower,
        "end": row.during.upper,
        "place": row.place,
        "phone": row.phone,
        "means": row.means,
        "agreed": row.agreed,
        "filed_by": person(row.filed_by),
        "filed_at": row.filed_at,
        "withdrawn_at": row.withdrawn_at,
    }


def authorisation(row: Authorisation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": unit(row.unit),
        "giver": person(row.giver),
        "deputy": person(row.deputy),
        "matters": row.matters,
        "start": row.during.lower,
        "end": row.during.upper,
        "document": row.document,
        "note": row.note,
        "logged_by": person(row.logged_by),
        "logged_at": row.logged_at,
        "revoked_at": row.revoked_at,
    }


def signatory(found: Signatory) -> dict[str, Any]:
    return {
        "leader": person(found.leader),
        "signer": person(found.signer),
        "authorisation": found.authorisation.pk if found.authorisation else None,
        "words": found.words,
    }


def leader(row: Leader) -> dict[str, Any]:
    return {
        "person": person(row.person),
        "posts": [post.code for post in row.posts],
        "head": row.head,
        "kind": row.stay.kind if row.stay else "",
        "place": row.stay.place if row.stay else "",
        "until": row.stay.during.upper if row.stay else None,
        "gap": row.gap,
        "signatory": signatory(row.signatory),
    }
