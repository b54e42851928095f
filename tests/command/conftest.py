"""An incident, and orders to the town of Jushui."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from command import actions
from command.models import Assignment, Incident, Order
from org.models import Person

JUSHUI = "331126206"


@pytest.fixture
def incident(officer: Person) -> Incident:
    return actions.open_incident(
        by=officer, title="暴雨", category="natural_disaster", unit="331126", grade="IV", description="测试"
    )


@pytest.fixture
def order_jushui(officer: Person, incident: Incident) -> Callable[..., Order]:
    """An order to Jushui's station and village heads by the red ladder; keywords replace any part of it."""

    def issue(**changes: Any) -> Order:
        fields: dict[str, Any] = {
            "incident_id": incident.pk,
            "text": "立即巡查山塘水库",
            "units": [JUSHUI],
            "descendants": True,
            "posts": ["township_station", "village_head"],
            "ladder": "red",
        } | changes
        return actions.issue_order(by=officer, **fields)

    return issue


@pytest.fixture
def mine(order_jushui: Callable[..., Order], village: Person) -> Assignment:
    """The village head's own assignment."""
    return order_jushui().assignments.get(person=village)
