"""ACS3-HMAC-SHA256, the signature of Aliyun's RPC interfaces: parameters in the query, an empty body."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from notify.gateways.contract import Access, Refused, Setting, asked
from notify.gateways.reading import present, told

EMPTY = hashlib.sha256(b"").hexdigest()


def canonical(query: Mapping[str, str]) -> str:
    """The query, sorted and with RFC 3986 escapes, as it is signed and sent."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def authorization(key: str, secret: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """``headers``: host and all x-acs-*, with names in lower case."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    request = f"POST\n/\n{canonical(query)}\n{lines}\n{signed}\n{headers['x-acs-content-sha256']}"
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={signed},Signature={signature}"


def call(access: Access, action: str, version: str, query: Mapping[str, str]) -> dict[str, Any]:
    """One action; returns its answer. Raises Refused or Unsure (notify/gateways/contract.py)."""
    base = access["endpoint"].rstrip("/")
    headers = {
        "host": urlsplit(base).netloc, "x-acs-action": action, "x-acs-version": version,
        "x-acs-date": present().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16), "x-acs-content-sha256": EMPTY,
    }  # fmt: skip
    signed = authorization(access["access_key"], access["secret"], query, headers)
    answer = asked(access.http.post, f"{base}/?{canonical(query)}", headers={**headers, "Authorization": signed})
    return told(answer)


def check(answer: Mapping[str, Any], permanent: frozenset[str]) -> None:
    """Refused unless the answer's Code is OK."""
    code = str(answer.get("Code") or "no code")
    if code != "OK":
        outcome = "bad_number" if "NUMBER_ILLEGAL" in code else "failed"
        raise Refused(f"{code}: {str(answer.get('Message') or '')[:100]}", permanent=code in permanent, outcome=outcome)


def credentials(endpoint: str) -> tuple[Setting, ...]:
    from django.utils.translation import gettext_lazy as _

    return (
        Setting("endpoint", _("address"), default=endpoint),
        Setting("access_key", _("access key")),
        Setting("secret", _("secret of the access key"), secret=True),
    )
