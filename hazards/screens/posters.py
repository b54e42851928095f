"""Posters as they are listed and printed, each with its QR code."""

from __future__ import annotations

from typing import Any

import segno
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hazards.models import Poster
from org.models import Person
from org.selectors.jurisdiction import visible_to
from web.errors import NotFound

MOST_SHEETS = 300


def in_use(person: Person, query: QueryDict) -> QuerySet[Poster]:
    """Posters in use that the person sees: all of them, those of ``unit``, or those chosen by ``id``."""
    rows = Poster.objects.filter(visible_to(person), ended_at=None).select_related("unit", "made_by")
    rows = rows.defer("unit__boundary").order_by("unit__path", "site", "pk")
    if code := query.get("unit", ""):
        rows = rows.filter(unit__code=code)
    if chosen := [int(pk) for pk in query.getlist("id") if pk.isdecimal() and len(pk) < 19]:
        rows = rows.filter(pk__in=chosen)
    return rows


def poster_in_sight(person: Person, pk: int) -> Poster:
    found = Poster.objects.filter(visible_to(person), pk=pk).select_related("unit").defer("unit__boundary").first()
    if found is None:
        raise NotFound
    return found


def chosen(person: Person, query: QueryDict) -> list[Poster]:
    rows = list(in_use(person, query)[:MOST_SHEETS])
    if not rows:
        raise NotFound(_("No poster is chosen."))
    return rows


def sheets(person: Person, query: QueryDict, base: str) -> list[dict[str, Any]]:
    """``base``: our own address, as it is printed."""
    rows = [(row, address_of(base, row)) for row in chosen(person, query)]
    return [{"poster": row, "code": code_of(address), "address": address} for row, address in rows]


def address_of(base: str, poster: Poster) -> str:
    return f"{base}{reverse('hazards:public')}?p={poster.key}"


def code_of(address: str) -> SafeString:
    """The QR code as an SVG without any style, so that it needs no exception from the content security policy."""
    code = segno.make(address, error="q", micro=False)
    return mark_safe(code.svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None, dark="#000"))  # noqa: S308
