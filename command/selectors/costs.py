"""What an incident's texts and calls have cost so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from command.models import Incident, Order
from journal.rules.world import world_of
from notify.gateways.contract import IN_APP
from notify.models import Delivery
from org.models import Person
from org.selectors.jurisdiction import visible_to


@dataclass(frozen=True)
class Cost:
    messages: int
    fen: int

    @property
    def yuan(self) -> str:
        return f"{self.fen // 100}.{self.fen % 100:02d}"


def cost_of(reader: Person, incident: Incident, orders: Sequence[Order]) -> Cost:
    """Of these orders of the incident, as far as the reader sees. One query, none without orders."""
    if not orders:
        return Cost(0, 0)
    rows = Delivery.objects.filter(message__group__in=[f"order:{order.pk}" for order in orders])
    rows = rows.filter(visible_to(reader, "message__unit_path"), world_of(incident).rows("message__"))
    found = rows.exclude(channel=IN_APP).aggregate(messages=Count("pk"), fen=Sum("fee_fen"))
    return Cost(found["messages"], found["fen"] or 0)
