"""A new version of a number. What was computed with the one before stays as it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from database.clock import now
from database.text import clean
from journal.actions.recording import record
from norms.models import SOURCE_LENGTH, Number
from norms.rules.numbers import NUMBERS, Figure, said
from norms.selectors.numbers import numbers_set, versions
from org.cards import names
from org.models import Person, Unit
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from web.errors import Conflict, Forbidden, Invalid, NotFound
from web.languages import LANGUAGES, in_both

GRACE = dt.timedelta(minutes=1)
"""A page says minutes: what was "now" when it was opened is not the past."""
Faults = dict[str, list[Any]]


@transaction.atomic
def set_number(
    code: str,
    value: int,
    source: str,
    effective_from: dt.datetime,
    unit: Unit | None = None,
    *,
    by: Person,
    expected: int | None = None,
) -> Number:
    """``value`` is in force from ``effective_from`` on, for ``unit`` and the units under it (for everybody).

    Forbidden for whoever does not keep the register there; Invalid by field; NotFound for a code that nobody asks
    for; Conflict when somebody else has set a version since the one whose id is ``expected`` (0: there was none).
    """
    kind = NUMBERS.get(code)
    if kind is None:
        raise NotFound
    top = _county()
    place = unit or top
    if not allowed(by, capabilities.REGISTER, place.path):
        raise Forbidden(_("Your posts do not allow this here."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('norms.number'))")
    _check(code, kind, value, clean(source), effective_from, unit)
    newest = versions(code).order_by("-pk").first()
    if expected is not None and expected != (newest.pk if newest else 0):
        current = {"value": newest.value, "source": newest.source} if newest else {}
        raise Conflict(_("Somebody has set another value meanwhile."), current=current)
    mine = versions(code).filter(unit=unit)
    row = Number.objects.create(
        code=code, value=value, measure=kind.measure, source=clean(source), unit=unit, set_by=by,
        effective_from=_free(mine, max(effective_from, now())),
    )  # fmt: skip
    _record(row, kind, place, by)
    return row


def _county() -> Unit:
    """Whoever keeps its register sets what holds for everybody."""
    found = Unit.objects.filter(parent=None, active=True).defer("boundary").order_by("path").first()
    if found is None:
        raise NotFound
    return found


def _check(code: str, kind: Figure, value: int, source: str, effective_from: dt.datetime, unit: Unit | None) -> None:
    fields: Faults = {}
    if not kind.least <= value <= kind.most:
        fields["value"] = [_("From %(least)s to %(most)s.") % {"least": kind.least, "most": kind.most}]
    else:
        _compare(code, value, effective_from, unit, fields)
    if not source:
        fields["source"] = [_("Say on whose decision or document it rests.")]
    elif len(source) > SOURCE_LENGTH:
        fields["source"] = [_("At most %(limit)s characters.") % {"limit": SOURCE_LENGTH}]
    if effective_from < now() - GRACE:
        fields["effective_from"] = [_("A value takes effect now or later, never in the past.")]
    if unit is not None and not kind.local:
        fields["unit"] = [_("This holds for the whole county; no unit has a value of its own.")]
    if fields:
        raise Invalid(_("Some fields need attention."), fields=fields)


_LESS = gettext_lazy("Not less than “%(label)s”, which is %(said)s.")
_MORE = gettext_lazy("Not more than “%(label)s”, which is %(said)s.")


def _compare(code: str, value: int, at: dt.datetime, unit: Unit | None, fields: Faults) -> None:
    """Against the numbers that may not be above this one, or below it, at the moment from which it counts."""
    pairs = [(NUMBERS[code].at_least, True)] if NUMBERS[code].at_least else []
    pairs += [(other, False) for other, kind in NUMBERS.items() if kind.at_least == code]
    known = numbers_set(*(other for other, _below in pairs), unit=unit, at=max(at, now())) if pairs else {}
    for other, below in pairs:
        if other not in known:
            continue
        if (value < known[other]) if below else (value > known[other]):
            words = {"label": NUMBERS[other].label, "said": said(known[other], NUMBERS[other].measure)}
            fields.setdefault("value", []).append((_LESS if below else _MORE) % words)


def _free(mine: Any, moment: dt.datetime) -> dt.datetime:
    """The moment itself, or just after what was set for the same moment before: of these the last one counts."""
    while mine.filter(effective_from=moment).exists():
        moment += dt.timedelta(microseconds=1)
    return moment


def _record(row: Number, kind: Figure, place: Unit, by: Person) -> None:
    data = {
        "code": row.code,
        "label": in_both(kind.label),
        "value": row.value,
        "said": _in_both(row.value, row.measure),
        "from": f"{timezone.localtime(row.effective_from):%Y-%m-%d %H:%M}",
        "source": row.source,
        "unit_name": names(place),
    }
    record("number.set", f"number:{row.pk}", place.path, by=by, data=data)


def _in_both(value: int, measure: str) -> dict[str, str]:
    told = {}
    for key, language in LANGUAGES.items():
        with override(language):
            told[key] = said(value, measure)
    return told
