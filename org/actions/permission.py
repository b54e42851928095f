"""Permission to change the register: holders of REGISTER inside their subtree; the system and platforms always."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from org.models import Appointment, Person
from org.rules.announce import Actor
from org.rules.capabilities import ANSWER, REGISTER, VIEW
from org.selectors.jurisdiction import jurisdiction_of
from org.selectors.register import held_now
from web.errors import Forbidden, NotFound


def may_register(by: Actor, path: str) -> None:
    """NotFound outside the actor's sight, Forbidden inside it without the capability."""
    may(by, path, REGISTER)


def may(by: Actor, path: str, *capabilities: str) -> None:
    if not isinstance(by, Person):
        return
    jurisdiction = jurisdiction_of(by)
    if any(jurisdiction.allows(capability, path) for capability in capabilities):
        return
    if not jurisdiction.allows(VIEW, path):
        raise NotFound()
    raise Forbidden(_("Your post does not include keeping this register."))


def may_change(by: Actor, person: Person, *, phone: bool = False) -> str:
    """Check the right over ``person`` by the units they serve; returns the path under which the change is recorded.

    Their phone may also be changed by themselves and by whoever may answer for them (the duty desk that just rang). An
    administrator's record is for administrators. Someone without a post belongs to whoever keeps any register.
    """
    paths = list(
        held_now(Appointment.objects.filter(person=person)).values_list("unit__path", flat=True).order_by("unit__path")
    )
    path = paths[0] if paths else ""
    if not isinstance(by, Person) or by.is_superuser or (phone and by.pk == person.pk):
        return path
    if person.is_superuser:
        raise Forbidden(_("Only an administrator may change an administrator."))
    jurisdiction = jurisdiction_of(by)
    wanted = (REGISTER, ANSWER) if phone else (REGISTER,)
    for known in paths:
        if any(jurisdiction.allows(capability, known) for capability in wanted):
            return known
    if not paths and jurisdiction.scopes(REGISTER):
        return jurisdiction.scopes(REGISTER)[0]
    if any(jurisdiction.allows(VIEW, known) for known in paths):
        raise Forbidden(_("Your post does not include keeping this register."))
    raise NotFound()


def forget_jurisdiction(person: Any) -> None:
    """Drop what an instance remembers of its powers after they changed."""
    person.__dict__.pop("_jurisdiction", None)
    person.__dict__.pop("_standing", None)
