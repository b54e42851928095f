"""Calls over Aliyun: SingleCallByTts speaks, IvrCall takes a key as well; results VoiceReport, keys VoiceCallReport.

A menu of Aliyun knows single keys only: the figure that a call asks for is 0 to 9 here, 9 standing for nine or more.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from django.utils.translation import gettext_lazy as _

from notify.gateways.aliyun.signature import call, check, credentials
from notify.gateways.contract import VOICE, Accepted, Access, Gateway, Outgoing, Receipt, Setting
from notify.gateways.reading import approved, digits, many, text

VERSION = "2017-05-25"
VARIABLES = 249
"""Limit of characters of all variables of an approved text together."""
PERMANENT = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL", "isv.CALLED_NUMBER_ILLEGAL", "isv.TTS_TEMPLATE_ILLEGAL", "isv.INVALID_JSON_PARAM",
        "isv.TEMPLATE_MISSING_PARAMETERS", "isv.PARAM_LENGTH_LIMIT", "isv.PARAM_NOT_SUPPORT_URL",
        "isv.BUSINESS_LIMIT_CONTROL",
    }
)  # fmt: skip
RESULTS = {
    "200000": "heard", "200001": "hung_up", "200002": "busy", "200003": "no_answer", "200004": "bad_number",
    "200005": "unreachable", "200007": "out_of_coverage", "200008": "heard", "200010": "switched_off",
    "200011": "bad_number",
}  # fmt: skip
"""The end of a call. 200008, no key within the time: heard, not confirmed. 200011: the number is suspended."""
OURS = {"200119": "the vendor's limit of calls", "200121": "more calls at once than the account may make"}
"""The call was never placed, and through no fault of whoever is called."""
KEY = "300000"


class AliyunVoice(Gateway):
    code = "aliyun_voice"
    label = _("Aliyun calls")
    channels = (VOICE,)
    settings = (
        *credentials("https://dyvmsapi.aliyuncs.com"),
        Setting("show_number", _("number shown to whoever is called"), required=False),
        Setting("thanks_code", _("approved text spoken after a key; empty: no keys are asked for"), required=False),
    )
    needs_templates = True
    limits = _("as many calls at once as were bought")
    taken = {"code": 0, "msg": "ok"}

    def send(self, access: Access, message: Outgoing) -> Accepted:
        template, values = approved(access, message)
        spoken = orjson.dumps(_within(values)).decode()
        query = {"CalledNumber": digits(message.address), "OutId": message.reference, "PlayTimes": "3"}
        if access["show_number"]:
            query["CalledShowNumber"] = access["show_number"]
        if message.question and access["thanks_code"]:
            action, query = "IvrCall", {**query, **_menu(access["thanks_code"], template, spoken)}
        else:
            action, query = "SingleCallByTts", {**query, "TtsCode": template, "TtsParam": spoken}
        answer = call(access, action, VERSION, query)
        check(answer, PERMANENT)
        return Accepted(str(answer.get("CallId") or ""))

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        return [found for one in many(body) if (found := _report(one)) is not None]


def _menu(thanks: str, template: str, spoken: str) -> dict[str, str]:
    keys = {
        f"MenuKeyMap.{n}.{name}": value for n in range(1, 11) for name, value in (("Key", str(n - 1)), ("Code", thanks))
    }
    return {"StartCode": template, "StartTtsParams": spoken, "ByeCode": thanks, "Timeout": "8000", **keys}


def _within(values: Mapping[str, str]) -> dict[str, str]:
    """Cut from the end, so that a call is made at all: what it is about comes first."""
    left, found = VARIABLES, {}
    for name, value in values.items():
        found[name] = value[:left]
        left -= len(found[name])
    return found


def _report(one: Mapping[str, object]) -> Receipt | None:
    """The end of a call, or a key; None for what happens in between (it rings, it was answered)."""
    status, call_id = text(one, "status_code"), text(one, "call_id")
    if not status:
        raise ValueError("status_code: is missing")
    reference, phone, keys = text(one, "out_id"), text(one, "callee"), text(one, "dtmf", 20)
    # The same key comes at once and again with the end of the call.
    identity = f"{call_id}:{keys}" if keys else ""
    if status in OURS:
        return Receipt("failed", reference, call_id, phone, error=f"{status} {OURS[status]}", ours=True)
    if status in RESULTS:
        error = "" if RESULTS[status] == "heard" else status
        return Receipt(RESULTS[status], reference, call_id, phone, keys, error, identity)
    if status == KEY:
        return Receipt("", reference, call_id, phone, keys, "", identity) if keys else None
    if status in ("200100", "200101", "200102", "200103", "200201"):
        return None
    return Receipt("failed", reference, call_id, phone, keys, status, identity)
