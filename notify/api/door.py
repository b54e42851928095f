"""``POST /api/v1/inbound/receipt|reply/<account>/``: what gateways push. No session: the account's token, as
``Authorization: Token KEY``, as the last part of the address, or as ``?token=``, whichever the gateway can do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import httpx
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.authentication import get_authorization_header
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notify.actions.inbound import Understood, take_receipts, take_reply
from notify.actions.lines import access_to
from notify.gateways.contract import GATEWAYS, TIMEOUT_S, Gateway
from notify.models import Account
from org.rules.tokens import opens
from web import rates
from web.downloads import BYTES
from web.errors import ActionError, Invalid
from web.schema import Error

MAX_BYTES = 256 * 1024
MOST_AT_ONCE = 1000


class TooLarge(ActionError):
    status = 413
    code = "too_large"


class ReplyAnswer(serializers.Serializer):
    """``assignment``: the one that the reply acknowledged; null where it fits none, or answered something else."""

    assignment = serializers.IntegerField(allow_null=True)
    understood = serializers.BooleanField()
    ask_again = serializers.BooleanField(help_text="A wrong key in a call: the question is asked once more.")


class ReceiptAnswer(serializers.Serializer):
    matched = serializers.IntegerField()


class TakenAnswer(serializers.Serializer):
    """What a vendor wants to read, so that it does not push the same again."""

    code = serializers.IntegerField(required=False)
    msg = serializers.CharField(required=False)
    result = serializers.IntegerField(required=False)
    errmsg = serializers.CharField(required=False)


def _or_taken(name: str, answer: type[serializers.Serializer]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name=name, serializers=[answer, TakenAnswer], resource_type_field_name=None
    )


class Door(APIView):
    """What both doors share: the account, its token, the limits."""

    authentication_classes = ()
    permission_classes = ()

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Whoever has no token learns nothing, not even which methods there are."""
        self.known(request, kwargs["account"], kwargs.get("token", ""))
        return super().http_method_not_allowed(request, *args, **kwargs)

    def known(self, request: Request, code: str, token: str) -> Account:
        account = Account.objects.filter(code=code, gateway__in=list(GATEWAYS)).prefetch_related("templates").first()
        if account is None or not opens(_token(request, token), account.inbound_digest):
            rates.refuse_guessing(request.META.get("REMOTE_ADDR", ""))
            raise exceptions.AuthenticationFailed(_("This token is not known."))
        rates.refuse_above(settings.RATES["gateway"], f"account:{account.pk}")
        return account

    def greeted(self, request: Request, code: str, token: str) -> HttpResponse:
        """The answer to a gateway that makes sure of the address before it pushes anything."""
        account = self.known(request, code, token)
        access = access_to(account, _client())
        greeting = GATEWAYS[account.gateway].greeting(access, request.query_params.dict()) if access else None
        if greeting is None:
            raise exceptions.AuthenticationFailed(_("The signature is wrong."))
        return HttpResponse(greeting, content_type="text/plain")

    def opened(self, request: Request, code: str, token: str) -> tuple[Account, Gateway, bytes]:
        """The account and the body. An unknown account and a wrong token are refused alike: a guess learns nothing."""
        account = self.known(request, code, token)
        body = request._request.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge(_("At most %(limit)s kB.") % {"limit": MAX_BYTES // 1024})
        made, access = GATEWAYS[account.gateway], access_to(account, _client())
        if access is None or not made.authentic(access, _headers(request), request.query_params.dict(), body):
            raise exceptions.AuthenticationFailed(_("The signature is wrong."))
        return account, made, body

    def read(self, account: Account, parse: Callable[..., Sequence[Any]], body: bytes, request: Request) -> list[Any]:
        """What a push holds. Invalid says what cannot be read."""
        access = access_to(account, _client())
        try:
            found = list(parse(access, body, request.query_params.dict()))
        except (ValueError, TypeError, KeyError, LookupError) as error:
            raise Invalid(_("This cannot be read: %(reason)s.") % {"reason": str(error)[:200]}) from error
        if len(found) > MOST_AT_ONCE:
            raise TooLarge(_("At most %(limit)s at once.") % {"limit": MOST_AT_ONCE})
        return found


@cache
def _client() -> httpx.Client:
    """One for all pushes: reading one asks nobody."""
    return httpx.Client(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False)


def _token(request: Request, from_path: str) -> str:
    scheme, _space, key = get_authorization_header(request).partition(b" ")
    if scheme.lower() == b"token" and key.strip():
        return key.strip().decode("latin-1")
    return from_path or str(request.query_params.get("token", ""))


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


class ReceiptDoor(Door):
    """Out of order, twice, late, for references that nobody knows: each is taken, and does no harm."""

    @extend_schema(
        request={BYTES: OpenApiTypes.BINARY},
        responses={
            200: _or_taken("ReceiptTaken", ReceiptAnswer),
            400: OpenApiResponse(Error),
            404: OpenApiResponse(Error),
        },
    )
    def post(self, request: Request, account: str, token: str = "") -> Response:
        found, made, body = self.opened(request, account, token)
        receipts = self.read(found, made.receipts, body, request)
        matched = take_receipts([(found, receipt) for receipt in receipts])
        return Response((made.taken or None) if made.taken is not None else {"matched": matched})


class ReceiptDoorByAddress(ReceiptDoor):
    """For gateways that can send no header: the token is the last part of the address."""

    schema = None


class ReplyDoor(Door):
    """A text or keys: acknowledges the order that waits for whoever has this telephone."""

    @extend_schema(exclude=True)
    def get(self, request: Request, account: str, token: str = "") -> HttpResponse:
        return self.greeted(request, account, token)

    @extend_schema(
        request={BYTES: OpenApiTypes.BINARY},
        responses={200: _or_taken("ReplyTaken", ReplyAnswer), 400: OpenApiResponse(Error), 404: OpenApiResponse(Error)},
    )
    def post(self, request: Request, account: str, token: str = "") -> Response:
        found, made, body = self.opened(request, account, token)
        done = [take_reply(found, reply) for reply in self.read(found, made.replies, body, request)]
        if made.taken is not None:
            return Response(made.taken or None)  # an empty body for gateways that want none
        answers = [_answer(one) for one in done]
        return Response(answers[0] if len(answers) == 1 else answers)


class ReplyDoorByAddress(ReplyDoor):
    """For gateways that can send no header: the token is the last part of the address."""

    schema = None


def _answer(done: Understood) -> dict[str, Any]:
    kind, _colon, number = done.subject.partition(":")
    assignment = int(number) if kind == "assignment" and number.isdecimal() else None
    return {"assignment": assignment, "understood": done.understood, "ask_again": done.ask_again}
