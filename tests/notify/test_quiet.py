"""Quiet hours and the parts of a text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.rules.lengths import cut, parts
from notify.rules.quiet import quiet_until

ZONE = dt.timezone(dt.timedelta(hours=8))


def at(hour: int, minute: int = 0, day: int = 10) -> dt.datetime:
    return dt.datetime(2026, 7, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("present", "begins", "ends", "until"),
    [
        (at(23), dt.time(22), dt.time(6), at(6, day=11)),
        (at(22), dt.time(22), dt.time(6), at(6, day=11)),
        (at(5, 59), dt.time(22), dt.time(6), at(6)),
        (at(6), dt.time(22), dt.time(6), None),
        (at(21, 59), dt.time(22), dt.time(6), None),
        (at(13), dt.time(12), dt.time(14), at(14)),
        (at(14), dt.time(12), dt.time(14), None),
        (at(3), dt.time(6), dt.time(6), None),
        (at(3), None, None, None),
    ],
)
def test_quiet_hours_end_when_they_say(
    present: dt.datetime, begins: dt.time | None, ends: dt.time | None, until: dt.datetime | None
) -> None:
    assert quiet_until(present, begins, ends) == until


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_the_parts_are_the_text_and_none_is_too_long(text: str) -> None:
    found = cut(text)
    assert "".join(found) == text
    assert all(len(part.encode("utf-16-le")) // 2 <= (70 if len(found) == 1 else 67) for part in found)
    assert len(found) >= parts(text) or not text
