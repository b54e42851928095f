"""How one is reached, on one's own page: second phone, e-mail, language, quiet hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notify.actions.contacts import Wishes, change_contact
from notify.models import Contact
from notify.selectors.wakings import DAYS, night_wakings
from org.models import Appointment, Person
from org.selectors.deputies import deputies_of
from web.dialogs import Act, PageForm, perform, posted
from web.requests import Request


class ContactForm(PageForm):
    second_phone = forms.CharField(
        label=gettext_lazy("Second phone"), max_length=24, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip
    email = forms.CharField(
        label=gettext_lazy("E-mail"), max_length=254, required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )  # fmt: skip
    by_email = forms.BooleanField(label=gettext_lazy("Also write to this address"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of texts and calls"), choices=settings.LANGUAGES)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet until"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )


def contact_context(person: Person, held: Sequence[Appointment]) -> dict[str, Any]:
    """What the page shows: the wishes, the deputies by appointment, how often one was woken. Three queries."""
    found = deputies_of(held)
    for row in held:
        vars(row)["deputies"] = found.get(row.pk, [])
    known = Contact.objects.filter(person=person).first()
    return {"contact": known or Contact(person=person), "wakings": night_wakings(person), "wakings_days": DAYS}


def contact(request: Request) -> HttpResponse:
    person = request.user
    known = Contact.objects.filter(person=person).first() or Contact(person=person)
    names = ("second_phone", "by_email", "quiet_from", "quiet_to")
    initial = {name: getattr(known, name) for name in names}
    form = ContactForm(posted(request), initial={**initial, "email": person.email, "language": person.language})

    def do(data: dict[str, Any]) -> str:
        change_contact(person, Wishes(**data), by=person)
        return _("Stored.")

    note = _("Quiet hours hold back what is not urgent. Alarms come at any hour.")
    return perform(request, Act(_("How I am reached"), _("Store"), form, do, reverse("command:me"), note=note))
