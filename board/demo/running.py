"""Now: a red rainstorm warning of half an hour ago, a level III response, and an order that some have not answered."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.db.models import QuerySet

from board.demo.clock import StoryClock, story
from board.demo.crews import watch_of
from board.demo.past import holder
from command import actions
from command.models import Assignment
from database.clock import now
from duty import actions as duty
from duty.models import Shift
from early_warning.actions import receive, turn_into_incident
from early_warning.models import Feed, Warning
from journal.timers import fire_due
from org.models import Person, Unit
from plans.models import Version

TOWNSHIPS = ["331126206", "331126101", "331126200"]
SILENT = 5
WATCHES, HALF_A_DAY = 8, dt.timedelta(hours=12)

CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>33112641600000_{number}_1</identifier><sender>331126416</sender><sent>{sent}</sent>
  <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
  <info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency>
    <severity>Extreme</severity><certainty>Observed</certainty><effective>{sent}</effective><expires>{expires}</expires>
    <senderName>庆元县气象台</senderName><headline>庆元县气象台发布暴雨红色预警信号</headline>
    <description>举水、黄田、岭头等地3小时降雨量已达120毫米以上，强降雨将持续，山洪、地质灾害风险高。</description>
    <instruction>停止户外作业，转移危险区域人员，加强巡查值守。</instruction>
    <parameter><valueName>预警颜色</valueName><value>红色</value></parameter>
    <area><areaDesc>举水乡、黄田镇、岭头乡</areaDesc>{areas}</area></info>
  <info><language>en</language><category>Met</category><event>Rainstorm</event><urgency>Immediate</urgency>
    <severity>Extreme</severity><certainty>Observed</certainty><effective>{sent}</effective><expires>{expires}</expires>
    <senderName>Qingyuan County Meteorological Observatory</senderName><headline>Red rainstorm warning</headline>
    <description>
More than 120 mm of rain within three hours in Jushui, Huangtian and Lingtou, and it goes on.</description>
    <instruction>Stop outdoor work, move people out of dangerous places, keep watch.</instruction>
    <parameter><valueName>预警颜色</valueName><value>红色</value></parameter>
    <area><areaDesc>Jushui, Huangtian and Lingtou</areaDesc>{areas}</area></info>
</alert>"""


def tell() -> None:
    officer, leader = (Person.objects.get(username=name) for name in ("officer", "leader"))
    present = now()
    with story(minutes=45) as clock:
        warning = _warning()
        clock.on(minutes=3)
        incident = turn_into_incident(warning.pk, by=officer)
        clock.on(minutes=2)
        response = actions.start_level(
            incident.pk, by=leader, version_id=_flood_plan().pk, level="III", area=["331126206"],
            grounds="3小时降雨120毫米，山洪风险极高", document="庆防指电〔2026〕31号",
            sign_notice=True,
        )  # fmt: skip
        _watches(response.area)
        order = actions.issue_order(
            by=officer,
            incident_id=incident.pk,
            text="立即转移地质灾害点和山洪沟口群众，逐户清点，到位后报告人数。",
            units=TOWNSHIPS,
            descendants=True,
            posts=["township_head", "township_station", "village_head"],
            ladder="red",
        )
        _answers(order.assignments.all(), clock)
        _answers(Assignment.objects.filter(order__response=response), clock)
        clock.go(present)


def _watches(area: list[str]) -> None:
    """The villages under the response keep watch from half an hour on, for some days: one cadre and one on watch."""
    start, keeper = now() + dt.timedelta(minutes=30), Person.objects.get(username="leader")
    villages = Unit.objects.filter(level="village", parent__code__in=area, active=True).defer("boundary")
    known = Shift.objects.filter(live=True, during__overlap=(start, start + WATCHES * HALF_A_DAY))
    for unit in villages.exclude(pk__in=known.values("unit")):
        crews = watch_of(unit)
        for turn in range(WATCHES if crews else 0):
            begins = start + turn * HALF_A_DAY
            on = {post: people[turn % len(people)] for post, people in crews.items()}
            duty.add_shift(by=keeper, unit=unit, start=begins, end=begins + HALF_A_DAY, people=on, signed=False)
    drafts = Shift.objects.filter(unit__in=villages, live=False, called_off_at=None)
    for month in sorted(set(drafts.values_list("roster__month", flat=True))):
        for code in area:
            duty.publish(by=keeper, unit=code, month=month, descendants=True)


def _flood_plan() -> Version:
    return Version.objects.get(plan__code="flood", status__in=["approved", "filed"])


def _warning() -> Warning:
    present = now()
    local = present.astimezone(dt.timezone(dt.timedelta(hours=8)))
    geocode = "<geocode><valueName>行政区划</valueName><value>{}</value></geocode>"
    body = CAP.format(
        number=local.strftime("%Y%m%d%H%M%S"),
        sent=local.isoformat(timespec="seconds"),
        expires=(local + dt.timedelta(hours=12)).isoformat(timespec="seconds"),
        areas="".join(geocode.format(code) for code in TOWNSHIPS),
    )
    return cast(Warning, receive(body.encode(), by=Feed.objects.get(code="demo")).warning)


def _answers(asked: QuerySet[Assignment], clock: StoryClock) -> None:
    """Spread over the states that the map shows; the last few villages stay silent, and the ladder climbs for them."""
    village = Person.objects.get(username="village")
    rows = list(
        asked.exclude(person=None)
        .exclude(person=village)
        .select_related("person", "unit", "order__action")
        .order_by("pk")
    )
    silent = [row for row in rows if row.unit.level == "village"][2::7][:SILENT]
    answering = [row for row in rows if row not in silent]
    steps = ["", "passed_on", "in_place", "in_place", "done"]
    for row in answering:
        clock.on(seconds=3)
        actions.acknowledge(row.pk, by=holder(row))
    clock.on(minutes=6)
    fire_due()
    for number, row in enumerate(answering):
        if step := steps[number % len(steps)]:
            clock.on(seconds=4)
            _go_on(row, step)


def _go_on(row: Assignment, step: str) -> None:
    """With the evidence that the plan asks for; whoever owes a photo is in place and has not sent it yet."""
    asked = row.order.action.evidence if row.order.action else ""
    if step == "done" and asked == "photo":
        step = "in_place"
    actions.progress(row.pk, by=holder(row), step=step, note="已落实到位。" if asked == "note" else "",
                     figure=12 if asked == "count" and step == "done" else None)  # fmt: skip
