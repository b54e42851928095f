"""The vendors' doubles. Each checks what is signed by the vendor's published rule, written down here a second time, so
that a mistake of ours is not checked by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any
from urllib.parse import quote

import orjson

from tests.notify.gateways.server import Asked, Double


def mac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


class Aliyun(Double):
    """``codes``: number → the error that it gets. `details`: what QuerySendDetails tells."""

    secret = "demo-sk"

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.details: list[dict[str, Any]] = []

    def signed(self, asked: Asked) -> bool:
        told = asked.headers.get("authorization", "")
        names = told.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        wanted = {
            "host",
            "x-acs-action",
            "x-acs-content-sha256",
            "x-acs-date",
            "x-acs-signature-nonce",
            "x-acs-version",
        }
        if set(names) != wanted or asked.headers["x-acs-content-sha256"] != hashlib.sha256(asked.body).hexdigest():
            return False
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(asked.query.items()))
        lines = "\n".join(f"{name}:{asked.headers[name]}" for name in sorted(names))
        digest = asked.headers["x-acs-content-sha256"]
        request = "\n".join(["POST", "/", query, lines, "", ";".join(sorted(names)), digest])
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
        return told.endswith("Signature=" + mac(self.secret.encode(), to_sign).hex())

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if not self.signed(asked):
            self.refused.append("signature")
            return 400, {"Code": "SignatureDoesNotMatch", "Message": "", "RequestId": "r"}
        action = asked.headers["x-acs-action"]
        if action == "QuerySendDetails":
            found = [one for one in self.details if one["PhoneNum"] == asked.query["PhoneNumber"]]
            return 200, {"Code": "OK", "TotalCount": len(found), "SmsSendDetailDTOs": {"SmsSendDetailDTO": found}}
        phone = asked.query.get("PhoneNumbers") or asked.query.get("CalledNumber", "")
        if phone in self.codes:
            return 200, {"Code": self.codes[phone], "Message": "no", "RequestId": "r"}
        if len(asked.query["OutId"].encode()) > 15:
            return 200, {"Code": "isv.PARAM_LENGTH_LIMIT", "Message": "OutId", "RequestId": "r"}
        self.taken.append({**asked.query, "action": action})
        number = f"{len(self.taken)}^0"
        return 200, {"Code": "OK", "Message": "OK", "RequestId": "r", "BizId": number, "CallId": number}


class Tencent(Double):
    secret_key = "demo-secret-key"

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.statuses: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []

    def signed(self, asked: Asked) -> bool:
        told, stamp = asked.headers.get("authorization", ""), asked.headers["x-tc-timestamp"]
        date, service = told.partition("Credential=")[2].partition(",")[0].split("/")[1:3]
        payload = hashlib.sha256(asked.body).hexdigest()
        request = (
            f"POST\n/\n\ncontent-type:{asked.headers['content-type']}\nhost:{asked.headers['host']}\n\n"
            f"content-type;host\n{payload}"
        )
        hashed = hashlib.sha256(request.encode()).hexdigest()
        to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{date}/{service}/tc3_request\n{hashed}"
        key = mac(mac(mac(f"TC3{self.secret_key}".encode(), date), service), "tc3_request")
        return told.endswith("Signature=" + mac(key, to_sign).hex()) and abs(time.time() - int(stamp)) < 600

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if not self.signed(asked):
            self.refused.append("signature")
            return self.failed("AuthFailure.SignatureFailure")
        body, action = asked.json, asked.headers["x-tc-action"]
        if action == "PullSmsSendStatus":
            return 200, {"Response": {"PullSmsSendStatusSet": self.statuses, "RequestId": "r"}}
        if action == "PullSmsReplyStatus":
            return 200, {"Response": {"PullSmsReplyStatusSet": self.replies, "RequestId": "r"}}
        if action == "SendTtsVoice":
            self.taken.append(body)
            return 200, {"Response": {"SendStatus": {"CallId": f"c{len(self.taken)}", "SessionContext": ""}}}
        phone = body["PhoneNumberSet"][0]
        code = self.codes.get(phone, "Ok")
        if code == "Ok":
            self.taken.append(body)
        status = {"SerialNo": f"s{len(self.taken)}", "PhoneNumber": phone, "Fee": 1, "Code": code, "Message": ""}
        return 200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}}

    def failed(self, code: str) -> tuple[int, Any]:
        return 200, {"Response": {"Error": {"Code": code, "Message": ""}, "RequestId": "r"}}


class Yunmas(Double):
    secret = "demo-secret"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        told = orjson.loads(base64.b64decode(asked.body))
        before, after = (
            told["ecName"] + told["apId"],
            told["mobiles"] + told["content"] + told["sign"] + told["addSerial"],
        )
        wanted = hashlib.md5((before + self.secret + after).encode()).hexdigest()  # noqa: S324 (the vendor's rule)
        if asked.path != "/sms/norsubmit" or told["mac"] != wanted:
            self.refused.append("mac")
            return 200, {"rspcod": "IllegalMac", "msgGroup": "", "success": False}
        if not told["mobiles"].isdecimal():
            return 200, {"rspcod": "InvalidMessage", "msgGroup": "", "success": False}
        self.taken.append(told)
        return 200, {"rspcod": "success", "msgGroup": f"g{len(self.taken)}", "success": True}


class DingtalkRobot(Double):
    secret = "this is secret"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        stamp = asked.query.get("timestamp", "0")
        wanted = base64.b64encode(mac(self.secret.encode(), f"{stamp}\n{self.secret}")).decode()
        if asked.query.get("sign") != wanted or abs(time.time() * 1000 - int(stamp)) > 3_600_000:
            self.refused.append("sign")
            return 200, {"errcode": 310000, "errmsg": "sign not match"}
        if len(self.taken) >= 20:
            return 200, {"errcode": 130101, "errmsg": "send too fast"}
        self.taken.append(asked.json)
        return 200, {"errcode": 0, "errmsg": "ok"}


class FeishuRobot(Double):
    secret = "demo"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        body = asked.json
        if len(asked.body) > 20 * 1024:
            return 200, {"code": 9499, "msg": "Bad Request"}
        stamp = body.get("timestamp", "0")
        wanted = base64.b64encode(mac(f"{stamp}\n{self.secret}".encode(), "")).decode()
        if body.get("sign") != wanted or abs(time.time() - int(stamp)) > 3600:
            self.refused.append("sign")
            return 200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
        self.taken.append(body)
        return 200, {"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"}


class WecomRobot(Double):
    key = "a-key"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.query.get("key") != self.key:
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
        if len(asked.json["text"]["content"].encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "too long"}
        if len(self.taken) >= 20:
            return 200, {"errcode": 45009, "errmsg": "api freq out of limit"}
        self.taken.append(asked.json)
        return 200, {"errcode": 0, "errmsg": "ok"}


class Apps(Double):
    """WeCom's and DingTalk's applications: a token that lives until ``outworn`` says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.seen = 0, dict[str, set[str]]()
        self.users = {"zhang", "u1"}
        self.result: dict[str, list[str]] = {}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path.endswith("/gettoken"):
            if "s3cret" not in (asked.query.get("corpsecret"), asked.query.get("appsecret")):
                self.refused.append("secret")
                return 200, {"errcode": 40001, "errmsg": "invalid credential"}
            self.tokens += 1
            return 200, {"errcode": 0, "access_token": f"t{self.tokens}", "expires_in": 7200}
        if asked.query.get("access_token") != f"t{self.tokens}":
            return 200, {"errcode": 40014, "errmsg": "invalid access_token"}
        if asked.path == "/topapi/v2/user/getbymobile":
            return 200, {"errcode": 0, "result": {"userid": "u1"}}
        if asked.path.endswith("/getsendresult"):
            return 200, {"errcode": 0, "send_result": self.result}
        return self.send(asked.json)

    def send(self, body: dict[str, Any]) -> tuple[int, Any]:
        user = body.get("touser") or body["userid_list"]
        if user not in self.users:
            return 200, {"errcode": 81013 if "touser" in body else 33012, "errmsg": "no such user"}
        text = str(body.get("msg"))
        if "msg" in body and text in self.seen.setdefault(user, set()):
            return 200, {"errcode": 0, "task_id": 0}  # the same text once a day: it vanishes without a word
        self.seen.setdefault(user, set()).add(text)
        self.taken.append(body)
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": f"m{len(self.taken)}", "task_id": len(self.taken)}
