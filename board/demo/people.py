"""Names for invented people, in Chinese and pinyin, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator

from database.pinyin import person_in_english

_SURNAMES = [*"吴叶周胡范姚季练陈王李张刘林杨黄郑沈毛蔡余朱许何徐潘夏方谢金项柳蓝雷江汤赖甘鲍邱"]
_FIRST = [*"建志国永文海春秀丽晓明光家世德金水林玉美继云长小伟雪立庆少荣"]
_SECOND = [*"华平军芳英生根清强兰红梅福勇峰娟斌忠民亮霞松辉健燕敏涛良仙宝青"]


def names() -> Iterator[tuple[str, str]]:
    """(Chinese, pinyin) pairs without end, no name twice; the strides keep the first thousand apart by themselves."""
    given_out: set[str] = set()
    number = 0
    while True:
        surname = _SURNAMES[number % len(_SURNAMES)]
        given = _FIRST[(number * 7 + number // 40) % len(_FIRST)] + _SECOND[(number * 11 + number // 9) % len(_SECOND)]
        if surname + given not in given_out:
            given_out.add(surname + given)
            yield surname + given, person_in_english(surname, given)
        number += 1
