"""When a village is presumed cut off: the rule, without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

NO_NETWORK = ("out_of_coverage", "switched_off")
"""Outcomes that say that a telephone has no network, or no power. Busy, silent or hung up, it has both."""
HAS_NETWORK = ("heard", "delivered", "hung_up", "busy", "wrong_key")
"""Outcomes that prove a network."""


@dataclass(frozen=True)
class Failure:
    """``at``: when the telephone was tried."""

    person: int
    at: dt.datetime
    channel: str = "voice"
    outcome: str = "out_of_coverage"


def grounds(
    failures: Sequence[Failure], sign: dt.datetime | None, *, least: int, within: dt.timedelta
) -> list[Failure]:
    """Why a village is presumed cut off, the first failure first; empty where it is not.

    ``least`` different people whose telephones failed within ``within`` of each other, all of them after the village's
    newest sign of life; of several such spans the newest. A person counts once, with their last failure in the span.
    """
    after = sorted((one for one in failures if sign is None or one.at > sign), key=lambda one: (one.at, one.person))
    for last in reversed(after):
        span = {one.person: one for one in after if last.at - within <= one.at <= last.at}
        if len(span) >= least:
            return sorted(span.values(), key=lambda one: (one.at, one.person))
    return []
