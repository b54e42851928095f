"""Which places hear of a message: the rules of places, the accounts that reach them, whose answers are awaited."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from database.registry import Registry
from journal.selectors.participants import taking_part
from notify.files.sealing import CannotOpen, unseal
from notify.gateways.contract import BOARD, GATEWAYS, LOUDSPEAKER, PLACES, allows_exercises
from notify.models import Account, PlaceRule
from notify.rules.notices import Notice
from org.models import Unit

LEVEL = {BOARD: Unit.Level.TOWNSHIP, LOUDSPEAKER: Unit.Level.VILLAGE}
"""Whose place a channel is, where an account does not name its units."""


@dataclass(frozen=True)
class Awaited:
    """Somebody whose answer to a message is awaited. ``subject``: what the answer is about, such as ``assignment:17``.
    ``unit`` and ``person``: their names in both languages.
    """

    group: str
    subject: str
    unit_path: str
    unit: dict[str, str]
    person_id: int
    person: dict[str, str]
    phone: str


@dataclass(frozen=True)
class Announced:
    """``awaited``: by the numbers of groups, who has not answered; one query. None where nobody is asked to answer. The
    codes of what a board is told first and on later rungs, of what a loudspeaker speaks, and of what both are told when
    it is withdrawn; empty: the message's own code.
    """

    awaited: Callable[[Collection[int]], list[Awaited]] | None = None
    board: str = ""
    missing: str = ""
    spoken: str = ""
    withdrawn: str = ""


ANNOUNCED: Registry[Announced] = Registry(
    "announced kinds", "Groups of messages that places hear of. `notify.selectors.places.announced`."
)


def announced(kind: str, found: Announced) -> None:
    """For the groups "kind:id"."""
    ANNOUNCED.register(kind, found)


def kind_of(group: str) -> Announced | None:
    return ANNOUNCED.get(group.partition(":")[0])


@dataclass(frozen=True)
class Serving:
    """An account that reaches places. ``units``: the codes that it names; None: all of its level under ``path``."""

    channels: frozenset[str]
    units: frozenset[str] | None
    path: str
    exercises: bool

    def reaches(self, channel: str, unit: Unit) -> bool:
        if channel not in self.channels or not f"{unit.path}.".startswith(f"{self.path}."):
            return False
        return unit.level == LEVEL[channel] if self.units is None else unit.code in self.units


class PlacePolicy:
    """The accounts and rules of this moment, and the units of these notices with those above them: three queries, or
    one where no account reaches places.
    """

    def __init__(self, notices: Iterable[Notice]) -> None:
        rows = Account.objects.filter(enabled=True, gateway__in=list(GATEWAYS), channels__overlap=list(PLACES))
        rows = rows.select_related("unit").defer("unit__boundary")
        self.serving = [found for row in rows if (found := serving(row)) is not None]
        self._rules = list(PlaceRule.objects.all()) if self.serving else []
        paths = {above for one in notices for above in chain(one.unit_path)} if self.serving else set()
        names = Unit.objects.filter(path__in=paths).only("code", "path", "level", "name", "name_en")
        self._units = {unit.path: unit for unit in names} if paths else {}

    def wants(self, channel: str, notice: Notice) -> bool:
        colour = str(notice.data.get("colour", ""))
        fitting = (row for row in self._rules if notice.code.startswith(row.prefix) and row.colour in ("", colour))
        best = max(fitting, key=lambda row: (len(row.prefix), bool(row.colour)), default=None)
        return best is not None and channel in best.channels

    def place(self, channel: str, path: str, exercise: int | None) -> Unit | None:
        """The nearest unit, itself or above, whose place an account reaches. An exercise goes only where one allows
        it.
        """
        allowed = [one for one in self.serving if exercise is None or one.exercises]
        units = (self._units[one] for one in chain(path) if one in self._units)
        return next((unit for unit in units if any(one.reaches(channel, unit) for one in allowed)), None)


def serving(account: Account) -> Serving | None:
    """None where its credentials cannot be opened: it reaches nobody (the deliverer writes that down)."""
    try:
        values = {**account.settings, **unseal(account.sealed)}
    except CannotOpen:
        return None
    units = GATEWAYS[account.gateway].serves(values)
    return Serving(frozenset(account.channels), units, account.unit.path, allows_exercises(values))


def chain(path: str) -> list[str]:
    """The path and those above it, the nearest first."""
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def awaited_in(groups: Collection[str], exercises: Mapping[str, int | None]) -> list[Awaited]:
    """Whose answers are awaited; one query for each kind. Of an exercise only those who take part in it."""
    found: list[Awaited] = []
    for kind, known in ANNOUNCED.items():
        ids = [int(group.rpartition(":")[2]) for group in groups if group.startswith(f"{kind}:")]
        found += known.awaited(ids) if ids and known.awaited is not None else []
    played = {exercise for one in found if (exercise := exercises[one.group]) is not None}
    for exercise in played:
        playing = taking_part(exercise, {one.person_id for one in found if exercises[one.group] == exercise})
        found = [one for one in found if exercises[one.group] != exercise or one.person_id in playing]
    return found


def names_of(people: Sequence[Awaited], most: int) -> dict[str, Any]:
    """``{zh, en}``: the first ``most`` with their units."""
    shown = people[:most]
    return {
        "zh": "、".join(f"{one.unit['zh']}{one.person['zh']}" for one in shown) + ("等" if len(people) > most else ""),
        "en": ", ".join(f"{one.person['en'] or one.person['zh']} ({one.unit['en'] or one.unit['zh']})" for one in shown)
        + (", …" if len(people) > most else ""),
    }
