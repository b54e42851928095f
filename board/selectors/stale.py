"""Numbers to check: what communication tests found wrong or silent, with what the gateway said and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duty.models import CommTestLine
from duty.selectors.comm_tests import stale_numbers, told_of
from notify.models import Delivery
from notify.rules.words import channel_word, error_word
from org.models import Person
from org.rules.capabilities import REGISTER


@dataclass(frozen=True)
class Said:
    """What a gateway said of one way, and when it was tried."""

    words: str
    account: str
    at: dt.datetime | None


@dataclass(frozen=True)
class Proposal:
    line: CommTestLine
    why: str
    said: list[Said]


def proposals(keeper: Person) -> list[Proposal]:
    """Two queries, however many there are."""
    lines = stale_numbers(keeper, REGISTER)
    told = told_of(lines)
    return [Proposal(line, _why(line), _said(line, told.get(line.pk, []))) for line in lines]


def _why(line: CommTestLine) -> str:
    if line.outcome == CommTestLine.Outcome.BAD_NUMBER:
        return _("The number does not exist.")
    return _("No answer in the last two tests.")


def _said(line: CommTestLine, told: Sequence[Delivery]) -> list[Said]:
    """Of each way; where the messages are purged, the outcome of the test."""
    if not told:
        return [Said(str(line.get_outcome_display()), "", line.test.closed_at)]
    return [
        Said(
            f"{channel_word(row.channel)}: {_outcome(row)}", row.account.name if row.account else "", row.handed_over_at
        )
        for row in told
    ]


def _outcome(row: Delivery) -> str:
    known = str(row.get_outcome_display() if row.outcome else row.get_state_display())
    return f"{known} ({error_word(row.error)})" if row.error and row.error != known else known
