"""Which days the demonstration's rosters cover."""

from __future__ import annotations

import datetime as dt

import pytest

from board.demo import month
from duty.selectors.rosters import month_of, next_month

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    "day", [dt.date(2026, 11, 22), dt.date(2026, 12, 31), dt.date(2027, 1, 31), dt.date(2028, 2, 1)]
)
def test_rosters_reach_from_before_last_month_to_past_all_days_that_are_looked_ahead(day: dt.date) -> None:
    since, until = month.rosters_since(day), month.rosters_until(day)
    assert since == month_of(month_of(day) - DAY) - DAY
    assert until.day == 1
    assert until > day + month.AHEAD
    assert until >= next_month(next_month(month_of(day)))
    months = list(month.months(since, until))
    assert months[0] == month_of(since)
    assert months[-1] == month_of(until - DAY)
    assert len(months) in (4, 5)
