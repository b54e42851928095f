"""The editor of a ladder. The form checks form only; command/selectors/ladder_rules.py says what a ladder must be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from command.models import Ladder
from command.selectors.ladder_rules import ABOVE, LEVELS, MOST_RUNGS, NewLadder
from command.selectors.ladder_words import RUNG_WORDS
from database.clock import now
from org.models import Post, Unit
from web.dialogs import Moment, PageForm

STEPS = [("", "–"), *((f"{do}:{channel}", words) for (do, channel), words in RUNG_WORDS.items())]


class Seconds(forms.DecimalField):
    """Typed in minutes (half a minute is 0.5), kept in seconds."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "step": "any", "min": "0"}
        super().__init__(max_digits=8, decimal_places=4, widget=forms.NumberInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> int | None:
        minutes = super().clean(value)
        return None if minutes is None else round(minutes * 60)


def minutes(seconds: int) -> str:
    return f"{seconds / 60:.4f}".rstrip("0").rstrip(".")


class LadderForm(PageForm):
    expected = forms.IntegerField(widget=forms.HiddenInput)
    ack_within_s = Seconds(label=_("Answer within (minutes)"))
    repeat_s = Seconds(label=_("The last step repeats every (minutes)"))
    source = forms.CharField(
        label=_("Source"),
        max_length=160,
        help_text=_("On whose decision it rests; it stands in the record."),
    )
    effective_from = Moment(label=_("In force from"))

    def __init__(self, *args: Any, ladder: Ladder, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(ladder), **kwargs)
        self.of_posts = {post: codes for post, codes in ladder.above.items() if post not in LEVELS}
        self._add_rungs()
        self._add_posts()
        # PageForm gave the fields their classes before these came.
        for part in self.fields.values():
            if isinstance(part.widget, (forms.Select, forms.NumberInput)) and "class" not in part.widget.attrs:
                kind = isinstance(part.widget, forms.Select)
                part.widget.attrs["class"] = "form-select" if kind else "form-control"

    def _add_rungs(self) -> None:
        for number in range(1, MOST_RUNGS + 1):
            self.fields[f"after_{number}"] = Seconds(label=_("after (minutes)"), required=False)
            self.fields[f"do_{number}"] = forms.ChoiceField(label=_("what happens"), choices=STEPS, required=False)

    def _add_posts(self) -> None:
        posts = list(Post.objects.filter(level__in=LEVELS).order_by("level", "rank"))
        of = {level: [(post.code, post.label) for post in posts if post.level == level] for level in LEVELS}
        for level in LEVELS:
            for name, choices in ((f"called_{level}", of[level]), (f"above_{level}", of[ABOVE[level]])):
                self.fields[name] = forms.MultipleChoiceField(
                    label=Unit.Level(level).label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
                )
        for post in posts:
            others = [("", "–"), *(choice for choice in of[Unit.Level(post.level)] if choice[0] != post.code)]
            self.fields[f"deputy_{post.code}"] = forms.ChoiceField(label=post.label, choices=others, required=False)

    def rows(self) -> list[tuple[Any, Any]]:
        """The bound fields of each rung."""
        return [(self[f"after_{n}"], self[f"do_{n}"]) for n in range(1, MOST_RUNGS + 1)]

    def called(self) -> list[Any]:
        return [self[f"called_{level}"] for level in LEVELS]

    def above(self) -> list[Any]:
        return [self[f"above_{level}"] for level in LEVELS]

    def deputies(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("deputy_")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(1, MOST_RUNGS + 1):
            after, do = data.get(f"after_{number}"), data.get(f"do_{number}")
            if (after is None) != (not do) and f"after_{number}" not in self.errors:
                self.add_error(f"after_{number}", _("A step has a time and an act, or neither."))
        return data

    def ladder(self) -> NewLadder:
        """What was typed, of a valid form."""
        data = self.cleaned_data
        rungs = []
        for number in range(1, MOST_RUNGS + 1):
            after, step = data[f"after_{number}"], data[f"do_{number}"]
            if step:
                do, channel = step.split(":")
                rungs.append({"after_s": after, "do": do, "channel": channel})
        if rungs:
            rungs[-1]["repeat_s"] = data["repeat_s"]
        deputies = {name.removeprefix("deputy_"): code for name, code in data.items() if name.startswith("deputy_")}
        return NewLadder(
            ack_within_s=data["ack_within_s"],
            called={level: data[f"called_{level}"] for level in LEVELS},
            deputies={post: code for post, code in deputies.items() if code},
            above={**{level: data[f"above_{level}"] for level in LEVELS}, **self.of_posts},
            rungs=rungs,
        )


def _initial(ladder: Ladder) -> dict[str, Any]:
    found: dict[str, Any] = {
        "expected": ladder.version,
        "ack_within_s": minutes(ladder.ack_within_s),
        "repeat_s": minutes(ladder.rungs[-1].get("repeat_s", 0)),
        "effective_from": now(),
    }
    for number, rung in enumerate(ladder.rungs, 1):
        found[f"after_{number}"] = minutes(rung["after_s"])
        found[f"do_{number}"] = f"{rung['do']}:{rung.get('channel', 'message')}"
    for level in LEVELS:
        found[f"called_{level}"] = ladder.called.get(level, [])
        found[f"above_{level}"] = ladder.above.get(level, [])
    return found | {f"deputy_{post}": deputy for post, deputy in ladder.deputies.items()}
