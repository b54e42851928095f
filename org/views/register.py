"""The register's pages, for those who keep it: units, a unit with its posts, imports with a preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from org.files import held
from org.files.boundaries import import_boundaries
from org.files.people import OTHER, SAME, import_people
from org.files.people_export import export_people
from org.files.people_sheet import template
from org.models import Post
from org.screens import register
from org.views.forms import BoundariesForm, PeopleForm
from web.problems import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"people": PeopleForm, "boundaries": BoundariesForm}


@require_GET
@register.keepers_only
def units(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    rows = register.found_units(request.user, query) if query else register.overview(request.user)
    return render(request, "org/units.html", {"rows": rows, "query": query})


@require_GET
@register.keepers_only
def unit(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "org/unit.html", register.unit_page(request.user, code))


@require_GET
@register.keepers_only
def imports(request: HttpRequest) -> HttpResponse:
    return render(
        request, "org/imports.html", {"people": PeopleForm(prefix="p"), "boundaries": BoundariesForm(prefix="b")}
    )


@require_GET
@register.keepers_only
def people_template(request: HttpRequest) -> HttpResponse:
    posts = [(post.code, post.label) for post in Post.objects.all()]
    content = template(get_language() or "en", posts)
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="people.xlsx"'}
    )


@require_GET
@register.keepers_only
def people_export(request: HttpRequest) -> HttpResponse:
    """What the person keeps of the register, as the sheet that the import reads."""
    content = export_people(request.user)
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="register.xlsx"'}
    )


@require_POST
@register.keepers_only
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """Check an upload, or again one that is kept with other answers, without loading it; keep it until confirmed."""
    key = request.POST.get("key", "")
    form = FORMS[kind](request.POST, request.FILES, prefix=kind[0], kept=bool(key))
    if not form.is_valid():
        other = "boundaries" if kind == "people" else "people"
        return render(request, "org/imports.html", {kind: form, other: FORMS[other](prefix=other[0])}, status=400)
    file, options = form.cleaned_data.pop("file", None), form.cleaned_data
    name = file.name if file else request.POST.get("file", key)
    content = file.read() if file else held.held(request.user, kind, key)
    return _shown(request, kind, held.Upload(name, content, key), options)


@require_POST
@register.keepers_only
def confirm(request: HttpRequest, kind: str) -> HttpResponse:
    """Load what the preview showed; everything is checked again, for the register may have moved on."""
    key = request.POST.get("key", "")
    upload = held.Upload(request.POST.get("file", key), held.held(request.user, kind, key), key)
    options = {name: request.POST.get(name, "") for name in FORMS[kind].base_fields if name != "file"}
    try:
        outcome = _run(kind, request, upload, options, dry_run=False)
    except Refused:
        return _shown(request, kind, upload, options)
    held.drop(request.user, kind)
    messages.success(request, _("Loaded: %(count)s.") % {"count": outcome.loaded})
    return redirect("register")


def _shown(request: HttpRequest, kind: str, upload: held.Upload, options: dict[str, Any]) -> HttpResponse:
    """What an import would do, what it asks, or what is wrong; kept while an answer may still make it right."""
    outcome = _run(kind, request, upload, options, dry_run=True)
    key = upload.key
    if not key and (not outcome.problems or getattr(outcome, "file", None)):
        key = held.hold(request.user, kind, upload.name, upload.content)
    shown = {"kind": kind, "outcome": outcome, "key": key, "options": options, "file": upload.name}
    shown["decisions"] = {f"row-{row}": answer for row, answer in _decisions(request).items()}
    shown["shifted"] = (("GCJ-02", _("Shift them back from GCJ-02")), ("EPSG:4326", _("They are WGS 84 as they stand")))
    whole = any(not problem.where for problem in outcome.problems)  # the file itself, not a row of it
    return render(request, "org/preview.html", shown, status=400 if whole else 422 if outcome.problems else 200)


def _decisions(request: HttpRequest) -> dict[int, str]:
    """Which rows are the person they resemble (``row-7=same``) and which are another."""
    rows = ((name.removeprefix("row-"), value) for name, value in request.POST.items() if name.startswith("row-"))
    return {int(row): value for row, value in rows if row.isdecimal() and value in (SAME, OTHER)}


def _run(kind: str, request: HttpRequest, upload: held.Upload, options: dict[str, Any], *, dry_run: bool) -> Any:
    asked: dict[str, Any] = {"by": request.user, "dry_run": dry_run}
    if kind == "people":
        replace = bool(options.get("replace"))
        return import_people(upload.content, replace=replace, decisions=_decisions(request), **asked)
    columns = {name: options[name] for name in ("crs", "source", "code_column", "name_column")}
    return import_boundaries(upload.name, upload.content, **columns, **asked)
