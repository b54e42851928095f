"""Forms of the leaders' page. They validate the form only; actions decide what may be done, field by field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duty.models import Whereabouts
from duty.rules.matters import MATTERS
from duty.selectors.leaders import deputies_for
from duty.views.forms import FROM, NOBODY, TO, PersonField
from org.models import Person, Unit
from org.rules.capabilities import LEVEL
from org.selectors.headquarters import standing_of
from org.selectors.jurisdiction import allowed
from web.dialogs import Moment, PageForm


def _means(**more: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Heard how, and from whom"), max_length=80, help_text=_("Such as: the leader, by phone."), **more
    )


class HeardForm(PageForm):
    means = _means(required=False)


class AbsenceForm(PageForm):
    """``agreed`` is offered once the action has asked for it: the other head is out of the county then too."""

    kind = forms.ChoiceField(label=_("Whereabouts"), choices=Whereabouts.Kind.choices[1:], widget=forms.RadioSelect)
    place = forms.CharField(label=_("Where to"), max_length=80, required=False)
    start = Moment(label=FROM)
    end = Moment(label=TO)
    phone = forms.CharField(
        label=_("Phone while away"), max_length=24, required=False, widget=forms.TextInput({"inputmode": "tel"}),
        help_text=_("Left empty: the number of the register."),
    )  # fmt: skip
    means = _means()
    agreed = forms.CharField(
        label=_("Who agreed that both heads are out of the county"), max_length=160, required=False,
        help_text=_("Only where the other head is out then too."),
    )  # fmt: skip

    def __init__(self, *args: Any, other: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not other:
            del self.fields["means"]


class AuthorityForm(PageForm):
    deputy = PersonField(label=_("Signs for them"))
    matters = forms.MultipleChoiceField(label=_("For"), widget=forms.CheckboxSelectMultiple)
    start = Moment(label=FROM)
    end = Moment(label=TO)
    document = forms.CharField(
        label=_("Document number"), max_length=80, required=False, help_text=_("Left empty: given orally.")
    )
    note = forms.CharField(label=_("Note"), max_length=160, required=False)

    def __init__(self, *args: Any, unit: Unit, giver: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(person.pk, f"{post} {person.label}") for person, post in deputies_for(unit, giver)]
        self.choice("deputy").choices = [*NOBODY, *offered]
        seated = bool(standing_of(giver).seats)
        beyond = {
            f"level_{level}" for level, code in LEVEL.items() if not seated and not allowed(giver, code, unit.path)
        }
        self.choice("matters").choices = [(code, label) for code, label in MATTERS.items() if code not in beyond]
