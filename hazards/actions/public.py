"""Filing by the public, without a login: rate limited, and held until the township takes it up."""

from __future__ import annotations

import datetime as dt
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
from norms.selectors.numbers import number
from org.models import Unit
from org.rules.codes import county_of
from web import rates
from web.addresses import network_of, site_of
from web.errors import Invalid, NotFound, TooMany
from web.limited import Busy
from web.pictures import read_picture

WITHIN: Any = dt.timedelta(hours=1)
SITE_SHARE = 4
"""One customer's whole IPv6 network (/48) counts as so many addresses: it has 65,536 of the /64 that are counted."""
FULL = _("Too many reports came from here within the hour. Is it urgent? Call 110 or 119.")
KEPT: Any = dt.timedelta(days=1)
PHOTOS = 3
PUBLIC = "公众 / the public"
KEY = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LOCK = 20261122
"""Class id of the PostgreSQL advisory locks around the counters of public reports."""


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
            counted.delete()  # an error of ours does not count: the next try is the first one
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
    """Count one report, before anything is decoded or stored; TooMany above the numbers ``public_…_h`` of the county.

    One address may file so many within the hour. Where a poster, or all of the county together, have had theirs, each
    address may still file a few: nobody can use up the door for others, however many addresses they have. Counted in
    the database, so that it holds over all processes; one at a time for each address and poster.
    """
    _count_site(address)
    hashed = hashed_address(address)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(key)) FROM unnest(%s::text[]) key ORDER BY key",
            [_LOCK, sorted({f"a{hashed}", f"p{poster.pk}"})],
        )
        cursor.execute(_COUNTS, [hashed, poster.pk, WITHIN, county_of(poster.unit.path)])
        of_address, of_poster, of_county = cursor.fetchone()
        used_up = of_poster >= number("public_poster_h") or of_county >= number("public_county_h")
        if of_address >= number("public_address_h") or (used_up and of_address >= number("public_always_h")):
            raise TooMany(_full(poster), wait=int(WITHIN.total_seconds()))
        cursor.execute("DELETE FROM hazards_publicfiling WHERE at < sanji_now() - %s", [KEPT])
        return PublicFiling.objects.create(poster=poster, address=hashed)


_COUNTS = """
    SELECT count(*) FILTER (WHERE filed.address = %s), count(*) FILTER (WHERE filed.poster_id = %s), count(*)
    FROM hazards_publicfiling filed JOIN hazards_poster p ON p.id = filed.poster_id JOIN org_unit u ON u.id = p.unit_id
    WHERE filed.at > sanji_now() - %s AND (u.path || '.') LIKE %s || '.%%'
"""


def _count_site(address: str) -> None:
    if site := site_of(address):
        rate = SITE_SHARE * number("public_address_h"), int(WITHIN.total_seconds())
        if wait := rates.take(rate, f"public:{site}"):
            raise TooMany(FULL, wait=wait)


def _full(poster: Poster) -> str:
    """TooMany with what to do instead: call the duty desk of the poster's unit or of one above it, where a number is on
    record.
    """
    desk: Unit | None = poster.unit
    while desk is not None and not desk.phone:
        desk = desk.parent
    if desk is None:
        return str(FULL)
    desks = _("You can also tell the duty desk of %(unit)s: %(phone)s.") % {"unit": desk.label, "phone": desk.phone}
    return f"{FULL} {desks}"


def hashed_address(address: str) -> str:
    """A keyed hash of the sender's network (web/addresses.py)."""
    return salted_hmac("hazards.public", network_of(address), algorithm="sha256").hexdigest()
