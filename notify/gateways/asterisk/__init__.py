"""Calls of a closed network over Asterisk: placed by its REST interface (ARI), spoken and answered by the dialplan of
docs/gateways.md, which posts result and keys to our doors (docs/adr/0047).
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import (
    CALL_KEY,
    VOICE,
    Accepted,
    Access,
    Gateway,
    Outgoing,
    Receipt,
    Refused,
    Reply,
    Setting,
    asked,
    gateway,
)
from notify.gateways.reading import digits, many, text

RINGS_S = 30
CAUSES = {
    1: "bad_number", 28: "bad_number", 17: "busy", 18: "no_answer", 19: "no_answer", 21: "hung_up",
    3: "unreachable", 20: "unreachable", 22: "bad_number", 27: "unreachable",
}  # fmt: skip
"""Cause of a hangup (ITU-T Q.850) → outcome. 20, subscriber absent, does not say whether off or out of coverage."""
OURS = (34, 38, 41, 42, 44)
"""No line, no network: nobody was called."""
PLACED_ALREADY = 409


class Asterisk(Gateway):
    code = "asterisk"
    label = _("Asterisk (telephones of a closed network)")
    channels = (VOICE,)
    settings = (
        Setting("endpoint", _("address"), default="http://127.0.0.1:8088"),
        Setting("user", _("user")),
        Setting("password", _("password"), secret=True),
        Setting("dial", _("channel to dial, $phone stands for the number"), default="Local/$phone@sanji-dial/n"),
        Setting("context", _("context of the dialplan"), default="sanji"),
        Setting("caller", _("number shown to whoever is called"), required=False),
    )
    taken = None

    def send(self, access: Access, message: Outgoing) -> Accepted:
        """The channel carries our reference as its number, so that the same call cannot be placed twice."""
        phone = digits(message.address)
        if not phone.removeprefix("+").isdecimal():
            raise Refused("no number", permanent=True, outcome="bad_number")
        query = {
            "endpoint": string.Template(access["dial"] or "Local/$phone@sanji-dial/n").safe_substitute(phone=phone),
            "context": access["context"] or "sanji", "extension": "s", "priority": "1", "timeout": str(RINGS_S),
            "channelId": message.reference, "callerId": access["caller"],
        }  # fmt: skip
        variables = {
            "SANJI_REFERENCE": message.reference, "SANJI_TEXT": message.text, "SANJI_QUESTION": message.question,
            "SANJI_LANGUAGE": message.language, "SANJI_PHONE": phone,
        }  # fmt: skip
        answer = asked(
            access.http.post, f"{access['endpoint'].rstrip('/')}/ari/channels", params=query,
            json={"variables": variables}, auth=(access["user"], access["password"]),
        )  # fmt: skip
        if answer.status_code == PLACED_ALREADY:
            return Accepted(message.reference)
        if answer.status_code >= 400:
            raise Refused(f"HTTP {answer.status_code}: {answer.text[:80]}", permanent=answer.status_code == 400)
        return Accepted(message.reference)

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        """``{reference, cause, heard}`` of the dialplan, or ARI's own ChannelDestroyed."""
        return [_ended(one) for one in many(body)]

    def replies(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Reply]:
        """``{reference, phone, keys}``; the answer says whether to ask again."""
        found = []
        for one in many(body):
            reference, keys = text(one, "reference"), text(one, "keys", 20)
            if not reference or not keys:
                raise ValueError("reference, keys: are expected")
            found.append(Reply(text(one, "phone"), keys=keys, reference=reference, how=CALL_KEY))
        return found


def _ended(one: Mapping[str, Any]) -> Receipt:
    channel = one.get("channel")
    reference = text(channel, "id") if isinstance(channel, dict) else text(one, "reference")
    cause = text(one, "cause", 4)
    if not reference or not cause.isdecimal():
        raise ValueError("reference, cause: are expected")
    if text(one, "heard") == "1":
        return Receipt("heard", reference)
    number = int(cause)
    shown = f"cause {number}"
    if number in OURS:
        return Receipt("failed", reference, error=shown, ours=True)
    # 16, an ordinary hangup before the message was over
    return Receipt("hung_up" if number == 16 else CAUSES.get(number, "failed"), reference, error=shown)


gateway(Asterisk())
