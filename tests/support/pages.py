"""What the tests of command's pages share: an incident with an order out, and finding people's assignments."""

from __future__ import annotations

from command import actions
from command.models import Assignment, Incident, Order
from org.models import Person

JUSHUI = "331126206"
LINGTOU = "331126200"


def flood(officer: Person, **more: object) -> Incident:
    values = {"title": "举水乡山洪", "category": "natural_disaster", "unit": "331126", "grade": "III", **more}
    return actions.open_incident(by=officer, **values)


def order_to(officer: Person, *units: str, incident: Incident | None = None, **more: object) -> Order:
    values = {"text": "转移低洼处群众", "ladder": "orange", "descendants": True, **more}
    return actions.issue_order(by=officer, incident_id=incident.pk if incident else None, units=units, **values)


def of(order: Order, person: Person) -> Assignment:
    return Assignment.objects.get(order=order, person=person)


def somebody_of(order: Order, unit: str, post: str) -> Assignment:
    return Assignment.objects.select_related("person", "unit").get(order=order, unit__code=unit, post__code=post)
