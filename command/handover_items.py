"""What a handover carries of this app: open incidents, what the unit was told to do, calls that nobody answered."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from command.models import Assignment, Incident, Order
from command.selectors import is_silent, within_path
from duty.gather import Item, gatherer, in_both
from org.models import Unit

MOST = 50
"""Items of a section: a night with more open orders than this is read on their own page."""
FINISHED = (Assignment.Status.DONE, Assignment.Status.VERIFIED, Assignment.Status.CALLED_OFF)


@gatherer("open_incidents", _("Open incidents"), order=10)
def open_incidents(unit: Unit) -> list[Item]:
    open_ = (Incident.Status.MONITORED, Incident.Status.WARNED, Incident.Status.RESPONDING, Incident.Status.RECOVERING)
    rows = Incident.objects.filter(within_path(unit.path), status__in=open_, exercise=None).select_related("unit")
    return [
        Item(
            subject=f"incident:{row.pk}",
            title=f"{row.ref} {row.title}",
            detail=_incident_words(row),
            url=reverse("command:incident", args=[row.pk]),
        )
        for row in rows.defer("area", "unit__boundary")[:MOST]
    ]


def _incident_words(row: Incident) -> dict[str, str]:
    place = {"zh": row.unit.name, "en": row.unit.name_en}
    status = in_both(Incident.Status(row.status).label)
    if not row.response_level:
        return in_both(_("%(unit)s, %(status)s"), unit=place, status=status)
    level = {"zh": row.response_level, "en": row.response_level}
    return in_both(_("%(unit)s, %(status)s, level %(level)s"), unit=place, status=status, level=level)


@gatherer("instructions", _("Instructions not carried out"), order=20)
def instructions(unit: Unit) -> list[Item]:
    """What this unit itself was ordered and has not reported as done."""
    rows = Assignment.objects.filter(unit=unit, order__status=Order.Status.IN_FORCE).exclude(status__in=FINISHED)
    rows = rows.select_related("order__unit", "post").defer("order__unit__boundary").order_by("ack_due_at", "pk")
    return [
        Item(
            subject=f"assignment:{row.pk}",
            title=f"{row.order.ref} {row.order.text}",
            detail=in_both(
                _("from %(unit)s to %(post)s: %(status)s"),
                unit={"zh": row.order.unit.name, "en": row.order.unit.name_en},
                post={"zh": row.post.name, "en": row.post.name_en},
                status=in_both(Assignment.Status(row.status).label),
            ),
            url=reverse("command:order", args=[row.order_id]),
            due_at=row.ack_due_at if row.status == Assignment.Status.CALLED else None,
        )
        for row in rows[:MOST]
    ]


@gatherer("unanswered", _("Calls that nobody answered"), order=30)
def unanswered(unit: Unit) -> list[Item]:
    """Orders with silence under the unit, one item an order, the longest silence first."""
    silent = Assignment.objects.filter(is_silent(), within_path(unit.path), order__status=Order.Status.IN_FORCE)
    return [
        Item(
            subject=f"order:{row['order']}",
            title=f"{row['order__ref']} {row['order__text']}",
            detail=in_both(_("%(n)s not answered"), n={"zh": str(row["n"]), "en": str(row["n"])}),
            url=reverse("command:order", args=[row["order"]]),
            due_at=row["first"],
        )
        for row in _by_order(silent)[:MOST]
    ]


def _by_order(silent: QuerySet[Assignment]) -> QuerySet[Assignment, dict[str, Any]]:
    counted = silent.order_by().values("order", "order__ref", "order__text").annotate(n=Count("pk"))
    return counted.annotate(first=Min("ack_due_at")).order_by("first", "order")
