"""One spelling for text: what is dropped, what is folded, what stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from database import text

UNSEEN = [
    "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u200f", "\u202e", "\u2066", "\u2069",
    "\ufe0f", "\U000e0100", "\U000e0041", "\u034f", "\u3164", "\u115f", "\u2800", "\u180e", "\u061c", "\x00", "\x7f",
]  # fmt: skip


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda c: f"U+{ord(c):04X}")
def test_a_character_that_draws_nothing_is_no_part_of_a_name(unseen):
    assert text.name(f"{unseen}张{unseen}三{unseen}") == "张三"
    assert text.clean(f"1990{unseen}0001") == "19900001"


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u3000", "\u2002", "\u202f", "\t", "\n", "  "], ids=ascii)
def test_spaces_that_fill_a_chinese_name_go_and_those_of_an_english_one_are_one(space):
    assert text.name(f"{space}张{space}三{space}") == "张三"
    assert text.name(f"Zhang{space}San{space}") == "Zhang San"


def test_width_and_composition_are_one_while_script_and_punctuation_stay_as_typed():
    assert text.clean("ＡＢ１２　（试）") == "AB12 （试）"
    assert text.name("Lu\u0308") == "Lü"
    assert text.name("張三") == "張三"
    assert text.name("⼭水") == "山水", "a Kangxi radical looks like the character it is of"


@pytest.mark.parametrize(
    ("one", "other"),
    [("張三", "张三"), ("呂黃戶", "吕黄户"), ("峯", "峰"), ("髙", "高"), ("李羣", "李群"), ("ＷＵ　jian", "Wu Jian"),
     ("买买提·吐尔逊", "買買提•吐爾遜"), ("Lǚ Bù", "lv bu"), ("O’Neil", "oneil")],
)  # fmt: skip
def test_two_spellings_of_a_name_have_one_key(one, other):
    assert text.folded(one) == text.folded(other)


def test_characters_that_are_in_use_by_themselves_are_not_folded_together():
    assert text.folded("乾") != text.folded("干")
    assert text.folded("肖") != text.folded("萧")


def test_names_are_alike_by_one_character_or_two_exchanged():
    assert text.alike("王建国", "王建圀")
    assert text.alike("张三", "张三丰")
    assert text.alike("王建国", "建王国")
    assert not text.alike("张三", "李四")
    assert not text.alike("王建国", "王小")


@given(st.text(max_size=20))
def test_cleaning_twice_is_cleaning_once(typed):
    assert text.name(text.name(typed)) == text.name(typed)
    assert text.folded(text.name(typed)) == text.folded(typed)
