"""Taking in messages: what is kept, what it changes, who is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from early_warning.actions import add_feed, receive
from early_warning.models import RawMessage, Reference, Warning
from early_warning.platforms import cap
from early_warning.selectors.warnings import map_features
from journal import timers
from journal.actions.recording import SYSTEM
from journal.models import Event, Timer
from notify.models import Message
from org.models import Unit
from tests.early_warning.messages import area as an_area
from tests.early_warning.messages import at, box, cancel, info, message, published, reference, update
from web.errors import Conflict

Status = Warning.Status


def notes(received) -> list[str]:
    return [note["code"] for note in received.raw.notes]


def test_a_warning_is_kept_word_for_word_and_recorded_with_its_card(feed):
    body = published("rainstorm_12379")
    received = receive(body, by=feed)
    warning = received.warning
    assert received.created
    assert received.outcome == "warning"
    assert bytes(RawMessage.objects.get().body) == body
    assert (warning.colour, warning.colour_source, warning.event) == ("red", "platform", "暴雨")
    event = Event.objects.get(subject=f"warning:{warning.pk}")
    assert (event.verb, event.unit_path, event.by) == ("warning.received", "33.11.26", f"feed:{feed.pk}")
    card = event.card
    assert card["type"] == "warning"
    assert card["ref"] == warning.ref
    assert card["colour"] == "red"
    assert card["headline"] == {
        "zh": "庆元县气象台发布暴雨红色预警[Ⅰ级/特别重大]", "en": "Red rainstorm warning for Jushui and Zhukou",
    }  # fmt: skip
    assert card["units"] == warning.unit_count > 2
    west, south, east, north = card["bbox"]
    assert 118 < west < east < 120
    assert 27 < south < north < 28


def test_the_number_says_what_it_is_and_when(feed):
    assert receive(message(), by=feed).warning.ref.startswith("YJ20")


def test_the_same_bytes_again_change_nothing(feed):
    first = receive(message(), by=feed)
    again = receive(message(), by=feed)
    assert not again.created
    assert again.warning == first.warning
    assert (RawMessage.objects.count(), Warning.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="warning.received").count() == 1


def test_one_identity_with_other_bytes_is_a_conflict_that_names_the_first(feed):
    first = receive(message(), by=feed)
    with pytest.raises(Conflict) as caught:
        receive(message(infos=info(severity="Extreme")), by=feed)
    assert caught.value.code == "identity_reused"
    assert caught.value.current["id"] == first.warning.pk


def test_the_same_moment_in_another_zone_is_the_same_identity(feed):
    receive(message(sent="2026-07-09T10:15:00+08:00"), by=feed)
    with pytest.raises(Conflict):
        receive(message(sent="2026-07-09T02:15:00-00:00"), by=feed)


def test_what_is_refused_leaves_nothing(feed):
    with pytest.raises(cap.Refused):
        receive(message(status=None), by=feed)
    assert not RawMessage.objects.exists()
    assert not Warning.objects.exists()


@pytest.mark.parametrize("name", ["oasis_thunderstorm", "nws_flood"])
def test_published_messages_of_elsewhere_are_kept_apart(feed, name):
    received = receive(published(name), by=feed)
    assert (received.warning.status, received.warning.unit_count) == (Status.ELSEWHERE, 0)


@pytest.mark.parametrize("name", ["oasis_homeland", "oasis_amber"])
def test_published_messages_whose_area_cannot_be_read_count_for_the_county(feed, name):
    received = receive(published(name), by=feed)
    assert received.warning.status == Status.ACTIVE
    assert "area_unread" in notes(received) or "no_area" in notes(received)


def test_a_message_of_the_past_warns_of_nothing(feed):
    """The standard's earthquake: urgency Past."""
    assert receive(published("oasis_earthquake"), by=feed).outcome == "kept"


def test_receiving_takes_a_fixed_number_of_statements(feed):
    whole_county = message(identifier="all", infos=info(area=an_area(polygon=box(118, 27, 120, 28))))
    one_village = message(identifier="one", infos=info(area=an_area(circle="27.53,119.229 0.3")))
    counted = []
    for body in (one_village, whole_county):
        with CaptureQueriesContext(connection) as queries:
            units = receive(body, by=feed).warning.unit_count
        counted.append((units, len(queries)))
    (few, statements_for_few), (many, statements_for_many) = counted
    assert few < 10 < 200 < many
    assert statements_for_few == statements_for_many <= 29


def test_an_update_replaces_and_carries_on(feed):
    old = receive(message(), by=feed).warning
    received = receive(update(), by=feed)
    old.refresh_from_db()
    assert (old.status, old.ended_by, received.ended) == (Status.UPDATED, received.raw, [old])
    assert old.ended_at is not None
    assert received.warning.status == Status.ACTIVE
    verbs = list(Event.objects.filter(subject__startswith="warning:").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["warning.received", "warning.received", "warning.updated"]
    moved = Event.objects.get(verb="warning.updated")
    assert moved.card["status"] == "updated"
    assert moved.cause == Event.objects.filter(verb="warning.received").last().seq


def test_an_update_of_an_update_ends_only_what_is_still_in_force(feed):
    first = receive(message(), by=feed).warning
    second = receive(update("test-2"), by=feed).warning
    both = f"{reference()} {reference('test-2', '2026-07-09T11:00:00+08:00')}"
    third = receive(update("test-3", of=both, sent="2026-07-09T11:30:00+08:00"), by=feed)
    assert [w.pk for w in third.ended] == [second.pk]
    assert notes(third) == ["already_ended"]
    assert list(Warning.objects.order_by("pk").values_list("status", flat=True)) == ["updated", "updated", "active"]
    assert first.pk != second.pk


def test_a_cancel_ends_the_warning_and_makes_none(feed):
    warning = receive(message(), by=feed).warning
    received = receive(cancel(), by=feed)
    warning.refresh_from_db()
    assert (received.outcome, received.warning.pk, warning.status) == ("cancelled", warning.pk, Status.CANCELLED)
    assert Warning.objects.count() == 1
    again = receive(cancel(), by=feed)
    assert (again.created, again.outcome, again.warning.pk) == (False, "cancelled", warning.pk)


def test_a_cancel_of_something_unknown_is_kept_and_told(feed):
    received = receive(cancel(), by=feed)
    assert (received.outcome, received.warning) == ("kept", None)
    assert notes(received) == ["unknown_reference"]
    assert Event.objects.filter(verb="warning.message_kept", unit_path="33.11.26").count() == 1
    assert Reference.objects.get().identifier == "test-1"


def test_an_update_of_something_unknown_is_a_warning_and_told(feed):
    received = receive(update(), by=feed)
    assert received.warning.status == Status.ACTIVE
    assert notes(received) == ["unknown_reference"]


@pytest.mark.parametrize(("later", "status"), [(update(), Status.UPDATED), (cancel(), Status.CANCELLED)])
def test_an_original_that_arrives_after_what_ended_it_is_ended_at_once(feed, later, status):
    receive(later, by=feed)
    Message.objects.all().delete()
    original = receive(message(), by=feed)
    assert original.warning.status == status
    assert not Message.objects.exists(), "nobody is woken for a warning that is over"
    verbs = (
        Event.objects.filter(subject=f"warning:{original.warning.pk}").order_by("seq").values_list("verb", flat=True)
    )
    assert list(verbs) == ["warning.received", f"warning.{status}"]


def test_an_older_update_that_arrives_after_a_newer_one_is_ended_at_once(feed):
    receive(message(), by=feed)
    newer = receive(update("test-3", sent="2026-07-09T12:00:00+08:00"), by=feed).warning
    older = receive(update("test-2", sent="2026-07-09T11:00:00+08:00"), by=feed).warning
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.status, newer.status) == (Status.UPDATED, Status.ACTIVE)
    assert older.ended_by == newer.raw


def test_a_test_message_cannot_end_a_real_warning(feed):
    warning = receive(message(), by=feed).warning
    received = receive(cancel(status="Test"), by=feed)
    warning.refresh_from_db()
    assert warning.status == Status.ACTIVE
    assert notes(received) == ["status_differs"]


def test_another_sender_through_another_platform_cannot_end_a_warning(feed):
    warning = receive(message(), by=feed).warning
    other, _token = add_feed("other", "other", feed.unit, by=SYSTEM)
    received = receive(cancel(sender="somebody@else.example"), by=other)
    warning.refresh_from_db()
    assert warning.status == Status.ACTIVE
    assert notes(received) == ["not_the_sender", "asked"]


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
def test_what_is_not_actual_never_reaches_the_board(feed, officer, status):
    warning = receive(message(status=status), by=feed).warning
    assert warning.test
    assert Event.objects.get(subject=f"warning:{warning.pk}").card is None
    assert not Message.objects.exists()
    assert '"features" : []' in map_features(officer)


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_ack_and_error_are_kept_without_a_warning(feed, kind):
    received = receive(message(msgType=kind, infos="", references=reference()), by=feed)
    assert (received.outcome, notes(received)) == ("kept", ["no_warning"])
    assert RawMessage.objects.get().kind == kind


def test_the_countys_officers_are_woken_and_nobody_else(feed, officer, township):
    warning = receive(message(), by=feed).warning
    woken = Message.objects.filter(subject=f"warning:{warning.pk}")
    assert all(m.alarm and m.code == "warning.received" and m.url == f"/warnings/{warning.pk}/" for m in woken)
    people = set(woken.values_list("person", flat=True))
    assert officer.pk in people
    assert township.pk not in people


def test_a_cancel_silences_the_alarm(feed):
    receive(message(), by=feed)
    receive(cancel(), by=feed)
    assert set(Message.objects.values_list("state", flat=True)) == {"settled"}


def test_a_warning_expires_by_the_databases_clock(feed, clock):
    expires = clock.now() + dt.timedelta(hours=2)
    warning = receive(message(infos=info(extra=f"<expires>{at(expires)}</expires>")), by=feed).warning
    timers.fire_due()
    warning.refresh_from_db()
    assert warning.status == Status.ACTIVE
    clock.travel(hours=2)
    timers.fire_due()
    warning.refresh_from_db()
    assert warning.status == Status.EXPIRED
    assert Event.objects.get(verb="warning.expired").card["status"] == "expired"
    assert set(Message.objects.values_list("state", flat=True)) == {"settled"}


def test_a_warning_that_was_over_when_it_came_wakes_nobody_and_expires(feed):
    warning = receive(published("oasis_thunderstorm"), by=feed).warning
    assert not Message.objects.exists()
    timers.fire_due()
    warning.refresh_from_db()
    assert warning.status == Status.EXPIRED


def test_a_warning_ends_with_the_last_of_its_blocks_and_never_when_one_has_no_end(feed, clock):
    early, late = (at(clock.now() + dt.timedelta(hours=h)) for h in (1, 5))
    ends = [f"<expires>{moment}</expires>" for moment in (early, late)]
    both = receive(message(identifier="a", infos=info(extra=ends[0]) + info(extra=ends[1])), by=feed).warning
    assert at(both.expires) == late
    open_ended = receive(message(identifier="b", infos=info(extra=ends[0]) + info()), by=feed).warning
    assert open_ended.expires is None
    assert not Timer.objects.filter(subject=f"warning:{open_ended.pk}", kind="warning.expires").exists()


def test_an_ended_warning_leaves_no_timer_behind(feed, clock):
    expires = at(clock.now() + dt.timedelta(hours=2))
    warning = receive(message(infos=info(extra=f"<expires>{expires}</expires>")), by=feed).warning
    receive(cancel(), by=feed)
    assert Timer.objects.get(subject=f"warning:{warning.pk}").state == "cancelled"


def test_two_counties_may_each_be_sent_the_same_message(feed):
    rong = Unit.objects.create(code="510321", path="51.03.21", level="county", name="荣县")
    other, _token = add_feed("rong", "荣县", rong, by=SYSTEM)
    first, second = receive(message(), by=feed), receive(message(), by=other)
    assert second.created
    assert first.warning != second.warning
