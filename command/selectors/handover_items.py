"""What a handover carries of this app: open incidents, what the unit was told to do, calls that nobody answered."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from command.cards import issuer_names
from command.models import Assignment, Incident, Order
from command.selectors.visible import is_silent
from duty.selectors.gather import Item, first_of, gatherer
from journal.rules.world import REAL
from org.models import Post, Unit
from org.selectors.jurisdiction import under
from plans.rules.words import LEVEL_WORDS
from web.languages import in_both

OPEN = (Incident.Status.MONITORED, Incident.Status.WARNED, Incident.Status.RESPONDING, Incident.Status.RECOVERING)
FINISHED = (Assignment.Status.DONE, Assignment.Status.VERIFIED, Assignment.Status.CALLED_OFF)


@gatherer("open_incidents", _("Open incidents"), order=10)
def open_incidents(unit: Unit) -> list[Item]:
    """Open incidents of the unit and of whatever lies under it, the newest first. Nobody hands an exercise over: it
    ends with those who hold it.
    """
    rows = Incident.objects.filter(REAL.rows(), under(unit.path), status__in=OPEN)
    rows = rows.select_related("unit").defer("area", "unit__boundary").order_by("-pk")
    return first_of(rows, _incident, rest=reverse("command:incidents"))


def _incident(row: Incident) -> Item:
    return Item(
        subject=f"incident:{row.pk}",
        title=f"{row.ref} {row.title}",
        detail=_incident_words(row),
        url=reverse("command:incident", args=[row.pk]),
    )


def _incident_words(row: Incident) -> dict[str, str]:
    status = in_both(Incident.Status(row.status).label)
    if not row.response_level:
        return in_both(_("%(unit)s, %(status)s"), unit=_named(row.unit), status=status)
    level = in_both(LEVEL_WORDS[row.response_level])
    return in_both(_("%(unit)s, %(status)s, %(level)s"), unit=_named(row.unit), status=status, level=level)


@gatherer("instructions", _("Instructions not carried out"), order=20)
def instructions(unit: Unit) -> list[Item]:
    """What this unit itself was ordered and has not reported as done, one item an order, the oldest first."""
    open_ = Assignment.objects.filter(unit=unit).exclude(status__in=FINISHED).select_related("post")
    some = Exists(open_.filter(order=OuterRef("pk")))
    rows = Order.objects.filter(REAL.rows(), some, status=Order.Status.IN_FORCE)
    owed = Prefetch("assignments", open_.order_by("post__rank", "pk"), "owed")
    rows = rows.prefetch_related(owed)  # type: ignore[no-redef]  # declared in the model
    return first_of(
        rows.select_related("unit", "headquarters").defer("unit__boundary").order_by("pk"),
        _instruction,
        rest=reverse("command:orders"),
    )


def _instruction(row: Order) -> Item:
    owed: list[Assignment] = row.owed
    said = [in_both(_("%(post)s %(status)s"), post=_named(one.post), status=_status(one)) for one in owed]
    waiting = [one.ack_due_at for one in owed if one.status == Assignment.Status.CALLED]
    return Item(
        subject=f"order:{row.pk}",
        title=f"{row.ref} {row.text}",
        detail=in_both(_("from %(unit)s: %(posts)s"), unit=issuer_names(row), posts=_listed(said)),
        url=reverse("command:order", args=[row.pk]),
        due_at=min(waiting, default=None),
    )


def _status(row: Assignment) -> dict[str, str]:
    return in_both(Assignment.Status(row.status).label)


def _listed(parts: list[dict[str, str]]) -> dict[str, str]:
    return {"zh": "、".join(part["zh"] for part in parts), "en": ", ".join(part["en"] for part in parts)}


def _named(row: Unit | Post) -> dict[str, str]:
    return {"zh": row.name, "en": row.name_en}


@gatherer("unanswered", _("Calls that nobody answered"), order=30)
def unanswered(unit: Unit) -> list[Item]:
    """Orders with silence in the unit or under it, one item an order, the longest silence first."""
    silent = Assignment.objects.filter(REAL.rows("order__"), is_silent(), under(unit.path))
    silent = silent.filter(order__status=Order.Status.IN_FORCE)
    counted = silent.order_by().values("order", "order__ref", "order__text").annotate(n=Count("pk"))
    rows = counted.annotate(first=Min("ack_due_at")).order_by("first", "order")
    return first_of(rows, _silence, rest=reverse("command:orders"))


def _silence(row: dict[str, Any]) -> Item:
    number = {"zh": str(row["n"]), "en": str(row["n"])}
    return Item(
        subject=f"order:{row['order']}",
        title=f"{row['order__ref']} {row['order__text']}",
        detail=in_both(_("%(n)s not answered"), n=number),
        url=reverse("command:order", args=[row["order"]]),
        due_at=row["first"],
    )
