"""Two days of duty up to now: changes of shift, one of them late, spot checks and calls, each at its hour.

The clock goes from one scene to the next, and whatever is due between them fires when it is due; scenes that would lie
after the present are left out, so that the days read right at any time of day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from django.utils import timezone

from board.demo.clock import StoryClock, story
from board.demo.crews import BORROWED, boundary, desks, duty_day
from database.clock import now
from duty import actions
from duty.models import CallLog, Handover, Slot, SpotCheck
from duty.selectors import watch
from duty.selectors.rosters import month_of, next_month
from org.models import Person, Unit

COUNTY = "331126"
HELD_UP = "331126201"
"""Whose relief came late yesterday."""
CUT_OFF = "331126200"
"""Whose relief has not come this morning: the crew of yesterday stays on."""
LATE_TO_CHECK_IN = "331126203"
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
FIRST_SIGNS, NEXT_SIGNS, RELIEVED = -20 * MINUTE, dt.timedelta(seconds=45), dt.timedelta(seconds=70)
"""Before the change of shift the first unit signs, one after the other; then the relief of each."""
COMES_LATE = 25 * MINUTE
ANSWERED = dt.timedelta(seconds=40)

Scene = tuple[dt.datetime, Callable[[], object]]
Call = tuple[str, ...]

SAID = {
    "said_warning": "无生效预警；昨日短临提示已收到",
    "said_here": "带班领导、主班、副班均在岗",
    "said_told": "已通知各村网格员",
}
SUPERIOR = "询问昨夜以来值班值守和受灾情况，要求30分钟内回复。"

NOTES = {
    HELD_UP: "接班人员途中车辆故障，已电话告知，预计推迟到岗。",
    CUT_OFF: "进乡公路塌方，接班人员受阻未到岗，当班人员继续值守。",
}
VILLAGER: Call = (
    "举水乡", "周美英", "村民", "19900009102", "举水乡月山村",
    "村口挡墙有落石，无人受伤。", "已转举水乡核查。", "带班领导",
)  # fmt: skip
POWER: Call = (
    "供电公司", "叶建国", "调度员", "19900009103", "黄田镇", "10千伏线路跳闸，3个村停电，抢修中。",
    "已通知黄田镇值班室，跟踪复电。", "黄田镇值班室",
)  # fmt: skip
WEATHER: Call = (
    "县气象局", "吴立平", "预报员", "19900009101", "举水乡、黄田镇、岭头乡",
    "未来3小时有短时强降雨，可能发布红色预警。",
    "已通知三个乡镇加强值守，报带班领导。", "带班领导、县防指办主任",
)  # fmt: skip


def director() -> Person:
    """Keeps the county's rosters and orders its spot checks."""
    held = {"appointments__role": "A", "appointments__valid_to": None}
    return Person.objects.get(appointments__post__code="command_office_director", **held)


def evening_before(today: dt.date, *, hours: int) -> AbstractContextManager[StoryClock]:
    """A story that begins so many hours before yesterday's change of shift."""
    begin = boundary(today - DAY) - dt.timedelta(hours=hours)
    return story(seconds=(now() - begin).total_seconds())


def ask_for_swaps(today: dt.date) -> None:
    """One swap in return for another, approved; and one that somebody has taken, which waits for a leader."""
    given = _slot(COUNTY, today + 3 * DAY)
    returned = _slot(COUNTY, today + 5 * DAY)
    swap = actions.request_swap(by=given.person, slot_id=given.pk, reason="外出培训两天")
    actions.take_swap(swap.pk, by=returned.person, in_return=returned.pk)
    actions.approve_swap(swap.pk, by=Person.objects.get(username="leader"))
    town, stand_in = BORROWED[1][:2]
    asked = _slot(town, today + 5 * DAY)
    swap = actions.request_swap(by=asked.person, slot_id=asked.pk, reason="家中老人住院，需陪护")
    actions.take_swap(swap.pk, by=Person.objects.get(username=stand_in))


def _slot(unit: str, day: dt.date) -> Slot:
    slots = Slot.objects.filter(shift__unit__code=unit, shift__live=True, shift__during__startswith=boundary(day))
    return slots.select_related("person").get(post="deputy")


def tell_yesterday() -> None:
    """Up to an hour before this morning's change of shift."""
    today = duty_day(now())
    with evening_before(today, hours=8) as clock:
        _live(clock, _yesterday(boundary(today - DAY)), boundary(today) - HOUR)


def tell_today() -> None:
    """From there up to now; and the checks that are still to come."""
    present = now()
    morning = boundary(duty_day(present))
    with story(seconds=(present - morning + HOUR).total_seconds()) as clock:
        _live(clock, _today(morning, present), present)
    _plan_checks(present)


def _live(clock: StoryClock, scenes: Iterable[Scene], until: dt.datetime) -> None:
    for moment, scene in sorted(scenes, key=lambda scene: scene[0]):
        if moment <= until:
            clock.go(moment)
            scene()
    clock.go(until)


def _yesterday(morning: dt.datetime) -> Iterator[Scene]:
    yield from _change(morning, _desks(), late=HELD_UP)
    yield morning + COMES_LATE, partial(_take_over, morning, HELD_UP)
    yield morning + COMES_LATE, partial(_check_in, morning, LATE_TO_CHECK_IN)
    yield from _departments(morning)
    yield from _checked("331126101", morning + 370 * MINUTE, "normal", "应答及时，台账齐全。")
    yield from _checked(
        "331126207", morning + 1097 * MINUTE, "absent_post", "值班员外出未报备，已责令返岗。", 6 * MINUTE
    )
    yield morning + 540 * MINUTE, partial(_call, VILLAGER)
    yield morning + 544 * MINUTE, partial(_correct, VILLAGER)
    yield morning + 1235 * MINUTE, partial(_call, POWER)


def _today(morning: dt.datetime, present: dt.datetime) -> Iterator[Scene]:
    yield from _change(morning, _desks(), late=CUT_OFF)
    yield morning + COMES_LATE, partial(_check_in, morning, LATE_TO_CHECK_IN)
    yield from _departments(morning)
    yield morning + 75 * MINUTE, _fax
    yield morning + 95 * MINUTE, _superior
    yield morning + 110 * MINUTE, _replied
    yield from _checked("331126206", max(present - 70 * MINUTE, morning - HOUR), "normal", "主班在岗，应答准确。")
    yield max(present - 50 * MINUTE, morning - HOUR), partial(_call, WEATHER)
    yield present - 25 * MINUTE, partial(_start_check, "331126202")
    # Tomorrow's: the townships begin to sign; the county's is left to whoever looks at the demo.
    yield from _change(morning + DAY, [code for code in _desks() if code not in (COUNTY, CUT_OFF)])


def _desks() -> list[str]:
    units = Unit.objects.filter(level__in=["county", "township"], active=True)
    return list(units.order_by("path").values_list("code", flat=True))


def _change(due: dt.datetime, units: Sequence[str], late: str = "") -> Iterator[Scene]:
    """One unit after the other signs, both sides; the relief of ``late`` does not come."""
    for number, code in enumerate(units):
        at = due + FIRST_SIGNS + number * NEXT_SIGNS
        note = NOTES[code] if code == late else "值班期间平稳，设备完好，无遗留事项。"
        yield at, partial(_hand_over, due, code, note)
        if code != late:
            yield at + RELIEVED, partial(_take_over, due, code)


def _main(unit: str, **shift: object) -> Person:
    return (
        Slot.objects.select_related("person").get(post="main", shift__live=True, shift__unit__code=unit, **shift).person
    )


def _hand_over(due: dt.datetime, unit: str, note: str) -> None:
    if row := _handover(due, unit):
        actions.sign_handover(row.pk, by=_on(unit), side="out", note=note, equipment="卫星电话1部、值班室钥匙2把")


def _take_over(due: dt.datetime, unit: str) -> None:
    if row := _handover(due, unit):
        coming = row.shift.slots.select_related("person").get(post="main").person
        actions.sign_handover(row.pk, by=coming, side="in")
        if unit != LATE_TO_CHECK_IN:
            _check_in(due, unit)


def _handover(due: dt.datetime, unit: str) -> Handover | None:
    """None where next month is not published, on the last day of this one."""
    return Handover.objects.filter(due_at=due, unit__code=unit).select_related("shift").first()


def _check_in(morning: dt.datetime, unit: str) -> None:
    """The main officer; in the county the whole crew."""
    posts = ["leader", "main", "deputy"] if unit == COUNTY else ["main"]
    slots = Slot.objects.filter(shift__live=True, shift__unit__code=unit, shift__during__startswith=morning)
    for slot in slots.filter(post__in=posts).select_related("person").order_by("pk"):
        actions.check_in(by=slot.person)


def _on(unit: str = COUNTY) -> Person:
    """The main officer of that hour."""
    return Person.objects.get(pk=watch.crew(Unit.objects.get(code=unit))["main"].person_id)


def _checked(unit: str, at: dt.datetime, outcome: str, note: str, after: dt.timedelta = ANSWERED) -> Iterator[Scene]:
    yield at, partial(_start_check, unit)
    yield at + after, partial(_record, unit, outcome, note)


def _start_check(unit: str) -> None:
    actions.start_spot_check(by=_on(), unit=unit)


def _record(unit: str, outcome: str, note: str) -> None:
    row = SpotCheck.objects.get(unit__code=unit, status__in=["calling", "second_call"])
    said = SAID if outcome == "normal" else {}
    actions.record_outcome(row.pk, by=_on(), outcome=outcome, note=note, **said)


def _call(call: Call) -> None:
    names = ("caller_unit", "caller_name", "caller_post", "caller_phone", "place", "content", "measures", "told")
    said: dict[str, Any] = dict(zip(names, call, strict=True))
    actions.log_call(by=_on(), unit=COUNTY, **said)


def _fax() -> None:
    actions.log_call(
        by=_on(), unit=COUNTY, kind="fax", caller_unit="市防指办",
        content="传真：关于做好强降雨防范工作的通知，已登记编号。",
        measures="已送带班领导阅批，转发19个乡镇（街道）。",
    )  # fmt: skip


def _superior() -> None:
    actions.log_call(
        by=_on(), unit=COUNTY, kind="superior", caller_unit="市防指", caller_name="陈立", caller_post="值班员",
        caller_phone="19900009104", content=SUPERIOR,
    )  # fmt: skip


def _replied() -> None:
    row = CallLog.objects.get(content=SUPERIOR, corrected_by=None)
    actions.reply_to_superior(
        row.pk, by=_on(), content="已电话回复：19个乡镇（街道）值班力量均在岗，暂无人员受灾。", caller_name="陈立",
        caller_phone="19900009104",
    )  # fmt: skip


def _departments(morning: dt.datetime) -> Iterator[Scene]:
    """The departments change by the clock, and say that they are there."""
    for number, unit in enumerate(unit for unit in desks() if unit.level == Unit.Level.DEPARTMENT):
        yield morning + 2 * MINUTE + number * NEXT_SIGNS, partial(_check_in, morning, unit.code)


def _correct(call: Call) -> None:
    row = CallLog.objects.get(content=call[5])
    actions.correct_call(row.pk, by=_on(), reason="地点听错，系地山村", place="举水乡地山村")


def _plan_checks(present: dt.datetime) -> None:
    """Unannounced checks of every township, this month as far as it is not over, and next; nobody there sees them."""
    month = month_of(timezone.localdate(present))
    townships = list(Unit.objects.filter(level="township").defer("boundary"))
    for seed, start in enumerate((month, next_month(month))):
        actions.plan_spot_checks(by=director(), checking=COUNTY, units=townships, month=start, seed=331126 + seed)
