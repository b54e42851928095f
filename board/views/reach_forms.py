"""Forms of the rules of reach: up to four channels in turn."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notify.models import ReachRule
from notify.rules.reach import TO_A_PERSON
from notify.rules.words import CHANNELS, COLOURS, MESSAGES
from web.dialogs import PageForm

PLACES = (
    ("channels", _("First")), ("second", _("If it fails")), ("third", _("If that fails too")), ("fourth", _("At last")),
)  # fmt: skip
"""Fields in order, as the form names them; the first bears the name under which the action complains."""


class ChannelsForm(PageForm):
    channels = forms.ChoiceField(required=False)
    second = forms.ChoiceField(required=False)
    third = forms.ChoiceField(required=False)
    fourth = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(code, CHANNELS[code]) for code in TO_A_PERSON]
        for number, (name, label) in enumerate(PLACES):
            field = self.choice(name)
            field.choices = [("", _("screens only") if number == 0 else "–"), *known]
            field.label = label

    def channels_in_turn(self) -> list[str]:
        return [self.cleaned_data[name] for name, _label in PLACES if self.cleaned_data[name]]


class RuleForm(ChannelsForm):
    seen_channels = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, row: ReachRule) -> None:
        chosen = dict(zip((name for name, _label in PLACES), row.channels, strict=False))
        super().__init__(data, initial={**chosen, "seen_channels": " ".join(row.channels)})

    def seen(self) -> list[str]:
        """The channels as they stood when the form was shown."""
        return str(self.cleaned_data["seen_channels"]).split()


class NewRuleForm(ChannelsForm):
    about = forms.ChoiceField(label=_("Which messages"), required=False)
    colour = forms.ChoiceField(label=_("Colour"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            ("alarm", _("alarms")), ("phone", _("alarms, a step that asks for a call")), ("quiet", _("not urgent")),
        ],
    )  # fmt: skip
    field_order = ("about", "colour", "kind", *(name for name, _label in PLACES))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.choice("about").choices = list(MESSAGES.items())
        self.choice("colour").choices = [("", _("every colour")), *COLOURS.items()]
