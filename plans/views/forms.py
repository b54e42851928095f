"""Django forms of the plans' pages. They validate the form only; actions decide what may be done, place by place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from org.models import Headquarters, Post, Unit
from org.rules.codes import ancestors_and_self
from plans.models import Plan, RevisionItem
from plans.rules.cycles import cycles
from plans.rules.words import (
    LEVEL_LABELS,
    LEVEL_WORDS,
    LEVELS,
    RESERVED,
    Evidence,
    HazardType,
    Kind,
    Phase,
    Reach,
    Source,
    Verb,
)
from web.dialogs import PageForm
from web.errors import ActionError

"""Addresses under /plans/ that are no plan."""
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Groups = Iterable[tuple[str, list[tuple[str, str]]]]


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Words(forms.CharField):
    """A text of a few lines."""

    def __init__(self, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": rows}), **kwargs)


def _units(groups: Groups) -> list[Any]:
    """As choices: the units for which the person writes plans."""
    options: list[Any] = []
    for group, units in groups:
        options += [(group, units)] if group else units
    return options


class PlanForm(PageForm):
    """Takes refusals whose fields are places of a document: "actions[4] relocate: after" belongs to ``after``."""

    def take(self, error: ActionError) -> None:
        fields: dict[str, list[Any]] = {}
        for place, complaints in error.fields.items():
            name = self.field_of(place)
            said = complaints if name in self.fields else [f"{place}: {one}" if place else one for one in complaints]
            fields.setdefault(name if name in self.fields else place, []).extend(said)
        error.fields = fields
        super().take(error)

    def field_of(self, place: str) -> str:
        return re.split(r"[:.] ?", place)[-1] if place not in self.fields else place


class ExpectingForm(PlanForm):
    """A change of a draft: ``expected`` says which generation the person saw, and what stood there then."""

    expected = forms.JSONField(widget=forms.HiddenInput)

    def seen(self) -> tuple[int, dict[str, Any]]:
        """The generation, and the row as it stood then; nonsense counts as generation 0."""
        value = self.cleaned_data.get("expected")
        value = value if isinstance(value, dict) else {}
        generation, row = value.get("generation"), value.get("row")
        return generation if isinstance(generation, int) else 0, row if isinstance(row, dict) else {}

    def look_again(self, generation: int, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """Three-way merge after somebody else's change: fields that the person did not touch take the new values, what
        they typed stays; the next attempt is compared with the present state.
        """
        data = cast(QueryDict, self.data).copy()
        for name, value in now.items():
            if name in self.fields and before.get(name) != value and self.cleaned_data.get(name) == before.get(name):
                data.setlist(name, value if isinstance(value, list) else ["" if value is False else value])
        data["expected"] = json.dumps({"generation": generation, "row": now}, ensure_ascii=False)
        self.data = data


class NewPlanForm(PlanForm):
    unit = forms.ChoiceField(label=_("Unit"))
    name = forms.CharField(label=pgettext_lazy("plan", "Name"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("Kind of plan"), choices=Kind.choices)
    hazard_type = forms.ChoiceField(label=_("Type of hazard"), choices=HazardType.choices)
    code = forms.CharField(
        label=_("Code"), max_length=60,
        help_text=_("Small letters, digits and hyphens, such as flood-2027; it stands in the plan's address."),
    )  # fmt: skip

    def __init__(self, *args: Any, units: Groups, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("unit").choices = _units(units)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code in RESERVED:
            raise forms.ValidationError(_t("This word is an address of its own; choose another code."))
        return code


class LibraryForm(PageForm):
    unit = forms.ChoiceField(label=_("Unit"))
    in_force = forms.BooleanField(label=_("Put them in force at once"), required=False)
    document = forms.CharField(label=_("Number of the approving document"), max_length=80, required=False)

    def __init__(self, *args: Any, units: Groups, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("unit").choices = _units(units)


class ImportForm(PageForm):
    unit = forms.ChoiceField(label=_("Unit"))
    file = forms.FileField(label=_("File (.yaml or .xlsx)"))

    def __init__(self, *args: Any, units: Groups, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("unit").choices = _units(units)
        self.fields["file"].widget.attrs["accept"] = ".yaml,.yml,.xlsx"


class ReasonForm(PageForm):
    reason = Words(label=_("Reason"), max_length=300)


class ApprovalForm(PlanForm):
    document = forms.CharField(label=_("Number of the approving document"), max_length=80)


class FilingForm(PlanForm):
    receipt = forms.CharField(label=_("Number of the filing receipt"), max_length=80)


class ItemForm(PageForm):
    source = forms.ChoiceField(label=_("Why"), choices=Source.choices, widget=forms.RadioSelect)
    text = Words(label=_("What is wrong"), max_length=500)
    subject = forms.CharField(
        label=_("Where it showed"), max_length=40, required=False, help_text=_("Such as incident:5 or drill:2.")
    )


class AnswerForm(PageForm):
    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[
            (RevisionItem.Status.ADOPTED, pgettext_lazy("decision", "Adopt")),
            (RevisionItem.Status.REJECTED, pgettext_lazy("decision", "Do not adopt")),
        ],
    )  # fmt: skip
    answer = Words(label=_("What was done, or why not"), max_length=500)


class DueDoneForm(PageForm):
    done_on = Day(label=_("Done on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class DueDateForm(PageForm):
    due_on = Day(label=_("Due on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class InheritForm(PlanForm):
    """A field for each blank of the template, ``values.shelter``."""

    name = forms.CharField(label=pgettext_lazy("plan", "Name"), max_length=120, required=False)
    code = forms.CharField(label=_("Code"), max_length=60, required=False)

    def __init__(self, *args: Any, blanks: Mapping[str, str], own: Plan | None, **kwargs: Any) -> None:
        """``blanks``: name → the first sentence in which it stands."""
        super().__init__(*args, **kwargs)
        for name, sentence in blanks.items():
            part = forms.CharField(label="{" + name + "}", max_length=80, required=False, help_text=sentence)
            part.widget.attrs["class"] = "form-control"
            self.fields[f"values.{name}"] = part
        if own is not None:
            del self.fields["code"]
        self.blanks = list(blanks)

    def field_of(self, place: str) -> str:
        return place

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"values.{name}"].strip() for name in self.blanks}

    @property
    def blank_fields(self) -> list[forms.BoundField]:
        return [self[f"values.{name}"] for name in self.blanks]


class HeadForm(ExpectingForm):
    """What stands above the levels. ``kind`` and ``hazard_type`` are fixed once the plan has been in force."""

    name = forms.CharField(label=pgettext_lazy("plan", "Name"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("Kind of plan"), choices=Kind.choices)
    hazard_type = forms.ChoiceField(label=_("Type of hazard"), choices=HazardType.choices)
    review_months = forms.IntegerField(label=_("Months between reviews"), min_value=1, max_value=600)
    drill_months = forms.IntegerField(label=_("Months between drills"), min_value=1, max_value=600)
    summary = forms.CharField(label=_("What changed in this version"), max_length=300, required=False)
    basis = Words(rows=6, label=_("Basis"), max_length=4000, required=False)

    def __init__(self, *args: Any, fixed: bool, values: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blanks = list(values)
        for name, value in values.items():
            part = forms.CharField(label="{" + name + "}", max_length=80, required=False, initial=value)
            part.widget.attrs["class"] = "form-control"
            self.fields[f"values.{name}"] = part
        for name in ("kind", "hazard_type") if fixed else ():
            del self.fields[name]

    def field_of(self, place: str) -> str:
        return place

    def changes(self) -> dict[str, Any]:
        """The keys of the document that the form speaks of."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "expected"}
        values = {name: found.pop(f"values.{name}").strip() for name in self.blanks}
        return {**found, **({"values": values} if self.blanks else {})}


class LevelForm(ExpectingForm):
    """The triggers come beside it, as rows (plans/views/trigger_rows.py)."""

    approver = forms.ChoiceField(label=_("Approved by"), required=False)
    note = Words(label=_("Conditions in words"), max_length=500, required=False)

    def __init__(self, *args: Any, approvers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("approver").choices = [("", "–"), *approvers]


class ActionForm(ExpectingForm):
    """One action. Without a code it gets one from its act."""

    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices)
    levels = forms.MultipleChoiceField(
        label=_("At the levels"), choices=list(LEVEL_LABELS.items()), widget=forms.CheckboxSelectMultiple
    )
    verb = forms.ChoiceField(label=_("Act"), choices=Verb.choices)
    text = Words(label=_("Instruction"), max_length=500, help_text=_("{unit} becomes the name of the unit."))
    text_en = Words(rows=2, label=_("Instruction in English"), max_length=800, required=False)
    unit_kind = forms.ChoiceField(label=_("Kind of unit"), choices=Unit.COMMANDED)
    reach = forms.ChoiceField(label=pgettext_lazy("plan", "Which units"), choices=Reach.choices)
    departments = forms.MultipleChoiceField(
        label=_("Departments"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None means all.")
    )
    post = forms.ChoiceField(label=_("Post"))
    by_register = forms.BooleanField(
        label=_("Whoever the responsibility register names, else this post"), required=False
    )
    due_min = forms.IntegerField(label=_("Minutes from the start"), min_value=0, max_value=366 * 24 * 60)
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Evidence.choices)
    counted = forms.CharField(label=_("What is counted"), max_length=60, required=False)
    code = forms.CharField(label=_("Code"), max_length=40, required=False)
    after = forms.MultipleChoiceField(label=_("Only after"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        document: Mapping[str, Any],
        posts: list[Post],
        departments: list[str],
        own: str = "",
        **kwargs: Any,
    ) -> None:
        """``own``: the code of the action that is changed, empty for a new one."""
        super().__init__(*args, **kwargs)
        self.document, self.own = document, own
        self.others = [action for action in document["actions"] if action["code"] != own]
        kinds: dict[str, list[tuple[str, str]]] = {}
        for post in posts:
            kinds.setdefault(str(post.get_level_display()), []).append((post.code, post.label))
        self.choice("post").choices = list(kinds.items())
        self.choice("after").choices = [(one["code"], one["text"]) for one in self.others]
        named = [*departments, *(one for one in self.initial.get("departments", []) if one not in departments)]
        self.choice("departments").choices = [(name, name) for name in named]

    def clean_levels(self) -> list[str]:
        return [level for level in LEVELS if level in self.cleaned_data["levels"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("code") and "verb" in data:
            data["code"] = self._free_code(data["verb"])
        elif data.get("code") and not CODE.fullmatch(data["code"]):
            self.add_error("code", _t("Small letters, digits and single hyphens."))
        if not self.errors:
            self._refuse_bad_order(data)
        return data

    def _free_code(self, verb: str) -> str:
        """The act's own word, with the first free number: relocate, relocate-2."""
        taken = {action["code"] for action in self.others}
        base = slugify(verb.replace("_", "-"))
        return next(code for n in range(1, 1000) if (code := base if n == 1 else f"{base}-{n}") not in taken)

    def _refuse_bad_order(self, data: Mapping[str, Any]) -> None:
        """Predecessors that are not there at one of the levels, and circles, each named in full."""
        levels, chosen = {action["code"]: action["levels"] for action in self.others}, list(data["after"])
        for code in chosen:
            if missing := [level for level in data["levels"] if level not in levels.get(code, [])]:
                message = _t("“%(code)s” is no action of: %(level)s.")
                said = ", ".join(str(LEVEL_WORDS[level]) for level in missing)
                self.add_error("after", message % {"code": code, "level": said})
        rename = {self.own: data["code"]} if self.own else {}
        after = {one["code"]: [rename.get(code, code) for code in one["after"]] for one in self.others}
        after[data["code"]] = chosen
        for circle in cycles(after):
            if data["code"] in circle:
                at = circle.index(data["code"])
                told = " → ".join([*circle[at:], *circle[:at], circle[at]])
                self.add_error("after", _t("These wait for one another in a circle: %(circle)s.") % {"circle": told})

    def action(self) -> dict[str, Any]:
        """The action as a document holds it."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "expected"}


class HeadquartersForm(PageForm):
    """Left empty, whichever answers for the plan's type of hazard."""

    headquarters = forms.TypedChoiceField(label=_("Headquarters"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Headquarters.objects.filter(unit__path__in=ancestors_and_self(plan.unit.path), active=True)
        offered = [(row.pk, row.label) for row in rows]
        self.choice("headquarters").choices = [("", _("The one that answers for the type of hazard")), *offered]
