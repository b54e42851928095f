"""Quiet hours: until when something that is not urgent waits."""

from __future__ import annotations

import datetime as dt


def quiet_until(local: dt.datetime, begins: dt.time | None, ends: dt.time | None) -> dt.datetime | None:
    """The end of the quiet hours that ``local`` lies in, in its zone; None outside them. They may pass midnight; the
    end itself is not quiet.
    """
    if begins is None or ends is None or begins == ends:
        return None
    time = local.time()
    inside = begins <= time < ends if begins < ends else time >= begins or time < ends
    if not inside:
        return None
    day = local.date() + dt.timedelta(days=begins > ends and time >= begins)
    return dt.datetime.combine(day, ends, tzinfo=local.tzinfo)
