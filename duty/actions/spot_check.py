"""Spot checks: planned at random hours, called unannounced, climbing to the leader in silence (docs/domain.md 4)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from duty.actions import clocks
from duty.actions.lookup import check_for, require, unit_for
from duty.cards import POST_NAMES
from duty.models import DutyPost, SpotCheck
from duty.selectors import watch
from duty.selectors.rosters import midnight, month_of, next_month
from duty.states import SPOT_CHECK
from journal.actions.recording import Actor
from journal.states import move, move_many, tell
from journal.timers import Setting, cancel, set_timers
from norms.selectors import numbers
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Person, Unit
from org.rules import capabilities
from web.errors import Conflict, Forbidden, Invalid

C = SpotCheck.Status
O = SpotCheck.Outcome
RUNNING = (C.CALLING, C.SECOND_CALL, C.LEADER_CALLED)


@transaction.atomic
def plan_spot_checks(
    *,
    by: Person,
    checking: Unit | str,
    units: Sequence[Unit | str],
    month: dt.date,
    each: int = 1,
    seed: int,
    method: str = SpotCheck.Method.PHONE,
) -> list[SpotCheck]:
    """``each`` checks of every unit at random moments of the month, day and night; the same seed, the same moments.

    Nobody below ``checking`` sees them before they are called. Moments that have passed are left out.
    """
    checking = unit_for(checking, by=by, capability=capabilities.VERIFY, field="checking")
    targets = [unit_for(unit, by=by, capability=capabilities.VERIFY, field="units") for unit in units]
    _check_method(method)
    first, until, present = midnight(month_of(month)), midnight(next_month(month)), now()
    draw = random.Random(seed)  # noqa: S311 - unannounced, not secret; repeatable on purpose
    seconds = int((until - first).total_seconds())
    rows = [
        SpotCheck(
            unit=unit,
            method=method,
            ordered_by=by,
            ordered_for=checking,
            planned_at=first + dt.timedelta(seconds=draw.randrange(seconds)),
        )
        for unit in targets
        for _n in range(each)
    ]
    rows = SpotCheck.objects.bulk_create(row for row in rows if row.planned_at and row.planned_at > present)
    set_timers(Setting(clocks.SPOT_PLANNED, f"spot_check:{row.pk}", row.planned_at) for row in rows if row.planned_at)
    return rows


@transaction.atomic
def start_spot_check(
    *, by: Person, unit: Unit | str, post: str = DutyPost.MAIN, method: str = SpotCheck.Method.PHONE
) -> SpotCheck:
    """Call whoever is on duty, now. Conflict while a check of this unit is running."""
    unit = unit_for(unit, by=by, capability=capabilities.VERIFY)
    if post not in DutyPost.values:
        raise Invalid.field("post", _("There is no post “%(code)s”.") % {"code": post})
    _check_method(method)
    row = SpotCheck.objects.create(unit=unit, post=post, method=method, ordered_by=by, ordered_for=_seat(by, unit))
    call(row, by=by)
    return row


def _seat(by: Person, unit: Unit) -> Unit:
    """The unit above, for which the check is made; the top unit checks itself."""
    return unit.parent or unit


def _check_method(method: str) -> None:
    if method not in SpotCheck.Method.values:
        choices = ", ".join(SpotCheck.Method.values)
        raise Invalid.field("method", _("Choose one of: %(choices)s.") % {"choices": choices})


def call(row: SpotCheck, *, by: Actor) -> None:
    """Make the first call and start the call-back timer. Inside the caller's transaction, the check locked or new."""
    on = watch.who_is_on(row.unit_id, row.post)
    present = now()
    due = present + numbers.minutes("call_back_min", row.unit)
    row.generation += 1
    row.person = Person.objects.get(pk=on.person_id) if on else None
    move(
        SPOT_CHECK, row, C.CALLING, by=by,
        called_at=present, call_back_due_at=due, person=row.person, generation=row.generation,
    )  # fmt: skip
    clocks.start_check(row, clocks.CALL_BACK, due)
    if row.person:
        notify.send_all([_notice(row, row.person.pk, "spot_check.called")], by=by)


def call_again(row: SpotCheck, due_at: dt.datetime | None) -> None:
    """Make the second call, to the deputy as well: nobody called back in time. The chase goes on at ``due_at``."""
    by = by_rule("duty.spot_check")
    row.generation += 1
    move(
        SPOT_CHECK, row, C.SECOND_CALL, by=by,
        second_call_at=now(), call_back_due_at=due_at, generation=row.generation,
    )  # fmt: skip
    on = watch.crew(row.unit_id)
    people = {pk for pk in (row.person_id, *(on[post].person_id for post in ("main", "deputy") if post in on)) if pk}
    notify.send_all([_notice(row, pk, "spot_check.called_again") for pk in sorted(people)], by=by)


def call_leader(row: SpotCheck) -> None:
    """Still nobody: it counts as no answer, and the leader on duty is called."""
    by = by_rule("duty.spot_check")
    leader = watch.who_is_on(row.unit_id, DutyPost.LEADER)
    row.leader = Person.objects.get(pk=leader.person_id) if leader else None
    move(SPOT_CHECK, row, C.LEADER_CALLED, by=by, leader_called_at=now(), leader=row.leader, outcome=O.NO_ANSWER)
    told = {pk for pk in (row.ordered_by_id, row.leader.pk if row.leader else None) if pk}
    notify.send_all(
        [_notice(row, pk, "spot_check.leader" if pk != row.ordered_by_id else "spot_check.failed") for pk in told],
        by=by,
    )


@transaction.atomic
def answer_spot_check(
    check_id: int, *, by: Person, said_warning: str = "", said_here: str = "", said_told: str = ""
) -> SpotCheck:
    """Whoever is on duty answers the three questions from their own screen: normal, unless it came after the second
    call ran out.

    Forbidden for people who are not on duty there; Invalid by the question that was left open.
    """
    row = check_for(check_id, by=by)
    _running(row)
    on = {w.person_id for w in watch.on_duty([row.unit_id])}
    if by.pk not in on:
        raise Forbidden(_("Only whoever is on duty there can answer."))
    said = _said(said_warning, said_here, said_told, needed=True)
    outcome = O.NO_ANSWER if row.status == C.LEADER_CALLED else O.NORMAL
    _close(row, outcome, by, answered_at=now(), answered_by=by, **said)
    return row


@transaction.atomic
def record_outcome(
    check_id: int,
    *,
    by: Person,
    outcome: str,
    note: str = "",
    said_warning: str = "",
    said_here: str = "",
    said_told: str = "",
) -> SpotCheck:
    """The checker writes down what they found, and what was answered to the three questions: which warning is in force,
    who is here, whom have you told. "Normal" needs all three: ringing alone proves nothing. ``no_answer`` and ``busy``
    let the clock run on while it is running.

    Once the leader was called the outcome stays "no answer" and only the answers and a note are added.
    """
    row = check_for(check_id, by=by)
    require(by, capabilities.VERIFY, row.unit.path)
    if by.pk == row.person_id:
        raise Forbidden(_("You can't spot-check your own unit."))
    _running(row)
    if outcome not in O.values:
        raise Invalid.field("outcome", _("Choose one of: %(choices)s.") % {"choices": ", ".join(O.values)})
    said = _said(said_warning, said_here, said_told, needed=outcome == O.NORMAL and row.status != C.LEADER_CALLED)
    if outcome in (O.NO_ANSWER, O.BUSY) and row.status in (C.CALLING, C.SECOND_CALL):
        row.note = note.strip() or row.note
        row.save(update_fields=["note"])
        tell(SPOT_CHECK, row, "spot_check.noted", by=by)
        return row
    if row.status == C.LEADER_CALLED:
        outcome = O.NO_ANSWER
    heard = {} if outcome in (O.NO_ANSWER, O.ABSENT_POST, O.BUSY) else {"answered_at": now()}
    _close(row, outcome, by, note=note.strip() or row.note, **heard, **said)
    return row


def _said(warning: str, here: str, told: str, *, needed: bool) -> dict[str, str]:
    """The answers by field; Invalid names each that is missing where they are ``needed``, or too long."""
    said = {"said_warning": warning.strip(), "said_here": here.strip(), "said_told": told.strip()}
    fields = {}
    for name, text in said.items():
        limit = getattr(SpotCheck._meta.get_field(name), "max_length", None) or 0
        if needed and not text:
            fields[name] = [_("Ask, and write down the answer.")]
        elif len(text) > limit:
            fields[name] = [_("At most %(limit)s characters.") % {"limit": limit}]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)
    return said


@transaction.atomic
def cancel_spot_check(check_id: int, *, by: Person) -> SpotCheck:
    """Cancel a planned check."""
    row = check_for(check_id, by=by)
    require(by, capabilities.VERIFY, row.ordered_for.path)
    move_many(SPOT_CHECK, [row], C.CANCELLED, by=by)
    cancel([f"spot_check:{row.pk}"])
    return row


def _running(row: SpotCheck) -> None:
    if row.status not in RUNNING:
        raise Conflict(_("This check is not running."), current={"id": row.pk, "status": row.status})


def _close(row: SpotCheck, outcome: str, by: Person, **changes: Any) -> None:
    row.generation += 1
    move(
        SPOT_CHECK, row, C.CLOSED, by=by,
        outcome=outcome, closed_by=by, closed_at=now(), generation=row.generation, **changes,
    )  # fmt: skip
    cancel([f"spot_check:{row.pk}"])
    notify.settle([f"spot_check:{row.pk}"], by=by)


def _notice(row: SpotCheck, person_id: int, code: str) -> Notice:
    data = {
        "unit": names(row.unit),
        "post": POST_NAMES[row.post],
        "person": names(row.person) if row.person else None,
        "due_at": row.call_back_due_at,
    }
    return Notice(
        person_id, code, f"spot_check:{row.pk}", row.unit.path, data=data, url=f"/duty/checks/{row.pk}/", alarm=True
    )
