"""English names of Chinese units and people by Hanyu Pinyin, without tones; the apostrophe stands where the rule asks
for one.
"""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from database.pinyin_readings import COMPOUND_SURNAMES, PLACES, SURNAMES
from database.text import current, folded

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


def _read(text: str) -> list[str]:
    return lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False) if text else []


def _toned(text: str) -> list[str]:
    """Syllables with their tones (``zhang1 san1``), place names first. One a character, text in Latin as it is."""
    for name in _BY_LENGTH:
        if name in text:
            before, _, after = text.partition(name)
            return [*_toned(before), *PLACES[name].split(), *_toned(after)]
    return _read(text)


_BY_LENGTH = sorted(PLACES, key=len, reverse=True)


def _toned_person(name: str) -> list[str]:
    """As `_toned`, the surname by how it is read as one: 单 Shan, 仇 Qiu, 尉迟 Yuchi. A given name is no place."""
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return [*COMPOUND_SURNAMES[name[:2]].split(), *_read(name[2:])]
    if name[:1] in SURNAMES:
        return [SURNAMES[name[:1]], *_read(name[1:])]
    return _read(name)


def syllables(text: str) -> list[str]:
    return [syllable.rstrip("012345") if syllable[:1].isalpha() else syllable for syllable in _toned(text)]


@lru_cache(maxsize=20_000)
def sort_key(name: str, *, person: bool = False) -> str:
    """What puts Chinese names in the order of a Chinese list: by pinyin and tone, one character's names together.

    ``张三`` → ``zhang1张 san1三``. Compared byte by byte (collation C).
    """
    plain = current(name).lower()
    if not any(character >= "\u3400" for character in plain):
        return plain
    read = _toned_person(plain) if person else _toned(plain)
    if len(read) != len(plain):  # text in Latin among it is one piece
        return " ".join([*read, plain])
    return " ".join(syllable + character for syllable, character in zip(read, plain, strict=True))


def spoken(name: str, *, person: bool = False) -> str:
    """Pinyin without tones and spaces, as it is typed to find somebody: ``单晓`` → ``shanxiao``."""
    read = _toned_person(current(name)) if person else _toned(current(name))
    return folded("".join(syllable.rstrip("012345") for syllable in read))


def _word(read: list[str]) -> str:
    word = ""
    for syllable in read:
        word += "'" + syllable if word and syllable[:1] in "aoe" else syllable
    return word[:1].upper() + word[1:]


def joined(text: str) -> str:
    """``月山`` → ``Yueshan``; ``五二`` → ``Wu'er``: an apostrophe before a later syllable that begins with a, o or
    e.
    """
    return _word(syllables(text))


def _with_suffix(name: str, suffixes: tuple[tuple[str, str], ...], fallback: str) -> str:
    for zh, en in suffixes:
        stem = name.removesuffix(zh)
        if stem != name and stem:
            # Read whole: 蔚 alone is Wei, 蔚县 is Yu.
            read = syllables(name)
            return f"{_word(read[: len(stem)]) if len(read) == len(name) else joined(stem)} {en}"
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
    read = [syllable.rstrip("012345") for syllable in _toned_person(surname + given)]
    if len(read) != len(surname + given):
        return f"{joined(surname)} {joined(given)}"
    return f"{_word(read[: len(surname)])} {_word(read[len(surname) :])}"
