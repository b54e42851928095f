"""Appointments: who holds which post where, from one moment to another (half-open)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from database import clock
from org.actions.permission import forget_jurisdiction, may_register
from org.cards import names
from org.models import Appointment, Person, Post, Unit
from org.rules.announce import Actor, Announcement, announce_all
from org.sentences import APPOINTED, APPOINTMENT_ENDED
from web.errors import Conflict, Invalid


def told(verb: str, appointment: Appointment) -> Announcement:
    """Names the person by id as well: the live hub regroups the sockets of whoever's sight has changed."""
    data: dict[str, Any] = {
        "person": appointment.person_id,
        "name": names(appointment.person),
        "post": appointment.post.code,
        "post_name": names(appointment.post),
        "role": appointment.role,
        "unit": appointment.unit.code,
        "unit_name": names(appointment.unit),
    }
    return Announcement(verb, f"person:{appointment.person_id}", appointment.unit.path, data)


@transaction.atomic
def appoint(
    *,
    person: Person,
    post: Post,
    unit: Unit,
    by: Actor,
    role: str = Appointment.Role.A,
    valid_from: dt.datetime | None = None,
    valid_to: dt.datetime | None = None,
) -> Appointment:
    """Give ``person`` the post, now or from ``valid_from`` (aware) on.

    Invalid when the post belongs to units of another level, or the person or unit is out of use; Conflict when the
    person holds this post there already. Several people may hold one post as A: the fan-out takes the longest-serving
    one.
    """
    may_register(by, unit.path)
    _check(person, post, unit, role)
    Person.objects.select_for_update().get(pk=person.pk)
    start = valid_from or clock.now()
    if valid_to is not None and valid_to <= start:
        raise Invalid.field("valid_to", _("The end must come after the start."))
    still = Q(valid_to__isnull=True) | Q(valid_to__gt=start)
    if Appointment.objects.filter(still, person=person, post=post, unit=unit).exists():
        raise Conflict(_("%(name)s holds this post here already.") % {"name": person}, code="taken")
    appointment = Appointment.objects.create(
        person=person, post=post, unit=unit, role=role, valid_from=start, valid_to=valid_to
    )
    forget_jurisdiction(person)
    announce_all([told(APPOINTED, appointment)], by=by)
    return appointment


def _check(person: Person, post: Post, unit: Unit, role: str) -> None:
    if post.level != unit.level:
        raise Invalid.field("post", _("Units of this level do not have this post."))
    if role not in Appointment.Role.values:
        raise Invalid.field("role", _("The role is A or B."))
    if not person.is_active:
        raise Invalid.field("person", _("This person is no longer on the register."))
    if not unit.active:
        raise Invalid.field("unit", _("This unit is out of use."))


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: Actor) -> Appointment:
    """End it now; what had not begun yet never does. Conflict when it has ended already."""
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("person", "post", "unit")
        .get(pk=appointment.pk)
    )
    may_register(by, row.unit.path)
    if row.valid_to is not None and row.valid_to <= clock.now():
        raise Conflict(_("This appointment has ended already."), code="ended")
    return end_many([row], by=by)[0]


def end_many(appointments: Iterable[Appointment], *, by: Actor) -> list[Appointment]:
    """End locked appointments (with person, post and unit loaded) now, with one UPDATE and one event each.

    Must run inside the caller's transaction. One that lies in the future keeps a span of a microsecond at its start,
    since the register forgets nothing.
    """
    rows = list(appointments)
    moment = clock.now()
    for row in rows:
        row.valid_to = max(moment, row.valid_from + dt.timedelta(microseconds=1))
        forget_jurisdiction(row.person)
    Appointment.objects.bulk_update(rows, ["valid_to"])
    announce_all([told(APPOINTMENT_ENDED, row) for row in rows], by=by)
    return rows
