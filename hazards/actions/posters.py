"""Posters: a QR code on a wall that opens the public filing page, by whoever keeps the register of the unit."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from database.clock import DatabaseNow
from hazards.models import Poster
from journal.actions.recording import Fact, record_all
from org.models import Person, Unit
from org.rules import capabilities
from org.rules.codes import normalise
from org.selectors.jurisdiction import visible_to
from web.errors import Conflict, Invalid, NotFound

SITE_LIMIT = 80
MOST = 300
"""Posters made in one act: every village of a large county."""


@transaction.atomic
def make_posters(*, by: Person, units: Sequence[str], site: str = "") -> list[Poster]:
    """One for each unit, by code, that has none for this site yet; gives the new ones.

    Invalid (``units``) for a unit whose register ``by`` does not keep.
    """
    site = " ".join(site.split())
    if len(site) > SITE_LIMIT:
        raise Invalid.field("site", _("At most %(limit)s characters.") % {"limit": SITE_LIMIT})
    found = _units(by, units)
    have = set(Poster.objects.filter(unit__in=found, site=site, ended_at=None).values_list("unit_id", flat=True))
    new = [Poster(unit=unit, site=site, key=_key(), made_by=by) for unit in found if unit.pk not in have]
    Poster.objects.bulk_create(new)
    _tell("poster.made", new, by)
    return new


@transaction.atomic
def replace_poster(poster_id: int, *, by: Person) -> Poster:
    """Replace a poster's key, after misuse: the old QR code opens nothing any more."""
    old = _locked(poster_id, by)
    _end(old)
    new = Poster.objects.create(unit=old.unit, site=old.site, key=_key(), made_by=by)
    _tell("poster.replaced", [new], by)
    return new


@transaction.atomic
def end_poster(poster_id: int, *, by: Person) -> None:
    """The poster opens nothing any more. What was filed through it stays."""
    poster = _locked(poster_id, by)
    _end(poster)
    _tell("poster.ended", [poster], by)


def _units(by: Person, codes: Sequence[str]) -> list[Unit]:
    try:
        wanted = {normalise(code) for code in codes}
    except ValueError as error:
        raise Invalid.field("units", _("This is no unit code.")) from error
    if not wanted or len(wanted) > MOST:
        raise Invalid.field("units", _("Choose between 1 and %(limit)s units.") % {"limit": MOST})
    keeps = visible_to(by, "path", capabilities.REGISTER)
    found = list(Unit.objects.filter(keeps, code__in=wanted, active=True).defer("boundary").order_by("path"))
    if len(found) != len(wanted):
        raise Invalid.field("units", _("You do not keep the register of one of these units."))
    return found


def _locked(poster_id: int, by: Person) -> Poster:
    rows = Poster.objects.select_related("unit").defer("unit__boundary").select_for_update(of=("self",))
    found = rows.filter(visible_to(by, "unit__path", capabilities.REGISTER), pk=poster_id).first()
    if found is None:
        raise NotFound
    if found.ended_at is not None:
        raise Conflict(_("This poster was ended already."), current={"id": found.pk, "ended_at": found.ended_at})
    return found


def _end(poster: Poster) -> None:
    poster.ended_at = DatabaseNow()
    poster.save(update_fields=["ended_at"])


def _key() -> str:
    return secrets.token_urlsafe(12)


def _tell(verb: str, posters: Sequence[Poster], by: Person) -> None:
    facts = [
        Fact(
            verb, f"poster:{one.pk}", one.unit.path, {"unit": one.unit.code, "unit_name": _names(one), "site": one.site}
        )
        for one in posters
    ]
    record_all(facts, by=by)


def _names(poster: Poster) -> dict[str, str]:
    return {"zh": poster.unit.name, "en": poster.unit.name_en}
