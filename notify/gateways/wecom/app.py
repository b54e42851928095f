"""Cards of a WeCom application: a button that acknowledges. It comes back encrypted, maybe twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notify.gateways.contract import (
    APP,
    APP_BUTTON,
    Accepted,
    Access,
    Gateway,
    Outgoing,
    Refused,
    Reply,
    Setting,
    asked,
)
from notify.gateways.reading import Tokens, number, told
from notify.gateways.wecom.sealed import opened, signed

TOKENS = Tokens()
OUTWORN = (40001, 40014, 42001)
NOBODY = (81013, 60111, 40003)
TITLE, BODY = 26, 112
"""Characters that a card shows."""
PRESSED = "1"


class WecomApp(Gateway):
    code = "wecom_app"
    label = _("WeCom application")
    channels = (APP,)
    settings = (
        Setting("endpoint", _("address"), default="https://qyapi.weixin.qq.com"),
        Setting("corp_id", _("CorpID")),
        Setting("corp_secret", _("secret of the application"), secret=True),
        Setting("agent_id", _("AgentId")),
        Setting("token", _("token of the callback"), secret=True, required=False),
        Setting("aes_key", _("EncodingAESKey of the callback"), secret=True, required=False),
    )
    taken = ""

    def send(self, access: Access, message: Outgoing) -> Accepted:
        answer = _ask(access, {
            "touser": message.address, "agentid": number(access, "agent_id"), "msgtype": "template_card",
            "template_card": _card(message), "enable_duplicate_check": 1,
        })  # fmt: skip
        code = answer.get("errcode")
        if code in NOBODY or message.address in str(answer.get("invaliduser") or "").split("|"):
            raise Refused(f"{code}: nobody of this name", permanent=True, outcome="bad_number")
        if code != 0:
            raise Refused(f"{code}: {str(answer.get('errmsg') or '')[:100]}")
        return Accepted(str(answer.get("msgid") or ""))

    def authentic(self, access: Access, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> bool:
        try:
            sealed = _read(body.decode()).get("Encrypt", "")
        except ValueError:
            return False
        return _signed(access, query, sealed)

    def greeting(self, access: Access, query: Mapping[str, str]) -> str | None:
        sealed = query.get("echostr", "")
        if not _signed(access, query, sealed):
            return None
        try:
            return opened(access["aes_key"], sealed, access["corp_id"])
        except ValueError:
            return None

    def replies(self, access: Access, body: bytes, query: Mapping[str, str]) -> list[Reply]:
        event = _read(opened(access["aes_key"], _read(body.decode()).get("Encrypt", ""), access["corp_id"]))
        user = event.get("FromUserName", "")
        if event.get("Event") == "template_card_event":
            task = event.get("TaskId", "")
            return [Reply(user, event.get("EventKey", ""), reference=task, identity=f"{task}:{user}", how=APP_BUTTON)]
        if event.get("MsgType") == "text":
            return [Reply(user, event.get("Content", ""), identity=event.get("MsgId", ""))]
        return []


def _card(message: Outgoing) -> dict[str, Any]:
    with override(message.language):
        button = {"text": _now("Received"), "style": 1, "key": PRESSED}
    return {
        "card_type": "button_interaction", "task_id": message.reference, "button_list": [button],
        "main_title": {"title": message.text[:TITLE]}, "sub_title_text": message.text[:BODY],
    }  # fmt: skip


def _ask(access: Access, body: dict[str, Any]) -> dict[str, Any]:
    base, key = access["endpoint"].rstrip("/"), (access.code, access["corp_id"], access["corp_secret"])
    answer: dict[str, Any] = {}
    for _attempt in range(2):
        token = TOKENS.get(key, lambda: _token(access, base))
        answer = told(
            asked(access.http.post, f"{base}/cgi-bin/message/send", params={"access_token": token}, json=body)
        )
        if answer.get("errcode") not in OUTWORN:
            break
        TOKENS.drop(key)
    return answer


def _token(access: Access, base: str) -> tuple[str, float]:
    query = {"corpid": access["corp_id"], "corpsecret": access["corp_secret"]}
    answer = told(asked(access.http.get, f"{base}/cgi-bin/gettoken", params=query))
    if answer.get("errcode") != 0 or not answer.get("access_token"):
        raise Refused(f"gettoken {answer.get('errcode')}: {str(answer.get('errmsg') or '')[:100]}")
    return str(answer["access_token"]), float(answer.get("expires_in") or 7200)


def _signed(access: Access, query: Mapping[str, str], sealed: str) -> bool:
    told_by = query.get("msg_signature", "")
    return signed(access["token"], query.get("timestamp", ""), query.get("nonce", ""), sealed, told_by)


def _read(text: str) -> dict[str, str]:
    """The members of a flat XML element. ValueError for what cannot be read."""
    try:
        return {one.tag: one.text or "" for one in fromstring(text)}
    except ParseError as error:
        raise ValueError("no XML") from error
