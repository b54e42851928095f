"""Times of Beijing, and who answers for a post."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from org.models import Unit

BEIJING = ZoneInfo("Asia/Shanghai")


DAY = dt.timedelta(days=1)


TOWN = "331126206"


def beijing(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def responsible(unit: Unit, at: dt.datetime | None = None) -> dict[str, int]:
    """Duty post → person id, as the one definition says."""
    from duty.selectors.watch import crew

    return {post: watch.person_id for post, watch in crew(unit, at).items()}
