"""Text messages over Aliyun: SendSms, receipts SmsReport, replies SmsUp, look-up QuerySendDetails.

Not idempotent, says the vendor: after a timeout the receipt is looked up first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import orjson
from django.utils.translation import gettext_lazy as _

from notify.gateways.aliyun.signature import call, check, credentials
from notify.gateways.contract import SMS, Accepted, Access, Gateway, NotThere, Outgoing, Receipt, Reply, Setting
from notify.gateways.reading import approved, digits, many, outcome_of, present, text
from notify.rules.lengths import parts

VERSION = "2017-05-25"
PERMANENT = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.PARAM_NOT_SUPPORT_URL",
        "isv.PARAM_LENGTH_LIMIT", "isv.TEMPLATE_MISSING_PARAMETERS", "isv.INVALID_JSON_PARAM",
        "isv.SMS_TEMPLATE_ILLEGAL", "isv.BUSINESS_LIMIT_CONTROL",
    }
)  # fmt: skip
"""Codes that speak of one text or one telephone, its limit too: the next channel helps sooner than waiting."""
_PENDING, _FAILED = 1, 2


class AliyunSms(Gateway):
    code = "aliyun_sms"
    label = _("Aliyun text messages")
    channels = (SMS,)
    settings = (*credentials("https://dysmsapi.aliyuncs.com"), Setting("sign_name", _("approved signature")))
    can_look_up = True
    needs_templates = True
    taken = {"code": 0, "msg": "ok"}

    def send(self, access: Access, message: Outgoing) -> Accepted:
        template, values = approved(access, message)
        answer = call(access, "SendSms", VERSION, {
            "PhoneNumbers": digits(message.address), "SignName": access["sign_name"], "TemplateCode": template,
            "TemplateParam": orjson.dumps(values).decode(), "OutId": message.reference,
        })  # fmt: skip
        check(answer, PERMANENT)
        return Accepted(str(answer.get("BizId") or ""), parts(message.text))

    def look_up(self, access: Access, reference: str, provider_id: str, address: str) -> Receipt | None:
        """Today's and, shortly after midnight, yesterday's texts to the telephone are read for our reference."""
        moment = present()
        days = [moment] if moment.hour else [moment, moment - dt.timedelta(days=1)]
        for day in days:
            query = {"PhoneNumber": digits(address), "SendDate": f"{day:%Y%m%d}", "PageSize": "50", "CurrentPage": "1"}
            if provider_id:
                query["BizId"] = provider_id
            answer = call(access, "QuerySendDetails", VERSION, query)
            check(answer, frozenset())
            details = (answer.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
            for one in details:
                if text(one, "OutId") == reference:
                    return _detail(one, reference, address)
        raise NotThere(reference)

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        return [_report(one) for one in many(body)]

    def replies(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Reply]:
        return [
            Reply(text(one, "phone_number"), text(one, "content"), identity=text(one, "sequence_id"))
            for one in many(body)
        ]


def _detail(one: Mapping[str, object], reference: str, address: str) -> Receipt | None:
    status, error = one.get("SendStatus"), text(one, "ErrCode")
    if status == _PENDING:
        return None
    outcome = outcome_of(error) if status == _FAILED else "delivered"
    return Receipt(outcome, reference, phone=address, error="" if outcome == "delivered" else error)


def _report(one: Mapping[str, object]) -> Receipt:
    error = text(one, "err_code")
    if not isinstance(one.get("success"), bool):
        raise ValueError("success: true or false is expected")
    shown = "" if one["success"] else f"{error} {text(one, 'err_msg', 100)}".strip()
    outcome = "delivered" if one["success"] else outcome_of(shown)
    return Receipt(outcome, text(one, "out_id"), text(one, "biz_id"), text(one, "phone_number"), error=shown)
