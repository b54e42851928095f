"""A county's own box: HTTP by templates for address, headers and body, signed with HMAC-SHA256.

Request: POST of the body template, in which ``$reference $channel $to $text $question $code $mobiles`` are filled in as
JSON strings; ``$to`` of a board or a loudspeaker is the code of the unit, ``$mobiles`` whom a board mentions. Answer:
JSON, accepted where ``ok_field`` has ``ok_value`` (or any 2xx without one). Receipts and replies are pushed as in
docs/gateways.md.
"""

from __future__ import annotations

import hashlib
import hmac
import string
from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import (
    BOARD,
    EXERCISES,
    LOUDSPEAKER,
    OUTCOMES,
    SMS,
    VOICE,
    Accepted,
    Access,
    Gateway,
    NotThere,
    Outgoing,
    Receipt,
    Refused,
    Reply,
    Setting,
    asked,
    gateway,
)  # fmt: skip
from notify.gateways.reading import many, text
from notify.rules.lengths import parts

BODY = (
    '{"reference": $reference, "channel": $channel, "to": $to, "text": $text, "question": $question, "code": $code,'
    ' "mobiles": $mobiles}'
)


class Generic(Gateway):
    code = "generic"
    label = _("Generic HTTP gateway")
    channels = (SMS, VOICE, BOARD, LOUDSPEAKER)
    settings = (
        Setting("url", _("address")),
        Setting("look_up_url", _("address of the look-up, ending in the reference"), required=False),
        Setting("balance_url", _("address that says what is left"), required=False),
        Setting("headers", _("headers, one a line"), required=False, long=True),
        Setting("body", _("body"), required=False, default=BODY, long=True),
        Setting("ok_field", _("field that says it was taken"), required=False),
        Setting("ok_value", _("its value then"), required=False),
        Setting("id_field", _("field with the gateway's number"), required=False, default="id"),
        Setting("secret", _("secret of the signature"), secret=True, required=False),
        EXERCISES,
    )
    can_look_up = True
    taken = None

    def send(self, access: Access, message: Outgoing) -> Accepted:
        body = _filled(access["body"] or BODY, message)
        answer = asked(access.http.post, access["url"], content=body, headers=_headers(access, body))
        if answer.status_code >= 400:
            raise Refused(
                f"HTTP {answer.status_code}: {answer.text[:80]}", permanent=answer.status_code in (400, 404, 422)
            )
        told = _read(answer.content)
        if access["ok_field"] and str(told.get(access["ok_field"])) != access["ok_value"]:
            raise Refused(f"{access['ok_field']} = {told.get(access['ok_field'])}")
        number = str(told.get(access["id_field"] or "id") or "")
        return Accepted(number, parts(message.text) if message.channel == SMS else 1)

    def looks_up(self, access: Access) -> bool:
        return bool(access["look_up_url"])

    def look_up(self, access: Access, reference: str, provider_id: str, address: str) -> Receipt | None:
        answer = asked(access.http.get, access["look_up_url"] + reference, headers=_headers(access, b""))
        if answer.status_code == 404:
            raise NotThere(reference)
        told = _read(answer.content)
        outcome = str(told.get("outcome") or "")
        return Receipt(outcome, reference, phone=address) if outcome in OUTCOMES else None

    def tells_balance(self, access: Access) -> bool:
        return bool(access["balance_url"])

    def balance(self, access: Access) -> str:
        answer = asked(access.http.get, access["balance_url"], headers=_headers(access, b""))
        told = _read(answer.content).get("balance")
        if answer.status_code >= 400 or told is None:
            raise Refused(f"HTTP {answer.status_code}: balance")
        return str(told)

    def authentic(self, access: Access, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> bool:
        signature = headers.get("x-signature", "")
        return not signature or hmac.compare_digest(signature, sign(access["secret"], body))

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        return [_receipt(one) for one in many(body)]

    def replies(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Reply]:
        return [_reply(one) for one in many(body)]


def sign(secret: str, body: bytes) -> str:
    """HMAC-SHA256 of the body, in hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _filled(template: str, message: Outgoing) -> bytes:
    values = {
        "reference": message.reference, "channel": message.channel, "to": message.address, "text": message.text,
        "question": message.question, "code": message.params.get("code", ""), "template": message.template,
        "mobiles": message.params.get("mobiles", ""),
    }  # fmt: skip
    quoted = {name: orjson.dumps(value).decode() for name, value in values.items()}
    return string.Template(template).safe_substitute(quoted).encode()


def _headers(access: Access, body: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in access["headers"].splitlines() if ":" in line)
    found = {name.strip(): value.strip() for name, _colon, value in lines}
    found.setdefault("Content-Type", "application/json")
    if access["secret"]:
        found["X-Signature"] = sign(access["secret"], body)
    return found


def _read(content: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _receipt(one: dict[str, Any]) -> Receipt:
    outcome, reference = text(one, "outcome"), text(one, "reference")
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome: one of {' '.join(OUTCOMES)}")
    if not reference:
        raise ValueError("reference: is missing")
    return Receipt(outcome, reference, phone=text(one, "phone"), keys=text(one, "keys"))


def _reply(one: dict[str, Any]) -> Reply:
    phone, said, key = text(one, "from"), text(one, "text"), text(one, "key")
    if not phone:
        raise ValueError("from: is missing")
    if not said and not key:
        raise ValueError("text or key: is missing")
    how = "call_key" if key else "text"
    return Reply(phone, said, key, text(one, "reference"), text(one, "id"), how)


gateway(Generic())
