"""The registry of alarms that stand on every desk's home until what they tell of is over. Apps above may add theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from database.registry import Registry
from duty.selectors import leaders
from duty.selectors.leaders import counties_of
from duty.selectors.superiors import overdue_for
from org.models import Person


@dataclass(frozen=True)
class DeskAlarm:
    text: str
    url: str


Selector = Callable[[Person], list[DeskAlarm]]
ALARMS: Registry[Selector] = Registry(
    "desk alarms", "What stands on every desk's home while it lasts. `duty.selectors.desk_alarms.desk_alarm`."
)


def desk_alarm(code: str) -> Callable[[Selector], Selector]:
    """Register what a person's desk must show; a fixed number of queries."""

    def register(function: Selector) -> Selector:
        ALARMS.register(code, function)
        return function

    return register


def alarms_of(person: Person) -> list[DeskAlarm]:
    return [alarm for code in sorted(ALARMS) for alarm in ALARMS[code](person)]


@desk_alarm("both_heads_out")
def both_heads_out(person: Person) -> list[DeskAlarm]:
    text = _("Both heads of %(unit)s are out of the county at once.")
    units = list(counties_of(person))
    out = leaders.all_out(units)
    return [DeskAlarm(text % {"unit": unit.label}, reverse("duty:leaders")) for unit in units if out[unit.pk]]


@desk_alarm("superior_unanswered")
def superior_unanswered(person: Person) -> list[DeskAlarm]:
    rows = list(overdue_for(person)[:100])
    if not rows:
        return []
    text = ngettext(
        "%(n)s superior's call is past its time for a reply.",
        "%(n)s superiors' calls are past their time for a reply.",
        len(rows),
    )  # fmt: skip
    return [DeskAlarm(text % {"n": len(rows)}, f"{reverse('duty:log')}?unit={rows[0].unit.code}")]
