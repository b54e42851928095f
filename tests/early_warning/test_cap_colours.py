"""Colour as stated: in words, in parameters, by number, by severity; the gravest counts and a disagreement is said."""

from __future__ import annotations

import pytest

from early_warning.platforms import cap
from early_warning.platforms.cap import phrases
from early_warning.platforms.cap.colours import colour_of, colour_of_info
from tests.early_warning.messages import info, message


def parameter(name: str, value: str) -> str:
    return f"<parameter><valueName>{name}</valueName><value>{value}</value></parameter>"


def block(**more: str) -> cap.Info:
    return cap.read(message(infos=info(**{"headline": "x", "event": "x", "severity": "Unknown", **more}))).infos[0]


@pytest.mark.parametrize(
    ("words", "colour"),
    [
        ("庆元县气象台发布暴雨红色预警信号", "red"),
        ("慶元縣氣象臺發佈暴雨紅色預警信號", "red"),
        ("颱風橙色警報", "orange"),
        ("大霧黃色預警", "yellow"),
        ("寒潮藍色預警", "blue"),
        ("暴雨红色", "red"),
        ("颱風紅色", "red"),
        ("红色暴雨", "red"),
        ("【红】暴雨预警", "red"),
        ("暴雨黄预警", "yellow"),
        ("暴雨Ⅰ级预警", "red"),
        ("暴雨 I 级预警".replace(" ", ""), "red"),
        ("暴雨ＩＩ级预警", "orange"),
        ("暴雨1级预警", "red"),
        ("发布三级预警", "yellow"),
        ("地质灾害气象风险预警（一级）", "red"),
        ("暴雨预警[Ⅳ级/一般]", "blue"),
        ("暴雨預警［特別重大］", "red"),
        ("預警級別：壹級", "red"),
        ("特别重大预警", "red"),
        ("发布特别重大暴雨预警", "red"),
        ("森林火险预警等级：特别重大", "red"),
        ("預警級別：較大", "yellow"),
        ("台风预警信号：红", "red"),
        ("較大預警", "yellow"),
        ("Red rainstorm warning", "red"),
        ("RED WARNING for wind", "red"),
        ("Warning: orange", "orange"),
        ("Amber warning of snow", "orange"),
        ("Level 1 warning for rain", "red"),
        ("Level III alert", "yellow"),
        ("Homeland Security Sets Code ORANGE", "orange"),
        ("黑色暴雨警告信號", "red"),
        ("Orange awareness for rain", "orange"),
    ],
)
def test_a_colour_is_read_however_it_is_written(words, colour):
    assert (colour_of_info(block(headline=words)).name, colour_of_info(block(event=words)).name) == (colour, colour)


@pytest.mark.parametrize(
    ("headline", "colour"),
    [
        ("County issues red, lifts orange", "red"),
        ("Lifts orange, issues red", "red"),
        ("orange (previously yellow)", "orange"),
        ("Yellow warning. Red warning possible", "yellow"),
        ("Red warning: heavy rain expected", "red"),
        ("Red storm surge warning replaced with amber", "orange"),
        ("红色降橙色", "orange"),
        ("撤销暴雨橙色，改发暴雨红色", "red"),
        ("黄色预警，不排除升级为橙色", "yellow"),
        ("Ⅲ级预警升级为Ⅱ级预警", "orange"),
        ("预计今夜有暴雨，发布暴雨红色预警", "red"),
        ("Orange warning lifted, red warning issued", "red"),
        ("Orange rainstorm warning is lifted and yellow issued", "yellow"),
        ("Red warning downgraded to yellow", "yellow"),
        ("Warning downgraded from red to orange", "orange"),
        ("Warning upgraded to red from orange", "red"),
        ("Orange warning replaced by red warning", "red"),
        ("Yellow warning replaces red warning", "yellow"),
        ("yellow, may rise to red", "yellow"),
        ("Yellow warning which may be upgraded to red", "yellow"),
        ("Red warning, may be lowered to blue later", "red"),
        ("由橙色升级为红色", "red"),
        ("由暴雨橙色预警升级为红色", "red"),
        ("暴雨橙色预警升级为红色预警", "red"),
        ("将暴雨红色预警降级为橙色预警", "orange"),
        ("將暴雨紅色預警降級為橙色預警", "orange"),
        ("下调红色预警为橙色预警", "orange"),
        ("暴雨预警由红色调整至蓝色", "blue"),
        ("橙色→红色", "red"),
        ("暴雨黄色预警可能升级为红色", "yellow"),
        ("暴雨黄色预警，可能升级为红色", "yellow"),
        ("发布黄色预警，后期将升级为红色预警", "yellow"),
        ("解除橙色发布黄色", "yellow"),
        ("解除暴雨橙色预警信号，发布暴雨黄色预警信号", "yellow"),
        ("发布红色解除橙色", "red"),
        ("橙色预警解除 发布黄色预警", "yellow"),
        ("橙色预警解除红色预警发布", "red"),
        ("解除红色预警，发布大风蓝色预警", "blue"),
        ("发布暴雨红色预警，大风预警降级为蓝色", "red"),
        ("暴雨红色预警：停止户外作业", "red"),
        ("停止户外活动，暴雨红色预警", "red"),
        ("红色预警解除前请勿外出", "red"),
        ("Red warning until lifted", "red"),
        ("Red warning: schools cancelled", "red"),
        ("暴雨橙色预警未解除", "orange"),
        ("继续发布暴雨红色预警", "red"),
        ("暴雨橙色预警和大风蓝色预警", "orange"),
    ],
)
def test_a_headline_of_two_colours_means_what_is_in_force_now(headline, colour):
    assert colour_of_info(block(headline=headline)).name == colour


@pytest.mark.parametrize(
    "headline",
    [
        "红色旅游节期间请注意安全",
        "红色旅游景区发布客流预警",
        "紅色旅遊區道路管制",
        "Red River flood warning",
        "Orange County flood warning",
        "Red Flag Warning",
        "Blue Ridge winter storm watch",
        "Red Cross opens shelters",
        "8级大风",
        "3级地震",
        "启动Ⅳ级应急响应",
        "重大气象信息专报",
        "Category 1 hurricane",
        "解除暴雨红色预警",
        "Amber Alert in Los Angeles County",
        "黄河流域洪水预警",
        "绿色出行大风预警",
        "暂不发布红色预警",
    ],
)
def test_a_word_that_is_no_colour_of_a_warning_in_force_is_not_taken(headline):
    assert colour_of_info(block(headline=headline)) == cap.Colour("", "none")


@pytest.mark.parametrize(
    ("name", "value", "colour"),
    [
        ("awareness_level", "3; orange; Severe", "orange"),
        ("awareness_level", "4", "red"),
        ("awareness_level", "2", "yellow"),
        ("alertLevel", "Red", "red"),
        ("AlertLevel", "橙色", "orange"),
        ("预警级别", "Ⅰ级", "red"),
        ("預警級別", "I級", "red"),
        ("預警級別", "特別重大", "red"),
        ("预警级别", "1级", "red"),
        ("预警级别", "1", "red"),
        ("预警级别", "一级", "red"),
        ("预警等级", "Ⅱ级（严重）", "orange"),
        ("颜色", "红", "red"),
        ("顏色", "紅色", "red"),
        ("预警颜色", "暴雨黄色预警信号", "yellow"),
        ("eventLevel", "较大", "yellow"),
        ("signalLevel", "RED", "red"),
        ("severityLevel", "Level 1", "red"),
        ("severityLevel", "Extreme", "red"),
        ("severity", "RED", "red"),
        ("warning-colour", "#FF0000", "red"),
        ("ALERT_LEVEL_CODE", "orange", "orange"),
        ("信号等级", "蓝色", "blue"),
        ("灾害等级", "肆级", "blue"),
        ("level", "II", "orange"),
        ("ColorCode", "Yellow", "yellow"),
        ("预警信号", "暴雨红色", "red"),
    ],
)
def test_a_parameter_under_any_likely_name_states_the_colour(name, value, colour):
    found = colour_of_info(block(extra=parameter(name, value)))
    assert (found.name, found.source) == (colour, "platform")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("previousAlertLevel", "red"),
        ("原预警级别", "红色"),
        ("waterLevel", "1"),
        ("responseLevel", "I"),
        ("HSAS", "ORANGE"),
        ("水位级别", "1"),
        ("level", "3 m"),
        ("VTEC", "red"),
    ],
)
def test_a_parameter_of_another_meaning_states_nothing(name, value):
    assert colour_of_info(block(extra=parameter(name, value))).name == ""


def test_where_the_witnesses_disagree_the_graver_is_taken_and_all_are_told():
    graver_words = colour_of_info(
        block(headline="暴雨红色预警", severity="Moderate", extra=parameter("alertLevel", "orange"))
    )
    assert (graver_words.name, graver_words.source) == ("red", "platform")
    assert graver_words.disagreement == (("parameter", "orange"), ("headline", "red"), ("severity", "yellow"))
    graver_severity = colour_of_info(block(headline="暴雨蓝色预警", severity="Extreme"))
    assert (graver_severity.name, graver_severity.source) == ("red", "severity")
    assert graver_severity.disagreement == (("headline", "blue"), ("severity", "red"))
    assert colour_of_info(block(headline="暴雨红色预警", severity="Extreme")).disagreement == ()


def test_the_messages_colour_is_its_gravest_blocks_and_keeps_the_disagreement():
    infos = [block(headline="暴雨蓝色预警", severity="Minor"), block(headline="rain", severity="Extreme")]
    assert colour_of(infos) == cap.Colour("red", "severity")
    infos = [block(headline="暴雨红色预警", severity="Severe"), block(headline="rain", severity="Extreme")]
    assert colour_of(infos) == cap.Colour("red", "platform", (("headline", "red"), ("severity", "orange")))


@pytest.mark.parametrize(
    "more",
    [
        {"severity": "Minor", "extra": parameter("awareness_level", "1; green; Minor"), "headline": "Green awareness"},
        {"severity": "Minor", "event": "No warning"},
        {"severity": "Minor", "event": "No orange or red warnings"},
        {"severity": "Minor", "headline": "今日无预警信号"},
        {"severity": "Minor", "headline": "No severe weather warnings in force"},
        {"severity": "Unknown", "headline": "全县无预警"},
        {"severity": "Minor", "headline": "当前無預警"},
        {"severity": "Minor", "headline": "绿色预警"},
        {"severity": "Minor", "extra": parameter("预警颜色", "绿色")},
        {"severity": "Minor", "extra": parameter("awareness_level", "1")},
    ],
)
def test_green_and_no_warning_are_no_warning(more):
    read = block(**more)
    assert read.no_warning
    assert colour_of_info(read) == cap.Colour("", "none")


@pytest.mark.parametrize(
    ("more", "colour"),
    [
        ({"severity": "Severe", "extra": parameter("awareness_level", "1; green; Minor")}, "orange"),
        (
            {"severity": "Minor", "extra": parameter("awareness_level", "1; green; Minor"), "headline": "红色预警"},
            "red",
        ),
        ({"severity": "Minor", "headline": "Green Acres wind advisory"}, "blue"),
        ({"severity": "Minor", "event": "No warning", "extra": parameter("alertLevel", "yellow")}, "yellow"),
    ],
)
def test_green_against_something_graver_is_a_disagreement_and_a_warning(more, colour):
    read = block(**more)
    found = colour_of_info(read)
    assert (read.no_warning, found.name) == (False, colour)
    assert bool(found.disagreement) == ("Acres" not in read.headline)


@pytest.mark.parametrize(
    "more",
    [
        {"headline": "解除暴雨红色预警"},
        {"headline": "庆元县气象台2026年7月9日10时30分解除暴雨橙色预警信号"},
        {"headline": "解除暴雨預警"},
        {"headline": "暴雨橙色预警解除"},
        {"headline": "暴雨橙色预警信号已于10时30分解除"},
        {"headline": "取消颱風警報"},
        {"headline": "撤銷暴雨紅色預警"},
        {"headline": "【解除】暴雨红色预警"},
        {"headline": "关于解除暴雨红色预警的通知"},
        {"headline": "国家预警信息发布中心解除暴雨预警"},
        {"headline": "x", "event": "暴雨预警解除"},
        {"headline": "Rainstorm warning lifted"},
        {"headline": "Red rainstorm warning for Jushui has been lifted"},
        {"headline": "Cancelled: red rainstorm warning"},
        {"headline": "End of red warning"},
        {"headline": "The flood warning is no longer in effect"},
        {"headline": "The red warning is no longer in effect"},
        {"headline": "Orange warning cancelled", "event": "Orange warning"},
        {"headline": "解除暴雨红色预警", "event": "暴雨红色预警", "severity": "Extreme"},
        {"headline": "暴雨橙色预警", "urgency": "Past"},
        {"headline": "暴雨橙色预警", "extra": "<responseType>AllClear</responseType>"},
    ],
)
def test_a_lift_is_known_as_one(more):
    assert block(**more).lifts


@pytest.mark.parametrize(
    "more",
    [
        {"headline": "County issues red, lifts orange"},
        {"headline": "发布红色解除橙色"},
        {"headline": "解除橙色发布黄色"},
        {"headline": "解除大风预警，发布暴雨预警"},
        {"headline": "暴雨红色预警：停止户外作业"},
        {"headline": "取消户外活动，暴雨红色预警"},
        {"headline": "红色预警解除前请勿外出"},
        {"headline": "暴雨红色预警尚未解除"},
        {"headline": "暴雨红色预警可能于今夜解除"},
        {"headline": "Red warning may be lifted tonight"},
        {"headline": "Red warning until lifted"},
        {"headline": "Red warning: schools cancelled"},
        {"headline": "由红色降级为蓝色"},
        {"headline": "发布红色解除橙色", "urgency": "Past"},
    ],
)
def test_what_still_warns_is_no_lift(more):
    assert not block(**more).lifts


def test_of_a_headline_as_long_as_a_novel_both_ends_are_read_and_no_more(monkeypatch):
    read: list[int] = []
    fold = phrases.lex.fold
    monkeypatch.setattr(phrases.lex, "fold", lambda text: read.append(len(text)) or fold(text))
    assert phrases.read("很长的标题，" * 100_000 + "暴雨红色预警").now == ("red",)
    assert phrases.read("暴雨橙色预警，" + "很长的标题，" * 100_000).now == ("orange",)
    assert max(read) < 5_000
