"""Which block a reader gets, and texts as they are shown."""

from __future__ import annotations

import pytest

from early_warning.rules import languages


def block(language, headline="x", event="e"):
    return {"language": language, "headline": headline, "event": event}


@pytest.mark.parametrize(
    "tag",
    [
        "zh",
        "zh-CN",
        "zh_CN",
        "ZH-cn",
        "cmn",
        "cmn-Hans",
        "cmn-Hans-CN",
        "chi",
        "zho",
        "zho_CN",
        "zh-TW",
        "zh_HK",
        "yue",
    ],
)
def test_whatever_stands_for_chinese_is_shown_to_a_chinese_reader(tag):
    infos = [block("en-US"), block(tag, "中文")]
    assert languages.headline(infos, "zh-hans") == "中文"
    assert languages.headline(infos, "en") == "x"


@pytest.mark.parametrize("traditional", ["zh-TW", "zh_TW", "zh-Hant", "zh-HK", "cmn-Hant-TW", "zho-Hant", "yue"])
def test_simplified_comes_before_traditional(traditional):
    infos = [block(traditional, "繁"), block("zh_CN", "简"), block("en")]
    assert languages.headline(infos, "zh-hans") == "简"
    assert [b["language"] for b in languages.other_blocks(infos, "zh-hans")] == [traditional, "en"]
    assert languages.headline(infos[:1], "zh-hans") == "繁"


@pytest.mark.parametrize("tag", ["eng", "en_GB", "EN"])
def test_whatever_stands_for_english_is_shown_to_an_english_reader(tag):
    assert languages.headline([block("zh", "中"), block(tag, "hi")], "en") == "hi"


def test_every_block_is_shown_or_among_the_others():
    infos = [block(tag) for tag in ("en", "fr", "zh_CN", "fr", "", "x-klingon")]
    for language in ("zh-hans", "en", ""):
        shown = languages.blocks_for(infos, language) + languages.other_blocks(infos, language)
        assert sorted(b["language"] for b in shown) == sorted(b["language"] for b in infos)


def test_a_message_without_blocks_has_no_headline():
    assert (languages.headline([], "zh"), languages.blocks_for([], "zh"), languages.areas([])) == ("", [], "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "<p>今夜有雨。<br/>请<b>注意</b>防范 &amp; 转移</p><script>alert(1)</script>",
            "今夜有雨。\n请注意防范 & 转移",
        ),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("pressure <990 hPa and >5 mm", "pressure <990 hPa and >5 mm"),
        ("a < b", "a < b"),
        ("R&D &nbsp;x", "R&D x"),
        ("<STYLE>p{}</STYLE>text<!-- note --> more", "text more"),
        ("before<script>after", "beforeafter"),
        ("plain\n\n\ntext", "plain\n\n\ntext"),
        ('<a href="http://x">link</a>', "link"),
        ("", ""),
    ],
)
def test_html_is_shown_as_text_and_nothing_said_is_lost(text, shown):
    assert languages.plain(text) == shown


def test_what_is_too_long_is_cut_in_the_middle_with_a_mark():
    cut = languages.shortened("发布" + "很长" * 200 + "暴雨红色预警")
    assert len(cut) <= languages.LONGEST_HEADLINE
    assert cut.startswith("发布")
    assert cut.endswith("暴雨红色预警")
    assert cut.count("…") == 1
    assert languages.shortened("短") == "短"
