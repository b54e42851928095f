"""The forecast of an order's time to wake, kept with it to be compared with what came."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from command.models import Order
from command.selectors.ladders import Snapshot
from command.selectors.wake import as_data, time_to_wake
from database.clock import now
from duty.selectors.fanout import Line

TOO_LATE = dt.timedelta(minutes=10)
"""A forecast that is made so long afterwards is none."""


@transaction.atomic
def keep_forecast(order_id: int) -> None:
    order = Order.objects.filter(pk=order_id, wake__isnull=True).first()
    if order is None or now() - order.issued_at > TOO_LATE:
        return
    rows = order.assignments.select_related("unit", "post", "person").defer("unit__boundary")
    lines = [Line(row.unit, row.post, row.person, row.role) for row in rows.order_by("pk")]
    Order.objects.filter(pk=order_id).update(wake=as_data(time_to_wake(lines, Snapshot(order.ladder))))
