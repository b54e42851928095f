"""One job: its progress, then its file. Works without a script, by the page's own refresh."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from web.errors import ActionError, NotFound
from web.kinds import kind_of, label_of
from web.models import Job
from web.selectors import ahead_of, file_of, job_of
from web.words import error_of, step_of

ENDED_POLLING = 286
"""htmx's status for the end of polling: swap this in and stop."""


def page_of(job: Job) -> str:
    """The address of the app's page that shows the job's outcome; empty where it has none, or nothing to show."""
    try:
        page = kind_of(job.kind).page
    except ActionError:
        return ""
    return page(job.params, str(job.pk)) if page and job.result is not None else ""


def shown(job: Job) -> dict[str, Any]:
    """For the templates: a job in words."""
    percent = 100 * job.done // job.total if job.total else None
    ahead = ahead_of(job) if job.state == Job.State.QUEUED else 0
    words = {"label": label_of(job.kind), "step": step_of(job), "error": error_of(job)}
    return {"job": job, "percent": percent, "ahead": ahead, **words}


@never_cache
@require_safe
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The waiting page; a part of it for htmx, which loads the whole page once there is something to have."""
    found = job_of(request.user, pk)
    part = request.headers.get("HX-Request") == "true"
    if not part and (page := page_of(found)):
        return redirect(page)
    answer = render(request, "web/_job.html" if part else "web/job.html", shown(found))
    if part and not found.unfinished:
        answer.status_code = ENDED_POLLING
        answer["HX-Refresh"] = "true"
    return answer


@require_safe
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return file_response(file_of(request.user, pk))


def file_response(found: Job) -> HttpResponse:
    """The file; NotFound when the disk no longer has it."""
    try:
        with default_storage.open(found.file) as file:
            answer = HttpResponse(file.read(), content_type=found.content_type)
    except FileNotFoundError:
        raise NotFound from None
    answer["Content-Disposition"] = content_disposition_header(not found.inline, found.file_name)
    add_never_cache_headers(answer)
    return answer
