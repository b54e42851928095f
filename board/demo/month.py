"""A running month of duty: rosters of the county, every township and every village's nights of the flood season, with
the handovers of yesterday and today, a late one, swaps, spot checks and a call log.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from board.demo.clock import StoryClock, story
from duty import actions
from duty.demo import duty_day, set_patterns
from duty.models import Handover, Roster, Shift, Slot, SpotCheck
from duty.selectors import midnight, next_month
from journal.actions import SYSTEM
from journal.timers import fire_due
from org.clock import now
from org.models import Person, Unit

LATE = "331126200"
"""Lingtou's handover of this morning has been signed by one side only."""
NOT_YET = ("331126105", "331126209")
"""Have not published next month: the calendar shows the gap ahead."""
START = dt.time(8, 30)
MINUTE = dt.timedelta(minutes=1)


def tell_rosters() -> None:
    """Drawn up and published before the story's mornings."""
    present = now()
    today = duty_day(present)
    with story(seconds=(present - _begin(present)).total_seconds()):
        _rosters(today, today.replace(day=1))
        _asked(today)


def tell_days() -> None:
    """Yesterday's and today's change of shifts, and half an hour ago some spot checks and calls."""
    present = now()
    boundaries = _boundaries(present)
    with story(seconds=(present - _begin(present)).total_seconds()) as clock:
        for boundary in boundaries:
            _change(clock, boundary, last=boundary == boundaries[-1])
        _checks(clock, present)
    _spot_plan(present)


def tell_villages() -> None:
    """Published as of now: the nights that are over set no clocks any more."""
    month = duty_day(now()).replace(day=1)
    actions.publish(by=SYSTEM, unit="331126", month=month, descendants=True, leave_faulty=True)


def _boundaries(present: dt.datetime) -> list[dt.datetime]:
    """Half past eight of yesterday and today, as far as they lie in the month."""
    today = duty_day(present)
    days = [today - dt.timedelta(days=n) for n in (1, 0)]
    return [_boundary(day) for day in days if day > today.replace(day=1)]


def _begin(present: dt.datetime) -> dt.datetime:
    """The evening before the first of these mornings."""
    return (_boundaries(present) or [present])[0] - dt.timedelta(hours=10)


PARTS = (
    (tell_rosters, lambda: not Roster.objects.exists()),
    (tell_days, lambda: not SpotCheck.objects.exists()),
    (tell_villages, lambda: not Shift.objects.filter(unit__level="village", live=True).exists()),
)
"""Each is a transaction of its own (an event is committed within 50 seconds), told where it is not there yet."""


def _boundary(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, START))


def _to(clock: StoryClock, moment: dt.datetime) -> None:
    """Go on to ``moment``; never back."""
    clock.on(seconds=max(0.0, (moment - now()).total_seconds()))


def _rosters(today: dt.date, month: dt.date) -> None:
    """This month and the next: generated for all, published for the county and the townships."""
    actions.seed_calendar([today.year, today.year + 1], by=SYSTEM)
    county = Unit.objects.get(level="county")
    actions.set_season(
        by=SYSTEM, unit=county, kind="flood", name="汛期（示范延长）", levels=["village"],
        starts_on=month, ends_on=next_month(month), source="示范数据",
    )  # fmt: skip
    set_patterns(today, month)
    later = next_month(month)
    actions.generate_now(by=SYSTEM, unit=county, first=month, until=next_month(later), descendants=True)
    for unit in Unit.objects.filter(level__in=["county", "township"]).defer("boundary"):
        actions.publish(by=SYSTEM, unit=unit, month=month)
        if unit.code not in NOT_YET:
            actions.publish(by=SYSTEM, unit=unit, month=later)


def _change(clock: StoryClock, boundary: dt.datetime, *, last: bool) -> None:
    """One morning: handovers open, both sides sign, the incoming officer checks in."""
    _to(clock, boundary - 29 * MINUTE)
    fire_due()
    _to(clock, boundary - 12 * MINUTE)
    rows = list(Handover.objects.filter(due_at=boundary, status="open").select_related("unit").order_by("unit__path"))
    late = [row for row in rows if last and row.unit.code == LATE]
    for row in rows:
        out, coming = _main_before(row), row.shift.slots.get(post="main").person
        actions.sign_handover(
            row.pk, by=out, side="out", note="夜间值班平稳，无突发情况。", equipment="卫星电话、钥匙齐全"
        )
        if row not in late:
            actions.sign_handover(row.pk, by=coming, side="in")
    _to(clock, boundary + MINUTE)
    fire_due()
    for row in rows:
        if row not in late:
            actions.check_in(by=row.shift.slots.get(post="main").person)
    _to(clock, boundary + 11 * MINUTE)
    fire_due()


def _main_before(row: Handover) -> Person:
    before = Shift.objects.get(unit=row.unit_id, live=True, during__endswith=row.due_at)
    return before.slots.select_related("person").get(post="main").person


def _asked(today: dt.date) -> None:
    """One swap that is approved, and one that waits for its leader."""
    for unit, days, decide in (("331126", 3, True), ("331126206", 5, False)):
        slot = _slot(unit, today + dt.timedelta(days=days), "deputy")
        other = _slot(unit, today + dt.timedelta(days=days + 1), "deputy")
        swap = actions.request_swap(by=slot.person, slot_id=slot.pk, reason="家中老人住院，需陪护")
        actions.take_swap(swap.pk, by=_free(slot, other))
        if decide:
            actions.approve_swap(swap.pk, by=Person.objects.get(username="leader"))


def _slot(unit: str, day: dt.date, post: str) -> Slot:
    slots = Slot.objects.select_related("person", "shift__unit")
    return slots.get(post=post, shift__unit__code=unit, shift__live=True, shift__during__startswith=_boundary(day))


def _free(slot: Slot, next_one: Slot) -> Person:
    """A colleague who is on duty neither in this shift nor in those beside it."""
    around = (slot.shift.during.lower - dt.timedelta(days=1), slot.shift.during.upper + dt.timedelta(days=1))
    busy = Slot.objects.filter(shift__unit=slot.shift.unit, shift__live=True, shift__during__overlap=around)
    people = Person.objects.filter(appointments__unit=slot.shift.unit, appointments__valid_to=None, is_active=True)
    return people.exclude(pk__in=busy.values("person")).first() or next_one.person


def _checks(clock: StoryClock, present: dt.datetime) -> None:
    """Spot checks: answered, found absent, not answered (its leader was called); and calls in the county's book."""
    officer = Person.objects.get(username="officer")
    start = max(now(), present - 25 * MINUTE)
    _to(clock, start)
    for unit, outcome in (("331126206", "normal"), ("331126101", "absent_post")):
        row = actions.start_spot_check(by=officer, unit=unit)
        clock.on(seconds=40)
        actions.record_outcome(row.pk, by=officer, outcome=outcome, note="电话抽查")
    actions.start_spot_check(by=officer, unit="331126202")
    _calls(officer)
    clock.on(minutes=5, seconds=1)
    fire_due()
    clock.on(minutes=5)
    fire_due()


def _calls(officer: Person) -> None:
    calls = [
        (
            "县气象台",
            "吴立平",
            "预报员",
            "19900009101",
            "",
            "未来6小时举水、岭头一带有强降雨。",
            "已通知相关乡镇加强值守。",
        ),
        ("举水乡", "周美英", "村民", "19900009102", "举水乡月山村", "村口挡墙有落石，无人受伤。", "已转乡镇核查。"),
        ("国网庆元公司", "叶建国", "调度", "19900009103", "黄田镇", "10千伏线路跳闸，抢修中。", "已报带班领导。"),
    ]
    rows = [
        actions.log_call(
            by=officer, unit="331126", caller_unit=unit, caller_name=name, caller_post=post, caller_phone=phone,
            place=place, content=content, measures=measures, told="带班领导",
        )
        for unit, name, post, phone, place, content, measures in calls
    ]  # fmt: skip
    actions.correct_call(rows[1].pk, by=officer, reason="地点听错，系举溪村", place="举水乡举溪村")


def _spot_plan(present: dt.datetime) -> None:
    """The rest of the month's unannounced checks of the townships; nobody there sees them."""
    director = Person.objects.filter(appointments__post__code="command_office_director").first()
    towns = list(Unit.objects.filter(level="township").defer("boundary"))
    month = timezone.localdate(present).replace(day=1)
    if midnight(next_month(month)) > present and director is not None:
        actions.plan_spot_checks(by=director, checking="331126", units=towns, month=month, each=1, seed=331126)
