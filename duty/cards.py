"""Snapshots for the journal (docs/laws.md 4): names in both languages, so that one journal serves every reader."""

from __future__ import annotations

import datetime as dt
from typing import Any

from database.members import Members
from duty.models import CallLog, GapAlarm, Generation, Handover, Leave, Roster, Shift, SpotCheck, Swap
from journal.rules.card_schemas import card_schema
from org.cards import names, person_card

POST_NAMES = {
    "leader": {"zh": "带班领导", "en": "leader on duty"},
    "main": {"zh": "主班", "en": "main officer"},
    "deputy": {"zh": "副班", "en": "deputy officer"},
    "reserve": {"zh": "备勤", "en": "reserve"},
}
"""In both languages at once, as cards are; pages take the labels of DutyPost."""


OUTCOME_NAMES = {
    "": None,
    "normal": {"zh": "正常", "en": "normal"},
    "no_answer": {"zh": "无人应答", "en": "no answer"},
    "absent_post": {"zh": "脱岗", "en": "absent from post"},
    "not_on_roster": {"zh": "与值班表不符", "en": "not on the roster"},
    "leader_absent": {"zh": "带班领导不在岗", "en": "leader absent"},
    "alone": {"zh": "单人值班", "en": "one person alone"},
    "forwarded": {"zh": "呼叫转移到手机", "en": "call forwarded to a mobile"},
    "busy": {"zh": "占线", "en": "line busy"},
    "unaware": {"zh": "对当前预警不掌握", "en": "does not know the warning in force"},
    "wrong_answer": {"zh": "应答不当", "en": "wrong answer"},
}


CALL_KINDS = {
    "call": {"zh": "来电", "en": "call"},
    "superior": {"zh": "上级来电", "en": "superior's call"},
    "fax": {"zh": "传真", "en": "fax"},
    "reply": {"zh": "回复上级", "en": "reply to a superior"},
}


def _of_unit(kind: str, row: Any) -> dict[str, Any]:
    return {"type": kind, "id": row.pk, "unit": row.unit.code, "unit_name": names(row.unit)}


def roster_card(roster: Roster) -> dict[str, Any]:
    return {**_of_unit("roster", roster), "month": roster.month, "status": roster.status}


def shift_card(shift: Shift) -> dict[str, Any]:
    """Needs shift.unit; its slots with their people are read once (prefetch them for many)."""
    return {
        **_of_unit("shift", shift),
        "from": shift.during.lower,
        "to": shift.during.upper,
        "kind": shift.kind,
        "status": shift.status,
        "people": {slot.post: person_card(slot.person) for slot in shift.slots.all()},
    }


def swap_card(swap: Swap) -> dict[str, Any]:
    """Needs swap.slot.shift.unit, .asked_by and .taken_by."""
    shift = swap.slot.shift
    return {
        "type": "swap",
        "id": swap.pk,
        "unit": shift.unit.code,
        "unit_name": names(shift.unit),
        "shift": shift.pk,
        "post": swap.slot.post,
        "post_name": POST_NAMES[swap.slot.post],
        "from": shift.during.lower,
        "to": shift.during.upper,
        "status": swap.status,
        "asked_by": person_card(swap.asked_by),
        "asked_by_name": names(swap.asked_by),
        "taken_by": person_card(swap.taken_by),
        "taken_by_name": names(swap.taken_by) if swap.taken_by else None,
        "expires_at": swap.expires_at,
    }


def leave_card(leave: Leave) -> dict[str, Any]:
    """Needs leave.unit and .person. The reason is personal and stays out of the journal."""
    return {
        **_of_unit("leave", leave),
        "status": leave.status,
        "person": person_card(leave.person),
        "person_name": names(leave.person),
        "from": leave.during.lower,
        "to": leave.during.upper,
        "abroad": leave.abroad,
    }


def handover_card(handover: Handover) -> dict[str, Any]:
    """Needs handover.unit, .out_by and .in_by."""
    return {
        **_of_unit("handover", handover),
        "shift": handover.shift_id,
        "status": handover.status,
        "due_at": handover.due_at,
        "out_by": person_card(handover.out_by),
        "out_at": handover.out_at,
        "in_by": person_card(handover.in_by),
        "in_at": handover.in_at,
        "accepted_at": handover.accepted_at,
        "items": len(handover.items),
    }


def spot_check_card(check: SpotCheck) -> dict[str, Any]:
    """Needs check.unit, .person and .leader. Says nothing of when a planned check is due: it is unannounced."""
    return {
        **_of_unit("spot_check", check),
        "post": check.post,
        "post_name": POST_NAMES[check.post],
        "method": check.method,
        "status": check.status,
        "outcome": check.outcome,
        "outcome_name": OUTCOME_NAMES[check.outcome],
        "person": person_card(check.person),
        "person_name": names(check.person) if check.person else None,
        "called_at": check.called_at,
        "call_back_due_at": check.call_back_due_at,
        "leader": person_card(check.leader),
        "leader_name": names(check.leader) if check.leader else None,
    }


def gap_card(gap: GapAlarm) -> dict[str, Any]:
    """Needs gap.unit, .person and .called."""
    return {
        **_of_unit("gap", gap),
        "post": gap.post,
        "post_name": POST_NAMES[gap.post],
        "reason": gap.reason,
        "status": gap.status,
        "person": person_card(gap.person),
        "person_name": names(gap.person) if gap.person else None,
        "called": person_card(gap.called),
        "called_name": names(gap.called) if gap.called else None,
        "raised_at": gap.raised_at,
    }


def call_card(call: CallLog) -> dict[str, Any]:
    """Needs call.unit. The caller's name and number stay in the book: personal, and the journal is for good."""
    return {
        **_of_unit("call", call),
        "at": call.at,
        "place": call.place,
        "kind": call.kind,
        "kind_name": CALL_KINDS[call.kind],
        "content": call.content,
        "reply_due_at": call.reply_due_at,
        "corrects": call.corrects_id,
    }


def generation_card(generation: Generation) -> dict[str, Any]:
    return {
        **_of_unit("generation", generation),
        "first": generation.first,
        "until": generation.until,
        "done": generation.done,
        "total": generation.total,
        "shifts": generation.shifts,
        "status": generation.status,
    }


_MAYBE_DICT = dict | None
_MAYBE_TIME = dt.datetime | None
_OF_UNIT: Members = {"id": int, "unit": str, "unit_name": dict}

card_schema("roster", month=dt.date, status=str, **_OF_UNIT)
card_schema(
    "shift", **{"from": dt.datetime, "to": dt.datetime}, kind=str, status=str, people=dict, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "swap", shift=int, post=str, post_name=dict, **{"from": dt.datetime, "to": dt.datetime}, status=str,
    asked_by=_MAYBE_DICT, asked_by_name=dict, taken_by=_MAYBE_DICT, taken_by_name=_MAYBE_DICT,
    expires_at=dt.datetime, **_OF_UNIT,
)  # fmt: skip
_LEAVE: dict[str, Any] = {"from": dt.datetime, "to": _MAYBE_TIME, **_OF_UNIT}
card_schema("leave", status=str, person=dict, person_name=dict, abroad=bool, **_LEAVE)
card_schema(
    "handover", shift=int, status=str, due_at=dt.datetime, out_by=_MAYBE_DICT, out_at=_MAYBE_TIME, in_by=_MAYBE_DICT,
    in_at=_MAYBE_TIME, accepted_at=_MAYBE_TIME, items=int, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "spot_check", post=str, post_name=dict, method=str, status=str, outcome=str, outcome_name=_MAYBE_DICT,
    person=_MAYBE_DICT, person_name=_MAYBE_DICT, called_at=_MAYBE_TIME, call_back_due_at=_MAYBE_TIME,
    leader=_MAYBE_DICT, leader_name=_MAYBE_DICT, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "gap", post=str, post_name=dict, reason=str, status=str, person=_MAYBE_DICT, person_name=_MAYBE_DICT,
    called=_MAYBE_DICT, called_name=_MAYBE_DICT, raised_at=dt.datetime, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "call", at=dt.datetime, place=str, kind=str, kind_name=dict, content=str, reply_due_at=_MAYBE_TIME,
    corrects=int | None, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "generation", first=dt.date, until=dt.date, done=int, total=int, shifts=int, status=str, **_OF_UNIT,
)  # fmt: skip
card_schema(
    "override", post=str, post_name=dict, person=dict, person_name=dict, **{"from": dt.datetime, "to": dt.datetime},
    **_OF_UNIT,
)  # fmt: skip
