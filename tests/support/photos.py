"""Pictures for tests, made on the spot."""

from __future__ import annotations

import io

from PIL import ExifTags, Image


def picture(width: int = 60, height: int = 40, colour: str = "teal") -> Image.Image:
    return Image.new("RGB", (width, height), colour)


def jpeg(image: Image.Image | None = None, exif: Image.Exif | None = None, **more: object) -> bytes:
    out = io.BytesIO()
    (image or picture()).save(out, "JPEG", **({"exif": exif} if exif else {}), **more)
    return out.getvalue()


def exif_of(
    *, taken: str = "2026:07:09 03:20:14", offset: str = "", where: tuple | None = None, turned: int = 1
) -> Image.Exif:
    """``where``: (latitude parts, ref, longitude parts, ref)."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    exif[ExifTags.Base.Make] = "SECRET-CAMERA"
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        inner[ExifTags.Base.OffsetTimeOriginal] = offset
    if where:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        tags = ExifTags.GPS
        gps[tags.GPSLatitude], gps[tags.GPSLatitudeRef], gps[tags.GPSLongitude], gps[tags.GPSLongitudeRef] = where
    return exif
