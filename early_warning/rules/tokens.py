"""Tokens of platforms: kept as their digest."""

from __future__ import annotations

import hashlib


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
