"""What one info block states in its parameters and words: pure functions over texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from early_warning.platforms.cap import lexicon as lex
from early_warning.platforms.cap import phrases

_NAME_NOISE = re.compile(r"[\s_\-.:/()]+")
_SPLIT = re.compile(r"[\s;,/|、()\[\]【】:]+")
_NUMERAL = re.compile(r"(?:level|grade|class|tier)?-?(iv|i{1,3}|[1-4]|[一二三四壹贰叁参肆])级?")
_COLOUR = re.compile(rf"([红橙黄蓝绿黑紫白])色?(?:级|{lex.WARNS_ZH}+)?")


def in_parameters(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The colours, green included, that parameters of a known or likely name state."""
    found: list[str] = []
    for name, value in pairs:
        short = _NAME_NOISE.sub("", lex.fold(name))
        if lex.PARAMETER_NAMES.fullmatch(short) and not lex.OTHER_PARAMETERS.search(short):
            found += _in_value(lex.fold(value)[:500], counts_up="awareness" in short)
    return list(dict.fromkeys(found))


def _in_value(value: str, *, counts_up: bool) -> list[str]:
    """A colour before a number, a number before a grade: MeteoAlarm writes “3; orange; Severe”."""
    words = [word for word in _SPLIT.split(value) if word]
    colours = [c for word in words if (c := lex.BY_WORD.get(word) or lex.BY_HEX.get(word))]
    colours += [lex.BY_WORD[match[1]] for word in words if (match := _COLOUR.fullmatch(word))]
    if colours:
        return list(dict.fromkeys(colours))
    phrase = phrases.read(value)
    if phrase.now:
        return list(phrase.now)
    if phrase.green:
        return [lex.GREEN]
    joined = "".join(words)
    for table in ((lex.BY_AWARENESS,) if counts_up else ()) + (lex.BY_GRADE, lex.BY_SEVERITY):
        if colour := table.get(joined.removesuffix("级")):
            return [colour]
    numerals = [m[1] for word in (words if len(words) < 4 else []) if (m := _NUMERAL.fullmatch(word))]
    whole = _NUMERAL.fullmatch(joined)
    graded = [n for word, n in zip(words, numerals, strict=False) if word.endswith("级")]
    numeral = whole[1] if whole else next(iter(graded), "")
    if numeral:
        return [lex.BY_NUMERAL[numeral]]
    return [c for word in words if (c := lex.BY_GRADE.get(word) or lex.BY_SEVERITY.get(word))][:1]
