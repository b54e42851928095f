"""Fills a case: {run} by one word a run, {now+600s} by that moment in +08:00, {now+0sZ} in UTC with a Z."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

CASES = Path(__file__).parent
CHINA = dt.timezone(dt.timedelta(hours=8))


def fill(text: str, run: str, now: dt.datetime) -> str:
    """``now`` is aware."""

    def moment(found: re.Match[str]) -> str:
        at = now + dt.timedelta(seconds=int(found[1]))
        if found[2]:
            return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return at.astimezone(CHINA).isoformat(timespec="seconds")

    return re.sub(r"\{now([+-]\d+)s(Z?)\}", moment, text).replace("{run}", run)


def case(kind: str, name: str, run: str, now: dt.datetime) -> bytes:
    """The bytes of ``kind/name.xml`` with its places filled."""
    return fill((CASES / kind / f"{name}.xml").read_text("utf-8"), run, now).encode()
