"""Names for invented people, in Chinese and pinyin, in a fixed order and without end of the same name twice in a row."""

from __future__ import annotations

from collections.abc import Iterator

from org.pinyin import person_in_english

_SURNAMES = "吴 叶 周 胡 范 姚 季 练 陈 王 李 张 刘 林 杨 黄 郑 沈 毛 蔡 余 朱 许 何 徐 潘 夏 方 谢 金 项 柳 蓝 雷 江 汤 赖 甘 鲍 邱".split()
_FIRST = "建 志 国 永 文 海 春 秀 丽 晓 明 光 家 世 德 金 水 林 玉 美 继 云 长 小 伟 雪 立 庆 少 荣".split()
_SECOND = "华 平 军 芳 英 生 根 清 强 兰 红 梅 福 勇 峰 娟 斌 忠 民 亮 霞 松 辉 健 燕 敏 涛 良 仙 宝 青".split()


def names() -> Iterator[tuple[str, str]]:
    """(Chinese, pinyin) pairs; the three lists have lengths without a common divisor in step, so the first 37,200 differ."""
    number = 0
    while True:
        surname = _SURNAMES[number % len(_SURNAMES)]
        given = _FIRST[(number * 7 + number // 40) % len(_FIRST)] + _SECOND[(number * 11 + number // 9) % len(_SECOND)]
        yield surname + given, person_in_english(surname, given)
        number += 1
