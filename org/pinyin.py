"""English names of Chinese units and people by Hanyu Pinyin, without tones; the apostrophe stands where the rule asks
for one.
"""

from __future__ import annotations

from pypinyin import lazy_pinyin

_READINGS = {
    # Place-name readings that a dictionary of common words gets wrong.
    "五大堡": "wu da bao",
    "长砻": "chang long",
    "大济": "da ji",
    "朝阳": "chao yang",
    "长": "chang",
    "都": "du",
    "重庆": "chong qing",
    "六安": "lu an",
    "台州": "tai zhou",
    "丽水": "li shui",
    "乐清": "yue qing",
    "荣县": "rong xian",
}
_TOWNSHIP = (
    ("街道", "Subdistrict"),
    ("民族乡", "Ethnic Township"),
    ("镇", "Town"),
    ("乡", "Township"),
    ("苏木", "Sumu"),
    ("开发区", "Development Zone"),
    ("农场", "Farm"),
    ("林场", "Forest Farm"),
)
_COUNTY = (("自治县", "Autonomous County"), ("县", "County"), ("市", "City"), ("区", "District"), ("旗", "Banner"))
_COMMITTEES = ("村民委员会", "居民委员会", "村委会", "居委会")


def syllables(text: str) -> list[str]:
    for name in sorted(_READINGS, key=len, reverse=True):
        if name in text:
            before, _, after = text.partition(name)
            return syllables(before) + _READINGS[name].split() + syllables(after)
    return lazy_pinyin(text, v_to_u=False) if text else []


def joined(text: str) -> str:
    """``月山`` → ``Yueshan``; ``五二`` → ``Wu'er``: an apostrophe before a later syllable that begins with a, o or
    e.
    """
    word = ""
    for syllable in syllables(text):
        word += "'" + syllable if word and syllable[:1] in "aoe" else syllable
    return word[:1].upper() + word[1:]


def _with_suffix(name: str, suffixes: tuple[tuple[str, str], ...], fallback: str) -> str:
    for zh, en in suffixes:
        stem = name.removesuffix(zh)
        if stem != name and stem:
            return f"{joined(stem)} {en}"
    return f"{joined(name)} {fallback}".strip()


def village_name(listed: str) -> str:
    """The name in daily use of a statistical list's entry: ``底村村委会`` → ``底村``, ``东门村委会`` → ``东门村``.

    ``石龙社区居委会`` → ``石龙社区``; a name that is none of these stays as it is.
    """
    for committee in _COMMITTEES:
        stem = listed.removesuffix(committee)
        if stem == listed or not stem:
            continue
        if stem.endswith(("村", "社区")):
            return stem
        return stem + ("村" if committee.startswith("村") else "社区")
    return listed


def village_in_english(name: str) -> str:
    """``月山村`` → ``Yueshan Village``; ``底村`` → ``Dicun Village``, for a single syllable does not stand alone."""
    if name.endswith("社区") and len(name) > 2:
        return f"{joined(name.removesuffix('社区'))} Community"
    stem = name.removesuffix("村")
    return f"{joined(stem if len(stem) > 1 else name)} Village"


def township_in_english(name: str) -> str:
    return _with_suffix(name, _TOWNSHIP, "")


def county_in_english(name: str) -> str:
    return _with_suffix(name, _COUNTY, "")


def person_in_english(surname: str, given: str) -> str:
    """``吴``, ``建国`` → ``Wu Jianguo``."""
    return f"{joined(surname)} {joined(given)}"
