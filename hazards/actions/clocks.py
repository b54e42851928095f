"""Setting deadlines and their clock, inside the action that changes the ticket.

A ticket has one clock (`DUE`) for the earliest of its open deadlines; its generation voids it when the ticket moves on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from database import rows
from database.clock import DatabaseNow, now
from database.rows import as_json
from hazards.models import Deadline, Extension, Hazard
from hazards.rules.words import Door
from journal.timers import Setting, cancel, set_timers
from norms.rules import deadlines
from norms.rules.deadlines import Computed
from norms.selectors.deadlines import counted

DUE = "hazards.due"
DECIDE = "hazards.decide"
PUBLISH = "hazards.publish"

What = Deadline.What
DECISION = Deadline.What.DECIDE_EXTENSION
"""Owed by the unit above, with a clock of its own: never the ticket's next deadline."""
COLUMNS = ("hazard_id", "what", "due_at", "rule", "calendar_version", "why")


def until_registered(hazard: Hazard) -> Computed:
    """What the public files is taken up first; where people are threatened, on the same day."""
    first = (What.TAKE_UP, "take_up") if hazard.door == Door.PUBLIC else (What.REGISTER, "register")
    return at_once_or_later(hazard, *first)


def at_once_or_later(hazard: Hazard, what: str, rule: str) -> Computed:
    """The deadline of a step before the rectification: a danger to people waits for no working days."""
    if not hazard.people_at_risk:
        return counted(what, rule)
    found = counted(what, "threatened")
    code = "threatened" if found.why["n"] else "threatened_today"
    return replace(found, why={**found.why, "code": code, "people": hazard.people_at_risk})


def row_of(hazard_id: int, one: Computed) -> tuple[Any, ...]:
    """Convert a deadline to a row for `database.rows.insert(Deadline, COLUMNS, …)`."""
    what, rule, calendar, why = kept(one)
    return hazard_id, what, one.due_at, rule, calendar, why


def kept(one: Computed) -> tuple[str, str, int | None, str | None]:
    """What is kept of a deadline beside its moment: what, rule, version of the calendar, why (JSON)."""
    return one.what, one.rule, one.calendar_version, as_json(one.why)


def setting(hazard: Hazard, generation: int, one: Computed, present: dt.datetime) -> Setting:
    step = deadlines.first_step(one.due_at, one.remind, present)
    at = deadlines.moment(one.due_at, step, one.remind)
    return Setting(DUE, f"hazard:{hazard.pk}", at, step, generation, hazard.exercise)


def turn(hazard: Hazard, *new: Computed, keep: Sequence[str] = ()) -> dict[str, Any]:
    """Replace the ticket's open deadlines, all but ``keep``, by ``new`` ones; returns the columns to be written.

    The clock starts anew for the earliest that is open then. Without any, the ticket ends and has none.
    """
    open_ones = Deadline.objects.filter(hazard=hazard, ended_at=None).exclude(what=Deadline.What.PUBLISH)
    open_ones.exclude(what__in=keep).update(ended_at=DatabaseNow())
    rows.insert(Deadline, COLUMNS, [row_of(hazard.pk, one) for one in new])
    cancel([f"hazard:{hazard.pk}"])
    changes: dict[str, Any] = {"generation": hazard.generation + 1, "overdue_step": 0, "next_due_at": None}
    if new:
        kept = open_ones.filter(what__in=set(keep) - {DECISION}) if keep else ()
        running = [*new, *(_again(row, new[0].remind) for row in kept)]
        first = min(running, key=lambda one: one.due_at)
        changes["next_due_at"] = first.due_at
        set_timers([setting(hazard, changes["generation"], first, now())])
    return changes


def _again(row: Deadline, remind: tuple[int, int]) -> Computed:
    return Computed(row.what, row.due_at, row.rule, row.calendar_version, row.why, remind)


def start_decision(extension: Extension, due: Computed) -> None:
    """Set the deadline by which the unit above has to decide on an extension."""
    rows.insert(Deadline, COLUMNS, [row_of(extension.hazard_id, due)])
    at = deadlines.moment(due.due_at, deadlines.ON_THE_DAY, due.remind)
    generation, exercise = extension.generation, extension.hazard.exercise
    set_timers([Setting(DECIDE, f"extension:{extension.pk}", at, deadlines.ON_THE_DAY, generation, exercise)])


def stop_decision(extension: Extension) -> None:
    Deadline.objects.filter(hazard_id=extension.hazard_id, what=Deadline.What.DECIDE_EXTENSION, ended_at=None).update(
        ended_at=DatabaseNow()
    )
    cancel([f"extension:{extension.pk}"])


def limit_of(hazard_id: int) -> Deadline | None:
    """The time limit of the rectification as it stands or last stood; what a sending back allowed is no limit."""
    found = Deadline.objects.filter(hazard_id=hazard_id, what=Deadline.What.RECTIFY).exclude(rule="redo")
    return found.order_by("-id").first()


def note_limit(hazard_id: int, one: Computed) -> None:
    """A time limit that was granted after the work was handed in: it counts, and no clock runs for it."""
    handed_in = Deadline.objects.filter(hazard_id=hazard_id, what=one.what).order_by("-id").values_list("ended_at")[0]
    rows.insert(Deadline, (*COLUMNS, "ended_at"), [(*row_of(hazard_id, one), *handed_in)])


def met_limit(hazard_id: int) -> bool | None:
    """Whether the work was handed in within the time limit, at the last time of asking; None where it never was."""
    with connection.cursor() as cursor:
        cursor.execute(_MET, [hazard_id, hazard_id])
        found = cursor.fetchone()
    return found[0] if found else None


_MET = """
    SELECT d.ended_at <= (
        SELECT l.due_at FROM hazards_deadline l
        WHERE l.hazard_id = %s AND l.what = 'rectify' AND l.rule <> 'redo' ORDER BY l.id DESC LIMIT 1
    ) FROM hazards_deadline d
    WHERE d.hazard_id = %s AND d.what = 'rectify' AND d.ended_at IS NOT NULL ORDER BY d.id DESC LIMIT 1
"""
