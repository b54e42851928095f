"""Encryption of gateway credentials at rest: Fernet (AES-128-CBC with HMAC-SHA256), with a key derived from SECRET_KEY
by HKDF. A dump of the database alone opens no gateway.
"""

from __future__ import annotations

import base64
from functools import lru_cache

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CannotOpen(Exception):
    """Sealed under another SECRET_KEY: the credentials have to be entered again."""


def seal(secrets: dict[str, str]) -> bytes:
    return _fernet(settings.SECRET_KEY).encrypt(orjson.dumps(secrets)) if secrets else b""


def unseal(sealed: bytes | memoryview) -> dict[str, str]:
    """Raises CannotOpen where SECRET_KEY is another one."""
    if not sealed:
        return {}
    try:
        return dict(orjson.loads(_fernet(settings.SECRET_KEY).decrypt(bytes(sealed))))
    except InvalidToken as error:
        raise CannotOpen from error


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sanji gateway credentials").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
