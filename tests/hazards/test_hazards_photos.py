"""Photos of tickets: checksum and receipt, pairs, late ones merged; hostile files refused or made harmless."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from hazards import actions
from hazards.actions.photograph import MOST, add_photo
from hazards.models import Photo
from journal.models import Attachment, Event
from tests.support.hazards import NEIGHBOUR, holder
from tests.support.photos import exif_of, jpeg, picture
from web.errors import Invalid

YUESHAN = ((27.0, 41.0, 30.0), "N", (119.0, 9.0, 0.0), "E")


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def send(api, village):
    """``send(hazard, data)``: the village's phone posts a photo; ``by`` is somebody else."""

    def post(hazard: Any, data: bytes, name: str = "photo.jpg", *, by: Any = None, **fields: Any) -> Any:
        photo = SimpleUploadedFile(name, data, "image/jpeg")
        return api(by or village).post(
            f"/api/v1/hazards/{hazard.pk}/photos/", {"photo": photo, **fields}, format="multipart"
        )

    return post


def sum_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# What a phone does ---------------------------------------------------------------------------------------------------


def test_a_photo_gets_a_receipt_with_the_checksum_of_what_was_sent(found, send):
    hazard, data = found(), jpeg(exif=exif_of(where=YUESHAN))
    answer = send(hazard, data, sha256=sum_of(data))
    assert answer.status_code == 201, answer.content
    photo = Photo.objects.get()
    receipt = answer.json()
    assert (receipt["photo"], receipt["sha256"], receipt["shows"]) == (photo.pk, sum_of(data), "before")
    assert receipt["received_at"]
    assert receipt["taken_at"] == "2026-07-08T19:20:14+00:00"
    assert receipt["taken_where"] == pytest.approx([119.15, 27.6917], abs=1e-4)
    # The camera's word is evidence, so it stands in columns; the file has none of it.
    kept = photo.attachment
    assert kept.taken_at.isoformat() == "2026-07-08T19:20:14+00:00"
    assert b"SECRET" not in kept.file.read()
    assert Event.objects.filter(verb="hazard.photo_added", subject=f"hazard:{hazard.pk}").count() == 1


def test_the_same_photo_again_is_the_same_and_no_event(found, send):
    hazard, data = found(), jpeg(exif=exif_of(where=YUESHAN))
    first, again = send(hazard, data, sha256=sum_of(data)), send(hazard, data)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Photo.objects.count() == Attachment.objects.count() == 1
    assert Event.objects.filter(verb="hazard.photo_added").count() == 1


def test_the_same_photo_may_belong_to_two_tickets(found, send):
    data = jpeg()
    assert [send(found(), data).status_code for _ in range(2)] == [201, 201]


def test_a_wrong_checksum_stores_nothing(found, send):
    data = jpeg()
    answer = send(found(), data, sha256=sum_of(data + b"x"))
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["sha256"]
    assert not Photo.objects.exists()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("name", ["sha256", "original_sha256"])
@pytest.mark.parametrize("value", ["x", "0" * 63, "g" * 64])
def test_what_is_no_checksum_is_said(found, send, name, value):
    answer = send(found(), jpeg(), **{name: value})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [name]


def test_the_checksum_of_the_original_is_kept(found, send):
    assert send(found(), jpeg(), original_sha256="AB" * 32).status_code == 201
    assert Photo.objects.get().original_sha256 == "ab" * 32


def test_a_checksum_in_capitals_is_the_same(found, send):
    data = jpeg()
    assert send(found(), data, sha256=sum_of(data).upper()).status_code == 201


def test_before_and_after_make_a_pair(found, send):
    hazard = found()
    before = send(hazard, jpeg(), shows="before").json()["photo"]
    after = send(hazard, jpeg(picture(colour="green")), shows="after", pair=before)
    assert after.status_code == 201
    assert after.json()["pair"] == before
    assert Photo.objects.get(pk=after.json()["photo"]).pair_id == before


def test_a_pair_has_two_sides_of_one_ticket(found, send):
    hazard, other = found(), found()
    before = send(hazard, jpeg()).json()["photo"]
    elsewhere = send(other, jpeg()).json()["photo"]
    for shows, pair in (("before", before), ("after", elsewhere), ("after", 999_999)):
        answer = send(hazard, jpeg(picture(colour="red")), shows=shows, pair=pair)
        assert answer.status_code == 400
        assert list(answer.json()["fields"]) == ["pair"]
    assert Photo.objects.count() == 2


@pytest.mark.parametrize(
    "fields", [{"shows": "during"}, {"pair": "x"}, {"colour": "red"}], ids=lambda fields: next(iter(fields))
)
def test_bad_particulars_are_named(found, send, fields):
    answer = send(found(), jpeg(), **fields)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == list(fields)
    assert not Photo.objects.exists()


def test_without_a_photo_it_is_said(api, found, village):
    answer = api(village).post(f"/api/v1/hazards/{found().pk}/photos/", {"shows": "before"}, format="multipart")
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["photo"]


def test_a_photo_that_comes_late_goes_to_the_ticket_it_was_merged_into(found, send, township):
    kept, twin = found(), found()
    actions.merge(twin.pk, by=township, into=kept.pk)
    answer = send(twin, jpeg())
    assert answer.status_code == 201
    assert Photo.objects.get().hazard_id == kept.pk == answer.json()["hazard"]


def test_a_ticket_takes_only_so_many(found, send, village, monkeypatch):
    monkeypatch.setattr("hazards.actions.photograph.MOST", 2)
    hazard = found()
    answers = [send(hazard, jpeg(picture(colour=c))).status_code for c in ("red", "green", "blue")]
    assert answers == [201, 201, 400]
    assert MOST > 2


# Who may -------------------------------------------------------------------------------------------------------------


def test_a_neighbour_finds_no_such_ticket(found, send):
    answer = send(found(), jpeg(), by=holder(NEIGHBOUR, "township_station"))
    assert answer.status_code == 404
    assert not Photo.objects.exists()


def test_a_photo_is_served_to_those_who_see_the_ticket_alone(found, send, browse, village, officer):
    address = send(found(), jpeg()).json()["url"]
    for person, status in ((village, 200), (officer, 200), (holder(NEIGHBOUR, "township_station"), 404)):
        assert browse(person).get(address).status_code == status
    served = browse(village).get(address)
    assert served["Content-Type"] == "image/jpeg"
    assert served["X-Content-Type-Options"] == "nosniff"


def test_who_only_watches_in_the_village_adds_no_photo(found, send, village):
    watcher = holder("331126206200", "geological_watch")
    assert watcher.pk != village.pk
    assert send(found(), jpeg(), by=watcher).status_code == 403


# What an attacker sends ----------------------------------------------------------------------------------------------


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is this large, with hardly any data behind it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def encoded(kind: str, frames: int = 1, mode: str = "RGBA", **more: Any) -> bytes:
    images = [Image.new(mode, (64, 48), colour) for colour in ("red", "green", "blue")[:frames]]
    out = io.BytesIO()
    images[0].save(out, kind, **({"save_all": True, "append_images": images[1:]} if frames > 1 else {}), **more)
    return out.getvalue()


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
WHOLE = jpeg(Image.effect_noise((200, 150), 60).convert("RGB"))

REFUSED = {
    "zero bytes": b"",
    "truncated": WHOLE[: len(WHOLE) // 2],
    "only the head": WHOLE[:20],
    "html named jpg": HTML,
    "html behind a jpeg's mark": b"\xff\xd8\xff\xe0" + HTML,
    "svg": SVG,
    "svg with a declaration": b'<?xml version="1.0"?>' + SVG,
    "gif": encoded("GIF", mode="P"),
    "tiff": encoded("TIFF"),
    "bmp": encoded("BMP", mode="RGB"),
    "zip": archive(),
    "php": b"<?php system($_GET['c']); ?>",
    "a bomb of pixels": bomb(60_000, 60_000),
    "a bomb that is wide": bomb(2**31 - 1, 1),
    "a png whose data end": bomb(4000, 4000),
    "noise": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_no_photo_is_refused_and_not_stored(found, send, tmp_path, name):
    data = REFUSED[name]
    answer = send(found(), data, sha256=sum_of(data))
    assert answer.status_code == 400, (name, answer.content)
    assert list(answer.json()["fields"]) == ["photo"]
    assert not Photo.objects.exists()
    assert not Attachment.objects.exists()
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


CURED = {
    "jpeg and zip": WHOLE + archive(),
    "jpeg and html": WHOLE + HTML,
    "jpeg with a script in its comment": jpeg(comment=b"*/=1;alert(1)/*<script>alert(1)</script>"),
    "jpeg named html": WHOLE,
    "png with text": encoded("PNG"),
    "animated png": encoded("PNG", 3),
    "webp": encoded("WEBP"),
    "animated webp": encoded("WEBP", 3),
    "transparent": encoded("PNG", mode="LA"),
    "cmyk": encoded("JPEG", mode="CMYK"),
    "sixteen bits": encoded("PNG", mode="I;16"),
    "exif garbage": WHOLE[:2] + b"\xff\xe1\x00\x28Exif\x00\x00" + b"\xde\xad\xbe\xef" * 8 + WHOLE[2:],
    "exif that points outside": WHOLE[:2]
    + b"\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\xff\xff\xff\xf0"
    + b"\x00\x00\x00\x00"
    + WHOLE[2:],
}


@pytest.mark.parametrize("name", list(CURED))
def test_nothing_is_stored_as_it_was_sent(found, send, name):
    data = CURED[name]
    answer = send(found(), data, "photo.html" if "named html" in name else "photo.jpg", sha256=sum_of(data))
    assert answer.status_code == 201, (name, answer.content)
    kept = Photo.objects.get().attachment
    stored = kept.file.read()
    assert stored != data
    assert kept.sha256 == sum_of(data)
    for word in (b"<script", b"PK\x03\x04", b"Exif", b"evil.html"):
        assert word not in stored
    shown = Image.open(io.BytesIO(stored))
    assert (shown.format, getattr(shown, "n_frames", 1)) == ("JPEG", 1)
    assert stored.endswith(b"\xff\xd9")
    assert kept.file.name.endswith(".jpg")


@pytest.fixture(scope="module")
def heavy() -> bytes:
    """A photo of 29 MB, as from a phone that saves without compression."""
    image = Image.effect_noise((4200, 3000), 90).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=100, subsampling=0)
    data = out.getvalue()
    # Padding in comments, which a decoder passes over, up to the size wanted.
    pad = b"\xff\xfe\xff\xff" + b"\0" * 65533
    return data[:2] + pad * ((29 * 1024 * 1024 - len(data)) // len(pad)) + data[2:]


def test_an_original_of_29_megabytes_becomes_a_small_picture(found, send, heavy):
    assert 28 * 1024 * 1024 < len(heavy) < 30 * 1024 * 1024
    answer = send(found(), heavy, sha256=sum_of(heavy))
    assert answer.status_code == 201, answer.content
    kept = Photo.objects.get().attachment
    assert max(kept.width, kept.height) == 2560
    assert kept.file.size < 4 * 1024 * 1024


def test_more_than_30_megabytes_is_refused(found, send, heavy):
    answer = send(found(), heavy + b"\0" * (2 * 1024 * 1024))
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["photo"]
    assert "30 MB" in answer.json()["fields"]["photo"][0]
    assert not Attachment.objects.exists()


def test_a_refused_photo_leaves_the_ticket_as_it_was(found, village):
    hazard = found()
    before = Event.objects.count()
    with pytest.raises(Invalid):
        add_photo(hazard.pk, io.BytesIO(HTML), by=village)
    assert Event.objects.count() == before
