"""The register's pages, for those who keep it: units, a unit with its posts, imports with a preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from org import pages
from org.forms import BoundariesForm, PeopleForm
from org.imports import held
from org.imports.boundaries import import_boundaries
from org.imports.people import import_people
from org.imports.people_sheet import template
from org.models import Post

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"people": PeopleForm, "boundaries": BoundariesForm}


@require_GET
@pages.keepers_only
def units(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    rows = pages.found_units(request.user, query) if query else pages.overview(request.user)
    return render(request, "org/units.html", {"rows": rows, "query": query})


@require_GET
@pages.keepers_only
def unit(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "org/unit.html", pages.unit_page(request.user, code))


@require_GET
@pages.keepers_only
def imports(request: HttpRequest) -> HttpResponse:
    return render(
        request, "org/imports.html", {"people": PeopleForm(prefix="p"), "boundaries": BoundariesForm(prefix="b")}
    )


@require_GET
@pages.keepers_only
def people_template(request: HttpRequest) -> HttpResponse:
    posts = [(post.code, post.label) for post in Post.objects.all()]
    content = template(get_language() or "en", posts)
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="people.xlsx"'}
    )


@require_POST
@pages.keepers_only
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """Check an upload without loading it, and keep it until it is confirmed."""
    form = FORMS[kind](request.POST, request.FILES, prefix=kind[0])
    if not form.is_valid():
        other = "boundaries" if kind == "people" else "people"
        return render(request, "org/imports.html", {kind: form, other: FORMS[other](prefix=other[0])}, status=400)
    file, options = form.cleaned_data.pop("file"), form.cleaned_data
    content = file.read()
    outcome = _run(kind, request, file.name, content, options, dry_run=True)
    key = "" if outcome.problems else held.hold(request.user, kind, file.name, content)
    shown = {"kind": kind, "outcome": outcome, "key": key, "options": options, "file": file.name}
    return render(request, "org/preview.html", shown, status=422 if outcome.problems else 200)


@require_POST
@pages.keepers_only
def confirm(request: HttpRequest, kind: str) -> HttpResponse:
    """Load what the preview showed; everything is checked again, for the register may have moved on."""
    key = request.POST.get("key", "")
    content = held.held(request.user, kind, key)
    options = {name: request.POST.get(name, "") for name in FORMS[kind].base_fields if name != "file"}
    outcome = _run(kind, request, request.POST.get("file", key), content, options, dry_run=False)
    held.drop(request.user, kind)
    messages.success(request, _("Loaded: %(count)s.") % {"count": outcome.loaded})
    return redirect("register")


def _run(kind: str, request: HttpRequest, name: str, content: bytes, options: dict[str, Any], *, dry_run: bool) -> Any:
    if kind == "people":
        return import_people(content, by=request.user, replace=bool(options.get("replace")), dry_run=dry_run)
    return import_boundaries(
        name, content, by=request.user, crs=options["crs"], source=options["source"], dry_run=dry_run
    )
