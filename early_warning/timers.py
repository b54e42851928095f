"""Timer handlers of warnings: beginnings and ends of their parts, updates that take over, expiry."""

from __future__ import annotations

from collections.abc import Sequence

from early_warning.actions import timekeeping
from journal.timers import Due, handler


@handler(timekeeping.EXPIRES)
def expire(due: Sequence[Due]) -> None:
    timekeeping.expire([timer.subject_id for timer in due])


@handler(timekeeping.BEGINS)
def begin(due: Sequence[Due]) -> None:
    timekeeping.turn_parts([timer.subject_id for timer in due])


@handler(timekeeping.ENDS)
def end(due: Sequence[Due]) -> None:
    timekeeping.turn_parts([timer.subject_id for timer in due])


@handler(timekeeping.TAKES_OVER)
def take_over(due: Sequence[Due]) -> None:
    for timer in due:
        timekeeping.take_over(timer.subject_id)
