"""Two days of duty up to now: changes of shift, one of them late, spot checks and calls, each at its hour.

The clock goes from one scene to the next, and whatever is due between them fires when it is due; scenes that would lie
after the present are left out, so that the days read right at any time of day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial

from django.utils import timezone

from board.demo.clock import StoryClock, story
from duty import actions, watch
from duty.demo import BORROWED, boundary, duty_day
from duty.models import CallLog, Handover, Slot, SpotCheck
from duty.selectors import month_of, next_month
from org.clock import now
from org.models import Person, Unit

COUNTY = "331126"
HELD_UP = "331126201"
"""Whose relief came late yesterday."""
CUT_OFF = "331126200"
"""Whose relief has not come this morning: the crew of yesterday stays on."""
LATE_TO_CHECK_IN = "331126203"
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
FIRST_SIGNS, NEXT_SIGNS, RELIEVED = -20 * MINUTE, dt.timedelta(seconds=45), dt.timedelta(seconds=70)
"""Before the change of shift the first unit signs, one after the other; then the relief of each."""
COMES_LATE = 25 * MINUTE
ANSWERED = dt.timedelta(seconds=40)

Scene = tuple[dt.datetime, Callable[[], object]]
Call = tuple[str, ...]

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


def tell() -> None:
    present = now()
    today = duty_day(present)
    scenes = sorted(_scenes(today, present), key=lambda scene: scene[0])
    with evening_before(today, hours=8) as clock:
        for moment, scene in scenes:
            if moment <= present:
                clock.go(moment)
                scene()
        clock.go(present)
    _plan_checks(present)


def _scenes(today: dt.date, present: dt.datetime) -> Iterator[Scene]:
    first, second = boundary(today - DAY), boundary(today)
    desks = Unit.objects.filter(level__in=["county", "township"], active=True)
    units = list(desks.order_by("path").values_list("code", flat=True))
    yield from _change(first, units, late=HELD_UP)
    yield first + COMES_LATE, partial(_take_over, first, HELD_UP)
    yield from _change(second, units, late=CUT_OFF)
    # Tomorrow's: the townships begin to sign; the county's is left to whoever looks at the demo.
    yield from _change(second + DAY, [code for code in units if code not in (COUNTY, CUT_OFF)])
    for morning in (first, second):
        yield morning + COMES_LATE, partial(_check_in, morning, LATE_TO_CHECK_IN)
    yield from _checked("331126101", first + 370 * MINUTE, "normal", "应答及时，台账齐全。")
    yield from _checked("331126207", first + 1097 * MINUTE, "absent_post", "值班员外出未报备，已责令返岗。", 6 * MINUTE)
    yield from _checked("331126206", present - 70 * MINUTE, "normal", "主班在岗，应答准确。")
    yield present - 25 * MINUTE, partial(_start_check, "331126202")
    yield first + 540 * MINUTE, partial(_call, VILLAGER)
    yield first + 544 * MINUTE, partial(_correct, VILLAGER)
    yield first + 1235 * MINUTE, partial(_call, POWER)
    yield present - 50 * MINUTE, partial(_call, WEATHER)


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
    row = Handover.objects.get(due_at=due, unit__code=unit)
    leaving = _main(unit, shift__during__endswith=due)
    actions.sign_handover(row.pk, by=leaving, side="out", note=note, equipment="卫星电话1部、值班室钥匙2把")


def _take_over(due: dt.datetime, unit: str) -> None:
    row = Handover.objects.get(due_at=due, unit__code=unit)
    actions.sign_handover(row.pk, by=_main(unit, shift__during__startswith=due), side="in")
    if unit != LATE_TO_CHECK_IN:
        _check_in(due, unit)


def _check_in(morning: dt.datetime, unit: str) -> None:
    """The main officer; in the county the whole crew."""
    posts = ["leader", "main", "deputy"] if unit == COUNTY else ["main"]
    slots = Slot.objects.filter(shift__live=True, shift__unit__code=unit, shift__during__startswith=morning)
    for slot in slots.filter(post__in=posts).select_related("person").order_by("pk"):
        actions.check_in(by=slot.person)


def _officer() -> Person:
    """The county's main officer of that hour."""
    return Person.objects.get(pk=watch.crew(Unit.objects.get(code=COUNTY))["main"].person_id)


def _checked(unit: str, at: dt.datetime, outcome: str, note: str, after: dt.timedelta = ANSWERED) -> Iterator[Scene]:
    yield at, partial(_start_check, unit)
    yield at + after, partial(_record, unit, outcome, note)


def _start_check(unit: str) -> None:
    actions.start_spot_check(by=_officer(), unit=unit)


def _record(unit: str, outcome: str, note: str) -> None:
    row = SpotCheck.objects.get(unit__code=unit, status__in=["calling", "second_call"])
    actions.record_outcome(row.pk, by=_officer(), outcome=outcome, note=note)


def _call(call: Call) -> None:
    names = ("caller_unit", "caller_name", "caller_post", "caller_phone", "place", "content", "measures", "told")
    actions.log_call(by=_officer(), unit=COUNTY, **dict(zip(names, call, strict=True)))


def _correct(call: Call) -> None:
    row = CallLog.objects.get(content=call[5])
    actions.correct_call(row.pk, by=_officer(), reason="地点听错，系地山村", place="举水乡地山村")


def _plan_checks(present: dt.datetime) -> None:
    """Unannounced checks of every township, this month as far as it is not over, and next; nobody there sees them."""
    month = month_of(timezone.localdate(present))
    townships = list(Unit.objects.filter(level="township").defer("boundary"))
    for seed, start in enumerate((month, next_month(month))):
        actions.plan_spot_checks(by=director(), checking=COUNTY, units=townships, month=start, seed=331126 + seed)
