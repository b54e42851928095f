"""Official papers: the list, one in full, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from norms import actions
from norms.models.papers import REASON_LENGTH
from norms.screens import papers as screens
from web.dialogs import Act, NoFields, PageForm, done, perform, posted
from web.errors import ActionError, NotFound
from web.requests import Request
from web.views.waiting import wait_for


class ReasonForm(PageForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class WordingForm(PageForm):
    """One paragraph a line."""

    expected = forms.IntegerField(widget=forms.HiddenInput)
    paragraphs = forms.CharField(
        label=gettext_lazy("Text of the paper"), widget=forms.Textarea(attrs={"rows": 12, "lang": "zh-CN"}),
        required=False, max_length=8000, help_text=gettext_lazy("One paragraph a line, in Chinese."),
    )  # fmt: skip


@require_safe
def paper_list(request: Request) -> HttpResponse:
    part = request.headers.get("HX-Request")
    return render(request, "norms/papers/_list.html" if part else "norms/papers/list.html", screens.sheet(request))


@require_safe
def paper(request: Request, pk: int) -> HttpResponse:
    context = screens.whole(screens.paper_of(request.user, pk), request.user)
    part = request.headers.get("HX-Request")
    return render(request, "norms/papers/_paper.html" if part else "norms/papers/page.html", context)


@require_safe
def pdf(request: Request, pk: int) -> HttpResponse:
    return wait_for(request, "norms.paper", screens.sheet_of(screens.paper_of(request.user, pk)))


@require_POST
def sign(request: Request, pk: int) -> HttpResponse:
    """The second of two taps: the whole text stood above the button."""
    serve = request.POST.get("serve") == "on"
    return _tap(request, pk, lambda: actions.sign_paper(pk, by=request.user, serve=serve), _("Signed."))


@require_POST
def receive(request: Request, pk: int) -> HttpResponse:
    return _tap(request, pk, lambda: actions.receive_paper(pk, by=request.user), _("Receipt recorded."))


def _tap(request: Request, pk: int, do: Callable[[], Any], said: str) -> HttpResponse:
    """An act without a form; a refusal shows the page as it stands now."""
    try:
        do()
    except NotFound:
        raise
    except ActionError as error:
        context = screens.whole(screens.paper_of(request.user, pk), request.user)
        return render(request, "norms/papers/page.html", {**context, "refusal": error.detail}, status=error.status)
    return done(request, reverse("norms:paper", args=[pk]), said)


def serve(request: Request, pk: int) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        actions.serve_paper(pk, by=request.user)
        return _("Served.")

    found = screens.paper_of(request.user, pk)
    back = reverse("norms:paper", args=[pk])
    return perform(request, Act(_("Serve this paper"), _("Serve"), NoFields(posted(request)), do, back, found.title))


def withdraw(request: Request, pk: int) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        actions.withdraw_paper(pk, by=request.user, **data)
        return _("Withdrawn.")

    found = screens.paper_of(request.user, pk)
    back, form = reverse("norms:paper", args=[pk]), ReasonForm(posted(request))
    act = Act(_("Withdraw this paper"), _("Withdraw"), form, do, back, found.title, danger=True)
    return perform(request, act)


def reword(request: Request, pk: int) -> HttpResponse:
    def do(data: dict[str, Any]) -> str:
        actions.edit_paper(pk, by=request.user, paragraphs=data["paragraphs"].splitlines(), expected=data["expected"])
        return _("Stored.")

    found = screens.paper_of(request.user, pk)
    text, version = "\n".join(found.content["paragraphs"]), found.content.get("version", 0)
    form = WordingForm(posted(request), initial={"paragraphs": text, "expected": version})
    return perform(request, Act(_("Reword"), _("Store"), form, do, reverse("norms:paper", args=[pk]), found.title))
