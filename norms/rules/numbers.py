"""Numbers of the domain: which there are. Each app registers its own in its ``rules/default_numbers.py``.

A number is data with a source and an effective date (`norms.models.Number`), never a constant in code. What is
registered here is what the code asks for, with the default that a migration lays down (`norms.migrations._defaults`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from database.registry import Registry


class Measure(models.TextChoices):
    """The unit in which a value is measured."""

    SECONDS = "seconds", pgettext_lazy("measure", "seconds")
    MINUTES = "minutes", pgettext_lazy("measure", "minutes")
    HOURS = "hours", pgettext_lazy("measure", "hours")
    DAYS = "days", pgettext_lazy("measure", "days")
    WORKING_DAYS = "working_days", pgettext_lazy("measure", "working days")
    MONTHS = "months", pgettext_lazy("measure", "months")
    METRES = "metres", pgettext_lazy("measure", "metres")
    PERCENT = "percent", pgettext_lazy("measure", "percent")
    TIMES = "times", pgettext_lazy("measure", "times")
    PEOPLE = "people", pgettext_lazy("measure", "people")


MOST = {
    Measure.SECONDS: 3_600,
    Measure.MINUTES: 10_080,
    Measure.HOURS: 8_784,
    Measure.DAYS: 3_660,
    Measure.WORKING_DAYS: 1_000,
    Measure.MONTHS: 600,
    Measure.METRES: 100_000,
    Measure.PERCENT: 100,
    Measure.TIMES: 100_000,
    Measure.PEOPLE: 100_000,
}
"""Beyond this a value is a slip of the pen: an hour, a week, a year, ten years …"""

RULE = _("county's own rules of duty")
RULE_CITY = _("rule of one city on listed supervision")
DEFAULT = _("default; set by the county")
DESIGN = _("design; set by the county")
BENCHMARK = _("call-out of one county (506 people, Shaanxi, 2024); set by the county")
"""Sources of defaults. Rows keep them in English; pages say them in the reader's language."""


@dataclass(frozen=True)
class Figure:
    """What the code asks for under one code. ``heading``: under which it stands on the page of numbers.

    ``local``: a unit may have a value of its own, which holds for it and the units under it. ``at_least``: the code of
    another number of the same measure, under whose value this one may not fall; ``least``: the smallest value of all.
    Without ``default`` no row is laid down: the number is the county's to set (`norms.selectors.numbers.numbers_set`).
    """

    heading: Any
    label: Any
    measure: Measure
    default: int | None
    source: Any = DEFAULT
    local: bool = False
    at_least: str = ""
    least: int = 1

    @property
    def most(self) -> int:
        return MOST[self.measure]


NUMBERS: Registry[Figure] = Registry(
    "numbers",
    "Figures of the domain. `norms.rules.numbers.under`, in an app's `rules/default_numbers.py`, and a migration that"
    " lays down the default.",
)


def under(heading: Any) -> Callable[..., None]:
    """Registers numbers under this heading: a code, then the other parts of `Figure`."""

    def figure(code: str, *parts: Any, **more: Any) -> None:
        NUMBERS.register(code, Figure(heading, *parts, **more))

    return figure


def said(value: int, measure: str) -> str:
    """``10 minutes``, in the active language."""
    return _words(value)[Measure(measure)] % {"n": value}


def _words(n: int) -> dict[Measure, str]:
    return {
        Measure.SECONDS: ngettext("%(n)s second", "%(n)s seconds", n),
        Measure.MINUTES: ngettext("%(n)s minute", "%(n)s minutes", n),
        Measure.HOURS: ngettext("%(n)s hour", "%(n)s hours", n),
        Measure.DAYS: ngettext("%(n)s day", "%(n)s days", n),
        Measure.WORKING_DAYS: ngettext("%(n)s working day", "%(n)s working days", n),
        Measure.MONTHS: ngettext("%(n)s month", "%(n)s months", n),
        Measure.METRES: ngettext("%(n)s metre", "%(n)s metres", n),
        Measure.PERCENT: "%(n)s%%",
        Measure.TIMES: ngettext("%(n)s time", "%(n)s times", n),
        Measure.PEOPLE: ngettext("%(n)s person", "%(n)s people", n),
    }
