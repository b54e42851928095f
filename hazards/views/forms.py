"""Django forms of the desk's pages. They validate the form only; actions decide what may be done, field by field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hazards.models import Criterion
from hazards.rules.classes import RISKS
from hazards.rules.words import FundSource, Grade, MajorReason, Role
from hazards.screens.asked import grouped, units_in_sight
from hazards.selectors import tickets
from org.models import Appointment, Person, Unit
from org.rules.capabilities import VERIFY
from org.rules.codes import ancestors_and_self, county_of
from org.selectors.jurisdiction import below, visible_to
from org.selectors.register import held_now
from web.dialogs import PageForm

NOBODY = [("", "–")]


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Words(forms.CharField):
    """A few lines of text."""

    def __init__(self, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea({"rows": rows}), **kwargs})


class PersonField(forms.TypedChoiceField):
    """Somebody who may answer for tickets of a unit; the action refuses whoever may not."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"coerce": int, "empty_value": None, **kwargs})


class AboutUnit(PageForm):
    """A form about tickets of one responsible unit: its person fields offer people who serve there or above."""

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = [part for part in self.fields.values() if isinstance(part, PersonField)]
        offered = people_over(unit) if fields else []
        for part in fields:
            part.choices = [*NOBODY, *offered]


def people_over(unit: Unit) -> list[tuple[str, list[tuple[int, str]]]]:
    """Who serves in the unit, then in those above it, each once, grouped by unit; one query."""
    paths = [path for path in ancestors_and_self(unit.path) if path.count(".") >= 2]
    held = held_now(Appointment.objects.filter(unit__path__in=paths, person__is_device=False, person__is_active=True))
    rows = held.select_related("person", "post", "unit").defer("unit__boundary")
    groups: dict[str, dict[int, str]] = {}
    known: set[int] = set()
    for row in rows.order_by("-unit__path", "role", "post__rank", "pk"):
        if row.person_id not in known:
            known.add(row.person_id)
            groups.setdefault(row.unit.label, {})[row.person_id] = f"{row.person.label} · {row.post.label}"
    return [(label, list(people.items())) for label, people in groups.items()]


class RegisterForm(PageForm):
    people_at_risk = forms.IntegerField(label=_("People at risk"), min_value=0, max_value=1_000_000)
    place = forms.CharField(label=_("Place in words"), max_length=160, required=False)
    principal = forms.CharField(
        label=_("Whose it is"), max_length=80, required=False, help_text=_("The household, firm or collective.")
    )


class GradeForm(AboutUnit):
    grade = forms.ChoiceField(label=pgettext_lazy("hazard", "Grade"), choices=Grade.choices, widget=forms.RadioSelect)
    reasons = forms.MultipleChoiceField(
        label=_("Why it is major; any one will do"),
        choices=MajorReason.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    grounds = Words(2, label=_("Grounds"), max_length=300)
    criterion = forms.TypedChoiceField(label=_("Judged by"), required=False, coerce=int, empty_value=None)
    risk = forms.ChoiceField(label=_("Risk grade"), required=False)
    leader = PersonField(
        label=_("Accountable leader"), required=False, help_text=_("A major hazard needs one before its plan stands.")
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standards = Criterion.objects.filter(kind=kind, active=True)
        offered: list[tuple[str, list[Any]]] = [
            ("criterion", [(row.pk, row.label) for row in standards]), ("risk", [*RISKS.get(kind, {}).items()]),
        ]  # fmt: skip
        for name, choices in offered:
            self.choice(name).choices = [*NOBODY, *choices]
            if not choices:
                del self.fields[name]


class PlanForm(AboutUnit):
    """The five elements (五落实); for a major hazard interim control and a named leader too."""

    responsible = PersonField(label=_("Responsible person"))
    measures = Words(label=_("Measures"), max_length=2000)
    funds = forms.CharField(label=_("Funds, and where they come from"), max_length=200)
    fund_source = forms.ChoiceField(
        label=_("Source of the money"), choices=[*NOBODY, *FundSource.choices], required=False
    )
    finish_on = Day(label=_("Time limit"))
    contingency = Words(label=_("Contingency plan"), max_length=2000)
    interim = Words(2, label=_("Interim control until it is rectified"), max_length=1000, required=False)
    leader = PersonField(label=_("Accountable leader"), required=False)

    def __init__(self, *args: Any, major: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interim"].required = self.fields["leader"].required = major


class SignForm(PageForm):
    role = forms.ChoiceField(label=_("Signing for"), widget=forms.RadioSelect)
    note = Words(2, label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, sides: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("role").choices = [(side, Role(side).label) for side in sides]
        self.take_any("role")


class RolesForm(PageForm):
    regulator = forms.ChoiceField(label=_("Industry department"))
    principal = forms.CharField(label=_("Whose it is"), max_length=80, required=False)

    def __init__(self, *args: Any, near: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Unit.objects.filter(
            below(county_of(near.path), "path"), level=Unit.Level.DEPARTMENT, active=True
        ).order_by("path")
        self.choice("regulator").choices = [(unit.code, unit.label) for unit in departments]


class ElsewhereForm(PageForm):
    units = forms.MultipleChoiceField(label=_("Townships"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Unit.objects.filter(visible_to(person, "path", VERIFY), level=Unit.Level.TOWNSHIP, active=True)
        self.choice("units").choices = [(unit.code, unit.label) for unit in seen.defer("boundary").order_by("path")]


class LookedForm(PageForm):
    looked_at = forms.IntegerField(label=_("Places looked at"), min_value=0, max_value=1_000_000)
    found = forms.IntegerField(label=_("Hazards found"), min_value=0, max_value=1_000_000)
    note = Words(2, label=_("Note"), max_length=300, required=False)


class NoteForm(PageForm):
    note = Words(label=_("Note"), max_length=500, required=False)


class BackForm(PageForm):
    note = Words(label=_("What is missing"), max_length=500)


class GroundsForm(PageForm):
    grounds = Words(2, label=_("Grounds"), max_length=300)


class ExtendForm(PageForm):
    until = Day(label=_("Until"))
    reason = Words(label=_("Reason"), max_length=500)


class DecideForm(PageForm):
    granted = forms.TypedChoiceField(
        label=pgettext_lazy("extension", "Decision"),
        choices=[("yes", pgettext_lazy("extension", "Grant it")), ("no", pgettext_lazy("extension", "Refuse it"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = Words(2, label=_("Answer; needed for a refusal"), max_length=300, required=False)


class MergeForm(PageForm):
    into = forms.TypedChoiceField(label=_("Into which ticket"), coerce=int)
    grounds = Words(2, label=_("Grounds"), max_length=300, required=False)

    def __init__(self, *args: Any, near: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("into").choices = [*NOBODY, *near]


class OwnerForm(PageForm):
    """Another unit is to rectify it: one in the reader's sight."""

    unit = forms.ChoiceField(label=_("Responsible unit"))
    grounds = Words(2, label=_("Grounds"), max_length=300)

    def __init__(self, *args: Any, person: Person, near: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("unit").choices = [*NOBODY, *owners(person, near)]


def owners(person: Person, near: Unit | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units in sight; over a place also the units above it and the county's departments, which may be asked to act."""
    groups = grouped(units_in_sight(person))
    known = {code for _name, units in groups for code, _label in units}
    if near is None:
        return groups
    above = ancestors_and_self(near.path)[2:]
    departments = Unit.objects.filter(below(above[0], "path"), level=Unit.Level.DEPARTMENT)
    others = Unit.objects.filter(path__in=above) | departments
    rows = others.filter(active=True).exclude(code__in=known).only("code", "name", "name_en", "level", "path")
    more = grouped(rows.order_by("path"))
    return [*more, *groups]


class LeaderForm(AboutUnit):
    person = PersonField(label=_("Accountable leader"))


class ListForm(PageForm):
    due_on = Day(label=_("To be rectified by"))


class Bulk(forms.Form):
    """The tickets that were ticked in the queue, handed on by the dialog."""

    @staticmethod
    def field(ids: list[int]) -> forms.TypedMultipleChoiceField:
        return forms.TypedMultipleChoiceField(
            choices=[(pk, pk) for pk in ids], coerce=int, widget=forms.MultipleHiddenInput, initial=ids, required=False
        )


class BulkOwnerForm(OwnerForm):
    def __init__(self, *args: Any, ids: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hazards"] = Bulk.field(ids)


class BulkLeaderForm(AboutUnit):
    person = PersonField(label=_("Accountable leader"))

    def __init__(self, *args: Any, ids: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hazards"] = Bulk.field(ids)


class SavedFilterForm(PageForm):
    name = forms.CharField(label=pgettext_lazy("of a view", "Name"), max_length=60)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=600)


class SheetForm(PageForm):
    file = forms.FileField(label=_("Excel workbook (.xlsx)"), widget=forms.FileInput({"accept": ".xlsx"}))


def near_options(rows: list[tickets.NearHazard]) -> list[tuple[int, str]]:
    """Tickets that may be the same danger, as choices: number, how far, what it says."""
    return [(row.pk, f"{row.ref} · {round(row.metres)} m · {row.description[:40]}") for row in rows]
