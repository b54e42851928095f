"""A browser vendor's push service on loopback, and the browsers behind it: it verifies the VAPID signature and the key
that the browsers subscribed with, and each browser opens what only it can read.
"""

from __future__ import annotations

import os
from typing import Any

import http_ece
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode

from tests.notify.gateways.server import Asked, Double


class PushService(Double):
    """``taken``: (what the browser read, urgency, path). ``gone``: paths that are answered 410."""

    def __init__(self, server_key: str = "") -> None:
        super().__init__()
        self.server_key = server_key
        self.gone: set[str] = set()
        self._browsers: dict[str, tuple[ec.EllipticCurvePrivateKey, bytes]] = {}

    def subscription(self, url: str, name: str = "1") -> dict[str, Any]:
        """As a browser hands it over."""
        key, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self._browsers[f"/push/{name}"] = key, auth
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": f"{url}/push/{name}", "keys": {"p256dh": b64urlencode(point), "auth": b64urlencode(auth)}}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path in self.gone:
            return 410, {}
        signed = asked.headers["authorization"]
        if not Vapid02.verify(signed) or (self.server_key and f"k={self.server_key}" not in signed):
            self.refused.append("signature")
            return 403, {}
        key, auth = self._browsers[asked.path]
        plain = http_ece.decrypt(asked.body, private_key=key, auth_secret=auth, version="aes128gcm")
        self.taken.append((orjson.loads(plain), asked.headers["urgency"], asked.path))
        return 201, {}
