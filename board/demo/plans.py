"""The worked plans in force for a month; one township with its own; a drill that was held, and what it showed."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from board.demo.clock import story
from database.clock import now
from norms.actions import set_number
from org.models import Person, Unit
from plans import actions
from plans.actions.inherit import blanks_of
from plans.models import Plan, Version

TOWNSHIP = "331126206"
REPORT_MINUTES = {
    "report_township_phone": 20, "report_township_written": 40, "report_county_phone": 20, "report_county_written": 40,
    "report_county_general": 60,
}  # fmt: skip
FILLED = {"shelter": "举水乡中心小学", "gathering_point": "举水乡政府广场", "loudspeaker": "村应急广播"}


def tell() -> None:
    leader, township = (Person.objects.get(username=name) for name in ("leader", "township"))
    with story(days=40) as clock:
        _numbers(by=Person.objects.get(appointments__post__code="command_office_director", appointments__role="A"))
        _in_force(by=leader)
        clock.on(minutes=30)
        flood, quake = Plan.objects.get(code="flood"), Plan.objects.get(code="earthquake")
        _township_plan(flood, by=township)
        clock.go(now() + dt.timedelta(days=20))
        actions.record_due(
            flood.pk, by=leader, what="drill", done_on=timezone.localdate(now()), note="全县山洪灾害避险转移演练"
        )
        actions.raise_item(
            flood.pk, by=leader, source="problem", text="演练中三个村共用一部值班电话，断电后联系不上，需增配卫星电话。"
        )
        item = actions.raise_item(quake.pk, by=leader, source="resources", text="县级避灾安置中心迁址。")
        actions.answer_item(item.pk, by=leader, decision="rejected", answer="新址启用后再修订，现址仍在使用。")


def _numbers(*, by: Person) -> None:
    """The county's times of reporting. Made up, and their source says so."""
    for code, minutes in REPORT_MINUTES.items():
        set_number(code, minutes, "示范数据（待县政府审定）", now(), by=by)


def _in_force(*, by: Person) -> None:
    """Each plan by a document of its own, as a county's government office issues them."""
    drafts = actions.load_library("331126", by=by, in_force=False)
    for number, draft in enumerate(drafts, start=18):
        actions.submit(draft.pk, by=by)
        actions.approve(draft.pk, by=by, document=f"庆政办发〔2026〕{number}号")


def _township_plan(flood: Plan, *, by: Person) -> None:
    """Inherited from the county's, its blanks filled; still in review, as the county reads it."""
    unit = Unit.objects.get(code=TOWNSHIP)
    template = Version.objects.get(plan=flood, status=Version.Status.APPROVED)
    values = {blank: FILLED.get(blank, unit.name) for blank in blanks_of(template, unit)}
    version = actions.inherit(flood.pk, by=by, unit=unit, values=values)
    actions.submit(version.pk, by=by)
