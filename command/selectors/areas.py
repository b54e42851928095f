"""The affected area of an incident: the same townships and villages for the picker, previews, responses and pages.

In this order: what the warnings attached to it name (whoever issues a warning says whom it is for, and a drawn outline
is only its picture); what its area on the map covers (org/selectors/areas.py); the unit in which its point lies; the
whole unit. Reading only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from command.models import Colour, Incident
from database.registry import Registry
from norms.selectors.numbers import number
from org.models import Unit, in_language
from org.rules.codes import ALONE, county_of, is_within, normalise, path_of
from org.selectors.areas import covered
from org.selectors.jurisdiction import below, within
from org.selectors.register import subtree

GRAVEST_FIRST = [*Colour.values, ""]
VILLAGE_DOTS = 4
"""A village's path has five parts (org/rules/codes.py)."""
CHOSEN = (Unit.Level.TOWNSHIP, Unit.Level.VILLAGE)


@dataclass(frozen=True)
class Named:
    """A signal attached to an incident (a warning), and the paths of the townships and villages that it names."""

    subject: str
    ref: str
    title: dict[str, str]
    url: str
    colour: str
    in_force: bool
    paths: frozenset[str]

    @property
    def label(self) -> str:
        return in_language(self.title.get("zh", ""), self.title.get("en", "")) or self.ref


@dataclass
class Affected:
    """``source``: warning, drawn or point; whole or outside (nothing is covered) for the whole unit. ``named``: the
    warnings whose list it is, where it is one.
    """

    incident: Incident
    source: str
    paths: list[str]
    named: list[Named] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.source in ("whole", "outside")

    @property
    def said(self) -> str:
        """Whose list it is, in a sentence."""
        ended = self.source == "warning" and not any(one.in_force for one in self.named)
        warnings = pgettext("between words of a list", ", ").join(f"{one.ref} {one.label}" for one in self.named)
        return str(SAID["ended" if ended else self.source]) % {"warnings": warnings, "unit": self.incident.unit.label}

    @cached_property
    def codes(self) -> list[str]:
        """As a response stores them: what lies under each is meant too, unless it is marked (org.rules.codes.ALONE)."""
        unit = self.incident.unit
        return compact(self.paths, unit) or [unit.code]


SAID = {
    "warning": _("The units that %(warnings)s names"),
    "ended": _("The units that %(warnings)s named, which is no longer in force"),
    "drawn": _("The units that the area on the map covers"),
    "point": _("The unit in which the place on the map lies"),
    "whole": _("The whole of %(unit)s: no warning names units, and nothing is drawn on the map"),
    "outside": _("The whole of %(unit)s: what is drawn on the map covers none of its units"),
}

Reader = Callable[[int], list[Named]]
"""Incident id → what is attached to it, the newest first."""

READERS: Registry[Reader] = Registry(
    "subjects that name units",
    "What is attached to an incident and says which units it concerns. `command.selectors.areas.names_units`.",
)


def names_units(kind: str, reader: Reader) -> None:
    """Register a reader: which units the signals of a kind name (early_warning/selectors/attached.py)."""
    READERS.register(kind, reader)


def attached(incident: Incident) -> list[Named]:
    """The warnings attached to it, in force or not, the newest first."""
    return [one for read in READERS.values() for one in read(incident.pk)]


def affected(incident: Incident) -> Affected:
    """Within the incident's own unit: whose incident it is orders nobody beyond."""
    unit, named = incident.unit, _counting(attached(incident))
    paths = {path for one in named for path in one.paths if is_within(path, unit.path)}
    if paths:
        return Affected(incident, "warning", sorted(paths), named)
    shape = incident.area or incident.point
    found = covered(shape, top=unit.path, share_pct=number("area_share_pct")) if shape else []
    if found:
        return Affected(incident, "drawn" if incident.area else "point", [one.path for one in found])
    return Affected(incident, "whole", _whole(incident.unit))


def _counting(attached: Iterable[Named]) -> list[Named]:
    """All of the gravest colour in force; where none is in force any more, the newest that there was."""
    naming = [one for one in attached if one.paths]
    in_force = [one for one in naming if one.in_force]
    if not in_force:
        return naming[:1]
    gravest = min((one.colour for one in in_force), key=GRAVEST_FIRST.index)
    return [one for one in in_force if one.colour == gravest]


def _whole(unit: Unit) -> list[str]:
    rows = subtree(unit.path).filter(level__in=CHOSEN).order_by("path")
    return list(rows.values_list("path", flat=True)) or [unit.path]


# Short forms --------------------------------------------------------------------------------------------------------


def compact(paths: Iterable[str], top: Unit) -> list[str]:
    """Compress a set of townships and villages to the shortest list of codes that means exactly these: a township with
    all of its villages is its code, some villages are theirs (their township goes with them), a township without any is
    marked as ALONE; the top unit when everything under it is meant.
    """
    county = county_of(top.path)
    every = Unit.objects.filter(below(county, "path"), active=True, level__in=CHOSEN).order_by("path")
    codes = dict(every.values_list("path", "code"))
    towns: dict[str, list[str]] = {path: [] for path in codes if path.count(".") == county.count(".") + 1}
    for path in codes:
        if path not in towns:
            towns.setdefault(path.rpartition(".")[0], []).append(path)
    named = set(paths) & set(codes)
    found = [code for town in sorted(towns) for code in _short(town, towns[town], named, codes)]
    inside = [codes[town] for town in sorted(towns) if is_within(town, top.path) and town in codes]
    return [top.code] if inside and found == inside else found


def _short(town: str, villages: Sequence[str], named: set[str], codes: dict[str, str]) -> list[str]:
    meant = [path for path in villages if path in named]
    if meant and (len(meant) < len(villages) or town not in codes):
        return [codes[path] for path in meant]
    if meant or (town in named and not villages):
        return [codes[town]]
    return [ALONE + codes[town]] if town in named else []


def expanded(codes: Sequence[str]) -> list[str]:
    """The townships and villages that such codes mean, by path: what `compact` was given."""
    paths = {path_of(normalise(code.removeprefix(ALONE))): code.startswith(ALONE) for code in codes}
    under = [path for path, alone in paths.items() if not alone]
    towns = [path.rpartition(".")[0] for path in under if path.count(".") == VILLAGE_DOTS]
    wanted = within(under, "path") | Q(path__in=[*paths, *towns])
    rows = Unit.objects.filter(wanted, active=True, level__in=CHOSEN).order_by("path")
    return list(rows.values_list("path", flat=True))
