"""The redirect to a job's page, for a page that asked for a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from web.actions import start_job
from web.kinds import Upload
from web.selectors import job_of

SEE_OTHER = 303
ORIGIN_LIMIT = 2000
"""Characters of an address to try again; a longer one is asked for from its page."""


def wait_for(
    request: HttpRequest, kind: str, params: Mapping[str, Any], *, upload: Upload | None = None
) -> HttpResponse:
    """Start the job (or find the same one) for the reader, and lead to the page that waits for it (303)."""
    address = request.get_full_path()
    origin = address if len(address) <= ORIGIN_LIMIT else ""
    job = start_job(kind, params, by=request.user, origin=origin, upload=upload)
    return HttpResponseRedirect(reverse("web:job", args=[job.pk]), status=SEE_OTHER)


def outcome_of(request: HttpRequest, kind: str) -> dict[str, Any] | None:
    """What the job of ``?job=<id>`` found, for the page that asked for it; None without one."""
    try:
        pk = UUID(request.GET.get("job", ""))
    except ValueError:
        return None
    return job_of(request.user, pk, kind).result
