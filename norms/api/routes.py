"""``/api/v1/papers/``: official papers within sight; signing, serving, withdrawing are POSTs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from journal.api.once import acts_once
from journal.selectors.participants import world_of_request
from norms import actions
from norms.api import answers, bodies, representations
from norms.models import OfficialPaper
from norms.screens.papers import paper_of, sheet_of
from norms.selectors.papers import papers_in_sight
from web.api import JobAnswer, accepted
from web.reading import Nothing, ReadOnly
from web.requests import ApiRequest


class PaperViewSet(ReadOnly):
    queryset = OfficialPaper.objects.none()
    filterset_fields = ["kind", "status", "subject", "unit__code"]
    shown = staticmethod(representations.paper)
    shape, shape_whole = answers.PaperAnswer, answers.PaperWhole
    shapes = {"pdf": {202: JobAnswer}}

    def get_queryset(self) -> QuerySet[OfficialPaper]:
        return papers_in_sight(self.request.user)

    def in_world(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(world_of_request(self.request).rows())

    def found(self, pk: str) -> OfficialPaper:
        return paper_of(self.request.user, int(pk))

    def whole(self, row: OfficialPaper) -> dict[str, Any]:
        return representations.paper_whole(row, self.request.user)

    @extend_schema(request=bodies.PaperSignature)
    @action(detail=True, methods=["post"])
    @acts_once
    def sign(self, request: ApiRequest, pk: str) -> Response:
        """By its signer; ``serve`` (the default) sends it to its addressees in the same act."""
        return self.done(actions.sign_paper, bodies.PaperSignature, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    @acts_once
    def serve(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.serve_paper, Nothing, request, pk)

    @extend_schema(request=bodies.Withdrawal)
    @action(detail=True, methods=["post"])
    @acts_once
    def withdraw(self, request: ApiRequest, pk: str) -> Response:
        return self.done(actions.withdraw_paper, bodies.Withdrawal, request, pk)

    @extend_schema(request=bodies.PaperReceipt)
    @action(detail=True, methods=["post"])
    @acts_once
    def receive(self, request: ApiRequest, pk: str) -> Response:
        """The receipt of an addressed unit."""
        return self.done(actions.receive_paper, bodies.PaperReceipt, request, pk)

    @extend_schema(request=bodies.Wording)
    @action(detail=True, methods=["post"])
    @acts_once
    def reword(self, request: ApiRequest, pk: str) -> Response:
        """``expected``: the ``version`` of the wording that was read; 409 when somebody changed it since."""
        return self.done(actions.edit_paper, bodies.Wording, request, pk)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    def pdf(self, request: ApiRequest, pk: str) -> Response:
        """202: the sheet is laid out in the background; an unsigned one bears the watermark of a draft."""
        paper = self.found(pk)
        return accepted(request, "norms.paper", sheet_of(paper))
