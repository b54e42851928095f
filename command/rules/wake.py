"""How long it takes until those whom an order calls are awake: the formula, without a database.

A line of an order (a unit and a post) is called in several attempts: the order itself, reminders and stand-ins at the
times of its ladder, and at the end somebody who goes there. Attempt j begins at

    s_j = (time of its rung) + (wait for a free telephone line)

With n calls asked for at one moment and L lines, each held for C seconds, call number k (from 0) waits
floor(k / L) x C; of a later rung only the share counts that is still silent by then. This is the field's own sum:
506 people x 45 s on 130 lines are four rounds, the last one placed after 135 s (Mian County, Shaanxi, 2024: all called
within 3 min). Texts wait k / (texts a second).

An attempt succeeds with the person's rate p at that hour, after a delay that is exponential with the person's mean d,
counted from when a call has said its message (h seconds; a text at once):

    F(t) = 1 - product over j of (1 - p_j x (1 - exp(-max(0, t - s_j - h_j) / d_j)))

Attempts count as independent of each other. The share awake at t is the mean of F over all lines; a unit is awake when
one of its lines is. p50 and p90 are where these reach 50 and 90 %.

Rates and delays from history are drawn towards what is known in general, as if so many calls more had gone that way:

    p = (answered + w x p0) / (called + w)        ln d = (sum of ln delays + w x ln d0) / (answered + w)

with w = 4 calls for a person; p0 and d0 of all people called are drawn to the county's numbers (``wake_…``) by 20.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

OWN_WEIGHT = 4
COMMON_WEIGHT = 20
HORIZON_S = 6 * 3600
VOICE, TEXT, DOOR = "voice", "text", "door"
Chance = Callable[[float], float]


@dataclass(frozen=True)
class Attempt:
    """``at_s``: the time of its rung. ``rate`` 0 to 1; ``delay_s``: the mean, over 0."""

    at_s: float
    how: str
    rate: float
    delay_s: float


@dataclass(frozen=True)
class Called:
    """A line of an order: its unit, and the attempts in order."""

    unit: Hashable
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class Circuit:
    """``lines``: calls at a time. ``call_s``: for so long one holds its line. ``hear_s``: until its message is said.
    ``texts_per_s``: of all accounts together.
    """

    lines: int
    call_s: float
    hear_s: float
    texts_per_s: float = 20


@dataclass(frozen=True)
class History:
    """Of a person at this hour: calls, those answered in time, and the sum of ln(delay in s) of these."""

    calls: int = 0
    answered: int = 0
    log_delays: float = 0.0


def drawn_rate(history: History, towards: float, weight: float) -> float:
    return (history.answered + weight * towards) / (history.calls + weight)


def drawn_delay(history: History, towards_s: float, weight: float) -> float:
    return math.exp((history.log_delays + weight * math.log(towards_s)) / (history.answered + weight))


@dataclass
class Forecast:
    """When the lines will have been answered, by the circuit's queue."""

    called: Sequence[Called]
    circuit: Circuit
    _starts: list[list[float]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._starts = [[] for _ in self.called]
        for at_s in sorted({attempt.at_s for line in self.called for attempt in line.attempts}):
            self._queue(at_s)

    def _queue(self, at_s: float) -> None:
        """Place the attempts of one moment behind each other, as far as they will still be wanted."""
        waiting: dict[str, float] = defaultdict(float)
        for number, line in enumerate(self.called):
            for attempt in line.attempts[len(self._starts[number]) :]:
                if attempt.at_s > at_s:
                    break
                wanted = 1 - self.answered(number, at_s)
                self._starts[number].append(at_s + self._wait(attempt.how, waiting[attempt.how]))
                waiting[attempt.how] += wanted

    def _wait(self, how: str, before: float) -> float:
        if how == VOICE:
            return int(before / self.circuit.lines) * self.circuit.call_s if self.circuit.lines else 0.0
        return before / self.circuit.texts_per_s if how == TEXT else 0.0

    def answered(self, number: int, t: float) -> float:
        """F(t) of one line."""
        silent = 1.0
        for attempt, start in zip(self.called[number].attempts, self._starts[number], strict=False):
            passed = t - start - (self.circuit.hear_s if attempt.how == VOICE else 0)
            if passed > 0:
                silent *= 1 - attempt.rate * (1 - math.exp(-passed / attempt.delay_s))
        return 1 - silent

    def share(self, t: float) -> float:
        return sum(self.answered(number, t) for number in range(len(self.called))) / max(1, len(self.called))

    def quantile(self, share: float) -> int | None:
        """Seconds until that share of the lines is answered; None beyond HORIZON_S."""
        return reaches(self.share, share)

    def units(self, share: float) -> dict[Hashable, int | None]:
        """Unit → seconds until one of its lines is answered with this probability."""
        of_unit: dict[Hashable, list[int]] = defaultdict(list)
        for number, line in enumerate(self.called):
            of_unit[line.unit].append(number)
        return {unit: reaches(self._any_of(numbers), share) for unit, numbers in of_unit.items()}

    def _any_of(self, numbers: Sequence[int]) -> Chance:
        return lambda t: 1 - math.prod(1 - self.answered(number, t) for number in numbers)


def slowest(units: Mapping[Hashable, int | None], most: int = 3) -> list[tuple[Hashable, int | None]]:
    """Those that take longest, those that are never reached first."""
    never = HORIZON_S + 1
    return sorted(units.items(), key=lambda row: (-(never if row[1] is None else row[1]), str(row[0])))[:most]


def observed(answered_s: Iterable[float], total: int, share: float) -> int | None:
    """Seconds until that share of ``total`` had in fact answered; None while it has not."""
    times = sorted(answered_s)
    wanted = math.ceil(share * total)
    return round(times[wanted - 1]) if 0 < wanted <= len(times) else None


def reaches(chance: Chance, share: float) -> int | None:
    """Where a rising curve reaches ``share``, in whole seconds."""
    low, high = 0, HORIZON_S
    if chance(high) < share:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(middle) >= share else (middle + 1, high)
    return low
