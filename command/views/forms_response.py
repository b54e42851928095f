"""Django forms for responses. They validate the form only; actions decide what may be done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from command.models import EndCondition, ResponseLevel
from command.views.forms import ConsentFields, GroundsForm
from web.dialogs import PageForm


class SignNoticeForm(PageForm):
    """Whether the notice is signed with the decision that it announces; offered ticked."""

    sign_notice = forms.BooleanField(
        label=_("Sign and serve the notice at once, in my name"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class EndResponseForm(SignNoticeForm, GroundsForm):
    pass


class PlanLevelForm(ConsentFields, SignNoticeForm, GroundsForm):
    """``response``, ``expected``: what ran, and the level, as the person saw them. ``area``: codes; none means the
    area as the page shows it.
    """

    version = forms.TypedChoiceField(label=_("Plan"), coerce=int, widget=forms.HiddenInput)
    level = forms.ChoiceField(label=_("Response level"), choices=ResponseLevel.choices, widget=forms.HiddenInput)
    expected = forms.CharField(required=False, widget=forms.HiddenInput)
    response = forms.IntegerField(required=False, widget=forms.HiddenInput)
    area = forms.MultipleChoiceField(label=_("Area"), required=False)
    act_first = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.take_any("version", "area")


class AcceptForm(ConsentFields, SignNoticeForm):
    """Grounds left out are those of the signal."""

    grounds = forms.CharField(
        label=_("Grounds"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Left empty, the grounds of the proposal stand in the record."),
    )  # fmt: skip
    document = forms.CharField(label=_("Document number"), max_length=80, required=False)


class ApproveForm(ConsentFields, SignNoticeForm):
    """Approving what a township began."""


class ConditionForm(PageForm):
    """Whether a condition of ending is met, and on what grounds."""

    met = forms.TypedChoiceField(
        label=_("Status"), widget=forms.RadioSelect, coerce=lambda value: value == "yes",
        choices=[("yes", _("Met")), ("no", _("Not met"))],
    )  # fmt: skip
    note = forms.CharField(
        label=_("On what grounds"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who says so, and how it is known. It stands in the record, with your name."),
    )  # fmt: skip

    @classmethod
    def of(cls, data: Any, condition: EndCondition) -> ConditionForm:
        return cls(data, initial={"met": "no" if condition.met else "yes", "note": condition.note})
