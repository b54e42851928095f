"""Views of warnings: parse, call, render. Selectors decide what may be shown."""

from __future__ import annotations

from typing import Any, BinaryIO

from django.conf import settings
from django.contrib import messages
from django.core.files import File
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from early_warning import actions
from early_warning.files.bodies import open_kept
from early_warning.screens import warning as screens
from early_warning.selectors import warnings
from journal.selectors.participants import world_of_request
from web.bounds import whole_number
from web.requests import Request


@require_safe
def index(request: Request) -> HttpResponse:
    template = "early_warning/_list.html" if request.headers.get("HX-Request") else "early_warning/list.html"
    return render(request, template, screens.list_page(request.user, request.GET, world_of_request(request)))


@require_safe
def detail(request: Request, warning_id: int) -> HttpResponse:
    template = "early_warning/_detail.html" if request.headers.get("HX-Request") else "early_warning/detail.html"
    context: dict[str, Any] = screens.detail_page(request.user, warning_id)
    return render(request, template, {**context, "tile_url": settings.TILE_URL})


@require_safe
def verbatim(request: Request, warning_id: int) -> HttpResponseBase:
    """The message word for word, as a file: a browser must not run what a stranger wrote."""
    warning = warnings.warning_with_body(request.user, warning_id)
    return _as_sent(open_kept(warning.raw), f"{warning.ref}.xml", "application/xml")


def _as_sent(file: File[bytes] | BinaryIO, name: str, kind: str) -> HttpResponseBase:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def outline(request: Request, warning_id: int) -> HttpResponse:
    """GeoJSON of the area and of the townships named, for the page's map."""
    return HttpResponse(warnings.outline(request.user, warning_id), content_type="application/geo+json")


@require_POST
def take_up(request: Request, warning_id: int) -> HttpResponse:
    chosen = {name: request.POST.get(name, "") for name in ("title", "category", "grade")}
    incident = actions.turn_into_incident(warning_id, by=request.user, **chosen)
    messages.success(request, _("Incident %(ref)s is open.") % {"ref": incident.ref})
    return redirect(f"/incidents/{incident.pk}/")


@require_POST
def classify(request: Request, warning_id: int) -> HttpResponse:
    warning = actions.classify(warning_id, event_kind=request.POST.get("event_kind", ""), by=request.user)
    messages.success(request, _("Warning %(ref)s is now: %(kind)s.") % {"ref": warning.ref, "kind": warning.kind_label})
    return redirect("warnings:detail", warning_id)


@require_POST
def dismiss(request: Request, warning_id: int) -> HttpResponse:
    warning = actions.dismiss(warning_id, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Warning %(ref)s is dismissed.") % {"ref": warning.ref})
    return redirect("warnings:detail", warning_id)


@require_POST
def reopen(request: Request, warning_id: int) -> HttpResponse:
    warning = actions.reopen(warning_id, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Warning %(ref)s is in force again.") % {"ref": warning.ref})
    return redirect("warnings:detail", warning_id)


@require_safe
def platforms(request: Request) -> HttpResponse:
    name = "early_warning/_platforms.html" if request.headers.get("HX-Request") else "early_warning/platforms.html"
    return render(request, name, screens.platforms_page(request.user))


@require_safe
def unread_verbatim(request: Request, unread_id: int) -> HttpResponseBase:
    """The bytes that nobody could read, as a file of no kind: a browser must not guess one."""
    row = warnings.unread_for(request.user, unread_id)
    kept = warnings.kept_in(row)
    if kept is None:
        raise Http404
    return _as_sent(open_kept(kept), f"message-{row.pk}.bin", "application/octet-stream")


@require_POST
def attend(request: Request, feed_id: int) -> HttpResponse:
    """One unread message where the form names it, else all of the platform."""
    chosen = request.POST.get("message", "")
    number = actions.attend(feed_id, whole_number(chosen), by=request.user)
    messages.success(
        request, ngettext("%(n)s message is attended to.", "%(n)s are attended to.", number) % {"n": number}
    )
    return redirect(f"{reverse('warnings:platforms')}#feed-{feed_id}")


@require_POST
def accept(request: Request, question_id: int) -> HttpResponse:
    chosen = [pk for pk in map(whole_number, request.POST.getlist("warnings")) if pk is not None] or None
    question = actions.accept_question(
        question_id, reason=request.POST.get("reason", ""), warnings=chosen, by=request.user
    )
    messages.success(request, _("Accepted: %(message)s.") % {"message": question.raw.identifier})
    return redirect(screens.page_of(question))


@require_POST
def reject(request: Request, question_id: int) -> HttpResponse:
    question = actions.reject_question(question_id, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Not accepted: %(message)s.") % {"message": question.raw.identifier})
    return redirect(screens.page_of(question))
