"""Web Push (RFC 8030, 8291, 8292): encrypted for a person's browsers, signed with the system's VAPID key. The setting
``WEB_PUSH`` = 0 switches it off: from a closed network no browser vendor's service can be reached.

``address`` of a message is JSON: the person's subscriptions, ``[{"endpoint": …, "keys": {"p256dh": …, "auth": …}}]``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from py_vapid import Vapid02
from pywebpush import WebPusher

from notify.gateways.contract import PUSH, Accepted, Access, Gateway, Outgoing, Refused, Setting, asked, gateway
from notify.gateways.reading import present

LIVES_S = 3600
"""So long a service keeps a message for a browser that is not there."""
HOSTS = (
    "fcm.googleapis.com updates.push.services.mozilla.com web.push.apple.com *.push.apple.com *.notify.windows.com"
    " *.push.services.mozilla.com"
)
GONE = (404, 410)
BAD = (400, 413)
LIMIT = 3000


class WebPush(Gateway):
    code = "webpush"
    label = _("Web Push")
    channels = (PUSH,)
    settings = (
        Setting("private_key", _("private VAPID key"), secret=True),
        Setting("contact", _("address of the operator, mailto: or https:")),
        Setting("hosts", _("push services that may be asked"), default=HOSTS, long=True),
    )

    def send(self, access: Access, message: Outgoing) -> Accepted:
        """To each browser; taken where one of the services takes it."""
        if not settings.WEB_PUSH:
            raise Refused("Web Push is switched off", permanent=True)
        numbers, errors = [], []
        for subscription in _subscriptions(message.address):
            try:
                numbers.append(self._to_one(access, message, subscription))
            except Refused as error:
                errors.append(error)
        if numbers:
            return Accepted(numbers[0])
        if not errors:
            raise Refused("no browser", permanent=True)
        raise Refused(str(errors[0]), permanent=all(error.permanent for error in errors))

    def _to_one(self, access: Access, message: Outgoing, subscription: dict[str, Any]) -> str:
        endpoint = str(subscription["endpoint"])
        if not allowed(endpoint, access["hosts"] or HOSTS):
            raise Refused("not a push service that may be asked", permanent=True)
        place = urlsplit(endpoint)
        claims = {
            "sub": access["contact"], "aud": f"{place.scheme}://{place.netloc}",
            "exp": int(present().timestamp()) + 12 * 3600,
        }  # fmt: skip
        text = message.text.encode()[:LIMIT].decode(errors="ignore")
        data = orjson.dumps({"text": text, "reference": message.reference})
        try:
            sealed = WebPusher(subscription).encode(data)["body"]
            signed = Vapid02.from_string(access["private_key"]).sign(claims)
        except (ValueError, TypeError, KeyError) as error:
            raise Refused(f"keys: {type(error).__name__}") from error
        answer = asked(access.http.post, endpoint, content=sealed, headers={
            **signed, "TTL": str(LIVES_S), "Urgency": "high", "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        })  # fmt: skip
        if answer.status_code not in (200, 201, 202, 204):
            raise Refused(f"HTTP {answer.status_code}", permanent=answer.status_code in (*GONE, *BAD))
        return str(answer.headers.get("location", ""))[:80]


def allowed(endpoint: str, hosts: str) -> bool:
    """Browsers tell us where to post: only services of the list, over HTTPS (or on the machine itself)."""
    place = urlsplit(endpoint)
    host = place.hostname or ""
    fits = any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts.split())
    return fits and (place.scheme == "https" or host == "127.0.0.1")


def _subscriptions(address: str) -> list[dict[str, Any]]:
    try:
        found = orjson.loads(address)
    except orjson.JSONDecodeError:
        return []
    return [one for one in found if isinstance(one, dict) and "endpoint" in one] if isinstance(found, list) else []


gateway(WebPush())
