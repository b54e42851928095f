"""The register's pages, for those who keep it: units, a unit with its posts, imports with a preview."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from org.files import units as units_sheet
from org.files.people import OTHER, SAME
from org.files.people_sheet import template
from org.models import Post
from org.screens import register
from org.views.forms import BoundariesForm, PeopleForm, UnitsForm
from web.downloads import XLSX
from web.errors import Conflict, NotFound
from web.kinds import Upload
from web.models import Job
from web.requests import Request
from web.selectors import job_of, upload_of
from web.views.waiting import outcome_of, wait_for

FORMS = {"people": PeopleForm, "boundaries": BoundariesForm, "units": UnitsForm}


@require_GET
@register.keepers_only
def units(request: Request) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    rows = register.found_units(request.user, query) if query else register.overview(request.user)
    return render(request, "org/units.html", {"rows": rows, "query": query})


@require_GET
@register.keepers_only
def unit(request: Request, code: str) -> HttpResponse:
    return render(request, "org/unit.html", register.unit_page(request.user, code))


@require_GET
@register.keepers_only
def imports(request: Request) -> HttpResponse:
    return render(request, "org/imports.html", _forms())


def _forms() -> dict[str, Any]:
    return {kind: form(prefix=kind[0]) for kind, form in FORMS.items()}


@require_GET
@register.keepers_only
def units_template(request: Request) -> HttpResponse:
    content = units_sheet.template(get_language() or "en")
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="units.xlsx"'}
    )


@require_GET
@register.keepers_only
def people_template(request: Request) -> HttpResponse:
    posts = [(post.code, post.label) for post in Post.objects.all()]
    content = template(get_language() or "en", posts)
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="people.xlsx"'}
    )


@require_GET
@register.keepers_only
def people_export(request: Request) -> HttpResponse:
    """What the person keeps of the register, as the sheet that the import reads."""
    return wait_for(request, "org.people_sheet", {})


@require_http_methods(["GET", "HEAD", "POST"])
@register.keepers_only
def preview(request: Request, kind: str) -> HttpResponse:
    """Check an upload, or again one that is kept with other answers, without loading it; ``?job=``: what was found."""
    if request.method != "POST":
        return _shown(request, kind)
    key = request.POST.get("key", "")
    form = FORMS[kind](request.POST, request.FILES, prefix=kind[0], kept=bool(key))
    if not form.is_valid():
        return render(request, "org/imports.html", {**_forms(), kind: form}, status=400)
    file, options = form.cleaned_data.pop("file", None), form.cleaned_data
    upload = Upload.of(file) if file else upload_of(_kept(request, kind, key))
    return _ask(request, kind, {"options": options}, upload)


@require_POST
@register.keepers_only
def confirm(request: Request, kind: str) -> HttpResponse:
    """Load what the preview showed; everything is checked again, for the register may have moved on."""
    checked = _kept(request, kind, request.POST.get("key", ""))
    options = {name: request.POST.get(name, "") for name in FORMS[kind].base_fields if name != "file"}
    return _ask(request, kind, {"options": options, "checked": str(checked.pk)}, upload_of(checked))


def _kept(request: Request, kind: str, key: str) -> Job:
    """The job whose upload was kept. Conflict when there is none, or it is another's."""
    try:
        return job_of(request.user, UUID(key), f"org.{kind}")
    except (ValueError, NotFound):
        raise Conflict(_("This upload is gone. Choose the file again."), code="gone") from None


def _ask(request: Request, kind: str, params: dict[str, Any], upload: Upload) -> HttpResponse:
    decisions = {f"row-{row}": answer for row, answer in _decisions(request).items()}
    return wait_for(request, f"org.{kind}", {**params, "kind": kind, "decisions": decisions}, upload=upload)


def _shown(request: Request, kind: str) -> HttpResponse:
    """What an import would do, what it asks, or what is wrong; kept while an answer may still make it right."""
    outcome = outcome_of(request, f"org.{kind}")
    if outcome is None:
        return redirect("register-import")
    if outcome["loaded"]:
        messages.success(request, _("Loaded: %(count)s.") % {"count": outcome["loaded"]})
        return redirect("register")
    job = _kept(request, kind, request.GET["job"])
    hopeless = outcome["problems"] and not outcome.get("file")
    key = "" if hopeless else job.params.get("checked") or str(job.pk)
    shown = {"kind": kind, "outcome": outcome, "key": key, "file": job.upload_name}
    shown |= {"options": job.params["options"], "decisions": job.params["decisions"]}
    shown["shifted"] = (("GCJ-02", _("Shift them back from GCJ-02")), ("EPSG:4326", _("They are WGS 84 as they stand")))
    whole = any(not problem["where"] for problem in outcome["problems"])  # the file itself, not a row of it
    return render(request, "org/preview.html", shown, status=400 if whole else 422 if outcome["problems"] else 200)


def _decisions(request: Request) -> dict[int, str]:
    """Which rows are the person they resemble (``row-7=same``) and which are another."""
    rows = ((name.removeprefix("row-"), value) for name, value in request.POST.items() if name.startswith("row-"))
    return {int(row): value for row, value in rows if row.isdecimal() and value in (SAME, OTHER)}
