"""The public's door: no login, so it is counted, and what comes in is held until the township takes it up."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Sequence
from typing import IO, Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from hazards.actions.file import file_hazard
from hazards.actions.photograph import add_public_photo
from hazards.models import Hazard, Poster, PublicFiling
from hazards.rules.filing import Filing
from hazards.rules.words import Door
from journal.actions.recording import By
from web.errors import ActionError, Invalid, NotFound
from web.limited import Busy
from web.pictures import read_picture

WITHIN = dt.timedelta(hours=1)
PER_ADDRESS = 5
"""Reports from one address within the hour; not fewer, since villages share one behind a carrier's gateway."""
PER_POSTER = 30
KEPT = dt.timedelta(days=1)
PHOTOS = 3
PUBLIC = "公众 / the public"
KEY = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LOCK = 20261122
"""Of PostgreSQL's advisory locks: the class of those that count the public."""


class TooMany(ActionError):
    """The door is shut for a while; the emergency numbers are not."""

    status = 429
    code = "too_many"


def poster_of(key: str) -> Poster:
    """The poster in use that has this key; NotFound for one that was ended, and for none."""
    rows = Poster.objects.select_related("unit").defer("unit__boundary")
    found = rows.filter(key=key, ended_at=None, unit__active=True).first() if KEY.fullmatch(key) else None
    if found is None:
        raise NotFound(_("This code is no longer valid. Tell the village office, or call 110 or 119."))
    return found


def file_publicly(
    filing: Filing, photos: Sequence[IO[bytes] | Any] = (), *, poster: Poster, address: str, contact: str = ""
) -> Hazard:
    """The held ticket with its photos: all of it is stored, or nothing. TooMany above the limits.

    A repeat, as of a form that was sent twice, gives the same ticket and is not counted.
    """
    if len(photos) > PHOTOS:
        raise Invalid.field("photos", _("At most %(limit)s photos.") % {"limit": PHOTOS})
    by = By(f"poster:{poster.pk}", PUBLIC)
    known = Hazard.objects.filter(client_id=filing.client_id).exists()
    counted = None if known else count(poster, address)
    try:
        pictures = [_picture(photo, f"address:{hashed_address(address)}") for photo in photos]
    except Busy:
        if counted is not None:
            counted.delete()  # our fault: the next try is the first one
        raise
    with transaction.atomic():
        hazard, _new = file_hazard(filing, by=by, door=Door.PUBLIC, contact=contact)
        for picture in pictures:
            add_public_photo(hazard, picture, by=by)
    return hazard


def _picture(photo: IO[bytes] | Any, sender: str) -> Any:
    try:
        return read_picture(photo, sender=sender)
    except Invalid as error:
        raise Invalid.field("photos", error.fields["photo"][0]) from error


def count(poster: Poster, address: str) -> PublicFiling:
    """Count one report, before anything is decoded or stored; TooMany when address or poster are at their limit.

    Counted in the database, so that it holds over all processes; one at a time for each address and poster.
    """
    hashed = hashed_address(address)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(key)) FROM unnest(%s::text[]) key ORDER BY key",
            [_LOCK, sorted({f"a{hashed}", f"p{poster.pk}"})],
        )
        cursor.execute(
            "SELECT count(*) FILTER (WHERE address = %s), count(*) FILTER (WHERE poster_id = %s)"
            " FROM hazards_publicfiling WHERE at > sanji_now() - %s AND (address = %s OR poster_id = %s)",
            [hashed, poster.pk, WITHIN, hashed, poster.pk],
        )
        of_address, of_poster = cursor.fetchone()
        if of_address >= PER_ADDRESS or of_poster >= PER_POSTER:
            raise TooMany(_("Too many reports came from here within the hour. Is it urgent? Call 110 or 119."))
        cursor.execute("DELETE FROM hazards_publicfiling WHERE at < sanji_now() - %s", [KEPT])
        return PublicFiling.objects.create(poster=poster, address=hashed)


def hashed_address(address: str) -> str:
    """A keyed hash of the sender's address; of IPv6 the network, since one phone has addresses without number."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        found = None
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        address = str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return salted_hmac("hazards.public", address, algorithm="sha256").hexdigest()
