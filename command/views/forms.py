"""Django forms of command's pages. They validate the form only; actions decide what may be done, field by field."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from command.actions.consent import Consent
from command.actions.reassign import candidates
from command.models import Assignment, Category, Colour, EndCondition, Incident, Scale
from command.rules.words import CONSENT_WORDS, HOW_WORDS
from command.selectors import lists
from command.selectors.approvers import consenters
from command.selectors.issuers import issuers_for
from org.models import Appointment, Person, Unit
from org.rules.capabilities import COMMAND, INCIDENT
from org.selectors.register import held_now
from plans.rules.words import LEVEL_WORDS
from web.bounds import whole_number
from web.dialogs import Moment, PageForm
from web.errors import ActionError

CONDITION_WORDS = {code: capfirst(words) for code, words in EndCondition.Code.choices}
RESPONSE_CHOICES = list(LEVEL_WORDS.items())
NO_CHOICE = [("", "–")]


class PointField(forms.CharField):
    """``lon,lat`` in degrees, EPSG:4326, as the map and the address bar hand it over."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Point | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            lon, lat = (float(part) for part in text.split(","))
        except ValueError:
            raise forms.ValidationError(
                _("A point is longitude and latitude, in degrees, with a comma between.")
            ) from None
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise forms.ValidationError(_("Longitude is within ±180 and latitude within ±90, in this order."))
        return Point(lon, lat, srid=4326)


def _token() -> str:
    return str(uuid.uuid4())


class IncidentForm(PageForm):
    token = forms.UUIDField(widget=forms.HiddenInput, initial=_token)
    title = forms.CharField(
        label=pgettext_lazy("form", "What happened"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices, widget=forms.RadioSelect)
    grade = forms.ChoiceField(label=_("Grade"), choices=NO_CHOICE + list(Scale.choices), required=False)
    colour = forms.ChoiceField(label=_("Warning colour"), choices=NO_CHOICE + list(Colour.choices), required=False)
    unit = forms.ChoiceField(label=_("Unit in charge"))
    place = forms.CharField(label=_("Place in words"), max_length=160, required=False)
    point = PointField(label=_("Place on the map"), required=False)
    occurred_at = Moment(label=_("Occurred at"), required=False)
    learned_at = Moment(label=_("Learned at"), help_text=_("The reporting clock runs from this moment."))
    description = forms.CharField(
        label=_("What is known"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("unit").choices = _unit_choices(person)


def _unit_choices(person: Person) -> list[Any]:
    """The county and townships in which the person may open incidents; of one township alone also its villages."""
    found: list[Any] = []
    for top in lists.picker_tree(person, INCIDENT):
        found.append((top.unit.code, top.unit.label))
        below = [b for b in top.children if b.unit.level != Unit.Level.DEPARTMENT]
        if below:
            found.append(
                (gettext("Under %(unit)s") % {"unit": top.unit.label}, [(b.unit.code, b.unit.label) for b in below])
            )
    return found


class OrderForm(PageForm):
    """Units and posts are codes; the actions know which exist and which one may order."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=_token)
    incident = forms.TypedChoiceField(label=_("Incident"), required=False, coerce=int, empty_value=None)
    issuer = forms.ChoiceField(label=_("Issued by"), required=False)
    text = forms.CharField(
        label=_("Order text"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
    )
    units = forms.MultipleChoiceField(label=_("Units"), error_messages={"required": _("Choose at least one unit.")})
    descendants = forms.BooleanField(label=_("With all villages under them"), required=False)
    posts = forms.MultipleChoiceField(label=_("Posts"), required=False)
    ladder = forms.ChoiceField(label=_("Escalation rule"), choices=Colour.choices, widget=forms.RadioSelect)
    fast = forms.BooleanField(label=_("Fast demonstration rule"), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incidents = lists.incident_list(person).exclude(status__in=["reviewed", "archived"])
        offered: list[Any] = [("", gettext("No incident")), *((i.pk, f"{i.ref} {i.title}") for i in incidents[:200])]
        chosen = self["incident"].value()
        if chosen and str(chosen) not in {str(value) for value, _label in offered}:
            found = incidents.filter(pk=whole_number(str(chosen)) or 0)
            offered += [(i.pk, f"{i.ref} {i.title}") for i in found]
        self.choice("incident").choices = offered
        self.choice("issuer").choices = _issuers(person)
        self.take_any("units", "posts", "issuer")


def _issuers(person: Person) -> list[tuple[str, str]]:
    """One choice for each code: units that a person orders for have headquarters of the same code seldom."""
    offered: dict[str, str] = {"": gettext("The office of the headquarters that the incident belongs to")}
    for one in issuers_for(person):
        offered.setdefault(one.code, one.label)
    return list(offered.items())


class GroundsForm(PageForm):
    grounds = forms.CharField(
        label=_("Grounds"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They stand in the record, with your name."),
    )
    document = forms.CharField(label=_("Document number"), max_length=80, required=False)


class MoveForm(PageForm):
    grounds = GroundsForm.base_fields["grounds"]


class ConsentFields(forms.Form):
    """Of level I: the county committee's consent. ``asked``: whether this reader has to state it at all."""

    consent_by = forms.TypedChoiceField(label=_("Consent given by"), required=False, coerce=int, empty_value=None)
    consent_how = forms.ChoiceField(
        label=_("How the consent was given"), required=False, choices=[("", "–"), *CONSENT_WORDS.items()]
    )
    consent_at = Moment(label=_("Consent given at"), required=False, help_text=_("Left empty, now."))

    asked = False

    def ask(self, person: Person, unit: Unit) -> None:
        able = consenters(unit)
        self.asked = bool(able) and all(one.pk != person.pk for one in able)
        field: Any = self.fields["consent_by"]
        field.choices = [("", "–"), *((one.pk, one.label) for one in able)]

    def consent(self) -> Consent | None:
        data = self.cleaned_data
        parts = {name: data.pop(f"consent_{name}", None) for name in ("by", "how", "at")}
        return Consent(parts["by"], parts["how"] or "", parts["at"]) if parts["by"] or parts["how"] else None


class ConsentForm(ConsentFields, PageForm):
    """The consent alone, where nothing else is asked."""


class LevelForm(ConsentFields, GroundsForm):
    """``expected`` is the level that the person saw when they decided."""

    level = forms.ChoiceField(label=_("Response level"), choices=RESPONSE_CHOICES, widget=forms.RadioSelect)
    expected = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ["level", "grounds", "document"]


class EndForm(GroundsForm):
    confirmed = forms.MultipleChoiceField(
        label=_("Conditions"),
        required=False,
        choices=list(CONDITION_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    def take(self, error: ActionError) -> None:
        """Unmet conditions come as codes: said in words."""
        if unmet := [CONDITION_WORDS[c] for c in error.fields.get("confirmed", ()) if c in CONDITION_WORDS]:
            error.fields["confirmed"] = [gettext("Not met: %(condition)s.") % {"condition": words} for words in unmet]
        super().take(error)


class OfferForm(PageForm):
    to = forms.TypedChoiceField(label=_("To whom"), coerce=int)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("to").choices = _commanders(incident)


def _commanders(incident: Incident) -> list[tuple[int, str]]:
    """Who else may command here: holders of the capability in the incident's unit and above it."""
    parts = incident.unit.path.split(".")
    paths = [".".join(parts[: n + 1]) for n in range(len(parts))]
    rows = held_now(Appointment.objects.filter(unit__path__in=paths, post__capabilities__contains=COMMAND))
    rows = rows.exclude(person=incident.commander_id).select_related("person", "post", "unit").defer("unit__boundary")
    found: dict[int, str] = {}
    for row in rows.order_by("unit__path", "post__rank", "role"):
        found.setdefault(row.person_id, f"{row.person.label} · {row.unit.label} {row.post.label}")
    return list(found.items())


class ReasonForm(PageForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The people called will read it."),
    )


class ReassignForm(ReasonForm):
    person = forms.TypedChoiceField(label=_("To whom"), coerce=int)
    field_order = ["person", "reason"]

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = candidates(assignment).exclude(person=assignment.person_id).order_by("-unit__path", "role", "post__rank")
        found: dict[int, str] = {}
        for row in rows:
            found.setdefault(row.person_id, f"{row.person.label} · {row.unit.label} {row.post.label}")
        self.choice("person").choices = list(found.items())


class AnswerForm(PageForm):
    how = forms.ChoiceField(label=_("How the answer came"), choices=list(HOW_WORDS.items()), widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class NoteForm(PageForm):
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class SendBackForm(PageForm):
    note = forms.CharField(label=_("What is missing"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class PhoneNumberForm(PageForm):
    phone = forms.CharField(
        label=_("Phone"), max_length=24, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
