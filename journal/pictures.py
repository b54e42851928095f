"""Photos as they come from phones, made safe: decoded, turned upright, scaled down and encoded anew as JPEG.

Nothing of the sent bytes is kept except the pixels: no EXIF, no appended archive, no HTML that calls itself a picture.
What EXIF said of time and place is returned beside the picture.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
from dataclasses import dataclass
from typing import IO, Any

from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageFile, ImageOps

from journal.errors import Invalid

LONGEST_SIDE = 2560
"""Pixels of what is kept; enough to read a gauge or a crack."""

MOST_PIXELS = 80_000_000
"""A 64-megapixel phone passes; a decompression bomb is refused by its header, before anything is decoded."""

LARGEST_FILE = 30 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP")
"""What phones and screenshots are; every further decoder would be one more door."""

QUALITY = 85
UNREADABLE = (
    OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, ArithmeticError, Image.DecompressionBombError
)  # fmt: skip
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


def read_picture(file: IO[bytes] | Any) -> Picture:
    """The picture in ``file``. Invalid (field ``photo``) for what is too large, broken off, or no picture at all."""
    sent = file.read(LARGEST_FILE + 1)
    if len(sent) > LARGEST_FILE:
        raise Invalid.field(
            "photo", _("This photo is larger than %(limit)s MB.") % {"limit": LARGEST_FILE // 1024 // 1024}
        )
    if not sent:
        raise Invalid.field("photo", _("This file is empty."))
    image, exif = _decoded(sent)
    return Picture(
        _as_jpeg(image),
        image.width,
        image.height,
        hashlib.sha256(sent).hexdigest(),
        _taken_at(exif),
        _taken_where(exif),
    )


def _decoded(sent: bytes) -> tuple[Image.Image, Image.Exif]:
    """Upright RGB pixels no longer than `LONGEST_SIDE`, and what the EXIF said."""
    try:
        image = Image.open(io.BytesIO(sent), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise Invalid.field("photo", _("This photo has too many pixels."))
        exif = image.getexif()
        # The library of the printed sheets sets it for its whole process; here half a photo is no photo.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        return _on_white(upright), exif
    except Invalid:
        raise
    except UNREADABLE as error:
        # Pillow's readers raise any of these for files that are broken off or only pretend to be a picture.
        raise Invalid.field(
            "photo", _("This is not a complete photo. Take it again, or choose another one.")
        ) from error


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, which JPEG has not: on white, as a screenshot of a form would be read."""
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _as_jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    # A new image carries no EXIF, comment or profile along.
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    clean.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _taken_at(exif: Image.Exif) -> dt.datetime | None:
    """The camera's clock; without an offset it is read as the county's. Impossible times are none."""
    try:
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        text = str(inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "").strip("\x00 ")
        at = dt.datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone is added below
        offset = str(inner.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\x00 ")
        aware = dt.datetime.fromisoformat(f"{at.isoformat()}{offset}") if offset else timezone.make_aware(at)
    except (ValueError, OverflowError, TypeError, KeyError, SyntaxError, OSError, AttributeError):
        return None
    return aware if aware.tzinfo and aware >= EARLIEST else None


def _taken_where(exif: Image.Exif) -> Point | None:
    """The camera's place (WGS 84), or none where the tags are missing or impossible."""
    try:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], str(gps.get(ExifTags.GPS.GPSLatitudeRef, "N")), "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], str(gps.get(ExifTags.GPS.GPSLongitudeRef, "E")), "W")
    except (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, SyntaxError, OSError, AttributeError):
        return None
    inside = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    # Cameras without a fix write zeros: the sea off Africa is not where anybody stood.
    return Point(lon, lat, srid=4326) if inside and (lat, lon) != (0.0, 0.0) else None


def _degrees(parts: Any, ref: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if ref.strip("\x00 ").upper() == negative else value
