"""Photos and documents that belong to a subject, for those who may see it: its app says who (`seen_by`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from database.registry import Registry
from journal.models import Attachment
from org.models import Person
from web.documents import KINDS
from web.errors import NotFound

SEEN_BY: Registry[Callable[[Person, int], bool]] = Registry(
    "subjects with attachments",
    "`journal.selectors.attachments.seen_by` says who may see the photos and documents of a kind of subject.",
)


def seen_by(kind: str, rule: Callable[[Person, int], bool]) -> None:
    """Register who may see the attachments of subjects "kind:id": ``rule(person, id)``."""
    SEEN_BY.register(kind, rule)


def photos_of(subjects: Iterable[str]) -> QuerySet[Attachment]:
    """The photos of subjects whose visibility the caller has checked."""
    return Attachment.objects.filter(subject__in=subjects, width__gt=0).order_by("id")


def content_type_of(attachment: Attachment) -> str:
    return "image/jpeg" if attachment.is_photo else KINDS[attachment.ending].content_type


def documents_of(subjects: Iterable[str]) -> QuerySet[Attachment]:
    """The documents, likewise."""
    return Attachment.objects.filter(subject__in=subjects, width=0).order_by("id")


def attachment_for(person: Person, attachment_id: int) -> Attachment:
    """The photo or document, if its subject is the person's to see; NotFound otherwise, as for none."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise NotFound
    kind, _colon, number = found.subject.partition(":")
    rule = SEEN_BY.get(kind)
    if rule is None or not number.isdigit() or not rule(person, int(number)):
        raise NotFound
    return found
