"""Units: created, changed, taken out of use; never deleted, for the journal and the register speak of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from database.text import clean
from org.actions.permission import may_register
from org.cards import names
from org.models import Appointment, Unit
from org.rules.announce import Actor, announce
from org.rules.codes import level_of, normalise, parent_path, path_of
from org.selectors.jurisdiction import below
from org.selectors.register import held_now
from org.sentences import UNIT_CREATED, UNIT_DEACTIVATED, UNIT_UPDATED, UNITS_LOADED
from web.errors import Conflict, Invalid

if TYPE_CHECKING:
    from org.actions.founding import UnitRow

CHANGEABLE = frozenset(
    {
        "name",
        "name_en",
        "phone",
        "population",
        "households",
        "seat",
        "boundary",
        "boundary_source",
        "boundary_approximate",
    }
)


def _checked_code(code: str) -> str:
    try:
        return normalise(code)
    except ValueError:
        text = _("A unit code has 6, 9, 12 or 15 digits, or ends in D01 (a department) or G01 (a grid).")
        raise Invalid.field("code", text) from None


@transaction.atomic
def create_unit(*, code: str, name: str, by: Actor, name_en: str = "", **more: Any) -> Unit:
    """Add a unit under the one that its code names. ``more`` are columns of `CHANGEABLE`.

    Invalid for a bad code, an absent parent or an empty name; Conflict when the code is taken.
    """
    code = _checked_code(code)
    if not clean(name):
        raise Invalid.field("name", _("A unit needs a name."))
    parent = Unit.objects.filter(path=parent_path(code)).first()
    if parent is None and level_of(code) != Unit.Level.COUNTY:
        raise Invalid.field("code", _("The unit above this one does not exist yet."))
    may_register(by, path_of(code))
    if Unit.objects.filter(code=code).exists():
        raise Conflict(_("A unit with this code exists already."), code="taken")
    unit = Unit(code=code, path=path_of(code), level=level_of(code), parent=parent, name=name, name_en=name_en)
    _assign(unit, more)
    unit.save(force_insert=True)
    announce(UNIT_CREATED, f"unit:{unit.pk}", unit.path, {"name": names(unit), "code": code}, by=by)
    return unit


def _assign(unit: Unit, changes: dict[str, Any]) -> None:
    unknown = sorted(set(changes) - CHANGEABLE)
    if unknown:
        raise Invalid(_("Some fields need attention."), fields={n: [_("This cannot be changed.")] for n in unknown})
    for name, value in changes.items():
        setattr(unit, name, value)
    if not clean(unit.name):
        raise Invalid.field("name", _("A unit needs a name."))


@transaction.atomic
def update_unit(unit: Unit, *, by: Actor, **changes: Any) -> Unit:
    """Change columns of `CHANGEABLE`; code, level and place in the tree are fixed for good."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    may_register(by, unit.path)
    _assign(unit, changes)
    unit.save(update_fields=sorted({*changes, "sort_key"}))
    announce(UNIT_UPDATED, f"unit:{unit.pk}", unit.path, {"name": names(unit), "changed": sorted(changes)}, by=by)
    return unit


@transaction.atomic
def deactivate_unit(unit: Unit, *, by: Actor) -> Unit:
    """Take a unit out of use. Conflict while units under it are in use or people hold posts in it."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    may_register(by, unit.path)
    under = Unit.objects.filter(below(unit.path, "path"), active=True).count()
    held = held_now(Appointment.objects.filter(unit=unit)).count()
    if under or held:
        raise Conflict(
            _("%(units)s units under it are in use and %(people)s people hold posts in it.")
            % {"units": under, "people": held},
            current={"units": under, "people": held},
            code="in_use",
        )
    unit.active = False
    unit.save(update_fields=["active"])
    announce(UNIT_DEACTIVATED, f"unit:{unit.pk}", unit.path, {"name": names(unit)}, by=by)
    return unit


@transaction.atomic
def load_units(rows: Sequence[UnitRow], *, by: Actor) -> int:
    """Add the units that are not there, parents before children, and change those that are: what a row leaves empty
    stays as it was. All or none; one event at the first unit, with the codes.

    Invalid when the unit above one of them is absent.
    """
    ordered = sorted(rows, key=lambda row: path_of(row.code))
    paths = {path for row in ordered for path in (path_of(row.code), parent_path(row.code))}
    known = {unit.path: unit for unit in Unit.objects.filter(path__in=paths).select_for_update(of=("self",))}
    for row in ordered:
        path = path_of(row.code)
        may_register(by, path)
        if path not in known and parent_path(row.code) not in known:
            raise Invalid.field("code", _("The unit above this one does not exist yet."))
        known[path] = _loaded(known.get(path), known.get(parent_path(row.code)), row)
    if not ordered:
        return 0
    first = known[path_of(ordered[0].code)]
    top = first.parent or first
    data = {"name": names(top), "count": len(ordered), "codes": [row.code for row in ordered]}
    announce(UNITS_LOADED, f"unit:{top.pk}", top.path, data, by=by)
    return len(ordered)


def _loaded(unit: Unit | None, parent: Unit | None, row: UnitRow) -> Unit:
    unit = unit or Unit(code=row.code, path=path_of(row.code), level=level_of(row.code), parent=parent)
    for name in ("name", "name_en", "population", "households", "phone"):
        if (value := getattr(row, name)) not in (None, ""):
            setattr(unit, name, value)
    unit.seat = Point(*row.seat, srid=4326) if row.seat else unit.seat
    unit.save()
    return unit
