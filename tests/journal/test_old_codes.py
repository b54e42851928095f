"""Events are sealed: what was recorded under an old code is read under today's, and stays as it was written."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import override_settings
from django.utils.translation import override

from command.models import EndCondition
from duty import actions as duty
from duty.models import CalendarToken
from journal.actions.recording import record
from journal.live.frames import fetch_new, newest_seq
from journal.models import Event, Relay
from journal.rules import old_codes
from journal.rules.subjects import SUBJECTS
from journal.sentences import VERBS, say
from journal.subscribers import SUBSCRIPTIONS
from org.models import Person

TOWN = "33.11.26.206"
PLATFORM = {"code": "county", "name": "County platform"}
OLD = [
    ("feed.issued", "feed:5", {}, "calendar_feed.issued", "calendar_feed:5"),
    ("feed.revoked", "feed:5", {}, "calendar_feed.revoked", "calendar_feed:5"),
    ("feed.revoked", "feed:5", PLATFORM, "feed.revoked", "feed:5"),
    ("warning.message_kept", "message:9", {"kind": "Update"}, "warning.message_kept", "cap_message:9"),
]


def sentence_of(event: Event) -> str:
    return say(event.verb, event.by_name, event.data, event.card)


@pytest.mark.parametrize(("verb", "subject", "data", "verb_now", "subject_now"), OLD)
def test_an_old_event_is_read_by_today_s_codes(
    village: Person, verb: str, subject: str, data: dict[str, Any], verb_now: str, subject_now: str
) -> None:
    before = newest_seq()
    seq = _old(verb, subject, data, village)
    kept = Event.objects.get(seq=seq)
    assert (kept.verb, kept.subject, kept.data) == (verb_now, subject_now, data)
    (frame,) = fetch_new(before, [])
    told = json.loads(frame.text)
    assert (told["verb"], told["subject"], frame.verb) == (verb_now, subject_now, verb_now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb, subject FROM journal_event WHERE seq = %s", [seq])
        assert cursor.fetchone() == (verb, subject), "the row itself is sealed"


def test_a_village_s_revoked_calendar_does_not_read_as_a_platform_s(village: Person) -> None:
    old = Event.objects.get(seq=_old("feed.revoked", "feed:5", {}, village))
    duty.issue_feed(by=village)
    duty.revoke_feed(CalendarToken.objects.get().pk, by=village)
    new = Event.objects.order_by("-seq")[0]
    platform = Event.objects.get(seq=_old("feed.revoked", "feed:5", PLATFORM, village))
    with override("en"):
        assert sentence_of(old) == sentence_of(new) == f"{village.name} revoked a calendar feed"
        assert "the token of the platform County platform" in sentence_of(platform)
    with override("zh-hans"):
        assert sentence_of(old) == sentence_of(new)
        assert "–" not in sentence_of(new)
    assert (new.verb, new.subject) == ("calendar_feed.revoked", f"calendar_feed:{CalendarToken.objects.get().pk}")


@pytest.mark.parametrize(("old", "code"), sorted(old_codes.CONDITIONS.items()))
def test_an_old_condition_of_ending_is_read_by_its_code_of_today(village: Person, old: str, code: str) -> None:
    event = Event.objects.get(seq=_old("response.condition_met", "response:1", {"code": old, "note": "x"}, village))
    assert event.data == {"code": code, "note": "x"}
    assert code in EndCondition.Code.values
    assert old not in EndCondition.Code.values


@pytest.mark.parametrize("fields", [("verb",), ("subject",), ("seq", "verb", "subject"), ("verb", "data")])
def test_part_of_an_old_event_is_read_alike(village: Person, fields: tuple[str, ...]) -> None:
    seq = _old("feed.issued", "feed:5", {}, village)
    assert Event.objects.only(*fields).get(seq=seq).verb == "calendar_feed.issued"


def test_what_old_codes_became_is_registered() -> None:
    for verb, subject, data, _verb, _subject in OLD:
        now, about, _data = old_codes.event_now(verb, subject, data)
        assert now in VERBS
        assert about.partition(":")[0] in SUBJECTS


def _old(verb: str, subject: str, data: dict[str, Any], by: Person) -> int:
    """A row as it was written before the codes had their owners; recording would refuse it."""
    with override_settings(CHECK_PAYLOADS=False):
        return record(verb, subject, TOWN, by=by, data=data).seq


# What is not sealed is migrated --------------------------------------------------------------------------------------


def test_waiting_relays_get_their_subscriber_s_name(village: Person) -> None:
    migration = import_module("journal.migrations.0007_subscribers_have_names")
    event = record("test.happened", "test:1", TOWN, by=village)
    paths = {
        "command.subscribers.climb_at_once": "command.climb_at_once",
        "early_warning.subscribers.weigh": "early_warning.weigh",
        "duty.call_the_stand_in": "duty.call_the_stand_in",
    }
    Relay.objects.bulk_create(Relay(event=event, subscriber=path) for path in paths)
    with connection.cursor() as cursor:
        cursor.execute(migration.RENAME)
    assert set(event.relays.values_list("subscriber", flat=True)) == set(paths.values())
    assert set(paths.values()) <= set(SUBSCRIPTIONS)
    assert {old_codes.subscriber_now(path) for path in paths} == set(paths.values())


def test_the_renamed_conditions_are_those_that_old_events_are_read_by() -> None:
    migration = import_module("command.migrations.0007_end_condition_codes")
    assert dict(migration.RENAMED) == old_codes.CONDITIONS
    assert set(old_codes.CONDITIONS.values()) < set(EndCondition.Code.values)
