"""``POST /api/v1/inbound/cap/``: the door for platforms. They come with a platform token and are nobody's session."""

from __future__ import annotations

import hmac
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, permissions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from early_warning import words
from early_warning.actions import Received, receive
from early_warning.actions.feeds import digest_of
from early_warning.models import Feed
from early_warning.platforms import cap
from early_warning.serializers import ReceiptSerializer


class PlatformToken(BaseAuthentication):
    """``Authorization: Token KEY`` of an active feed. None or a wrong one is 401, a revoked one 403."""

    def authenticate(self, request: Request) -> tuple[Feed, str] | None:
        scheme, _space, key = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"token" or not key.strip():
            return None
        digest = digest_of(key.strip().decode("latin-1"))
        feed = Feed.objects.select_related("unit").defer("unit__boundary").filter(token_digest=digest).first()
        if feed is None or not hmac.compare_digest(feed.token_digest, digest):
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


class PerFeed(SimpleRateThrottle):
    """A platform that runs wild is slowed before it slows the others; a storm's worth of updates passes."""

    scope = "feed"
    rate = "1200/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"feed:{request.user.pk}" if isinstance(request.user, Feed) else None


class Bytes(BaseParser):
    """Whatever its content type, the body is taken as bytes: the XML itself says what it is."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        return stream.read(cap.MAX_BYTES + 1)


class CapDoor(APIView):
    """Takes one CAP 1.2 message: 201 for what is new, 200 for the same again, 4xx for what is refused and not kept."""

    authentication_classes = (PlatformToken,)
    permission_classes = (permissions.IsAuthenticated,)
    throttle_classes = (PerFeed,)
    parser_classes = (Bytes,)

    @extend_schema(
        request={"application/xml": OpenApiTypes.STR, "application/cap+xml": OpenApiTypes.STR},
        responses={200: ReceiptSerializer, 201: ReceiptSerializer},
    )
    def post(self, request: Request) -> Response:
        received = receive(_body(request), by=request.user)
        return Response(receipt(received), status=201 if received.created else 200)


def _body(request: Request) -> bytes:
    """At most the limit, however long the sender says or is; compressed bodies are not unpacked."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise exceptions.UnsupportedMediaType(request.content_type, detail=_("Send the message uncompressed."))
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > cap.MAX_BYTES:
        raise cap.TooLarge(cap.MAX_BYTES)
    body = request._request.read(cap.MAX_BYTES + 1)
    if len(body) > cap.MAX_BYTES:
        raise cap.TooLarge(cap.MAX_BYTES)
    return body


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
