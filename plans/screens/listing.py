"""What the list of plans shows of each, and by what it is narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from plans.models import Level, Plan, Version
from plans.rules.words import LEVEL_LABELS, LEVELS, HazardType, Kind
from plans.selectors.plans import IN_FORCE, IN_WORK

FILTERS: dict[str, Any] = {"kinds": Kind.choices, "hazards": HazardType.choices, "statuses": Version.Status.choices}


def with_shown(plans: Iterable[Plan]) -> None:
    """Each plan's ``shown`` version (in force, else the newest), ``working`` one, and its levels of both ladders;
    one query.
    """
    shown: dict[int, Plan] = {}
    for plan in plans:
        versions: list[Version] = plan.shown_versions
        plan.shown = next((one for one in versions if one.status in IN_FORCE), versions[0] if versions else None)
        working = next((one for one in versions if one.status in IN_WORK), None)
        plan.working = working if working is not plan.shown else None
        plan.level_marks = []
        plan.next_due = plan.open_dues[0] if plan.open_dues else None
        if plan.shown:
            shown[plan.shown.pk] = plan
    levels = Level.objects.filter(version__in=shown)
    for row in sorted(levels, key=lambda row: LEVELS.index(row.level)):
        shown[row.version_id].level_marks.append((row.level, str(LEVEL_LABELS[row.level])))
