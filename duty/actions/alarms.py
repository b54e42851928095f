"""Gap alarms: while a post is empty, the stand-in is called at once and the leaders are told; filling it ends the
alarm.

`review_gaps` alone opens and closes the alarms. It is run at every change of who is on: by the actions that make one,
by the timers of the moments at which one falls due, and by a sweep over all units (duty/actions/rounds.py) for the
rest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import now
from duty.actions import clocks
from duty.actions.booking import lock_units
from duty.actions.lookup import require, unit_for
from duty.cards import POST_NAMES
from duty.models import DutyPost, GapAlarm
from duty.selectors import fallback, watch
from duty.selectors.gaps import Crew, Missing, missing_now, stand_in_of
from duty.states import GAP
from journal.actions.recording import Actor
from journal.states import move_many, tell
from journal.timers import cancel
from norms.selectors import numbers
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Person, Unit
from org.rules import capabilities
from web.errors import Conflict, Invalid

OPEN = GapAlarm.Status.OPEN


def review_gaps(unit_ids: Collection[int], *, by: Actor | None = None, filling: bool = False) -> list[GapAlarm]:
    """Is there a gap now, is there an alarm for it? In the caller's transaction; returns the alarms opened by it.

    An alarm stands while the same person is missing and the same stand-in is called. Where the post is filled it ends;
    where somebody else is missing or would stand in, another alarm takes its place and calls them. ``filling``: the
    change puts people on; what nobody was rostered for before it is for the sweep to tell. Whoever fills a post ends
    its alarm; opening one and calling the stand-in is the system's, by rule.
    """
    ids = sorted(set(unit_ids))
    if not ids:
        return []
    lock_units(ids)
    rows = GapAlarm.objects.filter(unit__in=ids, status=OPEN).select_related("unit", "person", "called")
    alarms = list(rows.select_for_update(of=("self",)).order_by("pk"))
    missing, crews = missing_now(ids)
    wanted = {(one.unit_id, one.post): one for one in missing}
    filled, replaced = [], []
    for alarm in alarms:
        key = (alarm.unit_id, alarm.post)
        one = wanted.get(key)
        if one is None and not _still_unreachable(alarm, crews):
            filled.append(alarm)
        elif one is not None and (one.person_id, one.called_id) != (alarm.person_id, alarm.called_id):
            replaced.append(alarm)
        else:
            wanted.pop(key, None)
    if filling:
        wanted = {key: one for key, one in wanted.items() if one.reason != GapAlarm.Reason.NOBODY}
    rule = by_rule("duty.gaps")
    _close(filled, GapAlarm.Status.FILLED, by or rule)
    _close(replaced, GapAlarm.Status.REPLACED, rule)
    return _open(list(wanted.values()), crews, rule)


def _still_unreachable(alarm: GapAlarm, crews: dict[int, Crew]) -> bool:
    """What somebody reported of a person holds as long as that person is on in this post."""
    on = crews[alarm.unit_id].get(alarm.post) if alarm.reason == GapAlarm.Reason.UNREACHABLE else None
    return on is not None and on.person_id == alarm.person_id and not on.stands_in_for


def _close(alarms: Sequence[GapAlarm], to: str, by: Actor) -> None:
    move_many(GAP, alarms, to, by=by, filled_at=now())
    subjects = [f"gap:{alarm.pk}" for alarm in alarms]
    cancel(subjects)
    notify.settle(subjects, by=by)


def _open(missing: Sequence[Missing], crews: dict[int, Crew], by: Actor) -> list[GapAlarm]:
    """Write the alarms, call the stand-ins and tell the leaders. A unit with nobody at all rings once, not by post."""
    rows = Unit.objects.filter(active=True).select_related("parent").defer("boundary", "parent__boundary")
    units = rows.in_bulk({one.unit_id for one in missing})
    made: list[GapAlarm] = []
    told: set[int] = set()
    for one in missing:
        if one.unit_id not in units:
            continue
        alarm = GapAlarm.objects.create(
            unit=units[one.unit_id], post=one.post, reason=one.reason, person_id=one.person_id,
            called_id=one.called_id, raised_at=now(),
        )  # fmt: skip
        tell(GAP, alarm, "gap.opened", by=by)
        made.append(alarm)
        crew = crews[one.unit_id]
        if crew or one.unit_id not in told:
            told.add(one.unit_id)
            _call(alarm, crew, by)
    return made


def _call(alarm: GapAlarm, crew: Crew, by: Actor) -> None:
    """The stand-in and the leaders. With nobody to stand in it does not end there: the county's contact, again and
    again, until somebody fills the post.
    """
    leaders = _leaders(alarm, crew)
    notices = [_notice(alarm, alarm.called_id, "duty.stand_in")] if alarm.called_id else []
    if alarm.called_id is None:
        leaders += [p.pk for p in fallback.contacts(alarm.unit.path, besides=[alarm.person_id or 0, *leaders])]
        clocks.start_nobody(alarm.pk, now() + numbers.minutes("nobody_again_min"))
    notices += [_notice(alarm, leader, "duty.gap") for leader in leaders if leader != alarm.called_id]
    notify.send_all(notices, by=by)
    if not notices:
        tell(GAP, alarm, "gap.nobody_to_call", by=by)


def call_again(alarm: GapAlarm) -> None:
    """Repeat an alarm without a stand-in: the leaders and the county's contact are called again. The alarm is locked by
    the chase.
    """
    crew = watch.crew(alarm.unit_id)
    leaders = _leaders(alarm, crew)
    leaders += [p.pk for p in fallback.contacts(alarm.unit.path, besides=[alarm.person_id or 0, *leaders])]
    by = by_rule("duty.gaps")
    notify.send_all([_notice(alarm, leader, "duty.gap") for leader in leaders], by=by)
    tell(GAP, alarm, "gap.called_again" if leaders else "gap.nobody_to_call", by=by)


def _leaders(alarm: GapAlarm, crew: Crew) -> list[int]:
    """The unit's leader on duty and the main officer of the unit above; where neither is on, its leader."""
    unit = alarm.unit
    people = [crew["leader"].person_id] if "leader" in crew and not crew["leader"].stands_in_for else []
    if unit.parent_id:
        above = watch.crew(unit.parent_id)
        people += [above[post].person_id for post in ("main", "leader") if post in above][:1]
    return [pk for pk in dict.fromkeys(people) if pk != alarm.person_id or alarm.reason == GapAlarm.Reason.NOBODY]


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
        url="/duty/today/",
        alarm=True,
    )


@transaction.atomic
def report_unreachable(*, by: Actor, unit: Unit | str, post: str) -> GapAlarm:
    """Report somebody on duty as unreachable: their stand-in is called at once. Conflict when that is known already."""
    unit = unit_for(unit, by=by, capability=capabilities.VIEW)
    require(by, capabilities.ANSWER, unit.path)
    if post not in DutyPost.values:
        raise Invalid.field("post", _("There is no post “%(code)s”.") % {"code": post})
    return _unreachable(unit.pk, post, by)


def _unreachable(unit_id: int, post: str, by: Actor) -> GapAlarm:
    lock_units([unit_id])
    crew = watch.crew(unit_id)
    absent = crew.get(post)
    if absent is None:
        raise Conflict(_("Nobody is on duty in this post."))
    if GapAlarm.objects.filter(unit=unit_id, post=post, status=OPEN).exists():
        raise Conflict(_("This is known already, and the stand-in has been called."))
    called = stand_in_of(post, crew, absent)
    reason, called_id = GapAlarm.Reason.UNREACHABLE, called.person_id if called else None
    return _open([Missing(unit_id, post, reason, absent.person_id, called_id)], {unit_id: crew}, by)[0]


def unreachable_now(person: Person) -> list[GapAlarm]:
    """Open an alarm for each post that this person is on duty in, because a message did not reach them."""
    alarms = []
    for on in watch.on_duty():
        if on.person_id == person.pk and not on.stands_in_for:
            try:
                alarms.append(_unreachable(on.unit_id, on.post, by_rule("duty.gaps")))
            except Conflict:
                continue
    return alarms
