"""Photos and documents that belong to a subject: added once each, served only to those who may see the subject.

The app that owns a kind of subject says who may see them (`seen_by`); a kind that nobody speaks for is seen by nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction

from journal.actions.recording import Actor, actor_of, record
from journal.actions.seals import Breach
from journal.models import Attachment, Event
from web.documents import KINDS, read_document
from web.pictures import Picture, read_picture


def attach(
    subject: str,
    unit_path: str,
    file: IO[bytes] | Any,
    *,
    by: Actor,
    root: str = "",
    card: dict[str, Any] | None = None,
    exercise: int | None = None,
) -> Attachment:
    """Add the photo in ``file`` (a path-less binary file of at most 30 MB). Invalid (``photo``) for what is no photo.

    The same bytes for the same subject again give the attachment that is there, and no second event.
    """
    return attach_picture(
        subject, unit_path, read_picture(file, sender=actor_of(by).ref), by=by, root=root, card=card, exercise=exercise
    )


@transaction.atomic
def attach_picture(
    subject: str,
    unit_path: str,
    picture: Picture,
    *,
    by: Actor,
    root: str = "",
    card: dict[str, Any] | None = None,
    exercise: int | None = None,
) -> Attachment:
    """`attach` for a picture that was read before, so that decoding holds no lock."""
    mine = Attachment(
        subject=subject,
        unit_path=unit_path,
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        taken_at=picture.taken_at,
        taken_where=picture.taken_where,
        by=actor_of(by).ref,
    )
    data = {"taken_at": mine.taken_at, "width": mine.width, "height": mine.height}
    return _keep(mine, picture.jpeg, "jpg", data, by=by, root=root, card=card, exercise=exercise)


def attach_document(
    subject: str,
    unit_path: str,
    file: IO[bytes] | Any,
    *,
    by: Actor,
    kinds: Collection[str] = tuple(KINDS),
    root: str = "",
    card: dict[str, Any] | None = None,
    exercise: int | None = None,
) -> Attachment:
    """Add the document in ``file``, of one of ``kinds`` (web/documents.py). Invalid (``file``) for anything else. The
    same bytes again as in `attach`.
    """
    sent = read_document(file, kinds=kinds)
    mine = Attachment(
        subject=subject, unit_path=unit_path, sha256=sent.sha256, width=0, height=0, by=actor_of(by).ref
    )  # fmt: skip
    data = {"document": sent.kind, "name": sent.name}
    with transaction.atomic():
        return _keep(mine, sent.content, KINDS[sent.kind].ending, data, by=by, root=root, card=card, exercise=exercise)


def _keep(mine: Attachment, content: bytes, ending: str, data: dict[str, Any], **told: Any) -> Attachment:
    """Write the file, the row and the event, which has the digest of the file: so the seals cover it."""
    kept = Attachment.objects.filter(subject=mine.subject, sha256=mine.sha256).first()
    if kept is not None:
        return kept
    mine.file.save(f"{mine.sha256[:32]}.{ending}", ContentFile(content), save=False)
    try:
        with transaction.atomic():
            mine.save(force_insert=True)
    except Exception:
        mine.file.delete(save=False)
        raise
    data = {"attachment": mine.pk, **data, "file_sha256": hashlib.sha256(content).hexdigest()}
    record("attachment.added", mine.subject, mine.unit_path, data=data, **told)
    return mine


def verify_files() -> list[Breach]:
    """Attachments whose file is missing or is not the one that its event, which is sealed, gives the digest of."""
    told = Event.objects.filter(verb="attachment.added", data__has_key="file_sha256")
    digests = {int(data["attachment"]): data["file_sha256"] for data in told.values_list("data", flat=True).iterator()}
    return list(_unlike(digests))


def _unlike(digests: dict[int, str]) -> Iterator[Breach]:
    kept = dict(Attachment.objects.filter(pk__in=list(digests)).values_list("pk", "file"))
    storage = Attachment._meta.get_field("file").storage
    for number, digest in digests.items():
        place = f"attachment {number}"
        if number not in kept:
            yield Breach(place, "its event is there, its row is gone")
            continue
        try:
            with storage.open(kept[number]) as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            yield Breach(place, f"its file {kept[number]} is missing")
            continue
        if found != digest:
            yield Breach(place, f"its file {kept[number]} is another one than was stored")
