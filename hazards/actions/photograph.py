"""Adding a photo to a ticket, once each; a pair shows before and after.

A photo that comes late, after its ticket was merged, goes to the ticket into which it was merged. Of what was sent only
pixels are stored (web/pictures.py); the camera's time and place stay beside them as evidence.
"""

from __future__ import annotations

import hashlib
import re
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hazards.models import Hazard, Photo
from hazards.selectors import tickets
from hazards.states import HAZARD
from journal.actions.attachments import attach_picture
from journal.actions.recording import Actor
from journal.states import tell
from org.models import Person
from org.rules import capabilities
from org.selectors.jurisdiction import jurisdiction_of
from web.errors import Forbidden, Invalid, NotFound
from web.pictures import LARGEST_FILE, Picture, read_picture

CHECKSUM = re.compile(r"[0-9a-f]{64}")
MOST = 60
"""Maximum number of photos of one ticket."""


def add_photo(
    hazard_id: int,
    file: IO[bytes] | Any,
    *,
    by: Person,
    shows: str = Photo.Shows.BEFORE,
    sha256: str = "",
    pair: int | None = None,
    original_sha256: str = "",
) -> tuple[Photo, bool]:
    """The photo, and whether it is new: the same bytes for the same ticket are the photo that is there.

    By who found it or leads it, or by an answering post in its unit or in the responsible one. Invalid names the field:
    ``sha256`` when the bytes are not those that were sent off, ``photo`` for what is no photo, ``pair`` for no partner.
    """
    _checksums(sha256, original_sha256)
    hazard = _addressed(hazard_id, by)
    sent = _sum_of(file)
    if sha256 and sha256.lower() != sent:
        raise Invalid.field("sha256", _("The photo was damaged on its way: its checksum differs. Send it again."))
    kept = _kept(hazard, sent)
    if kept is not None:
        return kept, False
    picture = read_picture(file, sender=f"person:{by.pk}")  # before any lock: decoding may take seconds
    return _add(hazard.pk, picture, by=by, shows=shows, pair=pair, original_sha256=original_sha256.lower())


def add_public_photo(hazard: Hazard, picture: Picture, *, by: Actor) -> Photo:
    """A photo that came with a public filing, read before, inside the filing's transaction."""
    return _add(hazard.pk, picture, by=by, shows=Photo.Shows.BEFORE, pair=None, original_sha256="")[0]


def _addressed(hazard_id: int, by: Person) -> Hazard:
    """Resolve a merge: the ticket, or the one into which it was merged. NotFound when ``by`` does not see the one
    addressed.
    """
    found = _with_units(tickets.hazards_visible_to(by)).filter(pk=hazard_id).first()
    if found is None:
        raise NotFound
    mine = by.pk in (found.finder_id, found.leader_id)
    held = jurisdiction_of(by)
    if not mine and not any(held.allows(capabilities.ANSWER, u.path) for u in (found.unit, found.owner)):
        raise Forbidden(_("Your posts do not allow this here."))
    return _end_of(found)


def _with_units(hazards: QuerySet[Hazard]) -> QuerySet[Hazard]:
    return hazards.select_related("unit", "owner").defer("unit__boundary", "owner__boundary")


def _end_of(hazard: Hazard) -> Hazard:
    seen = {hazard.pk}
    while hazard.merged_into_id and hazard.merged_into_id not in seen:
        hazard = Hazard.objects.get(pk=hazard.merged_into_id)
        seen.add(hazard.pk)
    return hazard


def _checksums(*sums: str) -> None:
    for name, value in zip(("sha256", "original_sha256"), sums, strict=True):
        if value and not CHECKSUM.fullmatch(value.lower()):
            raise Invalid.field(name, _("A SHA-256 checksum is 64 hexadecimal digits."))


def _sum_of(file: IO[bytes] | Any) -> str:
    """SHA-256 of what was sent; stops behind the largest size that is read at all."""
    digest, left = hashlib.sha256(), LARGEST_FILE + 1
    while left > 0 and (part := file.read(min(left, 1 << 20))):
        digest.update(part)
        left -= len(part)
    file.seek(0)
    return digest.hexdigest()


def _kept(hazard: Hazard, sha256: str) -> Photo | None:
    rows = Photo.objects.select_related("attachment").filter(hazard=hazard, attachment__sha256=sha256)
    return rows.first()


@transaction.atomic
def _add(
    hazard_id: int, picture: Picture, *, by: Actor, shows: str, pair: int | None, original_sha256: str
) -> tuple[Photo, bool]:
    hazard = _with_units(Hazard.objects.all()).select_for_update(of=("self",)).get(pk=hazard_id)
    kept = _kept(hazard, picture.sha256)
    if kept is not None:
        return kept, False
    if Photo.objects.filter(hazard=hazard).count() >= MOST:
        raise Invalid.field("photo", _("A ticket takes at most %(limit)s photos.") % {"limit": MOST})
    partner = _partner(hazard, shows, pair)
    card, exercise = HAZARD.card(hazard), hazard.exercise
    attachment = attach_picture(HAZARD.subject(hazard), hazard.unit.path, picture, by=by, card=card, exercise=exercise)
    photo = Photo(hazard=hazard, attachment=attachment, shows=shows, pair=partner, original_sha256=original_sha256)
    photo.save(force_insert=True)
    data = {"photo": photo.pk, "attachment": attachment.pk, "shows": shows, "pair": pair}
    tell(HAZARD, hazard, "hazard.photo_added", by=by, data=data)
    return photo, True


def _partner(hazard: Hazard, shows: str, pair: int | None) -> Photo | None:
    if shows not in Photo.Shows.values:
        raise Invalid.field("shows", _("A photo shows “before” or “after”."))
    if pair is None:
        return None
    found = Photo.objects.filter(hazard=hazard, pk=pair).exclude(shows=shows).first()
    if found is None:
        raise Invalid.field("pair", _("There is no such photo of the other side at this ticket."))
    return found
