"""An approver who is away: the proposal goes to whoever they authorised, and the journal names both."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from command import actions
from command.models import Incident
from command.selectors.approvers import Rule, chain_of, first_called
from duty import actions as duty
from duty.models import ResponseCover
from journal.models import Event
from journal.sentences import say
from norms.actions import sign_paper
from norms.models import OfficialPaper
from norms.selectors.papers import to_sign
from org.models import Person, Unit
from tests.support.county import BACKEND
from tests.support.levels import JUSHUI, flood_plan
from web.errors import Forbidden

pytestmark = pytest.mark.django_db


def holder(post: str) -> Person:
    return Person.objects.get(appointments__post__code=post, appointments__role="A")


@pytest.fixture
def county(demo_county: Unit) -> Unit:
    return Unit.objects.get(code="331126")


def leaves(person: Person, county: Unit, clock: Any) -> None:
    start = clock.now() - dt.timedelta(minutes=1)
    end = start + dt.timedelta(days=1)
    duty.file_absence(by=person, unit=county, kind="away", start=start, end=end, place="杭州", agreed="市委办")


def authorises(person: Person, second: Person, county: Unit, clock: Any, *matters: str) -> None:
    start = clock.now() - dt.timedelta(minutes=1)
    end = start + dt.timedelta(days=1)
    fields = {"matters": matters, "document": "庆政〔2026〕8号", "start": start, "end": end}
    duty.authorise(by=person, unit=county, giver=person, deputy=second, **fields)


def test_the_deputy_is_called_before_the_magistrate_who_is_away(county: Unit, leader: Person, clock: Any) -> None:
    magistrate = holder("magistrate")
    assert chain_of(Rule(county, "II", "magistrate"))[0].people == [magistrate]
    authorises(magistrate, leader, county, clock, "level_II")
    leaves(magistrate, county, clock)
    first = chain_of(Rule(county, "II", "magistrate"))[0]
    assert first.people == [leader, magistrate]
    assert leader.label in first.words[0]
    assert magistrate.label in first.words[0]


def test_with_nobody_authorised_the_next_above_is_called_at_once(county: Unit, clock: Any) -> None:
    leaves(holder("magistrate"), county, clock)
    called = first_called(chain_of(Rule(county, "II", "magistrate")))
    assert [one.code for one in called] == ["magistrate", "party_secretary"]


def test_with_everybody_away_the_whole_chain_is_called(county: Unit, clock: Any) -> None:
    for post in ("magistrate", "party_secretary"):
        leaves(holder(post), county, clock)
    assert len(first_called(chain_of(Rule(county, "II", "magistrate")))) == 2


def test_whoever_is_authorised_starts_the_level_and_the_journal_names_both(
    incident: Incident, leader: Person, county: Unit, clock: Any
) -> None:
    magistrate, version = holder("magistrate"), flood_plan()
    start = {"by": leader, "version_id": version.pk, "level": "II", "grounds": "暴雨"}
    with pytest.raises(Forbidden):
        actions.start_level(incident.pk, **start)
    authorises(magistrate, leader, county, clock, "level_II")
    with pytest.raises(Forbidden):
        actions.start_level(incident.pk, **start)  # the magistrate is here
    leaves(magistrate, county, clock)
    actions.start_level(incident.pk, **start)
    event = Event.objects.get(verb="level.signed_for")
    assert (event.by_name, event.data["leader_name"]["zh"]) == (leader.name, magistrate.name)
    said = say(event.verb, event.by_name, event.data, event.card)
    assert leader.name in said or leader.name_en in said
    assert magistrate.name in said or magistrate.name_en in said
    assert "庆政〔2026〕8号" in said


def test_one_who_may_anyway_signs_for_nobody(incident: Incident, leader: Person) -> None:
    actions.start_level(incident.pk, by=leader, version_id=flood_plan().pk, level="III", grounds="暴雨")
    assert not Event.objects.filter(verb="level.signed_for").exists()


def test_a_level_beyond_the_authorisation_stays_forbidden(
    incident: Incident, leader: Person, county: Unit, clock: Any
) -> None:
    magistrate = holder("magistrate")
    authorises(magistrate, leader, county, clock, "level_II")
    leaves(magistrate, county, clock)
    with pytest.raises(Forbidden):
        actions.start_level(incident.pk, by=leader, version_id=flood_plan().pk, level="I", grounds="暴雨")


def test_the_form_that_starts_a_level_says_who_signs_for_whom(
    incident: Incident, leader: Person, county: Unit, clock: Any
) -> None:
    magistrate = holder("magistrate")
    authorises(magistrate, leader, county, clock, "level_II")
    leaves(magistrate, county, clock)
    client = Client()
    client.force_login(leader, backend=BACKEND)
    body = {"version": flood_plan().pk, "level": "II"}
    answer = client.post(f"/api/v1/incidents/{incident.pk}/preview-level/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["may"] is True
    assert magistrate.label in answer.json()["approver"][0]["signs_for"][0]


def test_duty_knows_over_which_units_a_response_runs_until_it_ends(incident: Incident, leader: Person) -> None:
    response = actions.start_level(
        incident.pk, by=leader, version_id=flood_plan().pk, level="III", grounds="暴雨", area=[JUSHUI]
    )
    row = ResponseCover.objects.get(subject=f"response:{response.pk}")
    assert (row.hazard, row.paths, row.ends_at) == ("flood", [Unit.objects.get(code=JUSHUI).path], None)
    actions.change_level(response.pk, by=leader, level="III", grounds="扩大", area=["331126"])
    row.refresh_from_db()
    assert row.paths == [Unit.objects.get(code="331126").path]


def test_the_notice_signed_with_the_decision_says_for_whom_and_on_what_authority(
    incident: Incident, leader: Person, county: Unit, clock: Any
) -> None:
    magistrate = holder("magistrate")
    authorises(magistrate, leader, county, clock, "level_II", "papers")
    leaves(magistrate, county, clock)
    actions.start_level(
        incident.pk, by=leader, version_id=flood_plan().pk, level="II", grounds="暴雨", sign_notice=True
    )
    paper = OfficialPaper.objects.get(kind="response_started")
    assert (paper.signed_by, paper.signed_for) == (leader, magistrate)
    assert "庆政〔2026〕8号" in paper.signed_ground


def test_a_paper_of_a_leader_who_is_away_is_told_to_whoever_they_authorised_who_may_sign_it(
    incident: Incident, leader: Person, county: Unit, clock: Any
) -> None:
    magistrate = holder("magistrate")
    actions.start_level(incident.pk, by=magistrate, version_id=flood_plan().pk, level="II", grounds="暴雨")
    paper = OfficialPaper.objects.get(kind="response_started")
    assert [one.pk for one in to_sign(leader)] == []
    authorises(magistrate, leader, county, clock, "papers")
    leaves(magistrate, county, clock)
    assert to_sign(leader) == [paper]
    assert sign_paper(paper.pk, by=leader).signed_for == magistrate
