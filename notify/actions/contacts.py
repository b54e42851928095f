"""How somebody wishes to be reached: second phone, e-mail, language, quiet hours for what is not urgent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions.recording import record
from notify.models import Contact
from org.models import Appointment, Person
from org.rules.phones import fault_of, phone_number
from org.selectors.register import held_now
from web.errors import Invalid


@dataclass(frozen=True)
class Wishes:
    """``quiet_from`` and ``quiet_to`` stand together or not at all; alarms pass them always."""

    second_phone: str = ""
    email: str = ""
    by_email: bool = False
    language: str = "zh-hans"
    quiet_from: dt.time | None = None
    quiet_to: dt.time | None = None


@transaction.atomic
def change_contact(person: Person, wishes: Wishes, *, by: Person) -> Contact:
    """Store one's own wishes. Numbers and addresses stay out of the journal, which is for good."""
    _check(wishes, person)
    Person.objects.filter(pk=person.pk).update(email=wishes.email.strip(), language=wishes.language)
    kept, _made = Contact.objects.update_or_create(
        person=person,
        defaults={
            "second_phone": phone_number(wishes.second_phone), "by_email": wishes.by_email,
            "quiet_from": wishes.quiet_from, "quiet_to": wishes.quiet_to,
        },
    )  # fmt: skip
    path = held_now(Appointment.objects.filter(person=person)).values_list("unit__path", flat=True).first() or ""
    record("contact.changed", f"person:{person.pk}", path, by=by, data={"name": person.name})
    return kept


def _check(wishes: Wishes, person: Person) -> None:
    faults: dict[str, list[str]] = {}
    if fault := fault_of(wishes.second_phone):
        faults["second_phone"] = [fault]
    elif wishes.second_phone and phone_number(wishes.second_phone) == person.phone:
        faults["second_phone"] = [_("This is your first number already.")]
    if wishes.email.strip():
        try:
            validate_email(wishes.email.strip())
        except ValidationError as error:
            faults["email"] = list(error.messages)
    elif wishes.by_email:
        faults["email"] = [_("An address is needed for this.")]
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        faults["quiet_to"] = [_("Say from when until when, or neither.")]
    if wishes.language not in dict(settings.LANGUAGES):
        faults["language"] = [_("This language is not offered.")]
    if faults:
        raise Invalid(_("Some fields need attention."), fields=faults)
