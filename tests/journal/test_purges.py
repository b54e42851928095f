"""What is done with goes at its age; what is under way, and the record itself, stay."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection

from database.clock import now
from journal import timers
from journal.actions.recording import SYSTEM, record
from journal.models import Event, Relay, RememberedReply, Timer
from notify.models import Delivery, Message
from org.actions import purge
from org.models import Person

pytestmark = pytest.mark.django_db


def ago(days: float) -> dt.datetime:
    return now() - dt.timedelta(days=days)


def test_heard_relays_go_and_waiting_ones_stay() -> None:
    event = record("test.happened", "test:1", "33.11.26", by=SYSTEM)
    old = ago(settings.DONE_KEPT_DAYS + 1)
    for name, state, moment in (("a", "done", old), ("b", "pending", old), ("c", "done", now())):
        Relay.objects.create(event=event, subscriber=name, state=state, not_before=moment)
    purge.purge_all()
    assert set(Relay.objects.filter(event=event).values_list("subscriber", flat=True)) == {"b", "c"}
    assert Event.objects.filter(seq=event.seq).exists()


def test_fired_timers_go_and_pending_ones_stay_however_late() -> None:
    old = ago(settings.DONE_KEPT_DAYS + 1)
    timers.set_timers([timers.Setting("test.kind", f"test:{n}", old) for n in range(2)])
    Timer.objects.filter(subject="test:0").update(state="fired")
    purge.purge_all()
    assert list(Timer.objects.filter(kind="test.kind").values_list("subject", flat=True)) == ["test:1"]


def test_remembered_replies_go_after_a_week(officer: Person) -> None:
    for key, age in (("old", settings.REPLIES_KEPT_DAYS + 1), ("new", 1)):
        reply = RememberedReply.objects.create(key=key, person_id=officer.pk, request="x")
        RememberedReply.objects.filter(pk=reply.pk).update(at=ago(age))
    purge.purge_all()
    assert list(RememberedReply.objects.values_list("key", flat=True)) == ["new"]


def test_messages_that_were_closed_years_ago_go_with_their_deliveries_and_open_ones_stay(officer: Person) -> None:
    old = ago(settings.MESSAGES_KEPT_DAYS + 1)
    made = {}
    for state, closed in (("settled", old), ("open", None), ("acknowledged", now())):
        made[state] = Message.objects.create(
            person=officer, code="test", subject="test:1", unit_path="33.11.26", state=state, closed_at=closed,
        )  # fmt: skip
        Delivery.objects.create(message=made[state], channel="web")
    purge.purge_all()
    left = set(Message.objects.filter(pk__in=[row.pk for row in made.values()]).values_list("state", flat=True))
    assert left == {"open", "acknowledged"}
    assert not Delivery.objects.filter(message_id=made["settled"].pk).exists()


def test_many_rows_go_in_batches(monkeypatch: pytest.MonkeyPatch, officer: Person) -> None:
    monkeypatch.setattr("journal.actions.purges.BATCH", 10)
    RememberedReply.objects.bulk_create(
        RememberedReply(key=f"k{n}", person_id=officer.pk, request="x") for n in range(35)
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_rememberedreply SET at = at - interval '100 days'")
    assert purge.purge_all()["replies"] == 35
