"""Filters of ``/api/v1/units/`` that apps above add: what they know of a unit, org does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from database.registry import Registry
from org.models import Unit

Narrowed = Callable[[QuerySet[Unit], bool], QuerySet[Unit]]


@dataclass(frozen=True)
class AskedOfUnit:
    """A question with yes or no that an app above answers of units. ``about`` says it, for the API's schema."""

    about: Any
    narrow: Narrowed


UNIT_FILTERS: Registry[AskedOfUnit] = Registry(
    "unit filters",
    "What units can be filtered by. `org.selectors.unit_filters.unit_filter`, in an app's `subscribers.py`.",
)


def unit_filter(code: str, about: Any, narrow: Narrowed) -> None:
    """Register ``?code=1``: ``narrow`` gets the units in sight and whether yes or no is asked."""
    UNIT_FILTERS.register(code, AskedOfUnit(about, narrow))
