"""TC3-HMAC-SHA256, the signature of Tencent Cloud's interfaces: a JSON body, errors under HTTP 200."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import Access, Refused, Setting, asked
from notify.gateways.reading import present, told

TYPE = "application/json"
SIGNED = "content-type;host"


def canonical(payload: bytes, host: str) -> str:
    digest = hashlib.sha256(payload).hexdigest()
    return f"POST\n/\n\ncontent-type:{TYPE}\nhost:{host}\n\n{SIGNED}\n{digest}"


def authorization(secret_id: str, secret_key: str, service: str, host: str, payload: bytes, timestamp: int) -> str:
    date = dt.datetime.fromtimestamp(timestamp, dt.UTC).strftime("%Y-%m-%d")
    scope = f"{date}/{service}/tc3_request"
    digest = hashlib.sha256(canonical(payload, host).encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={SIGNED}, Signature={signature}"


def call(access: Access, service: str, action: str, version: str, payload: dict[str, Any]) -> dict[str, Any]:
    """One action; returns its ``Response``. A failure of the whole request is Refused."""
    base, body, stamp = access["endpoint"].rstrip("/"), orjson.dumps(payload), int(present().timestamp())
    host = urlsplit(base).netloc
    headers = {
        "Content-Type": TYPE, "Host": host, "X-TC-Action": action, "X-TC-Version": version,
        "X-TC-Timestamp": str(stamp), "X-TC-Region": access["region"] or "ap-guangzhou",
        "Authorization": authorization(access["secret_id"], access["secret_key"], service, host, body, stamp),
    }  # fmt: skip
    answer = told(asked(access.http.post, f"{base}/", content=body, headers=headers)).get("Response") or {}
    if error := answer.get("Error"):
        refuse(str(error.get("Code") or ""), str(error.get("Message") or ""))
    return dict(answer)


PERMANENT = (
    *("InvalidParameterValue.", "FailedOperation.PhoneNumberInBlacklist", "FailedOperation.ContainSensitiveWord"),
    *("FailedOperation.TemplateIncorrectOrUnapproved", "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"),
    *("LimitExceeded.PhoneNumber", "InvalidParameter."),
)
"""Codes that speak of one text or one telephone, its limits too: the next channel helps sooner than waiting."""


def refuse(code: str, message: str) -> None:
    outcome = "bad_number" if "IncorrectPhoneNumber" in code else "failed"
    raise Refused(f"{code}: {message[:100]}", permanent=code.startswith(PERMANENT), outcome=outcome)


def credentials(endpoint: str) -> tuple[Setting, ...]:
    return (
        Setting("endpoint", _("address"), default=endpoint),
        Setting("region", _("region"), default="ap-guangzhou", required=False),
        Setting("secret_id", _("secret id")),
        Setting("secret_key", _("secret key"), secret=True),
        Setting("app_id", _("SDK AppID")),
        Setting("longest", _("characters of a variable at most, 0: no limit"), default="6", required=False),
    )
