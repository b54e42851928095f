"""Forms for passwords and API tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from org.actions.access import NAME_LENGTH
from web.dialogs import PageForm


def _secret(label: Any, autocomplete: str) -> forms.CharField:
    # Maximum length of a password, beyond any pass phrase: the time for hashing grows with it.
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=256, widget=widget)


class PasswordForm(PageForm):
    current = _secret(_("Present password"), "current-password")
    password = _secret(_("New password"), "new-password")
    again = _secret(_("New password once more"), "new-password")
    everything_else = forms.BooleanField(
        label=_("Also end my API tokens and calendar subscriptions"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "again" in found and "password" in found and found["again"] != found["password"]:
            self.add_error("again", _("This is not the same as above."))
        return found


class TokenForm(PageForm):
    name = forms.CharField(
        label=_("What it is for"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The program or the place, so that you know later which one to revoke."),
    )
    days = forms.IntegerField(
        label=_("Valid for how many days"),
        initial=settings.API_TOKEN_DAYS,
        min_value=1,
        max_value=settings.API_TOKEN_DAYS_MOST,
    )
