"""Calls over Tencent Cloud: SendTtsVoice; state, key and reason of a failure are pushed apart, with CallId only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import VOICE, Accepted, Access, Gateway, Outgoing, Receipt, Setting
from notify.gateways.reading import approved, international, many, number, outcome_of, text
from notify.gateways.tencent.signature import call, credentials

SERVICE, VERSION = "vms", "2020-09-02"
STATE, KEY, FAILURE = "voiceprompt_callback", "voicekey_callback", "voice_failure_callback"
ANSWERED, NOT_ANSWERED = "0", "1"
WHOLE_S = 20


class TencentVoice(Gateway):
    code = "tencent_voice"
    label = _("Tencent calls")
    channels = (VOICE,)
    settings = (
        *credentials("https://vms.tencentcloudapi.com"),
        Setting(
            "whole_s", _("seconds after which a call counts as heard to the end"), default=str(WHOLE_S), required=False
        ),
    )
    limits = _("20 calls a second")
    needs_templates = True
    taken = {"result": 0, "errmsg": "OK"}

    def send(self, access: Access, message: Outgoing) -> Accepted:
        template, values = approved(access, message, number(access, "longest"))
        answer = call(access, SERVICE, "SendTtsVoice", VERSION, {
            "TemplateId": template, "CalledNumber": international(message.address), "VoiceSdkAppid": access["app_id"],
            "TemplateParamSet": list(values.values()), "PlayTimes": 3, "SessionContext": message.reference,
        })  # fmt: skip
        return Accepted(str((answer.get("SendStatus") or {}).get("CallId") or ""))

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        whole_s = number(access, "whole_s", WHOLE_S)
        found = [_report(one, whole_s) for one in many(body)]
        return [receipt for receipt in found if receipt is not None]


def _report(push: Mapping[str, Any], whole_s: int) -> Receipt | None:
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
    result = text(one, "result")
    if result == ANSWERED:
        return Receipt(_heard(one, whole_s), provider_id=call_id, phone=phone)
    # "2", the call failed: why comes with a push of its own, which may be on its way; this one would hide it.
    return Receipt("no_answer", provider_id=call_id, phone=phone) if result == NOT_ANSWERED else None


def _heard(one: Mapping[str, Any], whole_s: int) -> str:
    """Tencent says when somebody answered and hung up, not how much they heard."""
    began, ended = text(one, "accept_time"), text(one, "end_calltime")
    if not (began.isdecimal() and ended.isdecimal()):
        return "delivered"
    return "heard" if int(ended) - int(began) >= whole_s else "hung_up"
