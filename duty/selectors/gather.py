"""The registry of handover sections, by which apps above add to a handover (docs/laws.md 11: this app names none of
them).

An app above registers in its own ``handover_items.py``, which is imported when Django is ready::

    @gatherer("open_incidents", _("Open incidents"), order=10)
    def open_incidents(unit: Unit) -> list[Item]: ...
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from database.registry import Registry
from org.models import Unit
from web.languages import in_both

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """One thing that the next shift must know. ``title`` and ``detail``: text, or {"zh", "en"}. ``due_at``: when
    something is due, such as the next report."""

    subject: str
    title: Any
    detail: Any = ""
    url: str = ""
    due_at: dt.datetime | None = None


MOST = 50
"""Items of a section: a night with more is read on the page where they all stand."""
_MORE = _("and %(n)s more: see the whole list")


def first_of(rows: QuerySet[Any, Any], item: Callable[[Any], Item], *, rest: str) -> list[Item]:
    """Items of the first MOST rows; where there are more, a last one says how many and leads to ``rest``, the address
    of all of them. One query, or two."""
    found = list(rows[: MOST + 1])
    items = [item(row) for row in found[:MOST]]
    if len(found) > MOST:
        left = str(rows.count() - MOST)
        items.append(Item(subject="", title=in_both(_MORE, n={"zh": left, "en": left}), url=rest))
    return items


Gatherer = Callable[[Unit], list[Item]]


@dataclass(frozen=True)
class Section:
    code: str
    label: Any
    order: int
    gather: Gatherer


SECTIONS: Registry[Section] = Registry(
    "handover sections", "What a handover carries. `duty.selectors.gather.gatherer`, in an app's `handover_items.py`."
)


def gatherer(code: str, label: Any, *, order: int) -> Callable[[Gatherer], Gatherer]:
    """Register a section of the handover; ``code`` is stable, ``label`` a lazy translation."""

    def register(function: Gatherer) -> Gatherer:
        SECTIONS.register(code, Section(code, label, order, function))
        return function

    return register


def sections() -> list[Section]:
    return sorted(SECTIONS.values(), key=lambda section: (section.order, section.code))


def label_of(code: str) -> Any:
    section = SECTIONS.get(code)
    return section.label if section else code


def gathered(unit: Unit) -> list[dict[str, Any]]:
    """[{"section", "items": [...]}] of the unit and what lies under it. A section that fails says so and stops nobody
    from going home."""
    found = []
    for section in sections():
        try:
            with transaction.atomic():
                items, failed = [asdict(item) for item in section.gather(unit)], False
        except Exception:  # whatever an app above does wrong, the shift must change
            _log.exception("the section %s of a handover failed", section.code)
            items, failed = [], True
        found.append({"section": section.code, "items": items, "failed": failed})
    return found
