"""Patterns and seasons: what rosters are made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from duty.actions.lookup import people_for, unit_for
from duty.booking import lock_units
from duty.models import DutyPost, RosterPattern, Season, ShiftKind
from duty.models.plan import DAY
from journal.actions import Actor, record
from journal.errors import Conflict, Invalid, NotFound
from org import capabilities
from org.actions.units import both_names
from org.jurisdiction import visible_to
from org.models import Person, Unit

Rotation = Mapping[str, Sequence[int | Person]]


@transaction.atomic
def set_pattern(
    *,
    by: Actor,
    unit: Unit | str,
    name: str,
    rotation: Rotation,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    kind: str = ShiftKind.NORMAL,
    days: str = RosterPattern.Days.EVERY,
    starts: Sequence[dt.time] = (dt.time(8, 30),),
    length: dt.timedelta = DAY,
    signed: bool = True,
) -> RosterPattern:
    """Add a pattern: from which roster shifts can be generated, never changing those that exist.

    Invalid by field; Conflict when another pattern of the same kind covers the same days and dates.
    """
    unit = unit_for(unit, by=by, capability=capabilities.ROSTER)
    lock_units([unit.pk])
    values: dict[str, Any] = {
        "name": name.strip(),
        "kind": kind,
        "days": days,
        "starts": sorted(starts),
        "length": length,
        "rotation": {post: [p.pk if isinstance(p, Person) else p for p in people] for post, people in rotation.items()},
        "signed": signed,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    _check(values, by)
    _refuse_second(unit, values)
    pattern = RosterPattern.objects.create(unit=unit, **values)
    _tell(pattern, "pattern.set", by)
    return pattern


def _check(values: dict[str, Any], by: Actor) -> None:
    fields: dict[str, list[str]] = {}
    if not values["name"]:
        fields["name"] = [_("This is needed.")]
    for name, choices in (("kind", ShiftKind), ("days", RosterPattern.Days)):
        if values[name] not in choices.values:
            fields[name] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(choices.values)}]
    if not values["starts"]:
        fields["starts"] = [_("Say when the shifts start.")]
    if not dt.timedelta(0) < values["length"] <= DAY:
        fields["length"] = [_("A shift lasts more than nothing and at most 24 hours.")]
    elif len(values["starts"]) * values["length"] > DAY:
        fields["starts"] = [_("The shifts of one day would overlap.")]
    if values["valid_to"] and values["valid_to"] <= values["valid_from"]:
        fields["valid_to"] = [_("The end must come after the start.")]
    if complaint := _rotation_fault(values["rotation"], by):
        fields["rotation"] = [complaint]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


def _rotation_fault(rotation: dict[str, list[int]], by: Actor) -> str:
    unknown = set(rotation) - set(DutyPost.values)
    if unknown:
        return _("There is no post “%(code)s”.") % {"code": ", ".join(sorted(map(str, unknown)))}
    if not any(rotation.values()):
        return _("Name at least one person.")
    wanted = {pk for people in rotation.values() for pk in people}
    try:
        people_for({str(pk): pk for pk in wanted}, by=by)
    except Invalid:
        return _("Some of these people are not on the register.")
    return ""


def _refuse_second(unit: Unit, values: dict[str, Any]) -> None:
    open_end = Q(valid_to=None) | Q(valid_to__gt=values["valid_from"])
    others = RosterPattern.objects.filter(open_end, unit=unit, kind=values["kind"], active=True)
    if values["valid_to"]:
        others = others.filter(valid_from__lt=values["valid_to"])
    if values["days"] != RosterPattern.Days.EVERY:
        others = others.filter(days__in=[values["days"], RosterPattern.Days.EVERY])
    if other := others.first():
        raise Conflict(
            _("The pattern “%(name)s” covers these days already; end it first.") % {"name": other.name},
            current={"id": other.pk, "name": other.name},
        )


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
    _tell(pattern, "pattern.ended", by, until=on)
    return pattern


def _tell(pattern: RosterPattern, verb: str, by: Actor, **more: Any) -> None:
    data = {"name": pattern.name, "unit_name": both_names(pattern.unit), "kind": pattern.kind, **more}
    record(verb, f"pattern:{pattern.pk}", pattern.unit.path, by=by, data=data)


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
    if unknown := set(levels) - set(Unit.Level.values):
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
    data = {"name": season.name, "unit_name": both_names(unit), "from": starts_on, "until": ends_on}
    record("season.set", f"season:{season.pk}", unit.path, by=by, data=data)
    return season
