"""The page and the API of leaders' whereabouts; what stands on every desk's home."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duty import actions
from duty.models import Authorisation, Whereabouts
from duty.selectors.desk_alarms import alarms_of
from duty.selectors.leaders import leaders_of
from org.models import HeadquartersMember, Person, Unit
from tests.support.county import BACKEND

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PAGE = "/duty/leaders/"


def holder(post: str) -> Person:
    return Person.objects.get(appointments__post__code=post, appointments__role="A")


@pytest.fixture
def county(demo_county: Unit) -> Unit:
    return Unit.objects.get(code="331126")


@pytest.fixture
def as_(county: Unit) -> Callable[[str | Person], Client]:
    def sign_in(who: str | Person) -> Client:
        client = Client()
        client.force_login(Person.objects.get(username=who) if isinstance(who, str) else who, backend=BACKEND)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


def times(clock: Any) -> dict[str, str]:
    return {"start": f"{clock.now():%Y-%m-%dT%H:%M}", "end": f"{clock.now() + 2 * DAY:%Y-%m-%dT%H:%M}"}


def test_the_first_day_lists_everybody_as_not_told(as_: Any) -> None:
    page = as_("officer").get(PAGE).content.decode()
    listed = len(leaders_of(Unit.objects.get(code="331126")))
    assert listed >= 4
    assert page.count('id="leader-') == page.count("not told today") == listed


def test_one_tap_of_the_leader_and_one_of_the_office(as_: Any, county: Unit) -> None:
    leader = Person.objects.get(username="leader")
    assert as_("leader").post("/duty/units/331126/leaders/here/", headers={"HX-Request": "true"}).status_code == 204
    magistrate = holder("magistrate")
    answer = as_("officer").post(f"/duty/units/331126/leaders/{magistrate.pk}/here/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert list(Whereabouts.objects.order_by("pk").values_list("person", "filed_by__username")) == [
        (leader.pk, "leader"),
        (magistrate.pk, "officer"),
    ]


def test_the_form_asks_who_agreed_when_the_other_head_is_out_too(as_: Any, county: Unit, clock: Any) -> None:
    secretary, magistrate = holder("party_secretary"), holder("magistrate")
    body = {"kind": "away", "place": "杭州", "means": "电话", **times(clock)}
    client = as_("officer")
    assert client.post(f"/duty/units/331126/leaders/{secretary.pk}/away/", body).status_code == 302
    refused = client.post(f"/duty/units/331126/leaders/{magistrate.pk}/away/", body)
    assert refused.status_code == 400
    assert "Who has agreed to it?" in refused.content.decode()
    agreed = client.post(f"/duty/units/331126/leaders/{magistrate.pk}/away/", body | {"agreed": "市委办"})
    assert agreed.status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Both heads are out of the county at once" in page
    assert "has authorised nobody who is here" in page


def test_an_authorisation_is_given_shown_and_revoked(as_: Any, county: Unit, clock: Any) -> None:
    magistrate, leader = holder("magistrate"), Person.objects.get(username="leader")
    client = as_("officer")
    form = client.get(f"/duty/units/331126/leaders/{magistrate.pk}/authorise/").content.decode()
    assert "level_II" in form
    body = {"deputy": leader.pk, "matters": ["level_II"], **times(clock)}
    assert client.post(f"/duty/units/331126/leaders/{magistrate.pk}/authorise/", body).status_code == 302
    row = Authorisation.objects.get()
    assert "given orally, logged by" in client.get(PAGE).content.decode()
    assert client.post(f"/duty/authorisations/{row.pk}/revoke/").status_code == 302
    assert "revoked by" in client.get(PAGE).content.decode()


def test_a_form_offers_no_level_that_the_leader_may_not_approve(as_: Any, county: Unit) -> None:
    """By post; what a seat of a headquarters decides is asked of the seat when it is used."""
    leader = Person.objects.get(username="leader")
    form = f"/duty/units/331126/leaders/{leader.pk}/authorise/"
    HeadquartersMember.objects.all().delete()
    read = as_("officer").get(form).content.decode()
    assert "level_III" in read
    assert 'value="level_II"' not in read


def test_townships_and_villages_see_nothing_of_it(as_: Any, county: Unit, clock: Any) -> None:
    row = actions.tell_in_county(by=holder("magistrate"), unit=county)
    for name in ("township", "village"):
        client = as_(name)
        page = client.get(PAGE)
        assert "leader-" not in page.content.decode().replace("leader-acts", "")
        assert client.get(f"/api/v1/leaders/{row.pk}/").status_code == 404
        assert client.get("/api/v1/leaders/now/").status_code == 404
        assert client.post("/duty/units/331126/leaders/here/").status_code == 404


def test_the_page_s_queries_do_not_grow_with_what_was_filed(as_: Any, county: Unit, clock: Any) -> None:
    client, magistrate, leader = as_("officer"), holder("magistrate"), Person.objects.get(username="leader")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(PAGE)
        return len(seen)

    def fill(number: int) -> None:
        for n in range(number):
            start = clock.now() + n * DAY
            for person in (magistrate, leader):
                actions.file_absence(
                    by=person, unit=county, kind="away", place="杭州", start=start, end=start + 3 * DAY, agreed="x"
                )
            actions.authorise(
                by=magistrate, unit=county, deputy=leader, matters=["papers"], start=start, end=start + DAY
            )

    fill(1)
    queries()
    few = queries()
    fill(6)
    assert queries() == few


def test_the_api_files_reads_authorises_and_withdraws(as_: Any, county: Unit, clock: Any) -> None:
    magistrate, leader = holder("magistrate"), Person.objects.get(username="leader")
    client = as_("officer")

    def post(path: str, **body: Any) -> Any:
        return client.post(f"/api/v1/{path}", body, content_type="application/json")

    when = {"start": clock.now().isoformat(), "end": (clock.now() + 2 * DAY).isoformat()}
    about = {"unit": "331126", "person": magistrate.pk}
    assert post("leaders/in-county/", **about).status_code == 201
    filed = post("leaders/", **about, kind="away", place="杭州", means="电话", **when)
    assert filed.status_code == 201
    given = post("authorisations/", **when)
    assert given.status_code == 405
    given = post(
        "leaders/authorise/", unit="331126", giver=magistrate.pk, deputy=leader.pk, matters=["level_II"], **when
    )
    assert given.status_code == 201
    found = client.get("/api/v1/leaders/signatory/", {"post": "magistrate", "matter": "level_II"}).json()
    assert (found["signer"]["id"], found["leader"]["id"]) == (leader.pk, magistrate.pk)
    now = {row["person"]["id"]: row for row in client.get("/api/v1/leaders/now/").json()["results"]}
    assert (now[magistrate.pk]["kind"], now[magistrate.pk]["place"]) == ("away", "杭州")
    assert post(f"authorisations/{given.json()['id']}/revoke/").status_code == 200
    assert post(f"leaders/{filed.json()['id']}/withdraw/").status_code == 200
    assert post(f"leaders/{filed.json()['id']}/withdraw/").status_code == 409
    assert client.get("/api/v1/leaders/signatory/", {"post": "executive"}).status_code == 404


def test_both_heads_out_stands_on_the_desk_and_goes_with_it(as_: Any, county: Unit, clock: Any) -> None:
    for post in ("party_secretary", "magistrate"):
        person = holder(post)
        actions.file_absence(
            by=person,
            unit=county,
            kind="away",
            place="杭州",
            start=clock.now() - DAY,
            end=clock.now() + DAY,
            agreed="x",
        )
    officer = Person.objects.get(username="officer")
    assert [alarm.url for alarm in alarms_of(officer)] == ["/duty/leaders/"]
    assert "Both heads of" in as_("officer").get("/board/strip/").content.decode()
    assert alarms_of(Person.objects.get(username="village")) == []
    actions.tell_in_county(by=holder("magistrate"), unit=county)
    assert alarms_of(officer) == []
