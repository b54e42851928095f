"""A unit's month as the calendar shows it: days, shifts, posts, gaps; a fixed number of queries whatever it holds."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from psycopg2.extras import DateTimeTZRange

from database.clock import now
from duty.actions import generation
from duty.models import (
    DutyPost,
    Leave,
    Override,
    Roster,
    RosterPattern,
    Season,
    Shift,
    ShiftKind,
    Slot,
    Swap,
)
from duty.selectors import crews, rosters, watch
from duty.selectors.leave import in_force
from norms.models import CalendarDay
from org.models import Appointment, Person, Unit
from org.selectors.jurisdiction import visible_to
from org.selectors.register import held_now

DAY = dt.timedelta(days=1)
SHORT: dict[str, Any] = {
    DutyPost.LEADER: pgettext_lazy("post in a narrow column", "Leader"),
    DutyPost.MAIN: pgettext_lazy("post in a narrow column", "Main"),
    DutyPost.DEPUTY: pgettext_lazy("post in a narrow column", "Deputy"),
    DutyPost.RESERVE: pgettext_lazy("post in a narrow column", "Reserve"),
}


@dataclass
class Cell:
    """A post of a shift: who stands in it, whom the roster named, and who answers for it instead for a time."""

    shift: Shift
    post: str
    slot: Slot | None
    needed: bool
    overrides: list[Override] = field(default_factory=list)
    swap: Swap | None = None
    leave: Leave | None = None

    @property
    def label(self) -> str:
        return str(DutyPost(self.post).label)

    @property
    def short(self) -> str:
        return str(SHORT[self.post])

    @property
    def missing(self) -> bool:
        return self.slot is None and self.needed

    @property
    def gone(self) -> bool:
        """Named, but off the register."""
        return self.slot is not None and not self.slot.person.is_active

    @property
    def swapped(self) -> bool:
        return self.slot is not None and self.slot.person_id != self.slot.rostered_id


@dataclass
class Entry:
    """A shift in the day on which it begins."""

    shift: Shift
    cells: list[Cell]
    demanded: bool
    other_day: bool
    over: bool
    begun: bool

    @property
    def weak(self) -> bool:
        """On a date whose season demands the strengthened roster, and not strengthened."""
        return self.demanded and self.shift.kind != ShiftKind.STRENGTHENED

    @property
    def missing(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.missing]


@dataclass
class Hole:
    """Part of a day in which posts are filled by nobody, and by no draft either."""

    start: dt.datetime
    end: dt.datetime
    posts: list[str]
    needed: int

    @property
    def words(self) -> list[str]:
        return [str(DutyPost(post).label) for post in self.posts]

    @property
    def whole(self) -> bool:
        return len(self.posts) == self.needed


@dataclass
class Day:
    date: dt.date
    kind: str
    name: str
    rest: bool
    seasons: list[Season]
    today: bool
    past: bool
    entries: list[Entry] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)

    @property
    def column(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return self.date.isoweekday()


@dataclass
class Month:
    unit: Unit
    first: dt.date
    days: list[Day]
    roster: Roster | None
    patterns: list[RosterPattern]
    seasons: list[Season]

    @property
    def until(self) -> dt.date:
        return rosters.next_month(self.first)

    @property
    def entries(self) -> list[Entry]:
        return [entry for day in self.days for entry in day.entries]

    @property
    def drafts(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.shift.live]

    @property
    def published(self) -> int:
        return len(self.entries) - len(self.drafts)

    @property
    def affected(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.other_day and not entry.begun]

    @property
    def weak(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.weak and not entry.over]

    @property
    def gap_days(self) -> list[Day]:
        """Days to come (or today) with a hole, or with a shift that lacks somebody."""
        return [d for d in self.days if not d.past and (d.holes or any(e.missing for e in d.entries))]


def month_of(person: Person, unit: Unit, first: dt.date) -> Month:
    """Everything on the page of ``unit`` in the month that begins on ``first``, as ``person`` may see it."""
    until, present = rosters.next_month(first), now()
    seasons = _seasons(unit, first, until)
    kinds = _kinds(first, until)
    today = timezone.localtime(present).date()
    days = [_day(first + DAY * n, kinds, seasons, today) for n in range((until - first).days)]
    shifts = _shifts(person, unit, first - DAY, until)
    by_date = {day.date: day for day in days}
    inside = [shift for shift in shifts if timezone.localtime(shift.during.lower).date() >= first]
    for entry in _entries(inside, unit, by_date, present):
        by_date[timezone.localtime(entry.shift.during.lower).date()].entries.append(entry)
    for hole in _holes(unit, first, until, shifts, present):
        by_date[timezone.localtime(hole.start).date()].holes.append(hole)
    roster = Roster.objects.filter(unit=unit, month=first).select_related("published_by").first()
    return Month(unit, first, days, roster, patterns_of(unit, first), seasons)


def patterns_of(unit: Unit, first: dt.date) -> list[RosterPattern]:
    """In force on or after ``first``."""
    rows = RosterPattern.objects.filter(unit=unit, active=True).order_by("kind", "valid_from")
    return [row for row in rows if row.valid_to is None or row.valid_to > first]


def _kinds(first: dt.date, until: dt.date) -> dict[dt.date, CalendarDay]:
    rows = CalendarDay.objects.filter(date__gte=first, date__lt=until).order_by("date", "version")
    return {row.date: row for row in rows}


def _seasons(unit: Unit, first: dt.date, until: dt.date) -> list[Season]:
    parts = unit.path.split(".")
    above = [".".join(parts[: n + 1]) for n in range(len(parts))]
    rows = Season.objects.filter(unit__path__in=above, starts_on__lt=until, ends_on__gt=first)
    rows = rows.annotate(depth=Length(F("unit__path"))).order_by("starts_on", "depth")
    return [row for row in rows if not row.levels or unit.level in row.levels]


def _day(date: dt.date, kinds: dict[dt.date, CalendarDay], seasons: list[Season], today: dt.date) -> Day:
    row = kinds.get(date)
    kind = row.kind if row and row.kind != CalendarDay.Kind.NORMAL else ""
    rest = kind == CalendarDay.Kind.HOLIDAY or (not kind and date.isoweekday() >= 6)
    inside = [season for season in seasons if season.starts_on <= date < season.ends_on]
    return Day(date, kind, row.name if row and kind else "", rest, inside, date == today, date < today)


def _shifts(person: Person, unit: Unit, first: dt.date, until: dt.date) -> list[Shift]:
    rows = rosters.shifts_visible_to(person).filter(unit=unit)
    return list(rosters.shifts_between(rosters.with_people(rows), first, until).order_by("during", "pk"))


def _entries(shifts: Sequence[Shift], unit: Unit, days: dict[dt.date, Day], present: dt.datetime) -> Iterable[Entry]:
    if not shifts:
        return
    needed = crews.of(unit.level)
    swaps = {s.slot_id: s for s in Swap.objects.filter(slot__shift__in=shifts, status__in=["requested", "taken"])}
    overrides, leaves = _overrides(unit, shifts), _leaves(shifts)
    for shift in shifts:
        day = days[timezone.localtime(shift.during.lower).date()]
        slots = {slot.post: slot for slot in shift.slots.all()}
        posts = [post for post in DutyPost if post in needed or post in slots]
        cells = [
            Cell(
                shift,
                post,
                slots.get(post),
                post in needed,
                _during(overrides, shift, post),
                _of(swaps, slots.get(post)),
                _away(leaves, slots.get(post), shift),
            )
            for post in posts
        ]
        demanded = any(season.strengthened for season in day.seasons)
        over, begun = shift.during.upper <= present, shift.during.lower <= present
        yield Entry(shift, cells, demanded, shift.rest_day != day.rest, over, begun)


def _of(swaps: dict[int, Swap], slot: Slot | None) -> Swap | None:
    return swaps.get(slot.pk) if slot else None


def _leaves(shifts: Sequence[Shift]) -> list[Leave]:
    hull = DateTimeTZRange(min(s.during.lower for s in shifts), max(s.during.upper for s in shifts))
    people = {slot.person_id for shift in shifts for slot in shift.slots.all()}
    return list(in_force(hull).filter(person__in=people).order_by("during"))


def _away(leaves: list[Leave], slot: Slot | None, shift: Shift) -> Leave | None:
    """The leave of whoever stands there, where it takes from this shift."""
    lower, upper = shift.during.lower, shift.during.upper
    own = (leave for leave in leaves if slot and leave.person_id == slot.person_id)
    return next((leave for leave in own if leave.during.lower < upper and leave.during.upper > lower), None)


def _overrides(unit: Unit, shifts: Sequence[Shift]) -> list[Override]:
    hull = (min(s.during.lower for s in shifts), max(s.during.upper for s in shifts))
    rows = Override.objects.filter(unit=unit, withdrawn_at=None, during__overlap=hull)
    return list(rows.select_related("person").order_by("pk"))


def _during(overrides: list[Override], shift: Shift, post: str) -> list[Override]:
    if not shift.live:
        return []
    lower, upper = shift.during.lower, shift.during.upper
    return [o for o in overrides if o.post == post and o.during.lower < upper and o.during.upper > lower]


def _holes(unit: Unit, first: dt.date, until: dt.date, shifts: Sequence[Shift], present: dt.datetime) -> list[Hole]:
    """The unit's coming gaps of the month, cut at midnights, less what a draft fills and what a shift shows itself."""
    period = rosters.days(first, until)
    if period.upper <= present:
        return []
    found = watch.gaps([unit], max(period.lower, present), period.upper)
    cuts = sorted({moment for shift in shifts for moment in (shift.during.lower, shift.during.upper)})
    pieces: dict[tuple[dt.datetime, dt.datetime], list[str]] = {}
    for gap in found:
        for start, end in _cut(gap.start, gap.end, cuts):
            if not any(_shows(shift, start) for shift in shifts):
                pieces.setdefault((start, end), []).append(gap.post)
    return _joined(pieces, len(crews.of(unit.level)))


def _shows(shift: Shift, at: dt.datetime) -> bool:
    """Whether the gap at that moment is seen in the shift itself: as an empty post, or because it is a draft."""
    return shift.during.lower <= at < shift.during.upper


def _cut(start: dt.datetime, end: dt.datetime, cuts: list[dt.datetime]) -> Iterable[tuple[dt.datetime, dt.datetime]]:
    midnight = rosters.midnight(timezone.localtime(start).date() + DAY)
    marks = [cut for cut in cuts if start < cut < end]
    while midnight < end:
        marks.append(midnight)
        midnight += DAY
    edges = [start, *sorted(set(marks)), end]
    return itertools.pairwise(edges)


def _joined(pieces: dict[tuple[dt.datetime, dt.datetime], list[str]], needed: int) -> list[Hole]:
    holes: list[Hole] = []
    for (start, end), posts in sorted(pieces.items()):
        last = holes[-1] if holes else None
        same_day = last and timezone.localtime(last.start).date() == timezone.localtime(start).date()
        if last and same_day and last.end == start and last.posts == posts:
            last.end = end
        else:
            holes.append(Hole(start, end, posts, needed))
    return holes


def people_of(unit: Unit) -> list[tuple[str, list[tuple[int, str]]]]:
    """Who may stand in the unit's posts (docs/domain.md 4: no outside substitutes), grouped by unit; one query."""
    inside = Q(unit=unit) | Q(unit__parent=unit, unit__level=Unit.Level.DEPARTMENT)
    rows = held_now(Appointment.objects.filter(inside, person__is_device=False)).select_related(
        "person", "post", "unit"
    )
    groups: dict[str, dict[int, str]] = {}
    known: set[int] = set()
    for row in rows.defer("unit__boundary").order_by("unit__path", "role", "post__rank", "pk"):
        if row.person_id not in known:
            known.add(row.person_id)
            groups.setdefault(row.unit.label, {})[row.person_id] = f"{row.person.label} · {row.post.label}"
    return [(label, list(people.items())) for label, people in groups.items()]


def units_to_pick(person: Person, capability: str = "view") -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(code, label)]) of the units that keep a roster and that the person sees; one query."""
    levels = [Unit.Level.COUNTY, Unit.Level.TOWNSHIP, Unit.Level.VILLAGE]
    found = Unit.objects.filter(visible_to(person, "path", capability), active=True, level__in=levels)
    rows = list(found.only("code", "path", "name", "name_en", "level").order_by("path"))
    labels = {row.path: row.label for row in rows}
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        village = row.level == Unit.Level.VILLAGE
        group = labels.get(row.path.rpartition(".")[0], "") if village else ""
        groups.setdefault(group, []).append((row.code, row.label))
    return list(groups.items())


def shifts_in(unit: Unit, first: dt.date, until: dt.date) -> dict[str, Any]:
    """How many shifts generating the period would add, in which strength; nothing is kept."""
    with transaction.atomic():
        drafted = generation.draft([unit.pk], first, until)
        transaction.set_rollback(True)
    return {"shifts": drafted.shifts, "unstrengthened": drafted.unstrengthened}
