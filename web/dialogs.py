"""Acts with a form, for every app: a dialog over the page it belongs to, or a page of its own without a script.

A refusal (400, 403, 409) shows the form again as it was typed, with what is wrong and how things stand now.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from web.errors import ActionError, NotFound


class PageForm(forms.Form):
    """A form whose controls carry the classes of the design, and which takes an action's refusal field by field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for part in self.fields.values():
            widget = part.widget
            if not isinstance(
                widget, (forms.HiddenInput, forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)
            ):
                widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"

    def take(self, error: ActionError) -> None:
        """Put a refusal beside its fields; what names no field of this form, or none at all, above the form."""
        known = {name: complaints for name, complaints in error.fields.items() if name in self.fields}
        for name, complaints in known.items():
            for complaint in complaints:
                self.add_error(name, str(complaint))
        strange = [str(c) for name, complaints in error.fields.items() if name not in known for c in complaints]
        if strange or not known:
            self.add_error(None, " ".join(strange) or str(error.detail))


class Moment(forms.DateTimeField):
    """Form field for a date and time, to the minute, in Asia/Shanghai."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")


class NoFields(PageForm):
    """A form without fields, for an act that needs nothing but confirmation."""


@dataclass
class Act:
    """``do`` takes the cleaned data and returns the sentence that tells what was done. ``back`` is the page behind."""

    title: str
    button: str
    form: PageForm
    do: Callable[[dict[str, Any]], str]
    back: str
    note: str = ""
    danger: bool = False
    template: str = "acts/form.html"
    context: dict[str, Any] = field(default_factory=dict)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to. An empty POST is still a POST: an act may need nothing but the decision."""
    return request.POST if request.method == "POST" else None


def perform(request: HttpRequest, act: Act) -> HttpResponse:
    """GET shows the form; POST acts, or shows it again with the status of the refusal."""
    if request.method != "POST":
        return _show(request, act)
    if not act.form.is_valid():
        return _show(request, act, 400)
    try:
        said = act.do(act.form.cleaned_data)
    except NotFound:
        raise
    except ActionError as error:
        act.form.take(error)
        return _show(request, act, error.status, error)
    return done(request, act.back, said)


def _show(request: HttpRequest, act: Act, status: int = 200, error: ActionError | None = None) -> HttpResponse:
    template = "acts/dialog.html" if request.headers.get("HX-Request") else "acts/page.html"
    changed = status == 409
    context = {"act": act, "form": act.form, "error": error, "changed": changed, "action": request.path, **act.context}
    return render(request, template, context, status=status)


def done(request: HttpRequest, back: str, said: str) -> HttpResponse:
    """The response after success: the page behind the dialog refreshes itself with a message; without JavaScript, a
    redirect.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"acted": {"said": str(said)}})})
    messages.success(request, said)
    return redirect(back)


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect to the page of what was made; a script gets the URL instead, so that it can delete the draft first."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
