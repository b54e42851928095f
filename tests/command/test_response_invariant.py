"""Whatever the plan and however the level moves: the orders in force are what the level in effect asks for."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command import actions
from command.models import Assignment, Incident
from journal.actions.relays import run_pending
from org.models import Person
from tests.support.levels import JUSHUI, LEVELS, action, check_in_force, plan_of
from web.errors import Invalid

pytestmark = pytest.mark.django_db

AREAS = ([JUSHUI], ["331126207"], ["331126206200", "331126206216"], [JUSHUI, "331126207"])
KINDS = {
    "county": ("county_duty_officer", "magistrate"),
    "department": ("department_duty", "department_head"),
    "township": ("township_station", "township_head"),
    "village": ("village_head", "grid_worker"),
}


@st.composite
def plans(draw: Any) -> list[dict[str, Any]]:
    """One to six actions of any kind of unit and reach, each after some of those before it at its levels."""
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        reach = draw(st.sampled_from(["owner", "area"] if kind in ("county", "department") else ["area"]))
        levels = draw(st.lists(st.sampled_from(LEVELS), min_size=1, unique=True))
        after = draw(st.lists(st.sampled_from([row["code"] for row in rows]), max_size=2, unique=True)) if rows else []
        rows.append(
            action(
                f"a{number}", levels, unit_kind=kind, reach=reach, post=draw(st.sampled_from(KINDS[kind])), after=after
            )
        )
    return rows


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("level"), st.sampled_from(LEVELS)),
        st.tuples(st.just("area"), st.sampled_from(AREAS)),
        st.tuples(st.just("done"), st.integers(0, 2**16)),
    ),
    min_size=1,
    max_size=6,
)


def do_some(seed: int, logger: Person, response_id: int) -> None:
    """Some of those asked report done, and what waited for them goes out."""
    rows = Assignment.objects.filter(order__response=response_id).exclude(status__in=["done", "verified", "called_off"])
    for row in random.Random(seed).sample(found := list(rows.order_by("pk")), k=min(6, len(found))):
        if row.status == "called":
            actions.answer_for(row.pk, by=logger, how="phone")
        actions.progress(row.pk, by=logger, step="done")
    run_pending()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans(), st.sampled_from(LEVELS), st.sampled_from(AREAS), MOVES)
def test_orders_in_force_always_equal_what_the_level_compiles_to(
    incident: Incident, rows: list[dict], first: str, area: list[str], moves: list[tuple[str, Any]]
) -> None:
    approver = Person.objects.get(appointments__post__code="party_secretary", appointments__role="A")
    logger = Person.objects.get(username="officer")
    with transaction.atomic():
        version = plan_of(*rows)
        begin = {"by": approver, "version_id": version.pk, "level": first, "grounds": "x", "area": area}
        if not any(first in row["levels"] for row in rows):
            with pytest.raises(Invalid):
                actions.start_level(incident.pk, **begin)
            transaction.set_rollback(True)
            return
        response = actions.start_level(incident.pk, **begin)
        check_in_force(response)
        for kind, value in moves:
            response.refresh_from_db()
            if kind == "done":
                do_some(value, logger, response.pk)
            elif (kind == "level" and value != response.level) or (kind == "area" and value != response.area):
                wanted = {"level": response.level, **({"area": value} if kind == "area" else {"level": value})}
                response = actions.change_level(response.pk, by=approver, grounds="x", **wanted)
            check_in_force(response)
        transaction.set_rollback(True)
