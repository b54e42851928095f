"""Headquarters (指挥部): made, changed, and their seats filled. Who keeps the register of their unit keeps them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from database.text import clean
from org.actions.permission import may_register
from org.cards import names
from org.models import Headquarters, HeadquartersMember, Person, Post, Unit
from org.rules import default_headquarters as defaults
from org.rules.announce import Actor, announce
from org.rules.hazard_types import HAZARD_TYPES
from org.sentences import HEADQUARTERS_CREATED, HEADQUARTERS_SEATED, HEADQUARTERS_UNSEATED, HEADQUARTERS_UPDATED
from web.errors import Conflict, Invalid

CHANGEABLE = frozenset({*defaults.COLUMNS, "hazard_types", "active"})
NEEDED = ("name", "short_name", "office_name", "series")
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


@transaction.atomic
def ensure_headquarters(county: Unit, *, by: Actor) -> list[Headquarters]:
    """The usual headquarters of a county with their seats (org/rules/headquarters.json): those whose code is missing
    are added, those that are there stay as edited. Part of founding, which is one event.
    """
    may_register(by, county.path)
    known = set(Headquarters.objects.filter(unit=county).values_list("code", flat=True))
    posts = {post.code: post for post in Post.objects.all()}
    departments = Unit.objects.filter(parent=county, level=Unit.Level.DEPARTMENT, active=True).defer("boundary")
    by_code = {unit.code: unit for unit in departments}
    rows = [row for row in defaults.listed() if row["code"] not in known]
    made = Headquarters.objects.bulk_create(
        Headquarters(unit=county, code=row["code"], **defaults.columns(row, county.name, county.name_en))
        for row in rows
    )
    named = {code: unit.name for code, unit in by_code.items()}
    HeadquartersMember.objects.bulk_create(
        HeadquartersMember(
            headquarters=body, role=seat.role, unit=by_code[seat.unit] if seat.unit else county,
            post=posts[seat.post], order=order,
        )
        for row, body in zip(rows, made, strict=True)
        for order, seat in enumerate(defaults.seats(row, posts, named))
    )  # fmt: skip
    return made


@transaction.atomic
def create_headquarters(*, unit: Unit, code: str, by: Actor, **columns: Any) -> Headquarters:
    """Add a headquarters to a unit. ``columns`` are of `CHANGEABLE`. Invalid by field; Conflict for a code or a number
    series that is taken, and for a type of hazard that another one of the unit answers for.
    """
    may_register(by, unit.path)
    if not CODE.fullmatch(code):
        raise Invalid.field("code", _("A code is of lower-case letters, digits and underscores."))
    Unit.objects.select_for_update().only("pk").get(pk=unit.pk)
    if Headquarters.objects.filter(unit=unit, code=code).exists():
        raise Conflict(_("%(unit)s has a headquarters of this code already.") % {"unit": unit.label}, code="taken")
    row = Headquarters(unit=unit, code=code)
    _assign(row, columns)
    row.save(force_insert=True)
    announce(HEADQUARTERS_CREATED, f"unit:{unit.pk}", unit.path, _told(row), by=by)
    return row


@transaction.atomic
def update_headquarters(headquarters: Headquarters, *, by: Actor, **changes: Any) -> Headquarters:
    """Change columns of `CHANGEABLE`. One that is not active any more issues nothing; its papers keep its name."""
    may_register(by, headquarters.unit.path)
    Unit.objects.select_for_update().only("pk").get(pk=headquarters.unit_id)
    row = Headquarters.objects.select_related("unit").defer("unit__boundary").get(pk=headquarters.pk)
    _assign(row, changes)
    row.save(update_fields=sorted(changes))
    announce(HEADQUARTERS_UPDATED, f"unit:{row.unit_id}", row.unit.path, _told(row, changed=sorted(changes)), by=by)
    return row


def _assign(row: Headquarters, changes: dict[str, Any]) -> None:
    fields = {name: [_("This cannot be changed.")] for name in sorted(set(changes) - CHANGEABLE)}
    for name, value in changes.items() if not fields else ():
        setattr(row, name, clean(value) if isinstance(value, str) else value)
    for name in NEEDED:
        if not getattr(row, name):
            fields[name] = [_("This is missing.")]
    if unknown := [code for code in row.hazard_types if code not in HAZARD_TYPES]:
        fields["hazard_types"] = [_("There is no type of hazard “%(code)s”.") % {"code": code} for code in unknown]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)
    if row.active:
        _refuse_overlap(row)


def _refuse_overlap(row: Headquarters) -> None:
    """Each type of hazard has one headquarters in a unit, and each number series one issuer."""
    others = list(Headquarters.objects.filter(unit=row.unit).exclude(pk=row.pk))
    if any(other.series == row.series for other in others):
        raise Conflict(
            _("Another headquarters numbers its papers “%(series)s”.") % {"series": row.series}, code="taken"
        )
    for other in others:
        both = [code for code in row.hazard_types if other.active and code in other.hazard_types]
        if both:
            said = _("%(name)s answers for “%(type)s” already: take it from there first.")
            raise Conflict(said % {"name": other.label, "type": HAZARD_TYPES[both[0]]}, code="taken")


@transaction.atomic
def seat_member(
    headquarters: Headquarters, *, by: Actor, role: str, unit: Unit, post: Post | None = None,
    person: Person | None = None,
) -> HeadquartersMember:  # fmt: skip
    """Give a seat to whoever holds ``post`` in ``unit``, or to ``person`` alone. Conflict where they have it."""
    may_register(by, headquarters.unit.path)
    if role not in HeadquartersMember.Role.values:
        raise Invalid.field("role", _("Choose one of: %(choices)s.") % {"choices": ", ".join(_roles())})
    if post is None and person is None:
        raise Invalid.field("post", _("A seat belongs to a post or to a person."))
    if post is not None and post.level != unit.level:
        raise Invalid.field("post", _("Units of this level do not have this post."))
    if person is not None and not person.is_active:
        raise Invalid.field("person", _("This person is no longer on the register."))
    Headquarters.objects.select_for_update().only("pk").get(pk=headquarters.pk)
    seats = headquarters.members.all()
    if seats.filter(role=role, unit=unit, post=post, person=person).exists():
        raise Conflict(_("This seat is there already."), code="taken")
    order = max((seat.order for seat in seats), default=-1) + 1
    seat = HeadquartersMember.objects.create(
        headquarters=headquarters, role=role, unit=unit, post=post, person=person, order=order
    )
    _tell(HEADQUARTERS_SEATED, seat, headquarters, by)
    return seat


@transaction.atomic
def unseat_member(seat: HeadquartersMember, *, by: Actor) -> None:
    """Take a seat away. Conflict when somebody did so before."""
    headquarters = seat.headquarters
    may_register(by, headquarters.unit.path)
    row = headquarters.members.select_for_update(of=("self",)).select_related("unit", "post", "person")
    found = row.defer("unit__boundary").filter(pk=seat.pk).first()
    if found is None:
        raise Conflict(_("This seat is gone already."), code="gone")
    _tell(HEADQUARTERS_UNSEATED, found, headquarters, by)
    found.delete()


def _tell(verb: str, seat: HeadquartersMember, headquarters: Headquarters, by: Actor) -> None:
    who: Person | Post = seat.person or seat.post  # type: ignore[assignment]  # one of the two, by a constraint
    data = _told(headquarters, role=seat.role, seat=seat.pk, who=names(who), unit_name=names(seat.unit))
    announce(verb, f"unit:{headquarters.unit_id}", headquarters.unit.path, data, by=by)


def _told(row: Headquarters, **more: Any) -> dict[str, Any]:
    return {"name": names(row), "headquarters": row.pk, "code": row.code, **more}


def _roles() -> Sequence[str]:
    return HeadquartersMember.Role.values
