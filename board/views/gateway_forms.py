"""Forms of gateway accounts: the settings of the kind of gateway, secrets never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notify.actions.accounts import LIMITS, Settled
from notify.gateways.contract import Gateway, Setting
from notify.models import Account
from notify.rules.words import channel_word
from web.dialogs import PageForm

PREFIX = "set_"


class AccountForm(PageForm):
    """``made``: the kind of gateway; ``row``: the account that is changed, None for a new one."""

    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("Part of the address of its receipts."))
    name = forms.CharField(label=pgettext_lazy("account", "Name"), max_length=60)
    channels = forms.MultipleChoiceField(label=_("Channels"), widget=forms.CheckboxSelectMultiple)
    priority = forms.IntegerField(label=_("Priority, the lowest is used first"), min_value=1, max_value=99, initial=1)
    rate_per_s = forms.IntegerField(label=_("Messages a second"), min_value=1, max_value=5000, initial=20)
    lines = forms.IntegerField(label=_("At a time, for calls: lines"), min_value=1, max_value=2000, initial=20)
    fee_fen = forms.IntegerField(label=_("Fee of a part or a call, in fen"), min_value=0, max_value=10000, initial=0)

    def __init__(self, data: Any, made: Gateway, row: Account | None = None) -> None:
        super().__init__(data, initial=_initial(row))
        self.made = made
        self.choice("channels").choices = [(code, channel_word(code)) for code in made.channels]
        if row is not None:
            del self.fields["code"]
        for one in made.settings:
            self.fields[PREFIX + one.name] = _field(one, row)

    def settled(self) -> Settled:
        data = self.cleaned_data
        values = {one.name: data[PREFIX + one.name] for one in self.made.settings}
        return Settled(data["name"], data["channels"], values, **{name: data[name] for name in LIMITS})


def _initial(row: Account | None) -> dict[str, Any]:
    if row is None:
        return {}
    known = {PREFIX + name: value for name, value in row.settings.items()}
    return {**known, "name": row.name, "channels": row.channels, **{name: getattr(row, name) for name in LIMITS}}


def _field(one: Setting, row: Account | None) -> forms.CharField:
    widget: forms.Widget
    if one.secret:
        note = _("Stored, and not shown again: leave it empty to keep it.") if row is not None else ""
        if row is None and one.make is not None:
            note = _("Left empty, a new one is made.")
        hidden = {"autocomplete": "new-password", "class": "form-control"}
        lines = {**hidden, "rows": 4, "spellcheck": "false"}
        widget = forms.Textarea(lines) if one.long else forms.PasswordInput(hidden)
        needed = one.required and row is None and one.make is None
        return forms.CharField(label=one.label, required=needed, widget=widget, help_text=note)
    attrs: dict[str, Any] = {"class": "form-control", "rows": 3} if one.long else {"class": "form-control"}
    widget = forms.Textarea(attrs) if one.long else forms.TextInput(attrs)
    return forms.CharField(label=one.label, required=one.required, initial=one.default, widget=widget, max_length=2000)


class TrialForm(PageForm):
    channel = forms.ChoiceField(label=_("Over which channel"))

    def __init__(self, data: Any, row: Account) -> None:
        super().__init__(data)
        self.choice("channel").choices = [(code, channel_word(code)) for code in row.channels]


class TemplateForm(PageForm):
    key = forms.SlugField(label=_("Our message"), max_length=40, help_text=_("Such as order_issued."))
    vendor_code = forms.CharField(label=_("Approval number, or the vendor's code"), max_length=60)
    params = forms.CharField(label=_("Variables in order, parted by blanks"), max_length=200, required=False)
    text = forms.CharField(label=_("Approved text"), max_length=500, required=False, widget=forms.Textarea({"rows": 4}))
    approved_on = forms.DateField(
        label=_("Approved on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
