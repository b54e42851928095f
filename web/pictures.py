"""Photos as they come from phones, made safe: decoded, turned upright, scaled down and encoded anew as JPEG.

Nothing of the sent bytes is kept except the pixels: no EXIF, no appended archive, no HTML that calls itself a picture.
What EXIF said of time and place is returned beside the picture. Decoding is done by web/pixels.py in a worker
process with limits of memory and time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import IO, Any

from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext as _

from web.errors import Invalid
from web.limited import Limits, Unfit, pool

LARGEST_FILE = 30 * 1024 * 1024
LIMITS = Limits(memory=210 * 1024 * 1024, seconds=10)
"""24 million pixels with transparency take 195 MB; so the two processes of the pool stay under half a gigabyte. The 200
megapixels of a phone take a second.
"""
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Picture:
    """``sha256`` is of what was sent; ``jpeg`` is what may be shown."""

    jpeg: bytes
    width: int
    height: int
    sha256: str
    taken_at: dt.datetime | None
    taken_where: Point | None


def read_picture(file: IO[bytes] | Any, *, sender: str) -> Picture:
    """The picture in ``file``. Invalid (field ``photo``) for what is too large, broken off, or no picture at all.

    ``sender`` has one photo at work at a time. Busy (503) when many are being read. Call it before any lock is taken.
    """
    with pool.turn(sender) as turn:
        # Read within the turn, so that waiting photos are not in memory.
        sent = file.read(LARGEST_FILE + 1)
        if len(sent) > LARGEST_FILE:
            raise _refusal(
                _("This photo is larger than %(limit)s MB. Send a smaller copy.")
                % {"limit": LARGEST_FILE // 1024 // 1024}
            )
        if not sent:
            raise _refusal(_("This file is empty."))
        try:
            data, jpeg = turn.run("web.pixels:decode", sent, LIMITS)
        except Unfit as unfit:
            raise _refusal(_reason(unfit)) from unfit
    lon, lat = data["taken_where"] or (None, None)
    where = None if lon is None else Point(lon, lat, srid=4326)
    sha256 = hashlib.sha256(sent).hexdigest()
    return Picture(jpeg, data["width"], data["height"], sha256, _aware(data["taken_at"]), where)


def _refusal(sentence: str) -> Invalid:
    return Invalid.field("photo", sentence)


def _reason(unfit: Unfit) -> str:
    if unfit.code == "pixels":
        said = _(
            "This photo has %(megapixels)s million pixels; as %(format)s at most %(limit)s million can be read. "
            "Save it as an ordinary JPEG, or send a smaller copy."
        )
        kind = _("progressive JPEG") if unfit.params["format"] == "progressive JPEG" else unfit.params["format"]
        return said % {**unfit.params, "format": kind}
    if unfit.code in ("memory", "time"):
        return _("This photo takes too much work to be read. Save it as an ordinary JPEG, or send a smaller copy.")
    return _("This is not a complete photo. Take it again, or choose another one.")


def _aware(text: str | None) -> dt.datetime | None:
    """EXIF time as an aware datetime; without an offset it counts as Beijing time."""
    if text is None:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
        at = at if at.tzinfo else timezone.make_aware(at)
        return at if at >= EARLIEST else None
    except (ValueError, OverflowError):
        return None
