"""Gaps while they happen: the stand-in is called within the minute, the leader told; it ends when somebody fills it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from duty import watch
from duty.actions.lookup import require, unit_for
from duty.cards import POST_NAMES, names
from duty.models import DutyPost, GapAlarm, Leave
from duty.states import GAP
from duty.watch import Watch
from journal.actions import SYSTEM, Actor
from journal.errors import Conflict, Invalid
from journal.states import move_many, tell
from notify import actions as notify
from notify.actions import Notice
from org import capabilities
from org.clock import now
from org.models import Person, Unit

TURNS = {"leader": ("main", "deputy"), "main": ("deputy",), "deputy": ("main",), "reserve": ()}
"""Who stands in for whom, in turn (the same as in the database's definition of who is on)."""


def look_for_gaps(unit: Unit, *, by: Actor = SYSTEM) -> list[GapAlarm]:
    """Raise an alarm for each post of the unit that nobody fills as rostered at this moment. Once a gap."""
    present = now()
    missing = watch.gaps([unit], present, present + dt.timedelta(seconds=1))
    if not missing:
        return []
    on = watch.crew(unit, present)
    made = []
    for gap in missing:
        stand_in = on.get(gap.post)
        reason = _reason(stand_in, present)
        alarm = raise_gap(unit, gap.post, reason, stand_in.stands_in_for if stand_in else None, stand_in, on, by)
        made += [alarm] if alarm else []
    return made


def _reason(stand_in: Watch | None, at: dt.datetime) -> str:
    if stand_in is None:
        return GapAlarm.Reason.NOBODY
    away = Leave.objects.filter(person=stand_in.stands_in_for, status=Leave.Status.APPROVED, during__contains=at)
    return GapAlarm.Reason.LEAVE if away.exists() else GapAlarm.Reason.DEACTIVATED


def raise_gap(
    unit: Unit,
    post: str,
    reason: str,
    person_id: int | None,
    stand_in: Watch | None,
    on: dict[str, Watch],
    by: Actor,
) -> GapAlarm | None:
    """Write the alarm, call the stand-in and tell the leaders. None when one is open for this post already."""
    alarm = GapAlarm(unit=unit, post=post, person_id=person_id, reason=reason, raised_at=now())
    alarm.called_id = stand_in.person_id if stand_in else None
    made = GapAlarm.objects.bulk_create([alarm], ignore_conflicts=True)[0]
    found = GapAlarm.objects.filter(unit=unit, post=post, status=GapAlarm.Status.OPEN, raised_at=made.raised_at)
    alarm = found.select_related("unit", "person", "called").first()
    if alarm is None:
        return None
    tell(GAP, alarm, "gap.opened", by=by)
    notices = [_notice(alarm, alarm.called_id, "duty.stand_in")] if alarm.called_id else []
    notices += [_notice(alarm, leader, "duty.gap") for leader in _leaders(unit, on) if leader != alarm.called_id]
    notify.send_all(notices, by=by)
    return alarm


def _leaders(unit: Unit, on: dict[str, Watch]) -> list[int]:
    """The unit's leader on duty and the main officer of the unit above; where neither is on, its leader."""
    people = [on["leader"].person_id] if "leader" in on and not on["leader"].stands_in_for else []
    if unit.parent_id:
        above = watch.crew(unit.parent_id)
        people += [above[post].person_id for post in ("main", "leader") if post in above][:1]
    return list(dict.fromkeys(people))


def _notice(alarm: GapAlarm, person_id: int, code: str) -> Notice:
    return Notice(
        person_id,
        code,
        f"gap:{alarm.pk}",
        alarm.unit.path,
        data={
            "unit": names(alarm.unit),
            "post": POST_NAMES[alarm.post],
            "person": names(alarm.person) if alarm.person else None,
        },
        url="/duty/",
        alarm=True,
    )


def fill_gaps(unit_ids: Sequence[int], *, by: Actor) -> None:
    """Close the alarms of these units whose post somebody else fills now, and silence what they sounded."""
    rows = GapAlarm.objects.filter(unit__in=unit_ids, status=GapAlarm.Status.OPEN)
    alarms = list(rows.select_related("unit", "person", "called").select_for_update(of=("self",)))
    if not alarms:
        return
    on = {(w.unit_id, w.post): w for w in watch.on_duty(list({alarm.unit_id for alarm in alarms}))}
    filled = []
    for alarm in alarms:
        now_on = on.get((alarm.unit_id, alarm.post))
        if now_on is None or now_on.stands_in_for:
            continue
        if now_on.person_id != alarm.person_id or alarm.reason == GapAlarm.Reason.LEAVE:  # or is back from leave
            filled.append(alarm)
    move_many(GAP, filled, GapAlarm.Status.FILLED, by=by, filled_at=now())
    notify.settle([f"gap:{alarm.pk}" for alarm in filled], by=by)


@transaction.atomic
def report_unreachable(*, by: Actor, unit: Unit | str, post: str) -> GapAlarm:
    """Somebody on duty does not answer: their stand-in is called at once. Conflict when that is known already."""
    unit = unit_for(unit, by=by, capability=capabilities.VIEW)
    require(by, capabilities.ANSWER, unit.path)
    if post not in DutyPost.values:
        raise Invalid.field("post", _("There is no post “%(code)s”.") % {"code": post})
    return _unreachable(unit, post, by)


def _unreachable(unit: Unit, post: str, by: Actor) -> GapAlarm:
    on = watch.crew(unit)
    absent = on.get(post)
    if absent is None:
        raise Conflict(_("Nobody is on duty in this post."))
    others = (on[turn] for turn in TURNS[post] if turn in on and on[turn].person_id != absent.person_id)
    alarm = raise_gap(unit, post, GapAlarm.Reason.UNREACHABLE, absent.person_id, next(others, None), on, by)
    if alarm is None:
        raise Conflict(_("This is known already, and the stand-in has been called."))
    return alarm


def unreachable_now(person: Person, *, by: Actor = SYSTEM) -> list[GapAlarm]:
    """A message to this person reached nobody: an alarm for each post that they are on duty in."""
    alarms = []
    for on in watch.on_duty():
        if on.person_id == person.pk and not on.stands_in_for:
            unit = Unit.objects.defer("boundary").get(pk=on.unit_id)
            try:
                alarms.append(_unreachable(unit, on.post, by))
            except Conflict:
                continue
    return alarms
