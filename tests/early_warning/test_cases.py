"""Inputs that strangers tried (tests/cases), each through the real door."""

from __future__ import annotations

import base64
import re
import sys

import pytest
from django.utils import translation

from database.clock import now
from early_warning.models import RawMessage, UnreadMessage, Warning
from early_warning.rules import languages
from early_warning.selectors.warnings import warnings_visible_to
from notify.models import Message
from tests.cases.fill import case


@pytest.fixture
def send(post):
    """``send(name)`` posts the case; keywords replace pieces of its text."""

    def send_case(name, run="r1", **replaced):
        text = case("cap", name, run, now()).decode()
        for old, new in replaced.get("pieces", []):
            assert old in text
            text = text.replace(old, new)
        return post(text.encode())

    return send_case


def test_green_is_kept_without_colour_warning_or_alarm_and_says_why(send):
    answer = send("colour_green")
    assert (answer.status_code, answer.json()["outcome"], answer.json()["colour"]) == (201, "kept", "")
    assert [note["code"] for note in answer.json()["notes"]] == ["says_none"]
    assert not Message.objects.filter(code__startswith="warning.").exists()


def test_a_long_identifier_is_taken_and_known_again(send, monkeypatch):
    present = now()
    monkeypatch.setattr(sys.modules[__name__], "now", lambda: present)
    moment = "2026-07-09T10:15:00+08:00"
    text = case("cap", "ident_long", "r", now()).decode()
    sent = re.search("<sent>(.*?)</sent>", text)[1]
    pieces = [(sent, moment), ("L" * 20, "L" * 200)]
    first, again = send("ident_long", pieces=pieces), send("ident_long", pieces=pieces)
    assert (first.status_code, again.status_code) == (201, 200)
    assert len(RawMessage.objects.get().identifier) > 2_000


@pytest.mark.parametrize("megabytes", [0, 15, 20])
def test_a_picture_inside_is_kept_whole_and_its_link_is_read(send, api, officer, client, megabytes, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = base64.b64encode(bytes(megabytes * 1024 * 1024)).decode() or "AAAA"
    answer = send("resource_small", pieces=[("<derefUri>AAAA<", f"<derefUri>{picture}<")])
    assert answer.status_code == 201
    raw = RawMessage.objects.get()
    assert bool(raw.stored) == bool(megabytes)
    client.force_login(officer)
    body = b"".join(client.get(f"/warnings/{answer.json()['id']}/message.xml").streaming_content)
    assert picture.encode() in body
    assert len(body) == raw.size


def test_an_alert_without_info_is_taken_and_a_person_is_asked_to_read_it(send, officer):
    answer = send("kind_Alert_noinfo")
    assert (answer.status_code, answer.json()["outcome"]) == (201, "kept")
    assert [note["code"] for note in answer.json()["notes"]] == ["no_text"]
    unread = UnreadMessage.objects.get()
    assert (unread.code, unread.raw_id) == ("no_text", answer.json()["message"])
    assert Message.objects.filter(person=officer, code="feed.message_unread", state="open").count() == 1


@pytest.mark.parametrize(("name", "place"), [("time_z", "sent"), ("poly_open", "info[0].area[0].polygon[0]")])
def test_what_breaks_the_standard_is_refused_kept_and_told(send, officer, name, place):
    answer = send(name)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [place])
    unread = UnreadMessage.objects.get()
    assert list(unread.fields) == [place]
    assert Message.objects.filter(person=officer, code="feed.message_unread", alarm=True, state="open").count() == 1


@pytest.mark.parametrize("name", ["cap10", "cap11", "wrap_atom", "wrap_edxl"])
def test_older_versions_and_wrappers_are_taken(send, name):
    answer = send(name)
    assert (answer.status_code, answer.json()["colour"], answer.json()["outcome"]) == (201, "orange", "warning")
    assert answer.json()["units"] > 0


def test_each_alert_of_a_wrapper_is_taken_by_itself(send, post):
    text = case("cap", "wrap_atom", "r2", now()).decode()
    entry = text[text.index("<entry>") : text.index("</feed>")]
    wrong = entry.replace("_w1", "_w2").replace("<status>Actual", "<status>Real")
    body = text.replace(entry, entry + wrong + entry.replace("_w1", "_w3")).encode()
    answer = post(body)
    assert answer.status_code == 207
    first, second, third = answer.json()
    assert [line["status_code"] for line in (first, second, third)] == [201, 400, 201]
    assert first["receipt"]["id"] != third["receipt"]["id"]
    assert list(second["error"]["fields"]) == ["status"]
    assert [line["status_code"] for line in post(body).json()] == [200, 400, 200]
    assert UnreadMessage.objects.get().count == 2


def test_the_same_message_reindented_commented_prefixed_and_recoded_is_200_and_other_words_are_409(post):
    moment = now()
    text = case("cap", "chain10_a", "r", moment).decode()
    spaced = case("cap", "chain10_b_whitespace", "r", moment).decode()
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1c:", text).replace("xmlns=", "xmlns:c=")
    first = post(text.encode())
    same = [
        spaced.encode(),
        text.replace("<status>", "<!-- again --><status>").encode(),
        prefixed.encode(),
        text.replace("UTF-8", "GB18030").encode("gb18030"),
        text.replace("预计未来六小时雨量较大。", "\n   预计未来六小时雨量较大。  ").encode(),
    ]
    assert first.status_code == 201
    assert [post(body).status_code for body in same] == [200] * len(same)
    assert post(text.replace("较大。", "很大。").encode()).status_code == 409


def test_a_message_from_the_future_is_noted(send):
    sent = re.search("<sent>(.*?)</sent>", case("cap", "sent_in_future", "r", now()).decode())[1]
    answer = send("sent_in_future", pieces=[(f"<sent>{sent}", "<sent>2099-01-01T00:00:00+08:00")])
    assert answer.status_code == 201
    assert "sent_in_future" in [note["code"] for note in answer.json()["notes"]]


@pytest.mark.parametrize("name", ["status_Test", "status_Exercise"])
def test_a_test_alarms_nobody(send, name):
    answer = send(name)
    assert (answer.status_code, answer.json()["test"]) == (201, True)
    assert not Message.objects.filter(alarm=True).exists()


def test_html_in_a_description_is_shown_as_text(send, officer):
    send("html_desc")
    (block,) = warnings_visible_to(officer).get().infos
    assert languages.plain(block["description"]) == "今夜有雨。\n请注意防范 & 转移"


def test_a_long_headline_is_cut_with_a_mark_and_keeps_its_end(send):
    send("longhead")
    headline = Warning.objects.get().headline
    assert len(headline) <= languages.LONGEST_HEADLINE
    assert languages.CUT in headline
    assert headline.endswith("暴雨橙色预警")
    assert Warning.objects.get().colour == "orange"


@pytest.mark.parametrize("name", ["lang_chi", "lang_cmn", "lang_underscore"])
def test_a_chinese_reader_gets_the_chinese_block_and_can_reach_the_other(send, name):
    send(name)
    warning = Warning.objects.get()
    with translation.override("zh-hans"):
        assert warning.headline == "测试县发布暴雨橙色预警"
    with translation.override("en"):
        assert warning.headline == "Orange rainstorm warning"
    assert [block["event"] for block in languages.other_blocks(warning.infos, "zh")] == ["Rainstorm"]
