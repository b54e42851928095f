"""What was written out in many places stands in one, and stays there."""

from __future__ import annotations

import re

import pytest

from tests.support.sources import sources


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (r"path__startswith|\}__startswith", "org/selectors/jurisdiction.py"),
        (r"""split\("\."\)\[:3\]""", "org/rules/codes.py"),
        (r"^class ReadOnly\b", "web/reading.py"),
        (r"^class Nothing\b", "web/reading.py"),
        (r"""F\(f?"unit__parent__""", "command/selectors/places.py"),
    ],
    ids=["what lies under a unit", "a unit's county", "list and retrieve", "a body of nothing", "a row's place"],
)
def test_it_is_written_once(written: str, place: str) -> None:
    found = {source.path for source in sources() if re.search(written, source.text, re.MULTILINE)}
    assert found == {place}


def test_workbooks_are_read_and_written_in_one_place() -> None:
    found = {source.path for source in sources() if re.search(r"^\s*(from|import) openpyxl", source.text, re.MULTILINE)}
    assert found == {"web/workbooks.py", "web/workbook_parts.py", "web/workbook_writing.py"}
