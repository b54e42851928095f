"""``/api/v1/jobs/<id>/``: what a 202 points to; one's own jobs alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from web.actions import start_job
from web.downloads import BYTES, XLSX, renderers
from web.kinds import PDF, Upload, label_of
from web.models import Job
from web.schema import ComplaintsField
from web.selectors import file_of, job_of
from web.views.files import file_response
from web.words import error_of, step_of

ASK_AGAIN_S = 1
MADE = (PDF, XLSX, BYTES)
"""Content types of what jobs make; BYTES for whoever accepts that alone."""


class JobProgress(serializers.Serializer):
    step = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0: not known.")


class JobFile(serializers.Serializer):
    name = serializers.CharField()
    content_type = serializers.CharField()
    url = serializers.CharField()


class JobError(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()
    fields = ComplaintsField()


class JobAnswer(serializers.Serializer):
    """``file`` when the job has made one; ``result`` when it is an import, also one that was refused (``failed``)."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    progress = JobProgress()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    file = JobFile(allow_null=True)
    result = serializers.DictField(allow_null=True)
    error = JobError(allow_null=True)


def url_of(job: Job) -> str:
    return f"/api/v1/jobs/{job.pk}/"


def representation(job: Job) -> dict[str, Any]:
    error = job.error and {"code": job.error["code"], "detail": error_of(job), "fields": job.error.get("fields", {})}
    file = {"name": job.file_name, "content_type": job.content_type, "url": f"{url_of(job)}file/"}
    return {
        "id": str(job.pk),
        "url": url_of(job),
        "kind": job.kind,
        "label": label_of(job.kind),
        "state": job.state,
        "progress": {"step": step_of(job), "done": job.done, "total": job.total},
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "expires_at": job.expires_at,
        "file": file if job.ready else None,
        "result": job.result,
        "error": error or None,
    }


def accepted(request: Request, kind: str, params: Mapping[str, Any], *, upload: Upload | None = None) -> Response:
    """Start the job for whoever calls: 202, and ``Location`` where to ask for it."""
    job = start_job(kind, params, by=request.user, upload=upload)
    job.refresh_from_db()
    where = {"Location": url_of(job), "Retry-After": str(ASK_AGAIN_S)}
    return Response(representation(job), status=202, headers=where)


class JobViewSet(viewsets.GenericViewSet):
    queryset = Job.objects.none()
    serializer_class = JobAnswer
    lookup_value_regex = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    shape = JobAnswer

    def retrieve(self, request: Request, pk: str) -> Response:
        """How far it is; ask again until ``state`` is none of ``queued`` and ``running``."""
        job = job_of(request.user, pk)
        headers = {"Retry-After": str(ASK_AGAIN_S)} if job.unfinished else None
        return Response(representation(job), headers=headers)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in MADE})
    @action(detail=True, methods=["get"], renderer_classes=renderers(*MADE))
    def file(self, request: Request, pk: str) -> HttpResponse:
        """What it made, in the file's own content type; 404 until ``state`` is ``done``, and once it is expired."""
        answer = file_response(file_of(request.user, pk))
        if request.accepted_media_type == BYTES:
            answer["Content-Type"] = BYTES
        return answer
