"""Django forms of duty's pages. They validate the form only; actions decide what may be done, field by field."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duty.models import CallLog, DutyPost, RosterPattern, Season, ShiftKind, Slot, SpotCheck
from duty.screens.calendar import people_of, units_to_pick
from duty.selectors import crews
from org.models import Person, Unit
from web.dialogs import Moment, PageForm

NOBODY = [("", "–")]
FROM, TO = pgettext_lazy("of a period", "From"), pgettext_lazy("of a period", "To")
TO_INCLUDED = _("To, that day included")
WEEKDAYS = [(1, _("Mon")), (2, _("Tue")), (3, _("Wed")), (4, _("Thu")), (5, _("Fri")), (6, _("Sat")), (7, _("Sun"))]
TURNS = 8
"""Rows of a rotation that the page offers; longer ones come by the API."""


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PersonField(forms.TypedChoiceField):
    """Somebody who serves in the unit; the action refuses whoever does not."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Person"), "coerce": int, "empty_value": None, **kwargs})

    def of(self, unit: Unit) -> None:
        self.choices = [*NOBODY, *people_of(unit)]


class Reason(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Reason"), "max_length": 200, "widget": forms.Textarea({"rows": 2}), **kwargs})


class UnitForm(PageForm):
    """A form about one unit: its person fields offer the unit's people."""

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = None
        for part in self.fields.values():
            if isinstance(part, PersonField):
                offered = offered or people_of(unit)
                part.choices = [*NOBODY, *offered]


class FallbackForm(UnitForm):
    person = PersonField()


class AssignForm(UnitForm):
    """``expected`` is whom the person saw in the post when they decided."""

    person = PersonField()


class BulkForm(UnitForm):
    post = forms.ChoiceField(label=_("Post"), choices=DutyPost.choices, widget=forms.RadioSelect)
    person = PersonField()
    first = Day(label=FROM)
    last = Day(label=TO_INCLUDED)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )


class PeriodForm(PageForm):
    first = Day(label=FROM)
    last = Day(label=TO_INCLUDED)
    descendants = forms.BooleanField(label=_("With all units under it"), required=False)


class PublishForm(PageForm):
    descendants = forms.BooleanField(label=_("With all units under it"), required=False)
    leave_faulty = forms.BooleanField(
        label=_("Publish what is sound; what is not stays a draft, and counts as a gap"), required=False
    )


class ShiftForm(UnitForm):
    start = Moment(label=FROM)
    end = Moment(label=TO)
    kind = forms.ChoiceField(label=_("Kind"), choices=ShiftKind.choices, widget=forms.RadioSelect)
    leader = PersonField(label=_("leader on duty"))
    main = PersonField(label=_("main officer"))
    deputy = PersonField(label=_("deputy officer"), required=False)
    reserve = PersonField(label=_("reserve"), required=False)
    published = forms.BooleanField(label=_("In force at once"), required=False)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, unit=unit, **kwargs)
        self.fields["deputy"].required = DutyPost.DEPUTY in crews.of(unit.level)


class MoveForm(PageForm):
    start = Moment(label=FROM)
    end = Moment(label=TO)


class ReasonForm(PageForm):
    reason = Reason()


class AnswerForm(PageForm):
    answer = Reason()


class OverrideForm(UnitForm):
    post = forms.ChoiceField(label=_("Post"), choices=DutyPost.choices, widget=forms.RadioSelect)
    person = PersonField()
    start = Moment(label=FROM)
    end = Moment(label=TO)
    reason = Reason()


class SlotOverrideForm(UnitForm):
    person = PersonField()
    reason = Reason()


class PatternForm(UnitForm):
    """The rotation comes as rows ``leader_0 main_0 …``: one crew each, taken in turn."""

    name = forms.CharField(label=pgettext_lazy("of a pattern or season", "Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=ShiftKind.choices, widget=forms.RadioSelect)
    days = forms.ChoiceField(label=_("Days"), choices=RosterPattern.Days.choices, widget=forms.RadioSelect)
    starts = forms.CharField(label=_("Shifts start at"), max_length=60, help_text=_("Such as 08:30, or 08:30 20:30."))
    hours = forms.IntegerField(label=_("Hours of one shift"), min_value=1, max_value=24)
    valid_from = Day(label=_("First day"))
    signed = forms.BooleanField(label=_("Handovers are signed by both sides"), required=False)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, unit=unit, **kwargs)
        choices = [*NOBODY, *people_of(unit)]
        for row in range(TURNS):
            for post in DutyPost.values:
                part = PersonField(required=False, label=DutyPost(post).label)
                part.choices = choices
                part.widget.attrs["class"] = "form-select"
                self.fields[f"{post}_{row}"] = part

    def clean_starts(self) -> list[dt.time]:
        try:
            return [dt.time.fromisoformat(text) for text in self.cleaned_data["starts"].replace(",", " ").split()]
        except ValueError:
            raise forms.ValidationError(gettext("Times are written as 08:30, with spaces between.")) from None

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "kind", "days", "starts", "hours", "valid_from")]

    @property
    def turns(self) -> list[list[forms.BoundField]]:
        return [[self[f"{post}_{row}"] for post in DutyPost.values] for row in range(TURNS)]

    def rotation(self) -> dict[str, list[int]]:
        data = self.cleaned_data
        found = {post: [data.get(f"{post}_{row}") for row in range(TURNS)] for post in DutyPost.values}
        return {post: [pk for pk in people if pk] for post, people in found.items() if any(people)}


class EndForm(PageForm):
    on = Day(label=_("Ends on"))


class SeasonForm(PageForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Season.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=pgettext_lazy("of a pattern or season", "Name"), max_length=80)
    starts_on = Day(label=FROM)
    last = Day(label=TO_INCLUDED)
    levels = forms.MultipleChoiceField(
        label=_("Levels; none means all"), choices=Unit.COMMANDED, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    source = forms.CharField(label=_("Document"), max_length=160, required=False)


class AcceptForm(PageForm):
    shifts = forms.TypedMultipleChoiceField(label=_("Shifts"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.take_any("shifts", valid=lambda value: str(value).isdecimal())


class SignForm(PageForm):
    side = forms.ChoiceField(choices=[("", ""), ("out", ""), ("in", "")], required=False, widget=forms.HiddenInput)
    note = forms.CharField(max_length=2000, required=False)
    equipment = forms.CharField(max_length=500, required=False)


class LeaveForm(PageForm):
    start = Moment(label=FROM)
    end = Moment(label=TO)
    abroad = forms.BooleanField(label=_("Out of the county"), required=False)
    reason = Reason()


class RecordLeaveForm(UnitForm):
    person = PersonField()
    start = Moment(label=FROM)
    end = Moment(label=TO)
    abroad = forms.BooleanField(label=_("Out of the county"), required=False)
    reason = Reason()


class TakeForm(PageForm):
    in_return = forms.TypedChoiceField(label=_("In exchange you give"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, slots: list[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [(slot.pk, f"{_when(slot)} · {slot.get_post_display()}") for slot in slots]
        self.choice("in_return").choices = [("", gettext("Nothing")), *mine]


def _when(slot: Slot) -> str:
    return date_format(timezone.localtime(slot.shift.during.lower), "m-d D H:i")


class CheckForm(PageForm):
    unit = forms.ChoiceField(label=_("Unit"))
    post = forms.ChoiceField(label=_("Post"), choices=DutyPost.choices[:3], widget=forms.RadioSelect)
    method = forms.ChoiceField(label=_("How"), choices=SpotCheck.Method.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("unit").choices = [*NOBODY, *units_to_pick(person, "verify")]


class PlanForm(PageForm):
    levels = forms.MultipleChoiceField(
        label=_("Which units"), choices=Unit.COMMANDED[:3],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    month = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m"], widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    )
    each = forms.IntegerField(label=_("Checks of each unit"), min_value=1, max_value=10)
    method = forms.ChoiceField(label=_("How"), choices=SpotCheck.Method.choices, widget=forms.RadioSelect)


class SaidForm(PageForm):
    """The three questions of a spot check."""

    said_warning = forms.CharField(label=_("Which warning is in force?"), max_length=160, required=False)
    said_here = forms.CharField(label=_("Who is here?"), max_length=160, required=False)
    said_told = forms.CharField(label=_("Whom have you told?"), max_length=160, required=False)


class OutcomeForm(SaidForm):
    outcome = forms.ChoiceField(label=_("What you found"), choices=SpotCheck.Outcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))


class CallForm(PageForm):
    """docs/domain.md 4: caller's unit, name, post, phone; time; place; cause; measures; who was already told."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=CallLog.Kind.choices[:3], widget=forms.RadioSelect, required=False
    )
    reply_due_at = Moment(
        label=_("Reply due at"),
        required=False,
        help_text=_("Of a superior's call; left empty, as the county's number says."),
    )
    at = Moment(label=_("Called at"))
    caller_phone = forms.CharField(
        label=_("Caller's phone"), max_length=24, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    caller_name = forms.CharField(label=_("Caller"), max_length=40, required=False)
    caller_unit = forms.CharField(label=_("Caller's unit"), max_length=80, required=False)
    caller_post = forms.CharField(label=_("Caller's post"), max_length=40, required=False)
    occurred_at = Moment(label=_("Occurred at"), required=False)
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    content = forms.CharField(label=_("What happened, and why"), max_length=4000, widget=forms.Textarea({"rows": 3}))
    measures = forms.CharField(
        label=_("Measures taken"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    told = forms.CharField(label=_("Already told"), max_length=300, required=False)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or str(CallLog.Kind.CALL)


class ReplyForm(PageForm):
    content = forms.CharField(label=_("What was replied"), max_length=4000, widget=forms.Textarea({"rows": 3}))
    caller_name = forms.CharField(label=_("To whom"), max_length=40, required=False)
    caller_phone = forms.CharField(
        label=_("Phone"), max_length=24, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    at = Moment(label=_("Replied at"))


class CorrectForm(CallForm):
    kind = None  # type: ignore[assignment]
    reply_due_at = None  # type: ignore[assignment]
    content = forms.CharField(
        label=_("What happened, and why"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("Left empty, the entry is struck through and nothing takes its place."),
    )  # fmt: skip
    reason = Reason(label=_("Why it is corrected"))


class SheetForm(PageForm):
    file = forms.FileField(label=_("Excel workbook (.xlsx)"), widget=forms.FileInput({"accept": ".xlsx"}))
