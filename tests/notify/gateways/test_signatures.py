"""Signatures against the vectors: what the vendors' own signers made of the same input."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import orjson

from notify.gateways.aliyun.signature import authorization as acs3
from notify.gateways.dingtalk.robot import sign as dingtalk
from notify.gateways.feishu import sign as feishu
from notify.gateways.tencent.signature import authorization as tc3
from notify.gateways.yunmas import body as yunmas

VECTORS = orjson.loads((Path(__file__).parent.parent / "vectors.json").read_bytes())


def test_aliyun_acs3() -> None:
    one = VECTORS["aliyun_acs3"]
    assert acs3(one["access_key"], one["secret"], one["query"], one["headers"]) == one["authorization"]


def test_tencent_tc3() -> None:
    one = VECTORS["tencent_tc3"]
    payload = one["payload"].encode()
    signed = tc3(one["secret_id"], one["secret_key"], "sms", one["host"], payload, one["timestamp"])
    assert signed == one["authorization"]


def test_yunmas_norsubmit() -> None:
    one = VECTORS["yunmas_norsubmit"]
    given = one["in"]
    values = {
        "ec_name": given["ecName"], "ap_id": given["apId"], "secret": given["secretKey"], "sign": given["sign"],
        "extension": given["addSerial"],
    }  # fmt: skip
    made = yunmas(values, given["mobiles"], given["content"])
    assert orjson.loads(base64.b64decode(made))["mac"] == one["mac_md5_lower"]
    assert made.decode() == one["body_base64"]


def test_dingtalk_and_feishu_differ() -> None:
    one, other = VECTORS["dingtalk_robot"], VECTORS["feishu_robot"]
    assert quote(dingtalk(one["timestamp_ms"], one["secret"]), safe="") == one["sign_urlencoded"]
    assert feishu(other["timestamp_s"], other["secret"]) == other["sign"]
    assert dingtalk(other["timestamp_s"], other["secret"]) == other["wrong_if_dingtalk_formula"]
