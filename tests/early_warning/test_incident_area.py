"""A warning's own list of units is what its incident, its proposal, the picker and the response order."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command import actions
from command.models import Assignment, Proposal
from command.screens.proposal import ahead_of
from command.selectors.areas import affected
from database.clock import now
from early_warning.actions import receive, turn_into_incident
from early_warning.models import Warning
from journal.actions.relays import run_pending
from org.models import Unit
from tests.early_warning.messages import area, box, info, message
from tests.support.levels import JUSHUI, action, plan_of

pytestmark = pytest.mark.django_db

ZHUKOU = "331126101"
TRIGGERS = {"orange": [{"signal": "warning", "colour": ["orange", "red"], "events": ["rainstorm"]}]}
COLOURS = {"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"}


def patrol_plan():
    village = {"unit_kind": "village", "post": "village_head"}
    return plan_of(action("town", post="township_head"), action("village", **village), triggers=TRIGGERS)


def warn(feed, *areas: str, identifier: str = "w-1", colour: str = "red", headline: str = "暴雨", **more) -> Warning:
    expires = (now() + timedelta(hours=6)).isoformat(timespec="seconds")
    said = f"<parameter><valueName>预警颜色</valueName><value>{COLOURS[colour]}</value></parameter>"
    block = info(area="".join(areas), extra=f"<expires>{expires}</expires>{said}", headline=headline)
    warning = receive(message(block, identifier=identifier, **more), by=feed).warning
    run_pending()
    assert warning is not None
    return warning


def named(warning: Warning) -> set[str]:
    return set(warning.named_units.values_list("unit__code", flat=True))


def under(*codes: str) -> set[str]:
    rows = Unit.objects.filter(level__in=["township", "village"])
    return {code for code in rows.values_list("code", flat=True) if code.startswith(codes)}


def picked(browse, person, incident) -> set[str]:
    return set(browse(person).get(f"/incidents/{incident.pk}/units/").json()["units"])


def test_two_townships_named_are_two_townships_ordered_and_no_neighbour(feed, officer, leader, browse):
    """The outline of an incident is the boundary of its townships, which eleven others share."""
    version = patrol_plan()
    warning = warn(feed, area(codes=(JUSHUI, ZHUKOU)))
    incident = turn_into_incident(warning.pk, by=officer)
    units = under(JUSHUI, ZHUKOU)
    assert named(warning) == picked(browse, officer, incident) == units
    proposal = Proposal.objects.get(version=version)
    ahead = ahead_of(proposal, leader)
    direct = actions.preview_level(incident.pk, by=leader, version_id=version.pk, level="III")
    assert {one.unit.code for one in ahead.new} == {one.unit.code for one in direct.new} == units
    response = actions.accept_proposal(proposal.pk, by=leader)
    assert set(Assignment.objects.filter(order__response=response).values_list("unit__code", flat=True)) == units


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_whatever_a_message_draws_and_names_all_pages_mean_the_same_units(feed, officer, leader, browse, seed):
    dice = random.Random(seed)
    x, y, size = dice.uniform(118.9, 119.4), dice.uniform(27.45, 27.9), dice.uniform(0.002, 0.2)
    parts = [area(polygon=box(x, y, x + size, y + size))]
    parts += [area(codes=(dice.choice(sorted(under("331126"))),)) for _ in range(dice.randint(0, 2))]
    with transaction.atomic():
        version = patrol_plan()
        warning = warn(feed, *parts, identifier=f"p-{seed}")
        if warning.status == Warning.Status.ELSEWHERE:
            assert not named(warning)
            assert not Proposal.objects.filter(version=version).exists()
            transaction.set_rollback(True)
            return
        proposal = Proposal.objects.get(version=version)
        before = {one.unit.code for one in ahead_of(proposal, leader).new}
        incident = turn_into_incident(warning.pk, by=officer)
        after = {one.unit.code for one in ahead_of(proposal, leader).new}
        direct = actions.preview_level(incident.pk, by=leader, version_id=version.pk, level="III").new
        units = picked(browse, officer, incident)
        assert before == after == {one.unit.code for one in direct} == units
        assert units == named(warning)
        transaction.set_rollback(True)


def test_an_update_with_another_area_changes_what_the_picker_offers_and_the_page_says_whose_list_it_is(
    feed, officer, browse
):
    first = warn(feed, area(codes=(JUSHUI,)))
    incident = turn_into_incident(first.pk, by=officer)
    assert first.ref in browse(officer).get(f"/incidents/{incident.pk}/").content.decode()
    newer = warn(
        feed, area(codes=(ZHUKOU,)), identifier="w-2", sent="2026-07-09T11:00:00+08:00", msgType="Update",
        references="qx@qingyuan.example,w-1,2026-07-09T10:15:00+08:00",
    )  # fmt: skip
    assert picked(browse, officer, incident) == under(ZHUKOU)
    answer = browse(officer).get(f"/incidents/{incident.pk}/")
    assert [one.ref for one in answer.context["affected"].named] == [newer.ref]


def test_of_several_warnings_the_gravest_colour_in_force_counts_and_all_of_it(feed, officer, browse):
    incident = turn_into_incident(warn(feed, area(codes=(JUSHUI,))).pk, by=officer)
    others = [("w-2", "red", ZHUKOU), ("w-3", "blue", "331126200")]
    for identifier, colour, code in others:
        warning = warn(feed, area(codes=(code,)), identifier=identifier, colour=colour)
        Warning.objects.filter(pk=warning.pk).update(incident=incident)
    assert picked(browse, officer, incident) == under(JUSHUI, ZHUKOU)
    Warning.objects.filter(colour="red").update(status="expired")
    assert picked(browse, officer, incident) == under("331126200")


def test_when_no_warning_is_in_force_any_more_the_last_list_stays_and_is_said_to_be_over(feed, officer, browse):
    incident = turn_into_incident(warn(feed, area(codes=(JUSHUI,))).pk, by=officer)
    Warning.objects.update(status="expired")
    assert picked(browse, officer, incident) == under(JUSHUI)
    assert "no longer in force" in browse(officer).get(f"/incidents/{incident.pk}/").content.decode()


def test_the_second_plan_s_own_incident_keeps_the_warning_s_list(feed, officer, leader, browse):
    """A rainstorm may call for two plans at once: the second runs in an incident of its own."""
    first, second = patrol_plan(), patrol_plan()
    warn(feed, area(codes=(JUSHUI,)))
    actions.accept_proposal(Proposal.objects.get(version=first).pk, by=leader)
    response = actions.accept_proposal(Proposal.objects.get(version=second).pk, by=leader)
    assert affected(response.incident).source == "warning"
    assert picked(browse, officer, response.incident) == under(JUSHUI)


def test_a_test_message_never_names_whom_to_order(feed, officer):
    incident = turn_into_incident(warn(feed, area(codes=(JUSHUI,))).pk, by=officer)
    test = warn(feed, area(codes=(ZHUKOU,)), identifier="t-1", status="Test")
    Warning.objects.filter(pk=test.pk).update(incident=incident)
    assert {path[:12] for path in affected(incident).paths} == {"33.11.26.206"}


def test_of_a_warning_red_here_and_blue_there_the_red_part_is_what_the_incident_orders(feed, officer, browse):
    """The blue part is not ordered as for red; when the red one is over, the blue one is what is left."""

    def part(code: str, colour: str, hours: int) -> str:
        expires = (now() + timedelta(hours=hours)).isoformat(timespec="seconds")
        said = f"<parameter><valueName>预警颜色</valueName><value>{COLOURS[colour]}</value></parameter>"
        return info(area=area(codes=(code,)), extra=f"<expires>{expires}</expires>{said}", headline="暴雨")

    warning = receive(message(part(JUSHUI, "red", 2), part(ZHUKOU, "blue", 12), identifier="w-parts"), by=feed).warning
    run_pending()
    incident = turn_into_incident(warning.pk, by=officer)
    assert picked(browse, officer, incident) == under(JUSHUI)
