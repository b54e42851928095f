"""Whose answers to orders are awaited, for the places that hear of them."""

from __future__ import annotations

from collections.abc import Collection

from command.models import Assignment, Order
from notify.selectors.places import Awaited


def awaited(orders: Collection[int]) -> list[Awaited]:
    """Lines of these orders that somebody was called for and nobody has answered, by unit; one query."""
    rows = Assignment.objects.filter(
        order__in=orders, order__status=Order.Status.IN_FORCE, status=Assignment.Status.CALLED, person__isnull=False
    ).order_by("unit__path", "pk")
    columns = (
        *("order", "pk", "person", "person__name", "person__name_en", "person__phone"),
        *("unit__path", "unit__name", "unit__name_en"),
    )
    return [
        Awaited(
            f"order:{order}", f"assignment:{pk}", path, {"zh": unit, "en": unit_en}, person,
            {"zh": name, "en": name_en}, phone,
        )
        for order, pk, person, name, name_en, phone, path, unit, unit_en in rows.values_list(*columns)
    ]  # fmt: skip
