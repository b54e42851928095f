"""The list of plans, narrowed."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from database.clock import today
from org.models import Person
from plans.models import Due, Plan, RevisionItem, Version
from plans.rules.words import HazardType, Kind
from plans.selectors.plans import plans_visible_to, versions_visible_to


def narrowed(person: Person, asked: Mapping[str, str]) -> QuerySet[Plan]:
    """The plans in sight that are asked for: q, kind, hazard_type, status, open, late. What it does not understand it
    passes over.
    """
    rows = plans_visible_to(person)
    for name, vocabulary in (("kind", Kind), ("hazard_type", HazardType)):
        if asked.get(name) in vocabulary.values:
            rows = rows.filter(**{name: asked[name]})
    if asked.get("status") in Version.Status.values:
        seen = versions_visible_to(person).filter(plan=OuterRef("pk"), status=asked["status"])
        rows = rows.filter(Exists(seen))
    if asked.get("open"):
        rows = rows.filter(Exists(RevisionItem.objects.filter(plan=OuterRef("pk"), status=RevisionItem.Status.OPEN)))
    if asked.get("late"):
        rows = rows.filter(Exists(Due.objects.filter(plan=OuterRef("pk"), done_on=None, due_on__lt=today())))
    if text := asked.get("q", "").strip()[:60]:
        names = ("name", "name_en", "code", "unit__name", "unit__name_en")
        wanted = Q()
        for name in names:
            wanted |= Q(**{f"{name}__icontains": text})
        rows = rows.filter(wanted)
    return rows
