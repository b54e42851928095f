"""A hazard that turns dangerous becomes one incident, told on both sides."""

from __future__ import annotations

import pytest

from command.actions.hazard_links import open_from_hazard
from command.models import Incident
from journal.models import Event
from journal.sentences import say
from tests.hazards import conftest as hazards
from tests.support.hazards import NEIGHBOUR, fresh, holder
from web.errors import Conflict, NotFound

found, planned, ticket = hazards.found, hazards.planned, hazards.ticket

SAID = {"title": "危岩垮塌", "category": "natural_disaster", "unit": "331126206"}


def events(subject: str) -> list[str]:
    return list(Event.objects.filter(subject=subject).order_by("seq").values_list("verb", flat=True))


def test_it_is_recorded_on_both_sides_and_the_ticket_stays_open(found, township):
    hazard = found()
    incident = open_from_hazard(hazard.pk, by=township, **SAID)
    assert events(f"incident:{incident.pk}") == ["incident.opened", "incident.from_hazard"]
    assert events(f"hazard:{hazard.pk}")[-1] == "hazard.became_incident"
    told = Event.objects.get(verb="hazard.became_incident")
    assert incident.ref in say(told.verb, told.by_name, told.data, told.card)
    assert hazard.ref in say("incident.from_hazard", "x", Event.objects.get(verb="incident.from_hazard").data, {})
    assert (incident.point.x, incident.point.y) == (hazard.point.x, hazard.point.y)
    assert fresh(hazard).status == "found"
    assert fresh(hazard).next_due_at is not None


def test_the_second_time_it_is_the_same_incident(found, township, officer):
    hazard = found()
    first = open_from_hazard(hazard.pk, by=township, **SAID)
    again = open_from_hazard(hazard.pk, by=officer, **{**SAID, "title": "另一个标题"})
    assert again.pk == first.pk
    assert Incident.objects.count() == 1
    assert Event.objects.filter(verb="hazard.became_incident").count() == 1


def test_out_of_sight_it_is_not_there_and_an_ended_one_becomes_nothing(found, ticket, township):
    hazard = found()
    with pytest.raises(NotFound):
        open_from_hazard(hazard.pk, by=holder(NEIGHBOUR, "township_station"), **{**SAID, "unit": NEIGHBOUR})
    ended = ticket("closed")
    assert ended.status == "closed"
    with pytest.raises(Conflict) as refused:
        open_from_hazard(ended.pk, by=township, **SAID)
    assert refused.value.current["status"] == "closed"
    assert not Incident.objects.exists()


def test_the_page_is_filled_in_and_its_form_opens_the_incident_once(found, township, client):
    hazard = found()
    client.force_login(township, backend="emergency.authentication.sessions.PeopleBackend")
    address = f"/incidents/new/?hazard={hazard.pk}"
    form = client.get(address).context["form"]
    assert hazard.ref in form["title"].value()
    assert form["unit"].value() == "331126206200"
    assert "12" in form["description"].value()
    sent = {name: form[name].value() or "" for name in ("token", "title", "category", "unit", "place", "point")}
    sent |= {"learned_at": "2026-01-05T08:00", "description": "x", "grade": "", "colour": "", "occurred_at": ""}
    there = client.post(address, sent)
    incident = Incident.objects.get()
    assert there.headers["Location"] == f"/incidents/{incident.pk}/"
    assert client.get(address).headers["Location"] == f"/incidents/{incident.pk}/"


def test_a_number_that_is_none_or_is_anothers_fills_in_nothing(found, client):
    hazard = found()
    neighbour = holder(NEIGHBOUR, "township_station")
    client.force_login(neighbour, backend="emergency.authentication.sessions.PeopleBackend")
    for asked in (str(hazard.pk), "x", "9" * 30):
        page = client.get(f"/incidents/new/?hazard={asked}")
        assert page.status_code == 200
        assert hazard.ref not in page.content.decode()
