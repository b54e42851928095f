"""``/api/v1/me/push/``: the devices on which one's notifications are shown (Web Push)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from notify.actions import push as actions
from notify.models import PushSubscription
from notify.rules.push_keys import LONGEST, MOST
from notify.selectors.push import devices_of, offered
from org.models import Person
from web.requests import ApiRequest
from web.rest import checked


class PushKeys(serializers.Serializer):
    p256dh = serializers.CharField(max_length=90)
    auth = serializers.CharField(max_length=30)


class PushBrowser(serializers.Serializer):
    """A browser's subscription, and a name of the device for one's own list."""

    endpoint = serializers.CharField(max_length=LONGEST)
    keys = PushKeys()
    device = serializers.CharField(max_length=60)


class PushEndpoint(serializers.Serializer):
    endpoint = serializers.CharField(max_length=LONGEST)


class PushDevice(serializers.Serializer):
    id = serializers.IntegerField()
    device = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class PushDevices(serializers.Serializer):
    """``server_key``: what a browser subscribes with (VAPID, base64url); null where pushes are not offered."""

    server_key = serializers.CharField(allow_null=True)
    most = serializers.IntegerField()
    devices = PushDevice(many=True)


def device(row: PushSubscription) -> dict[str, Any]:
    """Without the endpoint: whoever has it could be anybody's messenger."""
    return {"id": row.pk, "device": row.device, "created_at": row.created_at, "last_used_at": row.last_used_at}


class PushView(APIView):
    """Whoever is signed in, and nobody else's devices."""

    @extend_schema(operation_id="v1_me_push_retrieve", responses=PushDevices)
    def get(self, request: ApiRequest) -> Response:
        return Response(_devices(request.user))

    @extend_schema(request=PushBrowser, responses={200: PushDevice, 201: PushDevice})
    def post(self, request: ApiRequest) -> Response:
        """Switch it on. Again is the same (200); a device that was somebody else's moves to who is signed in (201)."""
        data = checked(PushBrowser, request)
        browser = actions.Browser(data["endpoint"], **data["keys"], device=data["device"])
        row, new = actions.switch_on(browser, by=request.user)
        return Response(device(row), status=201 if new else 200)

    @extend_schema(request=PushEndpoint, responses={200: PushDevices})
    def delete(self, request: ApiRequest) -> Response:
        """Switch off the browser whose ``endpoint`` the body names; those that are left. One that is not there, or is
        another's, stays as it is.
        """
        actions.leave(checked(PushEndpoint, request)["endpoint"], by=request.user)
        return Response(_devices(request.user))


def _devices(person: Person) -> dict[str, Any]:
    offer = offered()
    rows = [one.row for one in devices_of(person, offer)] if offer else []
    return {"server_key": offer.server_key if offer else None, "most": MOST, "devices": [device(row) for row in rows]}
