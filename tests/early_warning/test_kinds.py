"""What a warning warns of is classified once; what nobody knows is one tap of the officer; whose it is stands apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from command.models import Proposal
from database.clock import now
from early_warning.actions import add_feed, classify, receive
from early_warning.models import Feed, UnreadMessage, Warning
from early_warning.rules.origin import origin_of
from journal.actions.recording import SYSTEM
from journal.actions.relays import run_pending
from notify.models import Message
from org.models import Person, Unit
from tests.early_warning import messages
from tests.support.levels import action, plan_of
from web.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db

RED = "<parameter><valueName>预警颜色</valueName><value>红色</value></parameter>"
TRIGGERS = {
    colour: [{"signal": "warning", "colour": [colour], "events": ["forest-fire-danger", "rainstorm"]}]
    for colour in ("blue", "yellow", "orange", "red")
}


@pytest.fixture
def feed(demo_county: Unit) -> Feed:
    return add_feed("kinds", "平台", demo_county, by=SYSTEM, token="k" * 40)[0]


@pytest.fixture
def plan(demo_county: Unit) -> Any:
    return plan_of(action("watch"), triggers=TRIGGERS)


def warn(feed: Feed, event: str, identifier: str = "w-1", headline: str = "预警") -> Warning:
    expires = (now() + timedelta(hours=6)).isoformat(timespec="seconds")
    block = messages.info(extra=f"<expires>{expires}</expires>" + RED, headline=headline, event=event)
    warning = receive(messages.message(block, identifier=identifier), by=feed).warning
    run_pending()
    assert warning
    return warning


@pytest.mark.parametrize("event", ["森林火险", "森林火险红色预警", "Forest fire danger"])
def test_a_red_fire_danger_signal_proposes_a_warning_response_and_no_emergency_level(
    feed: Feed, plan: Any, event: str
) -> None:
    warning = warn(feed, event)
    assert warning.event_kind == "forest-fire-danger"
    assert list(Proposal.objects.values_list("level", flat=True)) == ["red"]


def test_a_headline_classifies_nothing_and_an_unknown_event_proposes_nothing_until_an_officer_says(
    feed: Feed, plan: Any, officer: Person, browse: Any
) -> None:
    warning = warn(feed, "天象异常", headline="暴雨红色预警")
    assert (warning.event_kind, Proposal.objects.count()) == ("", 0)
    client = browse(officer)
    assert "Unclassified" in client.get("/warnings/?status=unclassified").content.decode()
    assert "what does it warn of?" in client.get(f"/warnings/{warning.pk}/").content.decode()
    assert client.post(f"/warnings/{warning.pk}/kind/", {"event_kind": "rainstorm"}).status_code == 302
    run_pending()
    warning.refresh_from_db()
    assert warning.event_kind == "rainstorm"
    assert list(Proposal.objects.values_list("level", "status")) == [("red", "open")]
    assert "what does it warn of?" not in client.get(f"/warnings/{warning.pk}/").content.decode()


def test_a_wrong_kind_can_be_put_right_and_what_it_proposed_lapses(feed: Feed, plan: Any, officer: Person) -> None:
    warning = warn(feed, "暴雨")
    classify(warning.pk, event_kind="haze", by=officer)
    run_pending()
    assert list(Proposal.objects.values_list("status", flat=True)) == ["lapsed"]


def test_only_an_officer_of_the_county_classifies_and_only_by_the_catalogue(
    feed: Feed, officer: Person, township: Person
) -> None:
    warning = warn(feed, "天象异常")
    with pytest.raises(Invalid):
        classify(warning.pk, event_kind="owl", by=officer)
    with pytest.raises(Forbidden):
        classify(warning.pk, event_kind="haze", by=township)


def test_the_grounds_name_issuer_places_and_condition(feed: Feed, plan: Any) -> None:
    warn(feed, "暴雨")
    told = Proposal.objects.get().told
    assert (told["colour"], told["event"], told["condition"]) == ("red", {"zh": "暴雨", "en": "Rainstorm"}, 1)
    assert told["townships"] == [{"zh": "举水乡", "en": "Jushui Township"}]
    assert told["villages"] > 0
    assert told["issued_at"]


def test_a_lift_of_nothing_known_is_for_the_desk_to_verify_and_proposes_nothing(
    feed: Feed, plan: Any, officer: Person
) -> None:
    block = messages.info(extra=RED, headline="解除暴雨橙色预警")
    receive(messages.message(block, identifier="lift-1"), by=feed)
    run_pending()
    assert not Warning.objects.exists()
    assert not Proposal.objects.exists()
    assert UnreadMessage.objects.get().code == "suspected_lift"
    assert Message.objects.filter(person=officer, alarm=True, state="open").exists()


@pytest.mark.parametrize(
    ("identifier", "sender", "origin"),
    [
        ("33112641600000_20260709101500_1", "331126416", "own"), ("33110041600000_20260709101500", "x", "superior"),
        ("33000041600000_20260709101500", "x", "superior"), ("35092441600000_20260709101500", "x", "neighbour"),
        ("33112741600000_20260709101500", "x", "neighbour"), ("w-1", "331100416", "superior"), ("w-1", "nobody", ""),
    ],
)  # fmt: skip
def test_whose_warning_it_is_stands_in_its_number(identifier: str, sender: str, origin: str) -> None:
    assert origin_of(identifier, sender, "331126") == origin


def test_warnings_in_force_stand_by_whose_they_are(feed: Feed, officer: Person, browse: Any) -> None:
    warn(feed, "暴雨", identifier="33112741600000_20260709101500")
    warn(feed, "暴雨", identifier="33112641600000_20260709101501")
    page = browse(officer).get("/warnings/").content.decode()
    assert page.index("Issued in this county") < page.index("Issued by neighbours, may affect this county")
