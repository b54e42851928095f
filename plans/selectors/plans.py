"""Queries on plans.

Whoever sees a unit sees its plans, and those of the units above it as far as they are in force: a township reads the
county's plans and its own, not its neighbour's.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from journal.models import Event
from org.models import Person
from org.rules.capabilities import VIEW
from org.rules.codes import ancestors_and_self
from org.selectors.jurisdiction import allowed, jurisdiction_of, visible_to, within
from org.selectors.register import subtree
from plans.models import Due, Plan, RevisionItem, Version

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _DatedDue(TypedDict):
        on: dt.date

    DatedDue = WithAnnotations[Due, _DatedDue]

IN_WORK = (Version.Status.DRAFT, Version.Status.IN_REVIEW)
IN_FORCE = (Version.Status.APPROVED, Version.Status.FILED)


def in_force(versions: QuerySet[Version] | None = None) -> QuerySet[Version]:
    """At most one of each plan."""
    return (Version.objects.all() if versions is None else versions).filter(status__in=IN_FORCE)


def _above(person: Person) -> list[str]:
    """The paths of the units above those that the person sees."""
    scopes = jurisdiction_of(person).scopes()
    return sorted({path for scope in scopes for path in ancestors_and_self(scope)[:-1]})


def plans_visible_to(person: Person) -> QuerySet[Plan]:
    """Plans in sight: of one's own units and those under them all, of units above those that have been in force."""
    issued = Version.objects.filter(plan=OuterRef("pk")).exclude(status__in=IN_WORK)
    above = Q(unit__path__in=_above(person)) & Exists(issued)
    return Plan.objects.filter(visible_to(person) | above)


def versions_visible_to(person: Person) -> QuerySet[Version]:
    """Versions in sight, as for plans; drafts of a unit above stay with it."""
    above = Q(plan__unit__path__in=_above(person)) & ~Q(status__in=IN_WORK)
    return Version.objects.filter(visible_to(person, "plan__unit__path") | above)


def items_visible_to(person: Person) -> QuerySet[RevisionItem]:
    """Revision items of the plans of one's own units and those under them, and those that one raised oneself."""
    return RevisionItem.objects.filter(visible_to(person, "plan__unit__path") | Q(raised_by=person))


def dues_visible_to(person: Person) -> QuerySet[Due]:
    return Due.objects.filter(visible_to(person, "plan__unit__path"))


def dues_between(person: Person, first: dt.date, until: dt.date) -> QuerySet[DatedDue]:
    """The calendar: what is due, or was done, in [first, until)."""
    on = Coalesce("done_on", "due_on")
    rows = dues_visible_to(person).select_related("plan__unit", "done_by").defer("plan__unit__boundary")
    dated = rows.annotate(on=on)
    return dated.filter(on__gte=first, on__lt=until).order_by("on", "id")


def overdue(person: Person, today: dt.date) -> QuerySet[Due]:
    rows = dues_visible_to(person).filter(done_on=None, due_on__lt=today, plan__active=True)
    return rows.select_related("plan__unit").defer("plan__unit__boundary")


def with_parts(plans: QuerySet[Plan], person: Person) -> QuerySet[Plan]:
    """Each plan with what a list shows, in five queries whatever their number: ``.shown_versions`` (newest first, those
    that the person may see), ``.open_items`` (a count) and ``.open_dues`` (of one's own units).
    """
    versions = versions_visible_to(person).select_related("created_by", "approved_by").order_by("-number")
    dues = dues_visible_to(person).filter(done_on=None).order_by("due_on")
    open_items = Count("revision_items", filter=Q(revision_items__status=RevisionItem.Status.OPEN))
    plans = plans.select_related("unit", "template", "headquarters").defer("unit__boundary")
    # Declared in the model, all three.
    plans = plans.annotate(open_items=open_items)  # type: ignore[no-redef]
    return plans.prefetch_related(  # type: ignore[no-redef]
        "unit__headquarters",
        Prefetch("versions", queryset=versions, to_attr="shown_versions"),
        Prefetch("dues", queryset=dues, to_attr="open_dues"),
    )


def version_in_force(plan: Plan) -> Version | None:
    return in_force(plan.versions.all()).first()


def version_in_work(plan: Plan) -> Version | None:
    return plan.versions.filter(status__in=IN_WORK).first()


def open_items(plan: Plan) -> QuerySet[RevisionItem]:
    return plan.revision_items.filter(status=RevisionItem.Status.OPEN)


def with_item_parts(items: QuerySet[RevisionItem]) -> QuerySet[RevisionItem]:
    rows = items.select_related("plan__unit", "raised_by", "answered_by", "answered_in")
    return rows.defer("plan__unit__boundary")


def inheritors_values(plan: Plan) -> dict[str, dict[str, Any]]:
    """Path of the inheriting unit → the values it gave to the template's blanks."""
    rows = Plan.objects.filter(template=plan, active=True).values_list("unit__path", "values")
    return {path: values for path, values in rows if values}


def history(plan: Plan, person: Person) -> QuerySet[Event]:
    """What happened to the plan, newest first; for those above or in its unit."""
    if not allowed(person, VIEW, plan.unit.path):
        return Event.objects.none()
    subjects = [f"plan:{plan.pk}", *(f"version:{pk}" for pk in plan.versions.values_list("pk", flat=True))]
    subjects += [f"revision_item:{pk}" for pk in plan.revision_items.values_list("pk", flat=True)]
    return Event.objects.filter(subject__in=subjects).order_by("-seq")


def units_that_may_inherit(plan: Plan, person: Person, capability: str) -> list[Any]:
    """Townships and villages under the plan's unit for which the person may write plans."""
    under = subtree(plan.unit.path).exclude(pk=plan.unit_id).filter(level__in=["township", "village"])
    jurisdiction = jurisdiction_of(person)
    if not jurisdiction.everything:
        under = under.filter(within(jurisdiction.scopes(capability), "path"))
    return list(under.defer("boundary").order_by("path"))
