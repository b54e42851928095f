"""WeCom's robot of a group: no signature, the key in the address is the secret; 20 messages a minute."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notify.gateways.boards import Robot, mobiles, robot, within
from notify.gateways.contract import Accepted, Access, Outgoing, Refused, asked
from notify.gateways.reading import told

LIMIT = 2048
"""Bytes of a text. Markdown takes twice as much and cannot mention anybody."""
BAD_MESSAGE = 40008


class WecomRobot(Robot):
    code = "wecom_robot"
    label = _("WeCom robot of a group")

    def send(self, access: Access, message: Outgoing) -> Accepted:
        url, _secret = robot(access, message.address)
        text = {"content": within(message.text, LIMIT), "mentioned_mobile_list": mobiles(message)}
        answer = told(asked(access.http.post, url, json={"msgtype": "text", "text": text}))
        if (code := answer.get("errcode")) != 0:
            raise Refused(f"{code}: {str(answer.get('errmsg') or '')[:100]}", permanent=code == BAD_MESSAGE)
        return Accepted()
