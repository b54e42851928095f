"""Text messages over Tencent Cloud. Every number has its own Code under HTTP 200; receipts and replies are pushed, and
pulled as well (each is given out once).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notify.gateways.contract import SMS, Accepted, Access, Gateway, Outgoing, Receipt, Reply, Setting, Unsure
from notify.gateways.reading import approved, international, many, number, outcome_of, readable, text
from notify.gateways.tencent.signature import call, credentials, refuse
from notify.rules.lengths import parts

SERVICE, VERSION = "sms", "2021-01-11"
PULLED = 100


class TencentSms(Gateway):
    code = "tencent_sms"
    label = _("Tencent text messages")
    channels = (SMS,)
    settings = (*credentials("https://sms.tencentcloudapi.com"), Setting("sign_name", _("approved signature")))
    can_poll = True
    limits = _("to one telephone: one in 30 s, and few a day with the same text")
    needs_templates = True
    taken = {"result": 0, "errmsg": "OK"}

    def send(self, access: Access, message: Outgoing) -> Accepted:
        template, values = approved(access, message, number(access, "longest"))
        answer = call(access, SERVICE, "SendSms", VERSION, {
            "PhoneNumberSet": [international(message.address)], "SmsSdkAppId": access["app_id"],
            "SignName": access["sign_name"], "TemplateId": template, "TemplateParamSet": list(values.values()),
            "SessionContext": message.reference,
        })  # fmt: skip
        statuses = answer.get("SendStatusSet") or []
        if not statuses:
            raise Unsure("no SendStatusSet")
        status = statuses[0]
        if status.get("Code") != "Ok":
            refuse(str(status.get("Code") or ""), str(status.get("Message") or ""))
        return Accepted(str(status.get("SerialNo") or ""), int(status.get("Fee") or 0) or parts(message.text))

    def receipts(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Receipt]:
        return [
            _report(text(one, "report_status"), text(one, "sid"), text(one, "mobile"), _words(one))
            for one in many(body)
        ]

    def replies(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Reply]:
        return [_reply(text(one, "mobile"), text(one, "text"), text(one, "time")) for one in many(body)]

    def poll(self, access: Access) -> tuple[list[Receipt], list[Reply]]:
        query = {"Limit": PULLED, "SmsSdkAppId": access["app_id"]}
        statuses = call(access, SERVICE, "PullSmsSendStatus", VERSION, query).get("PullSmsSendStatusSet") or []
        replies = call(access, SERVICE, "PullSmsReplyStatus", VERSION, query).get("PullSmsReplyStatusSet") or []
        return readable(_pulled_report, statuses), readable(_pulled_reply, replies)


def _pulled_report(one: Mapping[str, Any]) -> Receipt:
    return _report(
        text(one, "ReportStatus"), text(one, "SerialNo"), text(one, "SubscriberNumber"), text(one, "Description")
    )


def _pulled_reply(one: Mapping[str, Any]) -> Reply:
    phone = text(one, "SubscriberNumber") or text(one, "PhoneNumber")
    return _reply(phone, text(one, "ReplyContent"), text(one, "ReplyTime"))


def _words(one: Mapping[str, Any]) -> str:
    return f"{text(one, 'errmsg', 60)} {text(one, 'description', 100)}".strip()


def _report(status: str, serial: str, phone: str, words: str) -> Receipt:
    if status not in ("SUCCESS", "FAIL"):
        raise ValueError("report_status: SUCCESS or FAIL is expected")
    good = status == "SUCCESS"
    return Receipt(
        "delivered" if good else outcome_of(words), provider_id=serial, phone=phone, error="" if good else words
    )


def _reply(phone: str, said: str, at: str) -> Reply:
    """Tencent numbers no replies: the same text of the same second is the same one, pushed or pulled."""
    plain = phone.removeprefix("+86")
    return Reply(plain, said, identity=f"{plain}-{at}-{said}"[:80])
