"""What the pages of duty show: who is on in all units, one person's own duty, swaps to decide, statistics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from database.clock import now
from duty.models import CheckIn, DutyPost, Handover, Shift, Slot, SpotCheck, Stint, Swap
from duty.selectors import crews, rosters, watch
from duty.selectors.check_ins import due_check_ins
from duty.selectors.handovers import sides
from duty.selectors.watch import Watch
from org.models import Person, Unit, in_language
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of, visible_to

AHEAD = dt.timedelta(days=45)
SHOWN_DAYS = 31


@dataclass
class Station:
    """A unit that must have somebody on now, or has: post → who is on, the posts that nobody fills as rostered."""

    unit_id: int
    code: str
    path: str
    name: str
    name_en: str
    on: dict[str, Watch] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    within: str = ""
    needs: tuple[str, ...] = ()
    relief: Shift | None = None

    @property
    def unit(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def late(self) -> bool:
        """The shift is over and nobody has taken over."""
        return any(one.overstays for one in self.on.values())

    @property
    def posts(self) -> list[tuple[str, str, Watch | None, bool]]:
        """(code, label, who is on, whether it is a gap) of the posts that make a shift whole there."""
        return [(p, str(DutyPost(p).label), self.on.get(p), p in self.missing) for p in self.needs]

    @property
    def missing_words(self) -> list[str]:
        return [str(DutyPost(post).label) for post in self.missing]

    @property
    def need(self) -> tuple[int, str]:
        """Gaps first, the wider ones above; then who was not relieved."""
        return (-len(self.missing) * 2 - self.late, self.path)

    def matches(self, text: str) -> bool:
        people = [part for one in self.on.values() for part in (one.person_name, one.person_name_en, one.phone)]
        return any(text in part.lower() for part in (self.name, self.name_en, self.code, self.within, *people))


@dataclass
class Board:
    """Who is on in every unit in sight, at ``at``. ``units`` is how many must have somebody on."""

    stations: list[Station]
    at: dt.datetime

    @property
    def gaps(self) -> list[Station]:
        return [one for one in self.stations if one.missing]

    @property
    def late(self) -> list[Station]:
        return [one for one in self.stations if one.late]

    @property
    def whole(self) -> int:
        return len(self.stations) - len(self.gaps)


def on_board(person: Person, *, relief: bool = True) -> Board:
    """All units that the person sees, the neediest first; five queries however many units, four without relief."""
    at = now()
    units = {unit.pk: unit for unit in _units(person)}
    ids = None if jurisdiction_of(person).everything else list(units)
    stations: dict[int, Station] = {}
    for one in watch.on_duty(ids, at):
        _station(stations, one).on[one.post] = one
    for gap in watch.gaps(ids, at, at + dt.timedelta(seconds=1)):
        _station(stations, gap).missing.append(gap.post)
    needed = crews.required_posts()
    for station in stations.values():
        unit = units.get(station.unit_id)
        station.needs = crews.of(unit.level if unit else "", needed)
        if unit is not None and unit.level == Unit.Level.VILLAGE and unit.parent:
            station.within = unit.parent.label
    if relief:
        _add_relief(stations, at)
    return Board(sorted(stations.values(), key=lambda one: one.need), at)


def _units(person: Person) -> QuerySet[Unit]:
    rows = Unit.objects.filter(visible_to(person, "path"), active=True).select_related("parent")
    return rows.only("id", "level", "parent__name", "parent__name_en")


def _station(stations: dict[int, Station], row: Watch | watch.Gap) -> Station:
    names = (row.unit_id, row.unit_code, row.unit_path, row.unit_name, row.unit_name_en)
    return stations.setdefault(row.unit_id, Station(*names))


def _add_relief(stations: dict[int, Station], at: dt.datetime) -> None:
    soon = (at, at + dt.timedelta(days=2))
    rows = Shift.objects.filter(unit__in=list(stations), live=True, during__startswith__range=soon)
    for shift in rows.exclude(during__startswith=at).order_by("during").only("unit_id", "during"):
        if stations[shift.unit_id].relief is None:
            stations[shift.unit_id].relief = shift


@dataclass
class Turn:
    """A stretch of the person's own duty. ``slot`` is empty where an override put them there."""

    stint: Stint
    unit: Unit
    on_now: bool = False
    in_charge: bool = False
    swap: Swap | None = None
    may_swap: bool = False


@dataclass
class Mine:
    """Everything that concerns one person's duty now and soon."""

    person: Person
    at: dt.datetime
    on: list[Watch]
    turns: list[Turn]
    check_ins: list[CheckIn]
    checked_in: list[CheckIn]
    handovers: list[Handover]
    checks: list[SpotCheck]
    asked: list[Swap]
    offers: list[Swap]
    to_decide: list[Swap]


def mine(person: Person) -> Mine:
    at = now()
    stints = list(
        Stint.objects.filter(person=person, during__overlap=(at - dt.timedelta(days=1), at + AHEAD))
        .select_related("unit", "slot__shift", "override").defer("unit__boundary").order_by("during")
    )  # fmt: skip
    near = {stint.unit_id for stint in stints if stint.during.lower <= at + dt.timedelta(hours=1)}
    on = [one for one in watch.on_duty(sorted(near), at) if one.person_id == person.pk] if near else []
    swaps = list(_open_swaps(person))
    coming = [stint for stint in stints if stint.during.upper > at]
    return Mine(
        person=person,
        at=at,
        on=on,
        turns=[_turn(stint, at, swaps, on) for stint in coming],
        check_ins=due_check_ins(person),
        checked_in=list(CheckIn.objects.filter(person=person, shift__during__contains=at).order_by("at")),
        handovers=_handovers(person),
        checks=_checks({one.unit_id for one in on}),
        asked=[swap for swap in swaps if person.pk in (swap.asked_by_id, swap.taken_by_id)],
        offers=[swap for swap in swaps if _may_take(person, swap)],
        to_decide=[swap for swap in swaps if may_decide(person, swap)],
    )


def _turn(stint: Stint, at: dt.datetime, swaps: Sequence[Swap], on: Sequence[Watch]) -> Turn:
    swap = next((s for s in swaps if stint.slot_id and s.slot_id == stint.slot_id), None)
    on_now = stint.during.lower <= at < stint.during.upper
    ahead = stint.during.lower - at >= dt.timedelta(hours=24)
    in_charge = any(one.unit_id == stint.unit_id and one.post == stint.post for one in on)
    return Turn(stint, stint.unit, on_now, in_charge, swap, bool(stint.slot_id and ahead and swap is None))


def _open_swaps(person: Person) -> QuerySet[Swap]:
    """Those under way in the units where the person serves or sees, and the person's own."""
    serves = Unit.objects.filter(appointments__person=person, appointments__valid_to=None)
    near = Q(slot__shift__unit__in=serves) | Q(slot__shift__unit__children__in=serves)
    rows = Swap.objects.filter(near | Q(pk__in=rosters.swaps_visible_to(person)), status__in=["requested", "taken"])
    return rosters.with_swap_parts(rows).order_by("slot__shift__during").distinct()


def _may_take(person: Person, swap: Swap) -> bool:
    """Offered to whoever serves there; the action has the last word."""
    if swap.status != Swap.Status.REQUESTED or swap.asked_by_id == person.pk:
        return False
    grants = jurisdiction_of(person).grants
    unit = swap.slot.shift.unit
    return any(path == unit.path or path.startswith(f"{unit.path}.D") for path in grants)


def may_decide(person: Person, swap: Swap) -> bool:
    """A leader may, and never one of the two. An asked swap that nobody has taken can only be refused."""
    if person.pk in (swap.asked_by_id, swap.taken_by_id) or swap.status not in ("requested", "taken"):
        return False
    return jurisdiction_of(person).allows(capabilities.ROSTER, swap.slot.shift.unit.path)


def _handovers(person: Person) -> list[Handover]:
    rows = rosters.with_handover_parts(rosters.handovers_visible_to(person))
    rows = rows.filter(status__in=["open", "half_signed"]).order_by("due_at")
    found = []
    for row in rows.filter(unit__appointments__person=person).distinct()[:6]:
        both = sides(row)
        row.mine = [side for side in ("out", "in") if person.pk in both[side]]
        if row.mine:
            found.append(row)
    return found


def _checks(unit_ids: set[int]) -> list[SpotCheck]:
    rows = SpotCheck.objects.filter(unit__in=unit_ids, status__in=["calling", "second_call", "leader_called"])
    return list(rosters.with_check_parts(rows))


def slots_to_give(person: Person, swap: Swap) -> list[Slot]:
    """The person's own coming slots in the same unit."""
    rows = Slot.objects.filter(person=person, shift__unit=swap.slot.shift.unit, shift__live=True)
    rows = rows.filter(shift__during__startswith__gt=now()).select_related("shift")
    return list(rows.order_by("shift__during")[:40])
