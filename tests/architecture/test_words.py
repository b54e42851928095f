"""The words of docs/glossary.md that the product does not use are in no catalogue, plan or register of posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from tests.support.sources import ROOT

HEADING = "## Words that the product does not use"
DATA = ("plans/files/library/*.yaml", "org/rules/posts.json")


def _refused() -> list[tuple[str, re.Pattern[str], str]]:
    """(word as the glossary writes it, pattern, what is said instead), a pipe within a cell written as ``\\|``."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").split(HEADING, 1)[1].split("\n## ", 1)[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip().replace(r"\|", "|") for cell in row] for row in rows]
    return [(word, re.compile(word[1:-1] if word.startswith("/") else re.escape(word)), but) for word, but, _ in cells]


REFUSED = _refused()


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        where = str(path.relative_to(ROOT))
        for entry in polib.pofile(str(path)):
            for text in (entry.msgstr, *entry.msgstr_plural.values()):
                yield f"{where}: {entry.msgid}", text
    for pattern in DATA:
        for path in sorted(ROOT.glob(pattern)):
            yield from _lines(path)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        yield f"{path.relative_to(ROOT)}:{number}", line


TEXTS = list(_texts())


@pytest.mark.parametrize(("pattern", "but"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_word_that_the_product_does_not_use_stands_nowhere(pattern: re.Pattern[str], but: str) -> None:
    assert [where for where, text in TEXTS if pattern.search(text)] == [], f"say: {but}"


def test_the_glossary_is_read_and_a_refused_word_would_be_found() -> None:
    assert len(REFUSED) > 30
    assert len(TEXTS) > 5_000
    assert [but for _, pattern, but in REFUSED if pattern.search("请启动事件")] == ["登记事件"]
    assert [but for _, pattern, but in REFUSED if pattern.search("建议II级响应")] == ["Ⅰ–Ⅳ"]
