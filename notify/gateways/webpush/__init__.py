"""Web Push (RFC 8030, 8291, 8292): encrypted for a person's browsers, signed with the system's VAPID key. The setting
``WEB_PUSH`` = 0 switches it off: from a closed network no browser vendor's service can be reached.

``address`` of a message is JSON: the person's subscriptions, ``[{"endpoint": …, "keys": {"p256dh": …, "auth": …},
"server_key": …}]`` (notify/selectors/push.py). What a browser gets is read by static/js/hazards/sw.js.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from py_vapid import Vapid02, VapidException
from py_vapid.utils import b64urlencode
from pywebpush import WebPusher

from notify.gateways.contract import (
    PUSH,
    TIMEOUT_S,
    Accepted,
    Access,
    Gateway,
    Outgoing,
    Refused,
    Setting,
    Unsure,
    asked,
    gateway,
)
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


def new_private_key() -> str:
    """A VAPID key of one's own: 32 bytes, base64url."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return str(b64urlencode(number.to_bytes(32, "big")))


def public_key(private: str) -> str:
    """What browsers subscribe with: the uncompressed point, base64url. ValueError for what is no private key."""
    try:
        made = Vapid02.from_string(private)
        return str(b64urlencode(made.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)))
    except Exception as error:  # the library fails in several ways for what is no key
        raise ValueError("no private VAPID key") from error


def _key_fault(private: str) -> Any:
    try:
        public_key(private)
    except ValueError:
        return _("This is no private VAPID key: 32 bytes, base64url.")
    return ""


def _contact_fault(contact: str) -> Any:
    """By a trial: the library signs for no other contact, nor do push services take one."""
    try:
        Vapid02.from_string(new_private_key()).sign({"sub": contact, "aud": "https://push.test", "exp": 1})
    except VapidException:
        return _("The operator's address is written mailto:name@host or https://host.")
    return ""


class Gone(Refused):
    """The service says that this browser is no more."""


class WebPush(Gateway):
    code = "webpush"
    label = _("Web Push")
    channels = (PUSH,)
    settings = (
        Setting("private_key", _("private VAPID key"), secret=True, make=new_private_key, check=_key_fault),
        Setting("contact", _("address of the operator, mailto: or https:"), check=_contact_fault),
        Setting("hosts", _("push services that may be asked"), default=HOSTS, long=True),
    )

    def send(self, access: Access, message: Outgoing) -> Accepted:
        """To each browser, in `TIMEOUT_S` together; taken where one of the services takes it."""
        if not settings.WEB_PUSH:
            raise Refused("Web Push is switched off", permanent=True)
        subscriptions = _subscriptions(message.address)
        if not subscriptions:
            raise Refused("no browser", permanent=True)
        numbers: dict[str, str] = {}
        errors: dict[str, Refused] = {}
        for one in subscriptions:
            endpoint = str(one["endpoint"])
            try:
                numbers[endpoint] = self._to_one(access, message, one, TIMEOUT_S / len(subscriptions))
            except Refused as error:
                errors[endpoint] = error
        gone = tuple(endpoint for endpoint, error in errors.items() if isinstance(error, Gone))
        if numbers:
            return Accepted(next(iter(numbers.values())), reached=tuple(numbers), gone=gone)
        found = list(errors.values())
        raise Refused(
            str(next((error for error in found if not error.permanent), found[0])), gone=gone,
            permanent=all(error.permanent for error in found),
            elsewhere=all(error.permanent or error.elsewhere for error in found),
        )  # fmt: skip

    def _to_one(self, access: Access, message: Outgoing, subscription: dict[str, Any], limit_s: float) -> str:
        endpoint = str(subscription["endpoint"])
        if not allowed(endpoint, access["hosts"] or HOSTS):
            raise Refused("not a push service that may be asked", permanent=True)
        sealed, signed = _prepared(access, message, subscription)
        headers = {
            **signed, "TTL": str(LIVES_S), "Urgency": "high" if message.urgent else "normal",
            "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
        }  # fmt: skip
        try:
            answer = asked(access.http.post, endpoint, content=sealed, timeout=limit_s, headers=headers)
        except (Refused, Unsure) as error:  # a second one takes the place of the first: it may be given again
            raise Refused(str(error), elsewhere=True) from error
        if answer.status_code in GONE:
            raise Gone(f"HTTP {answer.status_code}", permanent=True)
        if answer.status_code not in (200, 201, 202, 204):
            raise Refused(f"HTTP {answer.status_code}", permanent=answer.status_code in BAD)
        return str(answer.headers.get("location", ""))[:80]


def _prepared(access: Access, message: Outgoing, subscription: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The encrypted body and the headers that sign it."""
    place = urlsplit(str(subscription["endpoint"]))
    claims = {
        "sub": access["contact"], "aud": f"{place.scheme}://{place.netloc}",
        "exp": int(present().timestamp()) + 12 * 3600,
    }  # fmt: skip
    data = {
        "title": message.title, "text": message.text.encode()[:LIMIT].decode(errors="ignore"), "url": message.url,
        "tag": message.tag, "about": message.about, "urgent": message.urgent, "lang": message.language,
        "reference": message.reference,
    }  # fmt: skip
    try:
        if subscription.get("server_key", "") not in ("", public_key(access["private_key"])):
            raise Refused("made for another VAPID key", permanent=True)
        sealed = WebPusher(subscription).encode(orjson.dumps(data))["body"]
        signed = Vapid02.from_string(access["private_key"]).sign(claims)
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"keys: {type(error).__name__}") from error
    return sealed, signed


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
