"""DingTalk's robot of a group. Key: secret; signed: milliseconds, line feed, secret; both stand in the address. More
than 20 messages a minute block the robot for ten.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import httpx
from django.utils.translation import gettext_lazy as _

from notify.gateways.boards import Robot, mobiles, robot, within
from notify.gateways.contract import Accepted, Access, Outgoing, Refused, asked
from notify.gateways.reading import present, told

LIMIT = 18_000


class DingtalkRobot(Robot):
    code = "dingtalk_robot"
    label = _("DingTalk robot of a group")

    def send(self, access: Access, message: Outgoing) -> Accepted:
        url, secret = robot(access, message.address)
        called = mobiles(message)
        content = " ".join([within(message.text, LIMIT), *(f"@{phone}" for phone in called)])
        query = {}
        if secret:
            stamp = str(int(present().timestamp() * 1000))
            query = {"timestamp": stamp, "sign": sign(stamp, secret)}
        answer = told(asked(
            access.http.post, with_query(url, query),
            json={"msgtype": "text", "text": {"content": content}, "at": {"atMobiles": called, "isAtAll": False}},
        ))  # fmt: skip
        if answer.get("errcode") != 0:
            raise Refused(f"{answer.get('errcode')}: {str(answer.get('errmsg') or '')[:100]}")
        return Accepted()


def sign(timestamp: str, secret: str) -> str:
    """Base64; the address wants it with escapes."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def with_query(url: str, query: dict[str, str]) -> str:
    return str(httpx.URL(url).copy_merge_params(query)) if query else url
