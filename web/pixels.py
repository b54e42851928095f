"""Decoding of photos, for the worker process (web/limited_process.py): knows Pillow, neither Django nor the database.

The header decides before anything is decoded. A JPEG is decoded at a reduced scale (`draft`), so that a phone's 200
megapixels need no more memory than 26; PNG and WebP can only be decoded whole, and progressive JPEG keeps all its
coefficients in memory.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import struct
from typing import Any

from PIL import ExifTags, Image, ImageFile, ImageOps, PngImagePlugin

from web.limited_process import Unfit

LONGEST_SIDE = 2560
"""Pixels of what is kept; enough to read a gauge or a crack."""
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
"""Accepted formats, those of phones and screenshots: every further decoder would be more attack surface."""

MEGAPIXELS = {"JPEG": 220, "progressive JPEG": 18, "PNG": 24, "WebP": 9}
"""By what decoding costs in memory: 4 bytes a pixel for PNG, three canvases of 4 for WebP, for progressive JPEG up to 6
bytes of coefficients; 220 is a 200-megapixel phone.
"""
DECODED = 28_000_000
"""Pixels of a JPEG after `draft`: twice `LONGEST_SIDE` each way, and a little."""

BAND = 256
"""Rows per band."""

UNREADABLE = (
    OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, ArithmeticError, struct.error, AttributeError,
    IndexError,
)  # fmt: skip
_NO_TAG = (*UNREADABLE, OverflowError)

# Compressed text beside the pixels is unpacked by Pillow as it reads the header: a little is enough for EXIF and XMP.
PngImagePlugin.MAX_TEXT_CHUNK = 1 << 20
PngImagePlugin.MAX_TEXT_MEMORY = 4 << 20
Image.MAX_IMAGE_PIXELS = None  # the limits above are checked instead, for each format
ImageFile.LOAD_TRUNCATED_IMAGES = False


def decode(sent: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """An upright JPEG no longer than `LONGEST_SIDE`, its size, and what EXIF said of time and place.

    Unfit: ``pixels`` (with format, megapixels and limit) or ``unreadable``.
    """
    try:
        _check(_name_by_first_bytes(sent), *_webp_size(sent))
        image: Image.Image = Image.open(io.BytesIO(sent), formats=FORMATS)
        _check(_name_of(image), *image.size)
        exif = image.getexif()
        _load(image)
        # Rebinding the name frees the decoded pixels before the next copy is made.
        image = _smooth(image)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        image = ImageOps.exif_transpose(image).convert("RGB")
    except UNREADABLE as error:
        # Pillow's readers raise any of these for files that are broken off or only pretend to be a picture.
        raise Unfit("unreadable") from error
    data = {"width": image.width, "height": image.height, "taken_at": _taken_at(exif), "taken_where": _where(exif)}
    return data, _as_jpeg(image)


def _check(name: str, width: int, height: int) -> None:
    if width * height > MEGAPIXELS.get(name, 0) * 1_000_000:
        megapixels = math.ceil(width * height / 1_000_000)
        raise Unfit("pixels", format=name, megapixels=megapixels, limit=MEGAPIXELS.get(name, 0))


def _name_by_first_bytes(sent: bytes) -> str:
    return "WebP" if sent[:4] == b"RIFF" and sent[8:12] == b"WEBP" else "JPEG"


def _name_of(image: Image.Image) -> str:
    if image.format in ("JPEG", "MPO"):
        return "progressive JPEG" if image.info.get("progressive") else "JPEG"
    return {"PNG": "PNG", "WEBP": "WebP"}.get(image.format or "", "")


def _webp_size(sent: bytes) -> tuple[int, int]:
    """Width and height in a WebP's header, whose decoder takes memory for all pixels as soon as it is opened; else 0.

    The layout is that of RFC 9649, sections 2.5 to 2.7.
    """
    if _name_by_first_bytes(sent) != "WebP" or len(sent) < 30:
        return 0, 0
    kind, body = sent[12:16], sent[20:30]
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", body[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _load(image: Image.Image) -> None:
    """Decode the first frame; of a JPEG the smallest of its reduced scales that is no shorter than `LONGEST_SIDE`."""
    longest = max(image.size)
    scale = next(scale for scale in (8, 4, 2, 1) if scale == 1 or longest // scale >= LONGEST_SIDE)
    # By the longest side alone: `draft` itself would leave a long strip as it is because of its short one.
    image.draft("RGB", (max(1, image.width // scale), max(1, image.height // scale)))
    if image.width * image.height > DECODED:
        megapixels = math.ceil(image.width * image.height / 1_000_000)
        raise Unfit("pixels", format="JPEG", megapixels=megapixels, limit=DECODED // 1_000_000)
    image.load()


def _smooth(image: Image.Image) -> Image.Image:
    """Convert to RGB or greyscale, which can be resampled smoothly: no palette, no transparency, no sixteen bits."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        return _on_white(image)
    if image.mode in ("P", "1"):
        return image.convert("RGB")
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """Flatten transparency, which JPEG lacks, onto white, as a screenshot of a form would be read.

    Band by band, so that no third copy is in memory.
    """
    ground = Image.new("RGB", image.size, "white")
    for top in range(0, image.height, BAND):
        band = image.crop((0, top, image.width, min(image.height, top + BAND))).convert("RGBA")
        ground.paste(band, (0, top), band)
    if "exif" in image.info:
        ground.info["exif"] = image.info["exif"]  # which way is up
    return ground


def _as_jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    # Strip metadata: a new image carries no EXIF, comment or profile.
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    clean.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _taken_at(exif: Image.Exif) -> str | None:
    """The camera's clock in ISO 8601, with an offset where it told one. Impossible times are none."""
    try:
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        text = str(inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "").strip("\x00 ")
        at = dt.datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the offset follows
        offset = str(inner.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\x00 ")
        return dt.datetime.fromisoformat(f"{at.isoformat()}{offset}").isoformat()
    except _NO_TAG:
        return None


def _where(exif: Image.Exif) -> tuple[float, float] | None:
    """The camera's longitude and latitude (WGS 84), or none where the tags are missing or impossible."""
    try:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], str(gps.get(ExifTags.GPS.GPSLatitudeRef, "N")), "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], str(gps.get(ExifTags.GPS.GPSLongitudeRef, "E")), "W")
    except _NO_TAG:
        return None
    inside = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    # Cameras without a GPS fix write zeros: nobody stood in the sea off Africa.
    return (lon, lat) if inside and (lat, lon) != (0.0, 0.0) else None


def _degrees(parts: Any, ref: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if ref.strip("\x00 ").upper() == negative else value
