"""Photos that cost more than they weigh, made on the spot; and large ones that phones really make."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def flat_png(width: int, height: int, *, colour: int = 2, interlaced: bool = False, before: bytes = b"") -> bytes:
    """A true PNG of zeros (``colour`` 2: RGB, 6: with transparency), made without holding its pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, int(interlaced)))
    packer, packed = zlib.compressobj(9), []
    line = b"\0" * (1 + width * {2: 3, 6: 4}[colour])
    packed += [packer.compress(line) for _ in range(height * (2 if interlaced else 1))]
    return PNG + head + before + chunk(b"IDAT", b"".join([*packed, packer.flush()])) + chunk(b"IEND", b"")


def text_bomb(count: int, size: int = 1 << 20) -> bytes:
    """A small PNG with so many compressed texts of ``size`` bytes each."""
    return flat_png(8, 8, before=chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * size, 9)) * count)


def profile_bomb(size: int) -> bytes:
    return flat_png(8, 8, before=chunk(b"iCCP", b"a\0\0" + zlib.compress(b"a" * size, 9)))


def frames(kind: str, count: int, side: int) -> bytes:
    images = [Image.new("RGB", (side, side), (number * 40 % 256, 90, 0)) for number in range(count)]
    out = io.BytesIO()
    images[0].save(out, kind, save_all=True, append_images=images[1:], duration=1)
    return out.getvalue()


def webp_canvas(width: int, height: int) -> bytes:
    """An animated WebP that claims a canvas of this size and holds one small frame."""
    sent = bytearray(frames("WEBP", 2, 16))
    sent[24:27], sent[27:30] = (width - 1).to_bytes(3, "little"), (height - 1).to_bytes(3, "little")
    return bytes(sent)


def large(kind: str, width: int, height: int, **options: object) -> bytes:
    """A flat picture as the library writes it; ``progressive`` and ``subsampling`` for JPEG."""
    out = io.BytesIO()
    Image.new(str(options.pop("mode", "RGB")), (width, height)).save(out, kind, **options)
    return out.getvalue()


def exif_with_many_tags(count: int) -> bytes:
    entries = b"".join(struct.pack("<HHII", 1 + number % 60_000, 2, 8_000, 8) for number in range(count))
    block = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", count) + entries + b"\0\0\0\0" + b"a" * 8_000
    plain = large("JPEG", 60, 40)
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[2:]


def many_segments(count: int) -> bytes:
    plain = large("JPEG", 60, 40)
    return plain[:2] + (b"\xff\xe2\x03\xe8" + b"x" * 998) * count + plain[2:]
