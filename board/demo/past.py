"""Nine days ago: rain of level IV, answered, done, ended and reviewed."""

from __future__ import annotations

from typing import cast

from board.demo.clock import StoryClock, story
from command import actions
from command.models import Assignment, EndCondition, Order
from journal.timers import fire_due
from org.models import Person

TOWNSHIPS = ["331126206", "331126204"]


def tell() -> None:
    officer = Person.objects.get(username="officer")
    director = Person.objects.get(
        appointments__post__code="command_office_director", appointments__role="A", appointments__valid_to=None
    )
    with story(days=9, hours=2) as clock:
        incident = actions.open_incident(
            by=officer,
            title="全县强降雨过程",
            category="natural_disaster",
            grade="IV",
            unit="331126",
            description="8日20时至9日13时全县面雨量54.5毫米，12个站点超过70毫米。",
        )
        clock.on(minutes=15)
        actions.set_response_level(
            incident.pk, by=director, level="IV", grounds="全县面雨量54.5毫米", document="庆防指电〔2026〕12号"
        )
        order = actions.issue_order(
            by=officer,
            incident_id=incident.pk,
            text="巡查地质灾害点和山塘水库，转移低洼处群众，到位后上报。",
            units=TOWNSHIPS,
            descendants=True,
            posts=["township_station", "village_head"],
            ladder="yellow",
        )
        _answers(order, clock)
        clock.on(hours=20)
        actions.end_incident(
            incident.pk, by=director, grounds="降雨结束，无人员伤亡", confirmed=EndCondition.Code.values
        )
        clock.on(hours=30)
        actions.review(incident.pk, by=officer, grounds="复盘：岭头乡三个村共用一部电话，已列入整改。")


def _answers(order: Order, clock: StoryClock) -> None:
    """Most answer within minutes; every seventh is reached by a knock on the door, after the ladder has climbed."""
    rows = list(order.assignments.exclude(person=None).select_related("person", "unit").order_by("pk"))
    late = rows[6::7]
    for row in rows:
        clock.on(seconds=20)
        if row not in late:
            actions.acknowledge(row.pk, by=holder(row))
    clock.on(minutes=9)
    fire_due()
    for row in late:
        clock.on(seconds=40)
        actions.answer_for(row.pk, by=_station(row), how="door_knock", note="敲门告知")
    clock.on(minutes=50)
    for row in rows:
        clock.on(seconds=30)
        actions.progress(row.pk, by=holder(row), step="in_place")
        actions.progress(row.pk, by=holder(row), step="done", note="已巡查，无险情")
    clock.on(hours=2)
    for row in rows:
        if row.unit.level == "village":
            actions.verify(row.pk, by=_station(row))


def holder(row: Assignment) -> Person:
    """Whom it was asked of, where somebody held the post."""
    return cast(Person, row.person)


def _station(row: Assignment) -> Person:
    town = row.unit.path[: len("33.11.26.206")]
    return Person.objects.filter(
        appointments__unit__path=town, appointments__post__code="township_head", appointments__valid_to=None
    )[0]
