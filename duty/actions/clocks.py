"""Timers of shifts, swaps and spot checks: setting and cancelling them. Their handlers are in duty/timers.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from database.clock import now
from duty.models import CallLog, Leave, Override, Shift, SpotCheck, Swap, Whereabouts
from journal.timers import Setting, cancel, set_timers
from norms.selectors import numbers

OPENS = "duty.opens"
BEGINS = "duty.begins"
HANDOVER_LATE = "duty.handover_late"
CHECK_IN_MISSING = "duty.check_in_missing"
ENDS = "duty.ends"
SWAP_EXPIRES = "duty.swap_expires"
SPOT_PLANNED = "duty.spot_check_planned"
CALL_BACK = "duty.call_back"
GENERATE = "duty.generate"
LEAVE_TURNS = "duty.leave_turns"
COVER_TURNS = "duty.cover_turns"
NOBODY = "duty.nobody"
LEADER_TURNS = "duty.leader_turns"
REPLY_DUE = "duty.reply_due"


def start_shifts(shifts: Iterable[Shift]) -> None:
    """The first clock of each shift that is not over: its handover opens; the others follow one from the other. One
    that is under way when it is published has its end alone: nobody was late for what was not known.
    """
    present, ahead = now(), numbers.minutes("handover_opens_min")
    set_timers(
        after(OPENS, shift, shift.during.lower - ahead)
        if shift.during.lower > present
        else after(ENDS, shift, shift.during.upper)
        for shift in shifts
        if shift.during.upper > present
    )


def stop_shifts(shift_ids: Sequence[int]) -> None:
    cancel([f"shift:{pk}" for pk in shift_ids])


def after(kind: str, shift: Shift, due_at: dt.datetime) -> Setting:
    return Setting(kind, f"shift:{shift.pk}", due_at, generation=shift.generation)


def start_swap(swap: Swap) -> None:
    set_timers([Setting(SWAP_EXPIRES, f"swap:{swap.pk}", swap.expires_at, generation=swap.generation)])


def start_leave(leave: Leave) -> None:
    """Set timers for both ends of an approved leave, as far as they are to come: each may open a gap, or close one."""
    present, subject = now(), f"leave:{leave.pk}"
    set_timers(
        Setting(LEAVE_TURNS, subject, moment, step, leave.generation)
        for step, moment in enumerate((leave.during.lower, leave.during.upper))
        if moment > present
    )


def start_cover(cover: Override) -> None:
    """Set timers for both ends of an override, as far as they are to come: who is on changes at each. Ends only ever
    come nearer, so the times are told apart by the timer's step (seconds since 1970).
    """
    present, subject = now(), f"override:{cover.pk}"
    set_timers(
        Setting(COVER_TURNS, subject, moment, int(moment.timestamp()) % 2**31)
        for moment in (cover.during.lower, cover.during.upper)
        if moment > present
    )


def start_nobody(alarm_id: int, due_at: dt.datetime, step: int = 0) -> None:
    set_timers([Setting(NOBODY, f"gap:{alarm_id}", due_at, step)])


def start_check(check: SpotCheck, kind: str, due_at: dt.datetime, step: int = 0) -> None:
    set_timers([Setting(kind, f"spot_check:{check.pk}", due_at, step, check.generation)])


def start_whereabouts(row: Whereabouts) -> None:
    """Set timers for both ends of a leader's absence, as far as they are to come: are both heads out then?"""
    present = now()
    set_timers(
        Setting(LEADER_TURNS, f"whereabouts:{row.pk}", moment, step)
        for step, moment in enumerate((row.during.lower, row.during.upper))
        if moment > present
    )


def start_reply(call: CallLog) -> None:
    if call.reply_due_at is not None:
        set_timers([Setting(REPLY_DUE, f"call:{call.pk}", call.reply_due_at)])
