"""What an officer decides: dismiss, reopen, open an incident; and who may not."""

from __future__ import annotations

import datetime as dt

import pytest

from command.models import Incident
from early_warning.actions import dismiss, receive, reopen, turn_into_incident
from early_warning.models import Warning
from journal import timers
from journal.models import Event
from journal.states import IllegalMove
from notify.models import Message
from tests.early_warning.messages import area, at, cancel, info, message, published, update
from web.errors import Conflict, Forbidden, Invalid, NotFound

Status = Warning.Status


@pytest.fixture
def warning(feed):
    return receive(message(), by=feed).warning


def test_a_dismissal_keeps_its_reason_and_silences_the_alarm(warning, officer):
    dismissed = dismiss(warning.pk, reason="  演练误报 ", by=officer)
    assert (dismissed.status, dismissed.dismissed_reason) == (Status.DISMISSED, "演练误报")
    event = Event.objects.get(verb="warning.dismissed")
    assert (event.by, event.data["reason"], event.card["status"]) == (f"person:{officer.pk}", "演练误报", "dismissed")
    assert set(Message.objects.values_list("state", flat=True)) == {"settled"}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_dismissal_without_a_fitting_reason_is_refused_by_field(warning, officer, reason):
    with pytest.raises(Invalid) as caught:
        dismiss(warning.pk, reason=reason, by=officer)
    assert list(caught.value.fields) == ["reason"]
    warning.refresh_from_db()
    assert warning.status == Status.ACTIVE


def test_what_is_over_cannot_be_dismissed(feed, warning, officer):
    receive(cancel(), by=feed)
    with pytest.raises(IllegalMove) as caught:
        dismiss(warning.pk, reason="late", by=officer)
    assert caught.value.current == {"id": warning.pk, "status": "cancelled", "allowed": []}


def test_a_dismissed_warning_can_be_put_back_and_still_expires(feed, officer, clock):
    expires = at(clock.now() + dt.timedelta(hours=2))
    warning = receive(message(infos=info(extra=f"<expires>{expires}</expires>")), by=feed).warning
    for _twice in range(2):
        dismiss(warning.pk, reason="mistaken", by=officer)
        back = reopen(warning.pk, reason="it was real", by=officer)
    assert (back.status, back.dismissed_reason, back.ended_at) == (Status.ACTIVE, "", None)
    assert Message.objects.filter(person=officer, state="open", alarm=True).count() == 1
    clock.travel(hours=2)
    timers.fire_due()
    warning.refresh_from_db()
    assert warning.status == Status.EXPIRED


def test_a_dismissed_warning_does_not_expire_and_cannot_come_back_after_its_time(feed, officer, clock):
    expires = at(clock.now() + dt.timedelta(hours=2))
    warning = receive(message(infos=info(extra=f"<expires>{expires}</expires>")), by=feed).warning
    dismiss(warning.pk, reason="mistaken", by=officer)
    clock.travel(hours=3)
    timers.fire_due()
    with pytest.raises(Conflict) as caught:
        reopen(warning.pk, reason="x", by=officer)
    assert caught.value.code == "expired"


@pytest.mark.parametrize("later", [update(), cancel()])
def test_a_dismissed_warning_that_its_sender_ended_meanwhile_does_not_come_back(feed, warning, officer, later):
    dismiss(warning.pk, reason="mistaken", by=officer)
    receive(later, by=feed)
    with pytest.raises(Conflict) as caught:
        reopen(warning.pk, reason="x", by=officer)
    assert caught.value.code == "superseded"


def test_one_click_opens_an_incident_with_the_senders_words(feed, officer):
    in_force = published("rainstorm_12379").replace(b"2026-07-09T22", b"2126-07-09T22")
    warning = receive(in_force, by=feed).warning
    incident = turn_into_incident(warning.pk, by=officer)
    assert incident.title == "庆元县气象台发布暴雨红色预警[Ⅰ级/特别重大]"
    assert (incident.status, incident.category, incident.colour) == ("warned", "natural_disaster", "red")
    assert (incident.grade, incident.response_level) == ("", ""), "neither is derived from the colour"
    assert (incident.warning_id, incident.desk_officer, incident.unit.code) == (warning.pk, officer, "331126")
    assert "停止一切户外作业" in incident.description
    warning.refresh_from_db()
    assert warning.incident == incident
    taken = Event.objects.get(verb="warning.taken_up")
    assert taken.root == f"incident:{incident.pk}"
    assert set(Message.objects.filter(subject=f"warning:{warning.pk}").values_list("state", flat=True)) == {"settled"}


def test_the_officers_words_come_before_the_senders(warning, officer):
    incident = turn_into_incident(warning.pk, by=officer, title="举水乡强降雨", category="accident", grade="III")
    assert (incident.title, incident.category, incident.grade) == ("举水乡强降雨", "accident", "III")


def test_a_second_click_is_told_where_the_incident_is(warning, officer):
    first = turn_into_incident(warning.pk, by=officer)
    with pytest.raises(Conflict) as caught:
        turn_into_incident(warning.pk, by=officer)
    assert caught.value.current["id"] == first.pk
    assert Incident.objects.count() == 1


def test_an_update_belongs_to_the_incident_of_what_it_replaces(feed, warning, officer):
    incident = turn_into_incident(warning.pk, by=officer)
    newer = receive(update(), by=feed).warning
    assert newer.incident == incident
    assert Event.objects.filter(verb="warning.received").last().root == f"incident:{incident.pk}"
    with pytest.raises(Conflict):
        turn_into_incident(newer.pk, by=officer)


def test_a_test_message_and_an_ended_warning_open_no_incident(feed, officer):
    tried = receive(message(status="Test", identifier="t"), by=feed).warning
    ended = receive(message(), by=feed).warning
    receive(cancel(), by=feed)
    for warning in (tried, ended):
        with pytest.raises(Conflict):
            turn_into_incident(warning.pk, by=officer)
    assert not Incident.objects.exists()


def test_a_township_sees_what_names_it_and_may_not_decide(feed, township):
    mine = receive(message(identifier="a"), by=feed).warning
    theirs = receive(message(identifier="b", infos=info(area=area(codes=("331126101",)))), by=feed).warning
    with pytest.raises(Forbidden):
        dismiss(mine.pk, reason="x", by=township)
    with pytest.raises(NotFound):
        dismiss(theirs.pk, reason="x", by=township)
    with pytest.raises(Forbidden):
        turn_into_incident(mine.pk, by=township)
    with pytest.raises(NotFound):
        turn_into_incident(10**12, by=township)
