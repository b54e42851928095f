"""Photos: decoded and made anew, EXIF time and place kept as columns, the rest gone; hostile files refused."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from django.utils import translation
from PIL import Image

from journal.actions.attachments import attach
from journal.models import Attachment, Event
from journal.selectors.attachments import SEEN_BY, attachment_for
from tests.support import evil_photos as evil
from tests.support.photos import exif_of, jpeg, picture
from web import limited, pictures
from web.errors import Invalid, NotFound
from web.limited import Busy, Limits
from web.pictures import read_picture

YUESHAN = ((27.0, 41.0, 30.0), "N", (119.0, 9.0, 0.0), "E")


def read(data: bytes) -> pictures.Picture:
    return read_picture(io.BytesIO(data), sender="test")


def opened(found: pictures.Picture) -> Image.Image:
    return Image.open(io.BytesIO(found.jpeg))


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_the_cameras_time_and_place_are_kept():
    found = read(jpeg(exif=exif_of(where=YUESHAN)))
    assert found.taken_at.isoformat() == "2026-07-09T03:20:14+08:00"
    assert found.taken_where.coords == pytest.approx((119.15, 27.6917), abs=1e-4)


def test_a_time_with_an_offset_is_taken_by_it():
    found = read(jpeg(exif=exif_of(offset="+00:00")))
    assert found.taken_at.isoformat() == "2026-07-09T03:20:14+00:00"


def test_nothing_else_of_the_exif_remains():
    found = read(jpeg(exif=exif_of(where=YUESHAN), comment=b"SECRET-COMMENT"))
    assert b"SECRET" not in found.jpeg
    assert b"Exif" not in found.jpeg
    assert not opened(found).getexif()


@pytest.mark.parametrize(("turned", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_the_picture_stands_upright(turned, size):
    found = read(jpeg(exif=exif_of(turned=turned)))
    assert (found.width, found.height) == size
    assert opened(found).size == size


def test_upright_means_that_what_the_camera_held_on_top_is_on_top():
    image = picture(60, 40, "black")
    image.paste("white", (0, 0, 20, 40))  # turned 6: the left side of the stored pixels is the top
    found = opened(read(jpeg(image, exif=exif_of(turned=6))))
    assert found.getpixel((20, 5))[0] > 200
    assert found.getpixel((20, 55))[0] < 50


def test_a_large_photo_is_scaled_to_its_longest_side():
    found = read(jpeg(picture(4000, 3000)))
    assert (found.width, found.height) == (2560, 1920)
    assert opened(found).size == (2560, 1920)


def test_a_small_photo_is_not_blown_up():
    assert (read(jpeg(picture(60, 40))).width) == 60


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO"])
def test_other_pictures_become_jpeg(kind):
    out = io.BytesIO()
    picture().save(out, kind)
    assert opened(read(out.getvalue())).format == "JPEG"


def test_transparency_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(read(out.getvalue())).getpixel((5, 5)) == (255, 255, 255)


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that claims to be ``side`` × ``side`` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


HOSTILE = {
    "empty": b"",
    "html named jpg": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "magic bytes alone": b"\xff\xd8\xff\xe0",
    "broken off": jpeg(picture(800, 600))[:900],
    "decompression bomb": bomb(),
    "larger bomb": bomb(2_000_000),
    "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "zip": b"PK\x03\x04" + b"\0" * 60,
    "zeros": b"\0" * 4096,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_name_of_the_field(name):
    with pytest.raises(Invalid) as refusal:
        read(HOSTILE[name])
    assert list(refusal.value.fields) == ["photo"]


def test_a_file_over_the_limit_is_refused_without_reading_it_whole(monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_FILE", 1000)
    sent = io.BytesIO(jpeg(picture(800, 600)) + b"\0" * 100_000)
    with pytest.raises(Invalid):
        read_picture(sent, sender="test")
    assert sent.tell() == 1001


REFUSED_BY_THE_HEADER = {
    "flat PNG of 79 megapixels": lambda: evil.flat_png(8900, 8900),
    "interlaced, with transparency": lambda: evil.flat_png(6000, 5000, colour=6, interlaced=True),
    "WebP canvas": lambda: evil.webp_canvas(16384, 16384),
    "WebP": lambda: evil.large("WEBP", 4000, 3000),
    "progressive JPEG": lambda: evil.large("JPEG", 6000, 4000, progressive=True),
    "JPEG": lambda: evil.large("JPEG", 16000, 16000, mode="L"),
}
CHEAP_BUT_HOSTILE = {
    "texts that unpack to 100 MB": lambda: evil.text_bomb(100),
    "a text that unpacks to 200 MB": lambda: evil.text_bomb(1, 200 << 20),
    "a colour profile that unpacks to 200 MB": lambda: evil.profile_bomb(200 << 20),
}
LARGE_AND_HONEST = {
    "a phone's 108 megapixels": lambda: evil.large("JPEG", 12000, 9000),
    "the same with a second picture inside": lambda: evil.large("MPO", 12000, 9000),
    "a panorama": lambda: evil.large("JPEG", 65500, 3000),
    "a screenshot at the limit": lambda: evil.flat_png(4900, 4890, colour=6),
    "interlaced at the limit": lambda: evil.flat_png(4900, 4890, colour=6, interlaced=True),
    "a palette with transparency": lambda: evil.large("PNG", 4900, 4890, mode="P", transparency=0),
    "sixteen bits": lambda: evil.large("PNG", 4900, 4890, mode="I;16"),
    "progressive": lambda: evil.large("JPEG", 4242, 4242, progressive=True, subsampling=0),
    "WebP at the limit": lambda: evil.large("WEBP", 3400, 2600, lossless=True, mode="RGBA"),
    "an animation": lambda: evil.frames("PNG", 50, 64),
    "an animation in WebP": lambda: evil.frames("WEBP", 50, 64),
    "thousands of EXIF tags": lambda: evil.exif_with_many_tags(4000),
    "25 MB of notes": lambda: evil.many_segments(25_000),
}


@pytest.fixture
def own_pool(monkeypatch):
    made = limited.Pool()
    monkeypatch.setattr(pictures, "pool", made)
    yield made
    made.end()


def most_memory_mb(pool) -> int:
    """The largest resident size that the pool's idle process has had."""
    with open(f"/proc/{pool.idle[0].pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024


@pytest.mark.parametrize("name", REFUSED_BY_THE_HEADER)
def test_too_many_pixels_are_told_with_the_limit_and_a_way_out_before_they_are_decoded(name, own_pool):
    sent = REFUSED_BY_THE_HEADER[name]()
    with translation.override("en"), pytest.raises(Invalid) as refusal:
        read(sent)
    said = refusal.value.fields["photo"][0]
    assert "million pixels" in said
    assert "smaller copy" in said
    assert most_memory_mb(own_pool) < 60


@pytest.mark.parametrize("name", CHEAP_BUT_HOSTILE)
def test_what_unpacks_without_end_is_refused_and_costs_nothing(name, own_pool):
    with pytest.raises(Invalid):
        read(CHEAP_BUT_HOSTILE[name]())
    assert most_memory_mb(own_pool) < 60


@pytest.mark.parametrize("name", LARGE_AND_HONEST)
def test_what_phones_and_screens_make_is_read_in_a_quarter_of_a_gigabyte(name, own_pool):
    found = read(LARGE_AND_HONEST[name]())
    assert max(opened(found).size) <= 2560
    assert most_memory_mb(own_pool) < 250


def test_decoding_that_takes_too_long_or_too_much_is_told_with_a_way_out(monkeypatch):
    monkeypatch.setattr(pictures, "LIMITS", Limits(memory=20 << 20, seconds=5))
    with translation.override("en"), pytest.raises(Invalid) as refusal:
        read(evil.flat_png(4000, 4000))
    assert "too much work" in refusal.value.fields["photo"][0]
    monkeypatch.undo()
    assert read(jpeg()).width == 60


def test_a_decoder_that_is_killed_from_outside_is_a_try_later_and_nothing_is_stored(monkeypatch, officer):
    monkeypatch.setattr(pictures, "LIMITS", Limits(memory=210 << 20, seconds=10, wall=0.0))
    with pytest.raises(Busy):
        attach("assignment:1", "33.11.26.206.200", io.BytesIO(evil.flat_png(4000, 4000)), by=officer)
    assert not Attachment.objects.filter(subject="assignment:1").exists()


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04archive", b"<?php system($_GET[0]); ?>"])
def test_what_hangs_behind_a_picture_is_cut_off(tail):
    found = read(jpeg() + tail)
    assert tail not in found.jpeg


def test_html_hidden_in_a_comment_is_gone():
    found = read(jpeg(comment=b"<script>alert(1)</script>"))
    assert b"script" not in found.jpeg


@pytest.mark.parametrize(
    "taken", ["0000:00:00 00:00:00", "yesterday", "1899:01:01 00:00:00", "", "2026:13:45 99:00:00"]
)
def test_an_impossible_time_is_none(taken):
    assert read(jpeg(exif=exif_of(taken=taken))).taken_at is None


@pytest.mark.parametrize(
    "where",
    [
        ((0.0, 0.0, 0.0), "N", (0.0, 0.0, 0.0), "E"),
        ((95.0, 0.0, 0.0), "N", (119.0, 0.0, 0.0), "E"),
        ((27.0, 0.0, 0.0), "N", (190.0, 0.0, 0.0), "E"),
    ],
)
def test_an_impossible_place_is_none(where):
    assert read(jpeg(exif=exif_of(where=where))).taken_where is None


def test_south_and_west_are_negative():
    found = read(jpeg(exif=exif_of(where=((27.0, 30.0, 0.0), "S", (119.0, 30.0, 0.0), "W"))))
    assert found.taken_where.coords == pytest.approx((-119.5, -27.5))


def test_attaching_records_the_fact_and_keeps_the_hash_of_what_was_sent(officer):
    data = jpeg(exif=exif_of(where=YUESHAN))
    kept = attach("assignment:1", "33.11.26.206.200", io.BytesIO(data), by=officer)
    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert kept.taken_where is not None
    event = Event.objects.get(verb="attachment.added")
    assert (event.subject, event.unit_path, event.data["attachment"]) == ("assignment:1", "33.11.26.206.200", kept.pk)
    with kept.file.open("rb") as file:
        assert file.read(2) == b"\xff\xd8"


def test_the_same_photo_again_is_the_same_attachment(officer):
    data = jpeg()
    first, second = (attach("assignment:1", "33.11.26", io.BytesIO(data), by=officer) for _ in range(2))
    assert first.pk == second.pk
    assert Event.objects.filter(verb="attachment.added").count() == 1
    other = attach("assignment:2", "33.11.26", io.BytesIO(data), by=officer)
    assert other.pk != first.pk


def test_the_sent_name_never_reaches_the_disk(officer, settings):
    sent = io.BytesIO(jpeg())
    sent.name = "../../../etc/passwd\0.jpg"
    kept = attach("assignment:1", "33.11.26", sent, by=officer)
    assert "passwd" not in str(kept.file.name)
    assert kept.file.path.startswith(str(settings.MEDIA_ROOT))


def test_a_photo_of_a_kind_that_nobody_speaks_for_is_seen_by_nobody(officer):
    kept = attach("mystery:1", "33.11.26", io.BytesIO(jpeg()), by=officer)
    with pytest.raises(NotFound):
        attachment_for(officer, kept.pk)
    assert Attachment.objects.filter(pk=kept.pk).exists()


def test_the_owner_of_a_kind_decides_who_sees_its_photos(officer, township):
    kept = attach("sample:7", "33.11.26", io.BytesIO(jpeg()), by=officer)
    with SEEN_BY.lent({"sample": lambda person, pk: person == officer and pk == 7}):
        assert attachment_for(officer, kept.pk) == kept
        with pytest.raises(NotFound):
            attachment_for(township, kept.pk)
