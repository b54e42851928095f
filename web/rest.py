"""The API's plumbing: errors as {"code", "detail", "fields"}, cursor pages, fast JSON, and POSTs that act once."""

from __future__ import annotations

import copy
import logging
import threading
from typing import Any, TypeVar

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from web.bounded_json import MOST_BYTES, read_json
from web.bounds import code_of, sentence_of, status_of, unstorable, whole_number
from web.errors import ActionError, Conflict, NotFound

log = logging.getLogger(__name__)
T = TypeVar("T", bound=serializers.Serializer)


class OrjsonRenderer(BaseRenderer):
    """JSON in UTF-8 by orjson; lazy translations become text, dates ISO 8601 with offset."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else dumps(data)


class Negotiation(DefaultContentNegotiation):
    """Content negotiation with a short cut where there is only JSON and the client accepts it."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        plain = request.headers.get("Accept", "*/*") in ("*/*", "application/json")
        if plain and len(renderers) == 1 and not format_suffix and "format" not in request.query_params:
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


def dumps(data: Any) -> bytes:
    return orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, (set, tuple)):
        return list(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


class JSONParser(BaseParser):
    """JSON within the bounds of web/bounded_json.py, also where the body comes in pieces without a length."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return read_json(stream.read(MOST_BYTES + 1))
        except ValueError as error:
            raise exceptions.ParseError(str(error)) from None


class CursorPages(CursorPagination):
    """Newest first, by primary key; ``page_size`` up to 500."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 500

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Decode a cursor, which is a primary key; NotFound for one that we never issued."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and whole_number(cursor.position) is None:
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor


def explain(exc: Exception, context: dict[str, Any]) -> Response:
    """Exception handler: every error in one shape, in the reader's language. Unexpected exceptions stay a 500 and are
    logged.
    """
    if isinstance(exc, ActionError):
        answer = _answer(exc.status, exc.code, exc.detail, exc.fields, getattr(exc, "current", None))
        if exc.retry_after:
            answer["Retry-After"] = str(exc.retry_after)
        return answer
    if isinstance(exc, (IntegrityError, OperationalError)) and (race := conflict_of(exc)):
        return explain(race, context)
    if isinstance(exc, Http404):
        return explain(NotFound(), context)
    if isinstance(exc, SuspiciousOperation):
        return _answer(status_of(exc), code_of(exc), sentence_of(exc))
    if isinstance(exc, PermissionDenied):
        return _answer(403, "forbidden", _("You may not do this."))
    if isinstance(exc, exceptions.ValidationError):
        fields = exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
        return _answer(400, "invalid", _("Some fields need attention."), fields)
    if isinstance(exc, exceptions.APIException):
        return _api_exception(exc)
    if unstorable(exc):
        log.warning("a value that the database cannot hold, at %s", context["request"].path, exc_info=exc)
        return _answer(400, "unreadable", sentence_of(exc))
    raise exc


def _api_exception(exc: exceptions.APIException) -> Response:
    codes = exc.get_codes()
    response = _answer(exc.status_code, codes if isinstance(codes, str) else "invalid", exc.detail)
    if header := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def _answer(status: int, code: str, detail: Any, fields: Any = None, current: Any = None) -> Response:
    body = {"code": code, "detail": detail, "fields": fields or {}}
    if current is not None:
        body["current"] = current
    # Also where a file was asked for: without this it would be called by the file's type.
    return Response(body, status=status, content_type=OrjsonRenderer.media_type)


_made = threading.local()


def bound_to(serializer: type[T], data: Any) -> T:
    """``serializer(data=data)`` with cached fields, those of this thread's last instance.

    A serializer copies the fields of its class each time, deeply, which for a filter of fifteen takes longer than
    checking them. Its fields know their first owner as their parent, who is asked for nothing but what all share.
    """
    known: dict[type, Any] = _made.__dict__
    if serializer not in known:
        known[serializer] = serializer()
        known[serializer].fields  # noqa: B018 - made now, and kept with it
    bound = copy.copy(known[serializer])
    bound.initial_data = data
    return bound


def checked(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """The body's fields, validated.

    ValidationError by field, unknown fields among them (a typing slip must not vanish).
    """
    if not isinstance(request.data, dict):
        raise exceptions.ValidationError({"non_field_errors": [_("A JSON object is expected.")]})
    bound = bound_to(serializer, request.data)
    unknown = sorted(set(request.data) - set(bound.fields))
    if unknown:
        raise exceptions.ValidationError({name: [_("There is no such field.")] for name in unknown})
    bound.is_valid(raise_exception=True)
    return dict(bound.validated_data)


def conflict_of(error: IntegrityError | OperationalError) -> Conflict | None:
    """A lost race told as 409: a unique or exclusion violation, a deadlock or a serialisation failure."""
    state = getattr(error.__cause__, "pgcode", None)
    if state in {"23505", "23P01", "40P01", "40001", "55P03"}:
        return Conflict(_("Somebody else changed this at the same moment. Look at it again."), code="raced")
    return None
