"""English names by pinyin."""

import pytest

from database.pinyin import county_in_english, person_in_english, township_in_english, village_in_english, village_name


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("举水乡", "Jushui Township"),
        ("松源街道", "Songyuan Subdistrict"),
        ("屏都街道", "Pingdu Subdistrict"),
        ("百山祖镇", "Baishanzu Town"),
        ("五大堡乡", "Wudabao Township"),
        ("张村乡", "Zhangcun Township"),
    ],
)
def test_townships_read_as_people_say_them(name: str, english: str) -> None:
    assert township_in_english(name) == english


@pytest.mark.parametrize(
    ("listed", "name", "english"),
    [
        ("月山村委会", "月山村", "Yueshan Village"),
        ("底村村委会", "底村", "Dicun Village"),
        ("五二村村委会", "五二村", "Wu'er Village"),
        ("大济村委会", "大济村", "Daji Village"),
        ("长砻村委会", "长砻村", "Changlong Village"),
        ("石龙社区", "石龙社区", "Shilong Community"),
        ("东湖社区居委会", "东湖社区", "Donghu Community"),
        ("东湖居民委员会", "东湖社区", "Donghu Community"),
        ("村委会", "村委会", "Cunweihui Village"),
    ],
)
def test_a_listed_village_gets_its_daily_and_its_english_name(listed: str, name: str, english: str) -> None:
    assert village_name(listed) == name
    assert village_in_english(name) == english


def test_counties_and_people() -> None:
    assert county_in_english("庆元县") == "Qingyuan County"
    assert county_in_english("景宁畲族自治县") == "Jingningshezu Autonomous County"
    assert person_in_english("吴", "建安") == "Wu Jian'an"
