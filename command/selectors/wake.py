"""How soon those whom an order calls will be awake, from the lines there are and what people did at this hour before.

The formula and its sources: command/rules/wake.py. A call counts as answered in time when the person answered the
assignment within the time that its order gave; the hour is the present one, two hours before and after, of the last
365 days. The county's numbers (``wake_…``) stand in where there is no history. Ten queries, whatever the number of
people.

Known limits: attempts of one person count as independent; a call that follows a failed text, and the redialling of busy
lines, are left out; lines are taken as free when the order goes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone

from command.models import Assignment, Order
from command.rules import wake as formula
from command.rules.wake import DOOR, TEXT, VOICE, Attempt, Called, Circuit, Forecast, History
from command.selectors.cut_off import cut_off_among
from command.selectors.ladders import Snapshot
from command.selectors.rung_people import Asked, people_called
from database.clock import now
from duty.selectors.fanout import Line
from norms.selectors.numbers import numbers
from notify.gateways.contract import PUSH
from notify.models import Account, Contact
from notify.rules.notices import Notice
from notify.selectors.policy import Policy, contacts_of
from org.models import Person, Unit

NIGHT = (22, 6)
_NUMBERS = (
    *("wake_call_s", "wake_message_s", "wake_delay_s", "wake_door_min", "wake_door_pct"),
    *("wake_call_day_pct", "wake_call_night_pct", "wake_text_day_pct", "wake_text_night_pct"),
)
_HISTORY = """
    WITH first AS (
        SELECT DISTINCT ON (c.assignment_id, c.person_id) c.person_id, c.assignment_id, c.at FROM command_call c
        WHERE c.person_id = ANY(%(people)s) AND c.at BETWEEN sanji_now() - interval '365 days'
            AND sanji_now() - interval '1 hour' AND c.ended_at IS NULL
        ORDER BY c.assignment_id, c.person_id, c.id
    ), told AS (
        SELECT f.person_id, a.answered_by_id = f.person_id AND a.answered_at >= f.at
            AND a.answered_at <= f.at + make_interval(secs => (o.ladder->>'ack_within_s')::int) AS in_time,
            GREATEST(1, EXTRACT(epoch FROM a.answered_at - f.at) - %(hear)s) AS delay
        FROM first f JOIN command_assignment a ON a.id = f.assignment_id JOIN command_order o ON o.id = a.order_id
        WHERE (a.status <> 'called_off' OR a.answered_at IS NOT NULL)
          AND MOD(EXTRACT(hour FROM f.at AT TIME ZONE %(zone)s)::int - %(hour)s + 26, 24) <= 4
    )
    SELECT person_id, count(*), count(*) FILTER (WHERE in_time), COALESCE(sum(ln(delay)) FILTER (WHERE in_time), 0)
    FROM told GROUP BY person_id
"""


@dataclass(frozen=True)
class More:
    """What would change: with so many telephone lines, or stand-ins for so many posts."""

    count: int
    p90_s: int | None


@dataclass(frozen=True)
class Slow:
    unit: Unit
    p90_s: int | None


@dataclass(frozen=True)
class Wake:
    """Seconds until half, and nine in ten, of the lines are answered; None: not within hours."""

    p50_s: int | None
    p90_s: int | None
    slowest: list[Slow] = field(default_factory=list)
    lines: int = 0
    more_lines: More | None = None
    more_deputies: More | None = None


def as_data(wake: Wake) -> dict[str, Any]:
    """As the API says it, and an order keeps it."""
    slow = [{"unit": one.unit.code, "p90_s": one.p90_s} for one in wake.slowest]
    return {"p50_s": wake.p50_s, "p90_s": wake.p90_s, "slowest": slow}


def time_to_wake(lines: Sequence[Line], ladder: Snapshot) -> Wake:
    """The forecast of an order that goes out now; nothing is called yet."""
    if not lines:
        return Wake(None, None)
    known = _Known(lines, ladder)
    called, circuit = known.called(), known.circuit
    forecast = Forecast(called, circuit)
    units = {line.unit.pk: line.unit for line in lines}
    slow = [Slow(units[key], p90) for key, p90 in formula.slowest(forecast.units(0.9)) if isinstance(key, int)]
    p90 = forecast.quantile(0.9)
    more_lines = more_deputies = None
    if circuit.lines:
        doubled = Forecast(called, replace(circuit, lines=2 * circuit.lines)).quantile(0.9)
        more_lines = _worth_it(2 * circuit.lines, doubled, p90)
    if alone := known.without_deputy:
        helped = Forecast(known.called(with_deputies=True), circuit).quantile(0.9)
        more_deputies = _worth_it(alone, helped, p90)
    return Wake(forecast.quantile(0.5), p90, slow, circuit.lines, more_lines, more_deputies)


def _worth_it(count: int, p90: int | None, before: int | None) -> More | None:
    """Ten seconds less are no advice."""
    if p90 is None or (before is not None and before - p90 < 10):
        return None
    return More(count, p90)


def actual(order: Order) -> dict[str, int | None]:
    """When half, and nine in ten, of the order's lines had in fact answered; one query."""
    rows = Assignment.objects.filter(order=order).exclude(status="called_off", answered_at=None)
    times = list(rows.values_list("answered_at", flat=True))
    passed = [(at - order.issued_at).total_seconds() for at in times if at is not None]
    return {"p50_s": formula.observed(passed, len(times), 0.5), "p90_s": formula.observed(passed, len(times), 0.9)}


class _Known:
    """What is known of the people and the lines; ``lines`` and ``ladder`` of the order."""

    def __init__(self, lines: Sequence[Line], ladder: Snapshot) -> None:
        self._lines, self._ladder = lines, ladder
        self._deputies = _deputies(lines, ladder)
        ids = {line.person.pk for line in lines if line.person}
        ids |= {person.pk for people in self._deputies.values() for person in people}
        self._people = Person.objects.in_bulk(ids)
        self._contacts = contacts_of(ids)
        self._numbers = numbers(*_NUMBERS)
        hour = timezone.localtime(now()).hour
        self._part = "night" if hour >= NIGHT[0] or hour < NIGHT[1] else "day"
        self._history = _history(ids, self._numbers["wake_message_s"], hour)
        self._cut_off = cut_off_among({line.unit.pk for line in lines})
        self._policy = Policy()
        self._hows = {asked: {} for asked in ("message", "phone")}  # type: dict[str, dict[int, str]]
        self.circuit = self._circuit()
        every = self._history.values()
        self._all = History(
            sum(one.calls for one in every), sum(one.answered for one in every), sum(one.log_delays for one in every)
        )

    @property
    def without_deputy(self) -> int:
        """Lines that are called but for which the ladder finds no stand-in."""
        return sum(1 for number in range(len(self._lines)) if not self._deputies.get(number))

    def called(self, *, with_deputies: bool = False) -> list[Called]:
        """``with_deputies``: as if there were a stand-in of whom nothing is known wherever there is none."""
        return [
            Called(line.unit.pk, tuple(sorted(self._attempts(number, line, with_deputies), key=lambda one: one.at_s)))
            for number, line in enumerate(self._lines)
        ]

    def _attempts(self, number: int, line: Line, with_deputies: bool) -> Iterator[Attempt]:
        ladder, cut_off = self._ladder, line.unit.pk in self._cut_off
        if line.person is not None and not cut_off:
            yield self._attempt(0, line.person.pk, "message")
        first = ladder.step_without_phones() if cut_off else ladder.first_step(vacant=line.person is None)
        # A vacancy, and a village that is cut off, begin at their rung at once.
        early = ladder.rungs[first].after_s if line.person is None or cut_off else 0
        for rung in ladder.rungs[first:]:
            at_s = rung.after_s - early
            if rung.do == "remind" and line.person is not None:
                yield self._attempt(at_s, line.person.pk, rung.channel)
            elif rung.do == "deputy":
                for person in self._deputies.get(number, ())[:1]:
                    yield self._attempt(at_s, person.pk, rung.channel)
                if with_deputies and not self._deputies.get(number):
                    yield self._attempt(at_s, 0, rung.channel)
            elif rung.do in ("above", "runner", "county"):
                yield Attempt(at_s, DOOR, self._numbers["wake_door_pct"] / 100, self._numbers["wake_door_min"] * 60)

    def _attempt(self, at_s: float, person: int, asked: str) -> Attempt:
        how = self._how(person, asked)
        part = "call" if how == VOICE else "text"
        prior = self._numbers[f"wake_{part}_{self._part}_pct"] / 100
        own = self._history.get(person, History())
        common = formula.drawn_rate(self._all, prior, formula.COMMON_WEIGHT)
        delay = formula.drawn_delay(self._all, self._numbers["wake_delay_s"], formula.COMMON_WEIGHT)
        weight = formula.OWN_WEIGHT
        return Attempt(at_s, how, formula.drawn_rate(own, common, weight), formula.drawn_delay(own, delay, weight))

    def _how(self, person: int, asked: str) -> str:
        """By a call, or by text or screen: the first way that the rules of reach and the person's addresses leave."""
        known = self._hows[asked]
        if person not in known:
            row = self._people.get(person) or Person(phone="13800000000")
            data = {"colour": self._ladder.data.get("colour", "")}
            notice = Notice(person, "order.called", "", "", data=data, alarm=True, asked=asked)
            contact: Contact | None = self._contacts.get(person)
            ways = self._policy.ways(notice, row, contact)
            known[person] = VOICE if ways and ways[0].channel == VOICE else TEXT
        return known[person]

    def _circuit(self) -> Circuit:
        sums = Account.objects.filter(enabled=True).aggregate(
            lines=Sum("lines", filter=Q(channels__contains=[VOICE])),
            rate=Sum("rate_per_s", filter=~Q(channels=[VOICE]) & ~Q(channels=[PUSH])),
        )
        lines, rate = sums["lines"] or 0, sums["rate"] or 1000  # screens alone: at once
        return Circuit(lines, self._numbers["wake_call_s"], self._numbers["wake_message_s"], rate)


def _deputies(lines: Sequence[Line], ladder: Snapshot) -> dict[int, list[Person]]:
    """Number of the line → whom the ladder's deputy rung calls; one query."""
    step = next((number for number, rung in enumerate(ladder.rungs) if rung.do == "deputy"), None)
    if step is None:
        return {}
    asked = [
        Asked(Assignment(unit=line.unit, post=line.post, person=line.person, order=Order()), ladder, step)
        for line in lines
    ]
    return {number: people for number, people in enumerate(people_called(asked)) if people}


def _history(people: set[int], hear_s: int, hour: int) -> dict[int, History]:
    values: dict[str, Any] = {
        "people": list(people),
        "hear": hear_s,
        "zone": str(timezone.get_default_timezone()),
        "hour": hour,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, values)
        return {row[0]: History(row[1], row[2], float(row[3])) for row in cursor.fetchall()}
