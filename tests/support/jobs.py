"""Background jobs in tests: run in this process, and clients that wait for what they asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from rest_framework.test import APIClient

from web.models import Job
from web.runner import run_one


def run_jobs() -> int:
    """Run what is queued, as a worker does, and let it be old: the same asked for again is not the same click."""
    count = 0
    while run_one():
        count += 1
    Job.objects.update(created_at=F("created_at") - dt.timedelta(minutes=1))
    return count


def finished(client: Any, answer: HttpResponse) -> HttpResponse:
    """Where an answer only leads to a job: run it, and what its person then gets: the file, or a page about it."""
    where = answer.headers.get("Location", "")
    if answer.status_code == 303 and where.startswith("/me/files/"):
        run_jobs()
        page = client.get(where)
        if page.status_code == 302:
            return client.get(page.headers["Location"])
        return client.get(f"{where}file/") if Job.objects.get(pk=where.split("/")[3]).ready else page
    if answer.status_code == 202 and where.startswith("/api/v1/jobs/"):
        run_jobs()
        job = client.get(where)
        return client.get(job.json()["file"]["url"]) if job.json()["file"] else job
    return answer


class WaitingClient(Client):
    """A browser whose person waits for what is made in the background."""

    def request(self, **request: Any) -> Any:
        return finished(self, super().request(**request))


class WaitingAPIClient(APIClient):
    """A program that asks for the job until it is done."""

    def request(self, **request: Any) -> Any:
        return finished(self, super().request(**request))
