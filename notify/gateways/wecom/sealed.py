"""WeCom's encrypted pushes: AES-256-CBC, and a SHA-1 over the sorted token, time, nonce and ciphertext."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    joined = "".join(sorted([token, timestamp, nonce, sealed]))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def signed(token: str, timestamp: str, nonce: str, sealed: str, told: str) -> bool:
    return bool(token) and hmac.compare_digest(signature(token, timestamp, nonce, sealed).encode(), told.encode())


def _cipher(aes_key: str) -> Cipher[CBC]:
    key = base64.b64decode(f"{aes_key}=")
    return Cipher(AES256(key), CBC(key[:16]))


def opened(aes_key: str, sealed: str, receiver: str) -> str:
    """Sixteen random bytes, length, text, receiver, padding. ValueError for what is not meant for the receiver."""
    try:
        decryptor = _cipher(aes_key).decryptor()
        plain = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
    except binascii.Error as error:
        raise ValueError("no base64") from error
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= BLOCK or len(plain) < 20 + padding:
        raise ValueError("wrong padding")
    plain = plain[:-padding]
    length = int.from_bytes(plain[16:20], "big")
    if plain[20 + length :] != receiver.encode():
        raise ValueError("meant for another receiver")
    return plain[20 : 20 + length].decode()


def closed(aes_key: str, text: str, receiver: str) -> str:
    raw = text.encode()
    plain = secrets.token_bytes(16) + len(raw).to_bytes(4, "big") + raw + receiver.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()
