"""View-models of the register's pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from org.models import Appointment, Person, Post, Unit
from org.rules.capabilities import REGISTER
from org.rules.codes import is_within
from org.selectors.jurisdiction import below, jurisdiction_of, registered_by
from org.selectors.register import held_now, holders, listed, unit_by_code
from org.selectors.search import search_units
from web.errors import Forbidden, NotFound
from web.requests import Request

FOUND_AT_MOST = 200

View = Callable[..., HttpResponse]


def keepers_only(view: View) -> View:
    """Forbidden (403) to anybody who keeps no part of the register."""

    @wraps(view)
    def kept(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        jurisdiction = jurisdiction_of(request.user)
        if not jurisdiction.everything and not jurisdiction.scopes(REGISTER):
            raise Forbidden(_("Your post does not include keeping this register."))
        return view(request, *args, **kwargs)

    return kept


@dataclass
class Row:
    """A unit in the list, with what lies under it (its departments count with it, its villages too)."""

    unit: Unit
    villages: int
    vacancies: int


def overview(person: Person) -> list[Row]:
    """The county, its departments and townships (or, for a township's keeper, that township and its villages)."""
    kept = listed(registered_by(person).defer("boundary"))
    upper = list(kept.exclude(level=Unit.Level.VILLAGE))
    shown = upper if len(upper) > 1 else list(kept)
    return _rows(kept, shown)


def found_units(person: Person, query: str) -> list[Row]:
    kept = registered_by(person).defer("boundary")
    return _rows(kept, list(kept.filter(pk__in=search_units(person, query).values("pk"))[:FOUND_AT_MOST]))


def _rows(kept: Any, shown: list[Unit]) -> list[Row]:
    vacant = Counter(row.unit_path for row in holders(kept, vacant_only=True))
    villages = list(kept.filter(level=Unit.Level.VILLAGE).values_list("path", flat=True))
    return [
        Row(
            unit,
            sum(is_within(path, unit.path) for path in villages if path != unit.path),
            sum(count for path, count in vacant.items() if is_within(path, unit.path)),
        )
        for unit in shown
    ]


@dataclass
class Seat:
    """A post of a unit and everybody who holds it now, A before B; nobody is a vacancy. An optional post that nobody
    holds is left out.
    """

    post: Post
    held: list[Appointment]


def unit_page(person: Person, code: str) -> dict[str, Any]:
    unit = unit_by_code(code)
    if not registered_by(person).filter(pk=unit.pk).exists():
        raise NotFound()
    held = list(held_now(Appointment.objects.filter(unit=unit)).select_related("person", "post"))
    every = [Seat(post, [a for a in held if a.post_id == post.pk]) for post in Post.objects.filter(level=unit.level)]
    seats = [seat for seat in every if seat.held or not seat.post.optional]
    under = registered_by(person).defer("boundary").filter(Q(parent=unit))
    return {
        "unit": unit,
        "seats": seats,
        "vacancies": sum(not seat.held for seat in seats),
        "under": _rows(registered_by(person).filter(below(unit.path, "path")), list(under)),
        "duties": unit.responsibilities.select_related("lead", "deputy", "superior"),
        "above": _in_sight(person, unit),
    }


def _in_sight(person: Person, unit: Unit) -> Unit | None:
    return registered_by(person).filter(pk=unit.parent_id).first() if unit.parent_id else None
