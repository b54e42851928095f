"""Photos that belong to a subject, for those who may see it: its app says who (`seen_by`)."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from database.registry import Registry
from journal.models import Attachment
from org.models import Person
from web.errors import NotFound

SEEN_BY: Registry[Callable[[Person, int], bool]] = Registry(
    "subjects with photos", "`journal.selectors.attachments.seen_by` says who may see the photos of a kind of subject."
)


def seen_by(kind: str, rule: Callable[[Person, int], bool]) -> None:
    """Register who may see the photos of subjects "kind:id": ``rule(person, id)``."""
    SEEN_BY.register(kind, rule)


def attachments_of(subjects: list[str]) -> QuerySet[Attachment]:
    """The photos of subjects whose visibility the caller has checked."""
    return Attachment.objects.filter(subject__in=subjects).order_by("id")


def attachment_for(person: Person, attachment_id: int) -> Attachment:
    """The photo, if its subject is the person's to see; NotFound otherwise, the same as for one that does not exist."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise NotFound
    kind, _colon, number = found.subject.partition(":")
    rule = SEEN_BY.get(kind)
    if rule is None or not number.isdigit() or not rule(person, int(number)):
        raise NotFound
    return found
