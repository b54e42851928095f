"""The endpoint ``POST /api/v1/inbound/cap/`` for platforms, which have a platform token and no session."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, permissions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from early_warning.actions import Received, refuse, take_in
from early_warning.api.representations import AlertReceiptSerializer, ReceiptSerializer
from early_warning.files.bodies import Body, spool
from early_warning.models import Feed
from early_warning.platforms import cap
from early_warning.rules import words
from org.rules.tokens import digest_of
from web import rates
from web.downloads import BYTES
from web.errors import ActionError
from web.schema import ConflictError, Error

PIECE = 64 * 1024


class PlatformToken(BaseAuthentication):
    """``Authorization: Token KEY`` of an active feed. None or a wrong one is 401, a revoked one 403."""

    def authenticate(self, request: Request) -> tuple[Feed, str] | None:
        scheme, _space, key = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"token" or not key.strip():
            return None
        digest = digest_of(key.strip().decode("latin-1"))
        feed = Feed.objects.select_related("unit").defer("unit__boundary").filter(token_digest=digest).first()
        if feed is None or not hmac.compare_digest(feed.token_digest, digest):
            rates.refuse_guessing(request.META.get("REMOTE_ADDR", ""))
            raise exceptions.AuthenticationFailed(_("This platform token is not known."))
        if not feed.active:
            raise exceptions.PermissionDenied(_("The token of this platform was revoked."), code="feed_revoked")
        return feed, digest

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class PlatformTokenScheme(OpenApiAuthenticationExtension):
    """Tells the API's schema of the platform token."""

    target_class = PlatformToken
    name = "platformToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token PLATFORM_TOKEN"}


class PerFeed(BaseThrottle):
    """A platform that runs wild is slowed before it slows the others."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if isinstance(request.user, Feed):
            rates.refuse_above(settings.RATES["platform"], f"platform:{request.user.pk}")
        return True


class Bytes(BaseParser):
    """Whatever its content type, the body is taken: the XML itself says what it is."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> NoReturn:
        raise exceptions.ParseError  # the door reads the stream itself, piece by piece


class CapDoor(APIView):
    """Takes CAP 1.2, 1.1 and 1.0, also inside Atom or EDXL-DE. What is refused is kept for a person to look at.

    The body is the XML itself, sent as `application/xml`, `application/cap+xml` or any other content type: none is
    looked at.
    """

    authentication_classes = (PlatformToken,)
    permission_classes = (permissions.IsAuthenticated,)
    throttle_classes = (PerFeed,)
    parser_classes = (Bytes,)

    @extend_schema(
        request={BYTES: OpenApiTypes.BINARY},
        responses={
            200: OpenApiResponse(ReceiptSerializer, _("The same message again; nothing changed.")),
            201: OpenApiResponse(ReceiptSerializer, _("A new message.")),
            207: OpenApiResponse(
                AlertReceiptSerializer(many=True), _("Several alerts in one wrapper, each by itself.")
            ),
            400: OpenApiResponse(Error, _("Not a valid CAP message. It is kept, and the county is told.")),
            401: OpenApiResponse(Error, _("No token, or one that is not known. Nothing is kept.")),
            403: OpenApiResponse(Error, _("The token was revoked. Nothing is kept.")),
            409: OpenApiResponse(ConflictError, _("This identity came before with other content. It is kept.")),
            413: OpenApiResponse(Error, _("Larger than is taken. Its beginning is kept.")),
            415: OpenApiResponse(Error, _("Compressed. It is kept.")),
            429: OpenApiResponse(Error, _("Too many at once; come again after Retry-After seconds.")),
        },
    )
    def post(self, request: Request) -> Response:
        feed = cast(Feed, request.user)
        taken = take_in(_body(request), by=feed)
        if taken.wrapped and len(taken.alerts) > 1:
            return Response([_line(alert) for alert in taken.alerts], status=207)
        (alert,) = taken.alerts
        if isinstance(alert, ActionError):
            raise alert
        return Response(receipt(alert), status=_status(alert))


def _body(request: Request) -> Body:
    """Spooled, at most the limit, however long the sender says or is; compressed bodies are not unpacked."""
    feed, kind = cast(Feed, request.user), request.content_type or ""
    body = spool(_pieces(request._request), kind)
    length = request.headers.get("Content-Length", "")
    said = int(length) if length.isdigit() and len(length) < 16 else 0
    if body.size > cap.MAX_BYTES:
        refuse(body.head(said), cap.TooLarge(cap.MAX_BYTES), by=feed)
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        refuse(body, Compressed(_("Send the message uncompressed.")), by=feed)
    return body


def _pieces(stream: Any) -> Iterator[bytes]:
    left = cap.MAX_BYTES + 1
    while left and (piece := stream.read(min(left, PIECE))):
        left -= len(piece)
        yield piece


class Compressed(ActionError):
    status = 415
    code = "unsupported_media_type"


def _status(received: Received) -> int:
    return 201 if received.created else 200


def _line(alert: Received | ActionError) -> dict[str, Any]:
    """One alert of several: its own status, and its receipt or its refusal."""
    if isinstance(alert, ActionError):
        error = {"code": alert.code, "detail": str(alert.detail), "fields": alert.fields}
        return {"status_code": alert.status, "receipt": None, "error": error}
    return {"status_code": _status(alert), "receipt": receipt(alert), "error": None}


def receipt(received: Received) -> dict[str, Any]:
    """What the platform is told. ``id``, ``ref``, ``status``, ``colour``, ``units`` are of the warning made or first
    ended.
    """
    warning = received.warning
    return {
        "id": warning.pk if warning else None,
        "ref": warning.ref if warning else "",
        "status": warning.status if warning else "kept",
        "colour": warning.colour if warning else "",
        "units": warning.unit_count if warning else 0,
        "test": received.raw.cap_status != "Actual",
        "outcome": received.outcome,
        "message": received.raw.pk,
        "duplicate": not received.created,
        "ended": [{"id": w.pk, "ref": w.ref, "status": w.status} for w in received.ended],
        "notes": words.explain(received.raw.notes),
    }
