"""Refused is not unseen: what a platform sent and we could not take is kept, counted, told, and attended to."""

from __future__ import annotations

import gzip

import pytest

from early_warning import actions
from early_warning.actions import unread
from early_warning.models import Feed, RawMessage, UnreadMessage, Warning
from early_warning.platforms import cap
from journal.models import Event
from notify.models import Message
from notify.sentences import text_of
from tests.early_warning.messages import info, message
from web.errors import Conflict, Forbidden, NotFound

BROKEN = message(sender=None)


def notices(person):
    return Message.objects.filter(person=person, code="feed.message_unread", state="open")


def test_bytes_reason_and_places_are_kept_in_both_languages(post, feed):
    post(BROKEN, content_type="text/xml")
    row = UnreadMessage.objects.get()
    assert (bytes(row.body), row.size, row.content_type) == (BROKEN, len(BROKEN), "text/xml")
    assert (row.feed, row.unit_id, row.code, row.count) == (feed, feed.unit_id, "invalid_message", 1)
    assert set(row.detail) == {"zh", "en"}
    assert row.detail["en"] == "The message is not valid CAP 1.2."
    assert row.fields["sender"][0]["en"] == "This element is required."
    assert not RawMessage.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_xml"),
        (b"\x00\xff", "unsupported_encoding"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a/>', "doctype_forbidden"),
        (b"<html/>", "wrong_namespace"),
        (message(namespace="urn:oasis:names:tc:emergency:cap:9"), "wrong_namespace"),
        (gzip.compress(b"x", mtime=0), "unsupported_encoding"),
    ],
)
def test_whatever_is_refused_is_kept(post, body, code):
    assert post(body).status_code == 400
    row = UnreadMessage.objects.get()
    assert (row.code, bytes(row.body)) == (code, body)


def test_a_compressed_body_is_kept_as_it_came(post):
    body = gzip.compress(message())
    assert post(body, Content_Encoding="gzip").status_code == 415
    assert bytes(UnreadMessage.objects.get().body) == body


def test_of_a_body_that_is_too_large_the_head_and_the_size_are_kept(post, monkeypatch):
    monkeypatch.setattr(cap, "MAX_BYTES", 200_000)
    body = message(note="x" * 300_000)
    assert post(body).status_code == 413
    row = UnreadMessage.objects.get()
    assert (row.code, row.whole, row.size) == ("too_large", False, len(body))
    assert body.startswith(bytes(row.body))
    assert len(row.body) >= 64 * 1024


def test_a_large_body_is_kept_as_a_file_once_and_comes_back_byte_for_byte(post, client, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    body = message(sender=None) + b" " * 300_000
    post(body)
    row = UnreadMessage.objects.get()
    assert (bytes(row.body), row.size) == (b"", len(body))
    client.force_login(officer)
    answer = client.get(f"/warnings/platforms/messages/{row.pk}/")
    assert b"".join(answer.streaming_content) == body
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]
    actions.attend(row.feed_id, by=officer)
    post(body)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("token", [None, "wrong"])
def test_nothing_is_kept_of_somebody_without_a_token(post, token):
    post(BROKEN, token=token)
    assert not UnreadMessage.objects.exists()


def test_an_identity_that_comes_again_with_other_content_is_kept_with_what_it_contradicts(post, officer):
    post(message())
    other = message(infos=info(severity="Minor"))
    assert post(other).status_code == 409
    row = UnreadMessage.objects.get()
    assert (row.code, row.raw, bytes(row.body)) == ("identity_reused", RawMessage.objects.get(), other)
    assert notices(officer).count() == 1


def test_three_hundred_of_them_are_one_line_with_a_count_and_are_bounded(post, feed, officer, monkeypatch):
    monkeypatch.setattr(unread, "MOST_A_DAY", 5)
    for i in range(30):
        post(message(sender=None, identifier=f"m-{i}"))
    (line,) = notices(officer)
    assert (line.alarm, line.data["n"]) == (True, 30)
    assert "30" in text_of(line)
    assert Message.objects.filter(person=officer, code="feed.message_unread").count() == 1
    rows = UnreadMessage.objects.all()
    assert (rows.count(), rows.get(code="only_counted").count) == (6, 25)
    assert Event.objects.filter(verb="feed.message_unread").count() == 6


def test_the_days_bytes_are_bounded(post, monkeypatch):
    monkeypatch.setattr(unread, "MOST_BYTES_A_DAY", 3 * len(BROKEN))
    for i in range(6):
        post(message(sender=None, identifier=f"t-{i}"))
    assert UnreadMessage.objects.exclude(code="only_counted").count() <= 3
    assert UnreadMessage.objects.get(code="only_counted").count >= 3


def test_the_same_bytes_again_count_up(post):
    for _i in range(4):
        post(BROKEN)
    assert UnreadMessage.objects.get().count == 4


def test_an_alarm_that_was_acknowledged_rings_for_the_next_one(post, officer):
    from notify.actions import messages as notify

    post(BROKEN)
    notify.acknowledge(notices(officer).get().pk, by=officer)
    post(b"<other")
    assert notices(officer).count() == 1


def test_a_fault_of_ours_keeps_the_message_too(post, monkeypatch, feed):
    monkeypatch.setattr("early_warning.actions.naming.place_of", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        post(message())
    row = UnreadMessage.objects.get()
    assert (row.code, bytes(row.body)) == ("internal_error", message())
    assert not Warning.objects.exists()


def test_attending_to_the_last_one_silences_the_line(post, feed, officer):
    post(BROKEN)
    post(b"<other")
    first, second = UnreadMessage.objects.order_by("pk")
    actions.attend(feed.pk, first.pk, by=officer)
    assert notices(officer).count() == 1
    actions.attend(feed.pk, by=officer)
    assert not notices(officer).exists()
    second.refresh_from_db()
    assert second.attended_by == officer
    with pytest.raises(Conflict):
        actions.attend(feed.pk, first.pk, by=officer)
    assert [e.data["n"] for e in Event.objects.filter(verb="feed.message_attended").order_by("seq")] == [1, 1]


def test_only_the_county_attends_and_looks(post, feed, township, client):
    post(BROKEN)
    row = UnreadMessage.objects.get()
    with pytest.raises((NotFound, Forbidden)):
        actions.attend(feed.pk, by=township)
    client.force_login(township)
    assert client.get(f"/warnings/platforms/messages/{row.pk}/").status_code == 404
    assert feed.name not in client.get("/warnings/platforms/").content.decode()


def test_the_page_lists_what_waits_with_its_reason_and_a_button(post, feed, officer, client):
    post(BROKEN)
    client.force_login(officer)
    page = client.get("/warnings/platforms/", headers={"accept-language": "en"}).content.decode()
    row = UnreadMessage.objects.get()
    assert feed.name in page
    assert f"/warnings/platforms/messages/{row.pk}/" in page
    assert "sender" in page
    answer = client.post(f"/warnings/platforms/{feed.pk}/attend/", {"message": row.pk})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.attended_by == officer
    assert client.post(f"/warnings/platforms/{feed.pk}/attend/", {"message": row.pk}).status_code == 409


def test_markup_in_a_refused_message_is_text_on_the_page(post, officer, client):
    post(message(infos=info(severity="<![CDATA[<script>alert(1)</script>]]>")))
    client.force_login(officer)
    assert "<script>alert(1)" not in client.get("/warnings/platforms/").content.decode()


def test_the_feed_knows_that_it_was_heard(post, feed):
    post(BROKEN)
    assert Feed.objects.get(pk=feed.pk).last_heard_at is not None
