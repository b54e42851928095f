"""Tokens of platforms and gateways: kept as their digest."""

from __future__ import annotations

import hashlib
import hmac


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def opens(token: str, digest: str) -> bool:
    return bool(token and digest) and hmac.compare_digest(digest_of(token), digest)
