"""Nine days ago: rain of level IV, answered, done, a five-stops order that was lifted; ended and reviewed."""

from __future__ import annotations

import datetime as dt
from typing import cast

from board.demo.clock import StoryClock, story
from command import actions
from command.models import Assignment, EndCondition, Order
from database.clock import now
from journal.timers import fire_due
from norms.actions import sign_paper
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
        _five_stops(incident.pk, officer, clock)
        clock.on(hours=5)
        actions.end_incident(
            incident.pk, by=director, grounds="降雨结束，无人员伤亡", confirmed=EndCondition.Code.values
        )
        clock.on(hours=30)
        actions.review(incident.pk, by=officer, grounds="复盘：岭头乡三个村共用一部电话，已列入整改。")


def _five_stops(incident: int, officer: Person, clock: StoryClock) -> None:
    """Classes and buses stop for a night: drafted by the desk, signed by the magistrate, and lifted the same way."""
    magistrate = Person.objects.get(
        appointments__post__code="magistrate", appointments__role="A", appointments__valid_to=None
    )
    paper = actions.draft_five_stops(
        by=officer,
        stops=["classes", "transport"],
        area=TOWNSHIPS,
        since=now() + dt.timedelta(hours=1),
        until=now() + dt.timedelta(hours=15),
        grounds="预计今夜至明晨有大到暴雨，局地大暴雨，山洪和地质灾害风险高",
        told=["停课：举水乡中心小学", "停课：黄田镇中学", "停运：县城至举水客运班线", "停运：沿溪危险路段"],
        incident_id=incident,
    )
    clock.on(minutes=12)
    sign_paper(paper.pk, by=magistrate)
    for row in Assignment.objects.filter(order__paper=paper).exclude(person=None).select_related("person"):
        clock.on(seconds=5)
        actions.acknowledge(row.pk, by=holder(row))
    clock.on(hours=13)
    lifting = actions.lift_five_stops(paper.pk, by=officer, grounds="经会商研判，降雨已明显减弱，道路已排查")
    clock.on(minutes=9)
    sign_paper(lifting.pk, by=magistrate)


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
