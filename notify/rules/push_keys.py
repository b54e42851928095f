"""What a browser hands over with its subscription, and what cannot be one."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.translation import gettext_lazy as _

MOST = 5
"""Devices of one person."""
LONGEST = 1000
"""Characters of an endpoint."""
AUTH_BYTES = 16


def faults(endpoint: str, p256dh: str, auth: str) -> dict[str, list[Any]]:
    """Field → complaints; empty where all is well."""
    found: dict[str, list[Any]] = {}
    if len(endpoint) > LONGEST or not _is_address(endpoint):
        found["endpoint"] = [_("This is no address of a push service.")]
    if not _is_point(p256dh):
        found["p256dh"] = [_("A public key on P-256 is expected: 65 bytes, base64url.")]
    if len(_decoded(auth)) != AUTH_BYTES:
        found["auth"] = [_("A secret of 16 bytes is expected, base64url.")]
    return found


def _is_address(endpoint: str) -> bool:
    try:
        place = urlsplit(endpoint)
        whole = bool(place.hostname) and (place.port is None or place.port > 0)
    except ValueError:
        return False
    return whole and "@" not in place.netloc and endpoint.isascii() and endpoint.isprintable() and " " not in endpoint


def _is_point(key: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(key))
    except ValueError:
        return False
    return len(_decoded(key)) == 65


def _decoded(value: str) -> bytes:
    """Base64url without or with its padding; empty where it is none."""
    try:
        return base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
