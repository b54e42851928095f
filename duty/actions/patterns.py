"""Patterns and seasons: what rosters are made from."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duty.actions.booking import lock_units
from duty.actions.lookup import people_known, require, unit_for
from duty.models import DutyPost, RosterPattern, Season, ShiftKind
from duty.models.plan import DAY
from duty.selectors import checks
from journal.actions.recording import Actor, Fact, record, record_all
from norms.selectors import numbers
from org.cards import names
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import visible_to
from web.errors import Conflict, Invalid, NotFound

Rotation = Mapping[str, Sequence[int | Person]]


@dataclass(frozen=True)
class NewPattern:
    """What a pattern is to be; the people of ``rotation`` by duty post, in turn."""

    unit: Unit
    name: str
    rotation: Rotation
    valid_from: dt.date
    valid_to: dt.date | None = None
    kind: str = ShiftKind.NORMAL
    days: str = RosterPattern.Days.EVERY
    starts: Sequence[dt.time] = (dt.time(8, 30),)
    length: dt.timedelta = DAY
    signed: bool = True

    def row(self) -> RosterPattern:
        """The pattern, unsaved."""
        rotation = {
            post: [who.pk if isinstance(who, Person) else who for who in people]
            for post, people in self.rotation.items()
        }
        changed = {"name": self.name.strip(), "starts": sorted(self.starts), "rotation": rotation}
        return RosterPattern(**{**vars(self), **changed})


@transaction.atomic
def set_pattern(*, by: Actor, unit: Unit | str, **values: Any) -> RosterPattern:
    """Add a pattern: from which roster shifts can be generated, never changing those that exist.

    ``values`` are the other fields of `NewPattern`. Invalid by field; Conflict when another pattern of the same kind
    covers the same days and dates.
    """
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    return set_patterns([NewPattern(unit=unit, **values)], by=by)[0]


@transaction.atomic
def set_patterns(patterns: Sequence[NewPattern], *, by: Actor) -> list[RosterPattern]:
    """`set_pattern` for many units with a fixed number of statements; all are added or none is."""
    for unit in {new.unit.pk: new.unit for new in patterns}.values():
        require(by, capabilities.ROSTER, unit.path)
    lock_units([new.unit.pk for new in patterns])
    rows = [new.row() for new in patterns]
    known = _known({pk for row in rows for people in row.rotation.values() for pk in people}, by)
    shortest = numbers.number("shortest_min")
    for row in rows:
        _check(row, known, shortest)
    _refuse_second(rows)
    rows = RosterPattern.objects.bulk_create(rows)
    record_all([_fact(row, "pattern.set") for row in rows], by=by)
    return rows


def _known(ids: set[int], by: Actor) -> set[int]:
    """Those of ``ids`` who are on the register, in the actor's sight."""
    return {person.pk for person in people_known([*ids], by=by)}


def _check(row: RosterPattern, known: set[int], shortest: int) -> None:
    fields: dict[str, list[str]] = {}
    if not row.name:
        fields["name"] = [_("This is needed.")]
    for name, choices in (("kind", ShiftKind), ("days", RosterPattern.Days)):
        if getattr(row, name) not in choices.values:
            fields[name] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(choices.values)}]
    if not row.starts:
        fields["starts"] = [_("Say when the shifts start.")]
    if not dt.timedelta(0) < row.length <= DAY:
        fields["length"] = [_("A shift lasts more than nothing and at most 24 hours.")]
    elif fault := checks.too_short(row.length, shortest):
        fields["length"] = [fault]
    elif len(row.starts) * row.length > DAY:
        fields["starts"] = [_("The shifts of one day would overlap.")]
    if row.valid_to and row.valid_to <= row.valid_from:
        fields["valid_to"] = [_("The end must come after the start.")]
    if complaint := _rotation_fault(row.rotation, known):
        fields["rotation"] = [complaint]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


def _rotation_fault(rotation: dict[str, list[int]], known: set[int]) -> str:
    unknown = set(rotation) - set(DutyPost.values)
    if unknown:
        return _("There is no post “%(code)s”.") % {"code": ", ".join(sorted(map(str, unknown)))}
    if not any(rotation.values()):
        return _("Name at least one person.")
    if not {pk for people in rotation.values() for pk in people} <= known:
        return _("Some of these people are not on the register.")
    return ""


def _refuse_second(rows: Sequence[RosterPattern]) -> None:
    """Neither a pattern that is there nor one of ``rows`` itself may cover what another of them does."""
    of_unit: dict[int, list[RosterPattern]] = defaultdict(list)
    for other in RosterPattern.objects.filter(unit__in=[row.unit_id for row in rows], active=True):
        of_unit[other.unit_id].append(other)
    for row in rows:
        for other in of_unit[row.unit_id]:
            if _clash(row, other):
                raise Conflict(
                    _("The pattern “%(name)s” covers these days already; end it first.") % {"name": other.name},
                    current={"id": other.pk, "name": other.name},
                )
        of_unit[row.unit_id].append(row)


def _clash(one: RosterPattern, other: RosterPattern) -> bool:
    days = {one.days, other.days}
    dates = (one.valid_to is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from < other.valid_to
    )
    return one.kind == other.kind and dates and (len(days) == 1 or RosterPattern.Days.EVERY in days)


@transaction.atomic
def end_pattern(pattern_id: int, *, by: Actor, on: dt.date) -> RosterPattern:
    """It applies to dates before ``on`` only; shifts that were made from it stay."""
    seen = RosterPattern.objects.filter(visible_to(by)) if isinstance(by, Person) else RosterPattern.objects.all()
    pattern = seen.select_for_update(of=("self",)).select_related("unit").filter(pk=pattern_id).first()
    if pattern is None:
        raise NotFound
    unit_for(pattern.unit, by=by, capability=capabilities.ROSTER)
    if on > pattern.valid_from:
        pattern.valid_to = on
    else:
        pattern.active = False
    pattern.save(update_fields=["valid_to", "active"])
    record_all([_fact(pattern, "pattern.ended", until=on)], by=by)
    return pattern


def _fact(pattern: RosterPattern, verb: str, **more: Any) -> Fact:
    data = {"name": pattern.name, "unit_name": names(pattern.unit), "kind": pattern.kind, **more}
    return Fact(verb, f"pattern:{pattern.pk}", pattern.unit.path, data=data)


@transaction.atomic
def set_season(
    *,
    by: Actor,
    unit: Unit | str,
    kind: str,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    levels: Sequence[str] = (),
    strengthened: bool = True,
    source: str = "",
) -> Season:
    """Declare a season for everything under ``unit`` (``levels`` empty: all levels); ``ends_on`` is not in it."""
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    if kind not in Season.Kind.values:
        raise Invalid.field("kind", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Season.Kind.values)})
    if ends_on <= starts_on:
        raise Invalid.field("ends_on", _("The end must come after the start."))
    if unknown := set(levels) - {level for level, _label in Unit.COMMANDED}:
        raise Invalid.field("levels", _("Choose one of: %(choices)s.") % {"choices": ", ".join(sorted(unknown))})
    season = Season.objects.create(
        unit=unit,
        kind=kind,
        name=name.strip() or str(Season.Kind(kind).label),
        starts_on=starts_on,
        ends_on=ends_on,
        levels=list(levels),
        strengthened=strengthened,
        source=source,
    )
    data = {"name": season.name, "unit_name": names(unit), "from": starts_on, "until": ends_on}
    record("season.set", f"season:{season.pk}", unit.path, by=by, data=data)
    return season
