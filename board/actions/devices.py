"""Wall screens: a device is a person that only sees, signed in by a token that can be revoked."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from board.rules.wall_screens import PREFIX, username_of
from database.clock import now
from journal.actions.recording import Actor, record
from org.actions.people import deactivate_person
from org.actions.permission import may_register
from org.models import Appointment, Person, Post
from org.rules.capabilities import VIEW
from org.selectors.register import unit_by_code
from web.errors import Conflict, Invalid, NotFound

POST = "wall_screen"
LEVEL = "device"
"""Level of the post that screens hold. No unit has it, so the post is nobody's vacancy and no order calls it."""


@transaction.atomic
def add_device(*, name: str, unit: str, by: Actor) -> tuple[Person, str]:
    """Create a wall screen of ``unit`` and its token, which is shown once and stored as a digest only.

    Conflict when a screen of this name is in use; Invalid for a name that would not fit an address.
    """
    if not name.isascii() or not name.replace("-", "").isalnum() or len(name) > 40:
        raise Invalid.field("name", _("Letters, digits and hyphens, at most 40."))
    place = unit_by_code(unit)
    may_register(by, place.path)
    device = Person.objects.filter(username=username_of(name)).first()
    if device is not None and device.is_active:
        raise Conflict(_("There is a screen of this name already."), code="taken")
    device = device or Person(username=username_of(name), is_device=True)
    device.name, device.is_active = name, True
    device.set_unusable_password()
    device.save()
    Appointment.objects.create(person=device, post=_post(), unit=place, valid_from=now())
    token = AuthToken.objects.create(device, expiry=None, prefix=PREFIX)[1]
    record("wall.added", f"person:{device.pk}", place.path, by=by, data={"name": name})
    return device, token


@transaction.atomic
def revoke_device(*, name: str, by: Actor) -> Person:
    """Revoke a screen at once: its token, sessions and sockets end. NotFound for one that is revoked already."""
    device = Person.objects.filter(username=username_of(name), is_device=True, is_active=True).first()
    if device is None:
        raise NotFound
    AuthToken.objects.filter(user=device).delete()
    place = Appointment.objects.filter(person=device).select_related("unit").order_by("-pk").first()
    deactivate_person(device, by=by)
    if place is not None:
        record("wall.revoked", f"person:{device.pk}", place.unit.path, by=by, data={"name": name})
    return device


def _post() -> Post:
    defaults = {"level": LEVEL, "name": "大屏", "name_en": "Wall screen", "rank": 99, "capabilities": [VIEW]}
    return Post.objects.get_or_create(code=POST, defaults=defaults)[0]
