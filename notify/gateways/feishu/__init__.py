"""Feishu's robot of a group. Key: seconds, line feed, secret; nothing is signed with it. Errors come under HTTP 200."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.utils.translation import gettext_lazy as _

from notify.gateways.boards import Robot, mobiles, robot, within
from notify.gateways.contract import Accepted, Access, Outgoing, Refused, asked, gateway
from notify.gateways.reading import present, told

LIMIT = 18_000
"""Of 20 KB for the whole body."""
BAD_BODY = 9499


class FeishuRobot(Robot):
    code = "feishu_robot"
    label = _("Feishu robot of a group")
    a_minute = 100
    limits = _("100 messages a minute and 5 a second for each robot; the first is kept to")

    def send(self, access: Access, message: Outgoing) -> Accepted:
        url, secret = robot(access, message.address)
        everybody = ' <at user_id="all"></at>' if mobiles(message) else ""  # it cannot mention a telephone
        body = {"msg_type": "text", "content": {"text": within(message.text, LIMIT) + everybody}}
        if secret:
            stamp = str(int(present().timestamp()))
            body = {"timestamp": stamp, "sign": sign(stamp, secret), **body}
        answer = told(asked(access.http.post, url, json=body))
        code = answer.get("code", answer.get("StatusCode"))
        if code != 0:
            raise Refused(f"{code}: {str(answer.get('msg') or '')[:100]}", permanent=code == BAD_BODY)
        return Accepted()


def sign(timestamp: str, secret: str) -> str:
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


gateway(FeishuRobot())
