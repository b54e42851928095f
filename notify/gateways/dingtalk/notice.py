"""DingTalk's notices to one person. The same text reaches the same person once a day only, so each carries its time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from notify.gateways.boards import within
from notify.gateways.contract import APP, Accepted, Access, Gateway, Outgoing, Receipt, Refused, Setting, asked
from notify.gateways.reading import Tokens, digits, present, told

TOKENS = Tokens()
OUTWORN = (88, 40014, 42001)
"""The token is not known, or not any more."""
NOBODY = (60121, 60103, 33012)
LIMIT = 2000


class DingtalkNotice(Gateway):
    code = "dingtalk_notice"
    label = _("DingTalk notice")
    channels = (APP,)
    limits = _("the same text to the same person once a day")
    settings = (
        Setting("endpoint", _("address"), default="https://oapi.dingtalk.com"),
        Setting("app_key", _("AppKey")),
        Setting("app_secret", _("AppSecret"), secret=True),
        Setting("agent_id", _("AgentId")),
    )

    def send(self, access: Access, message: Outgoing) -> Accepted:
        """``address``: the user's id, or their mobile telephone."""
        user = message.address
        if digits(user).isdecimal() and len(digits(user)) == 11:
            found = _ask(access, "/topapi/v2/user/getbymobile", {"mobile": digits(user)})
            user = str((found.get("result") or {}).get("userid") or "")
        stamped = f"{present():%m-%d %H:%M:%S} {message.text}"
        answer = _ask(access, "/topapi/message/corpconversation/asyncsend_v2", {
            "agent_id": access["agent_id"], "userid_list": user,
            "msg": {"msgtype": "text", "text": {"content": within(stamped, LIMIT)}},
        })  # fmt: skip
        return Accepted(str(answer.get("task_id") or ""))

    def look_up(self, access: Access, reference: str, provider_id: str, address: str) -> Receipt | None:
        """By the number of the task, for a day: whether it was read. Unread is not known to have reached anybody."""
        query = {"agent_id": access["agent_id"], "task_id": provider_id}
        result = _ask(access, "/topapi/message/corpconversation/getsendresult", query).get("send_result") or {}
        if any(result.get(f"{name}_user_id_list") for name in ("invalid", "forbidden", "failed")):
            return Receipt("failed", reference, provider_id, address, error="not delivered, says DingTalk")
        return Receipt("delivered", reference, provider_id, address) if result.get("read_user_id_list") else None


def _ask(access: Access, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """With a token that was kept; once more with a new one where it is outworn."""
    key = (access.code, access["app_key"], access["app_secret"])
    answer: dict[str, Any] = {}
    for _attempt in range(2):
        token = TOKENS.get(key, lambda: _token(access))
        answer = told(asked(access.http.post, f"{_base(access)}{path}", params={"access_token": token}, json=body))
        if answer.get("errcode") not in OUTWORN:
            break
        TOKENS.drop(key)
    if (code := answer.get("errcode")) != 0:
        nobody = code in NOBODY
        raise Refused(
            f"{code}: {str(answer.get('errmsg') or '')[:100]}",
            permanent=nobody, outcome="bad_number" if nobody else "failed",
        )  # fmt: skip
    return answer


def _token(access: Access) -> tuple[str, float]:
    query = {"appkey": access["app_key"], "appsecret": access["app_secret"]}
    answer = told(asked(access.http.get, f"{_base(access)}/gettoken", params=query))
    if answer.get("errcode") != 0 or not answer.get("access_token"):
        raise Refused(f"gettoken {answer.get('errcode')}: {str(answer.get('errmsg') or '')[:100]}")
    return str(answer["access_token"]), float(answer.get("expires_in") or 7200)


def _base(access: Access) -> str:
    return access["endpoint"].rstrip("/")
