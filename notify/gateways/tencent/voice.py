"""Calls over Tencent Cloud: SendTtsVoice; state, key and reason of a failure are pushed apart, with CallId only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import VOICE, Accepted, Access, Gateway, Outgoing, Receipt
from notify.gateways.reading import approved, international, many, outcome_of, text
from notify.gateways.tencent.signature import call, credentials

SERVICE, VERSION = "vms", "2020-09-02"
STATE, KEY, FAILURE = "voiceprompt_callback", "voicekey_callback", "voice_failure_callback"
RESULTS = {"0": "heard", "1": "no_answer"}


class TencentVoice(Gateway):
    code = "tencent_voice"
    label = _("Tencent calls")
    channels = (VOICE,)
    settings = credentials("https://vms.tencentcloudapi.com")
    needs_templates = True
    taken = {"result": 0, "errmsg": "OK"}

    def send(self, access: Access, message: Outgoing) -> Accepted:
        template, values = approved(access, message, int(access["longest"] or 0))
        answer = call(access, SERVICE, "SendTtsVoice", VERSION, {
            "TemplateId": template, "CalledNumber": international(message.address), "VoiceSdkAppid": access["app_id"],
            "TemplateParamSet": list(values.values()), "PlayTimes": 3, "SessionContext": message.reference,
        })  # fmt: skip
        return Accepted(str((answer.get("SendStatus") or {}).get("CallId") or ""))

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        found = [_report(one) for one in many(body)]
        return [receipt for receipt in found if receipt is not None]


def _report(push: Mapping[str, Any]) -> Receipt | None:
    name = next((name for name in (STATE, KEY, FAILURE) if isinstance(push.get(name), dict)), None)
    if name is None:
        raise ValueError(f"one of {STATE}, {KEY}, {FAILURE} is expected")
    one = push[name]
    call_id, phone = text(one, "callid"), text(one, "mobile")
    if not call_id:
        raise ValueError("callid: is missing")
    if name == KEY:
        keys = text(one, "keypress", 20)
        return Receipt("", provider_id=call_id, phone=phone, keys=keys, identity=f"{call_id}:{keys}") if keys else None
    if name == FAILURE:
        reason = text(one, "failure_reason", 100)
        return Receipt(outcome_of(reason), provider_id=call_id, phone=phone, error=reason)
    outcome = RESULTS.get(text(one, "result"))
    # "2", the call failed: why comes with a push of its own, which may be on its way; this one would hide it.
    return Receipt(outcome, provider_id=call_id, phone=phone) if outcome else None
