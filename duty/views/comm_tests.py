"""Communication tests: those that were made, their results, and the numbers that the register should look at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty import actions
from duty.screens.calendar import units_to_pick
from duty.selectors import comm_tests as selectors
from org.models import Post, Unit
from org.rules import capabilities
from org.screens.place import frame_of, may_somewhere
from web.dialogs import Act, PageForm, perform, posted
from web.requests import Request

LEVELS = [(Unit.Level.COUNTY, gettext_lazy("county")), (Unit.Level.TOWNSHIP, gettext_lazy("township")),
          (Unit.Level.VILLAGE, gettext_lazy("village"))]  # fmt: skip


class TestForm(PageForm):
    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    levels = forms.MultipleChoiceField(
        label=gettext_lazy("Levels"), choices=LEVELS, widget=forms.CheckboxSelectMultiple
    )
    window_min = forms.IntegerField(label=gettext_lazy("Minutes to answer"), min_value=1, max_value=1440)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("unit").choices = units_to_pick(person, "verify")

    post = forms.ModelChoiceField(
        label=gettext_lazy("Post"), queryset=Post.objects.filter(level__in=[code for code, _label in LEVELS]),
        required=False, empty_label=gettext_lazy("everybody with a post"),
    )  # fmt: skip


class PlanForm(TestForm):
    day = forms.IntegerField(label=gettext_lazy("Day of the month"), min_value=1, max_value=28)
    hour = forms.IntegerField(label=gettext_lazy("Hour"), min_value=0, max_value=23)


def tests(request: Request) -> HttpResponse:
    context: dict[str, Any] = {
        "rows": selectors.tests_visible_to(request.user)[:100],
        "stale": selectors.stale_numbers(request.user),
        "plans": selectors.plans_visible_to(request.user),
    }
    context["may"] = may_somewhere(request.user, capabilities.VERIFY)
    context["keeps"] = may_somewhere(request.user, capabilities.REGISTER)
    return render(request, "duty/comm_tests.html", {**context, **frame_of(request.user)})


def test(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(selectors.tests_visible_to(request.user), pk=pk)
    lines = list(selectors.lines_of(row))
    context = {"row": row, "lines": lines, "units": selectors.by_unit(lines), **frame_of(request.user)}
    return render(request, "duty/comm_test.html", context)


def start(request: Request) -> HttpResponse:
    form = TestForm(posted(request), person=request.user, initial={"window_min": 15, "levels": ["village"]})

    def do(data: dict[str, Any]) -> str:
        row = actions.start_comm_test(by=request.user, **data)
        return _("%(count)s people are being asked.") % {"count": row.lines.count()}

    note = _("Unannounced. Everybody gets a text that says that it is a test; nothing climbs when they are silent.")
    act = Act(_("Test communications now"), _("Begin"), form, do, reverse("duty:comm_tests"), note=note)
    return perform(request, act)


def plan(request: Request) -> HttpResponse:
    initial = {"window_min": 30, "levels": ["township", "village"], "day": 1, "hour": 9}
    form = PlanForm(posted(request), person=request.user, initial=initial)

    def do(data: dict[str, Any]) -> str:
        actions.plan_comm_tests(by=request.user, **data)
        return _("It is tested each month.")

    return perform(request, Act(_("Test each month"), _("Save"), form, do, reverse("duty:comm_tests")))
