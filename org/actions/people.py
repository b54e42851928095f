"""People: registered, changed, taken off the register; and the phone number, on which every call-out hangs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from database import clock, text
from database.text import clean
from org.actions.access import revoke_tokens_of
from org.actions.appointments import end_many, told
from org.actions.permission import forget_jurisdiction, may_change, may_register
from org.cards import names
from org.models import Appointment, Person, Post, Unit
from org.rules.announce import Actor, Announcement, announce, announce_all
from org.rules.phones import checked_phone
from org.selectors.doubles import bearers, like, lock_people
from org.sentences import (
    APPOINTED,
    PERSON_DEACTIVATED,
    PERSON_REGISTERED,
    PERSON_UPDATED,
    PHONE_CHANGED,
    PHONE_CONFIRMED,
)
from web.errors import Conflict, Forbidden, Invalid

CHANGEABLE = frozenset({"name", "name_en", "email", "language"})


@dataclass(frozen=True)
class PersonRow:
    """A line of an import that has passed every check: ``person`` is known already, or None for somebody new."""

    unit: Unit
    post: Post
    role: str
    name: str
    phone: str
    person: Person | None = None
    like: tuple[str, str] | None = None
    """Name and number of the row whose new person this is, where that row spells the name in another way."""

    @property
    def new(self) -> tuple[str, str]:
        """Key of a new person: rows with the same key are one person."""
        return self.like or (text.folded(self.name), self.phone)


def _registered(person: Person) -> dict[str, Any]:
    return {"person": person.pk, "name": names(person)}


@transaction.atomic
def register_person(
    *,
    username: str,
    name: str,
    unit: Unit,
    by: Actor,
    phone: str = "",
    name_en: str = "",
    email: str = "",
    password: str | None = None,
    language: str = "zh-hans",
    distinct: bool = False,
) -> Person:
    """Add somebody on behalf of ``unit``. Without a password they can be called but not sign in.

    Invalid for an empty name or a phone number that is none; Conflict for a username in use, and for a number that
    somebody of a like name has, unless ``distinct`` says that they are two people.
    """
    may_register(by, unit.path)
    username, name = clean(username), text.name(name)
    if not username or not name:
        raise Invalid.field("username" if not username else "name", _("This is needed."))
    phone = checked_phone(phone)
    lock_people()
    if Person.objects.filter(username__iexact=username).exists():
        raise Conflict(_("This username is in use."), code="taken")
    if not distinct:
        _refuse_double(name, phone)
    person = Person(username=username, name=name, name_en=name_en, phone=phone, email=email, language=language)
    person.set_password(password)
    person.save(force_insert=True)
    announce(PERSON_REGISTERED, f"person:{person.pk}", unit.path, _registered(person), by=by)
    return person


def _refuse_double(name: str, phone: str, *, beside: Person | None = None) -> None:
    """Conflict when somebody else with this number has a like name: one person must not stand on the register twice."""
    others = [person for person in bearers([phone]).get(phone, []) if beside is None or person.pk != beside.pk]
    if found := like(name, others):
        words = _("%(name)s has this number already: is it the same person?") % {"name": found.name}
        current = {"person": found.pk, "name": names(found), "phone": found.phone}
        raise Conflict(words, current=current, code="same_person")


@transaction.atomic
def register_administrator(*, username: str, name: str, by: Actor, password: str | None = None) -> Person:
    """Somebody who keeps the whole register and opens the administration, with no post needed for it.

    For the system alone (``manage.py createsuperuser``) or another administrator; refusals as `register_person`.
    """
    if isinstance(by, Person) and not by.is_superuser:
        raise Forbidden(_("Only an administrator may make an administrator."))
    username, name = username.strip(), name.strip()
    if not username or not name:
        raise Invalid.field("username" if not username else "name", _("This is needed."))
    if Person.objects.filter(username=username).exists():
        raise Conflict(_("This username is in use."), code="taken")
    person = Person(username=username, name=name, is_staff=True, is_superuser=True)
    person.set_password(password)
    person.save(force_insert=True)
    announce(PERSON_REGISTERED, f"person:{person.pk}", "", _registered(person), by=by)
    return person


@transaction.atomic
def update_person(person: Person, *, by: Actor, **changes: Any) -> Person:
    """Change columns of `CHANGEABLE`. Phone numbers go through `change_phone`, posts through `appoint`."""
    unknown = sorted(set(changes) - CHANGEABLE)
    if unknown:
        raise Invalid(_("Some fields need attention."), fields={n: [_("This cannot be changed.")] for n in unknown})
    person = Person.objects.select_for_update().get(pk=person.pk)
    path = may_change(by, person)
    for name, value in changes.items():
        setattr(person, name, value)
    if not text.name(person.name):
        raise Invalid.field("name", _("This is needed."))
    person.save(update_fields=sorted({*changes, "sort_key"}))
    data = {**_registered(person), "changed": sorted(changes)}
    announce(PERSON_UPDATED, f"person:{person.pk}", path, data, by=by)
    return person


@transaction.atomic
def change_phone(person: Person, *, phone: str, by: Actor, distinct: bool = False) -> Person:
    """Write a new number, unconfirmed. The number itself stays out of the journal: it is personal, and the log is for
    good. Conflict as in `register_person`.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    path = may_change(by, person, phone=True)
    phone = checked_phone(phone)
    if phone == person.phone:
        return person
    lock_people()
    if not distinct:
        _refuse_double(person.name, phone, beside=person)
    person.phone, person.phone_confirmed_at = phone, None
    person.save(update_fields=["phone", "phone_confirmed_at"])
    announce(PHONE_CHANGED, f"person:{person.pk}", path, _registered(person), by=by)
    return person


@transaction.atomic
def confirm_phone(person: Person, *, by: Actor) -> Person:
    """Note that the number on record was answered just now. Invalid when there is none."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    path = may_change(by, person, phone=True)
    if not person.phone:
        raise Invalid.field("phone", _("There is no number on record to confirm."))
    person.phone_confirmed_at = clock.now()
    person.save(update_fields=["phone_confirmed_at"])
    announce(PHONE_CONFIRMED, f"person:{person.pk}", path, _registered(person), by=by)
    return person


@transaction.atomic
def deactivate_person(person: Person, *, by: Actor) -> Person:
    """End every appointment and shut the account: sessions, sockets, API tokens and calendar addresses end with it.

    Forbidden on oneself: nobody locks themselves out by a slip.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if isinstance(by, Person) and by.pk == person.pk:
        raise Forbidden(_("Ask another administrator to take you off the register."))
    path = may_change(by, person)
    held = Appointment.objects.filter(person=person, valid_to__isnull=True)
    end_many(held.select_for_update(of=("self",)).select_related("person", "post", "unit"), by=by)
    revoke_tokens_of(person, by=None)
    person.is_active = False
    person.save(update_fields=["is_active"])
    forget_jurisdiction(person)
    announce(PERSON_DEACTIVATED, f"person:{person.pk}", path, _registered(person), by=by)
    return person


@transaction.atomic
def load_people(rows: Sequence[PersonRow], *, ending: Sequence[Appointment] = (), by: Actor) -> list[Person]:
    """Register the new people of checked rows and appoint all of them, with a fixed number of statements.

    ``ending`` are the appointments that these replace. Rows with one `PersonRow.new` are one person.
    """
    for path in {row.unit.path for row in rows}:
        may_register(by, path)
    ids = [appointment.pk for appointment in ending]
    locked = Appointment.objects.filter(pk__in=ids, valid_to__isnull=True).select_for_update(of=("self",))
    end_many(locked.select_related("person", "post", "unit"), by=by)
    people = _people_of(rows)
    new = [person for person in people.values() if person.pk is None]
    Person.objects.bulk_create(new)
    start = clock.now()
    held = Appointment.objects.bulk_create(
        Appointment(person=_person(row, people), post=row.post, unit=row.unit, role=row.role, valid_from=start)
        for row in rows
    )
    homes = {a.person_id: a.unit.path for a in reversed(held)}
    told_of = [Announcement(PERSON_REGISTERED, f"person:{p.pk}", homes[p.pk], _registered(p)) for p in new]
    announce_all([*told_of, *(told(APPOINTED, appointment) for appointment in held)], by=by)
    return new


def _person(row: PersonRow, people: dict[tuple[str, str], Person]) -> Person:
    return row.person or people[row.new]


def _people_of(rows: Sequence[PersonRow]) -> dict[tuple[str, str], Person]:
    """The new people by name and number. Usernames are the unit's code and the post, made unique by a number."""
    found: dict[tuple[str, str], Person] = {}
    taken = set(
        Person.objects.filter(username__regex=r"^[0-9]{6}[0-9D]*-").values_list("username", flat=True) if rows else []
    )
    for row in rows:
        if row.person is not None or row.new in found:
            continue
        username = stem = f"{row.unit.code}-{row.post.code}"[:56]
        number = 1
        while username in taken:
            number += 1
            username = f"{stem}-{number}"
        taken.add(username)
        found[row.new] = Person(username=username, name=row.name, phone=row.phone, password=make_password(None))
    return found
