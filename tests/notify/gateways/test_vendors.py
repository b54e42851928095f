"""The vendors' gateways against doubles that verify every signature."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from notify.gateways.aliyun.sms import AliyunSms
from notify.gateways.aliyun.voice import AliyunVoice
from notify.gateways.contract import Access, NotThere, Outgoing, Refused, Unsure
from notify.gateways.tencent.sms import TencentSms
from notify.gateways.tencent.voice import TencentVoice
from notify.gateways.yunmas import Yunmas
from tests.notify.gateways import vendors
from tests.notify.gateways.server import SMS_TEXT, access, serving

PHONE = "19900000001"
TEMPLATES = {"warning": ("SMS_1", ("level", "code"))}


def call_of(question: str = "how many?") -> Outgoing:
    return dataclasses.replace(SMS_TEXT, channel="voice", question=question)


@pytest.fixture
def aliyun() -> Iterator[tuple[vendors.Aliyun, Access]]:
    with serving(vendors.Aliyun()) as (double, url):
        yield double, access(TEMPLATES, endpoint=url, access_key="demo-ak", secret="demo-sk", sign_name="测试")


@pytest.fixture
def tencent() -> Iterator[tuple[vendors.Tencent, Access]]:
    with serving(vendors.Tencent()) as (double, url):
        more = {"secret_id": "demo-id", "secret_key": "demo-secret-key", "app_id": "1400006666", "sign_name": "测试"}
        yield double, access(TEMPLATES, endpoint=url, longest="6", **more)


def changed(there: Access, **values: str) -> Access:
    return dataclasses.replace(there, values={**there.values, **values})


# Aliyun


def test_aliyun_takes_an_approved_text_and_gives_its_number(aliyun: Any) -> None:
    double, there = aliyun
    taken = AliyunSms().send(there, SMS_TEXT)
    assert taken.provider_id == "1^0"
    assert double.taken[0]["TemplateCode"] == "SMS_1"
    assert double.taken[0]["OutId"] == "h3k2-1"
    assert orjson.loads(double.taken[0]["TemplateParam"]) == {"level": "红色", "code": "1"}


def test_aliyun_refuses_a_wrong_secret_and_the_account_is_at_fault(aliyun: Any) -> None:
    double, there = aliyun
    with pytest.raises(Refused) as refused:
        AliyunSms().send(changed(there, secret="another"), SMS_TEXT)
    assert not refused.value.permanent
    assert (double.taken, double.refused) == ([], ["signature"])


@pytest.mark.parametrize(
    ("code", "permanent", "outcome"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", True, "bad_number"),
        ("isv.BUSINESS_LIMIT_CONTROL", True, "failed"),
        ("isv.OUT_OF_SERVICE", False, "failed"),
        ("isv.SMS_SIGNATURE_ILLEGAL", False, "failed"),
        ("isp.SYSTEM_ERROR", False, "failed"),
    ],
)
def test_errors_of_aliyun_are_told_apart(aliyun: Any, code: str, permanent: bool, outcome: str) -> None:
    double, there = aliyun
    double.codes[PHONE] = code
    with pytest.raises(Refused, match=code) as refused:
        AliyunSms().send(there, SMS_TEXT)
    assert (refused.value.permanent, refused.value.outcome) == (permanent, outcome)


def test_no_approved_text_fails_for_good_and_asks_nobody(aliyun: Any) -> None:
    double, there = aliyun
    with pytest.raises(Refused) as refused:
        AliyunSms().send(there, dataclasses.replace(SMS_TEXT, template="plan_due"))
    assert refused.value.permanent
    assert double.asked == []


@pytest.mark.parametrize("fault", ["cut", 500, b"<html>"])
def test_what_aliyun_took_without_an_answer_is_unsure(aliyun: Any, fault: Any) -> None:
    double, there = aliyun
    double.faults = [fault]
    with pytest.raises(Unsure):
        AliyunSms().send(there, SMS_TEXT)
    if fault == "cut":
        assert len(double.taken) == 1


def test_a_gateway_that_is_down_has_taken_nothing() -> None:
    there = access(TEMPLATES, endpoint="http://127.0.0.1:9", access_key="a", secret="b", sign_name="c")
    with pytest.raises(Refused, match="no connection") as refused:
        AliyunSms().send(there, SMS_TEXT)
    assert not refused.value.permanent


def test_aliyun_is_asked_what_became_of_a_text(aliyun: Any) -> None:
    double, there = aliyun
    with pytest.raises(NotThere):
        AliyunSms().look_up(there, "h3k2-1", "", PHONE)
    one = {"PhoneNum": PHONE, "OutId": "h3k2-1", "SendStatus": 1, "ErrCode": ""}
    double.details = [{**one, "OutId": "h3k2-9", "SendStatus": 3}, one]
    assert AliyunSms().look_up(there, "h3k2-1", "", PHONE) is None
    double.details = [{**one, "SendStatus": 3, "ErrCode": "DELIVERED"}]
    found = AliyunSms().look_up(there, "h3k2-1", "", PHONE)
    assert found is not None
    assert found.outcome == "delivered"


def test_receipts_and_replies_of_aliyun_are_read() -> None:
    good = {"phone_number": PHONE, "success": True, "err_code": "DELIVERED", "biz_id": "1^0", "out_id": "h3k2-1"}
    bad = {**good, "success": False, "err_code": "X:1", "err_msg": "空号", "out_id": "h3k2-2"}
    found = AliyunSms().receipts(access(), orjson.dumps([bad, good, good]), {})
    assert [(one.outcome, one.reference) for one in found] == [
        ("bad_number", "h3k2-2"), ("delivered", "h3k2-1"), ("delivered", "h3k2-1"),
    ]  # fmt: skip
    said = {"phone_number": PHONE, "content": "1", "sequence_id": 1234567890}
    (reply,) = AliyunSms().replies(access(), orjson.dumps([said]), {})
    assert (reply.phone, reply.text, reply.identity) == (PHONE, "1", "1234567890")


@pytest.mark.parametrize("body", [b"", b"[1]", b'[{"success": "yes"}]', b'[{"success": true, "out_id": []}]'])
def test_pushes_that_cannot_be_read_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        AliyunSms().receipts(access(), body, {})


def test_a_call_that_asks_is_a_menu_and_one_that_tells_is_spoken(aliyun: Any) -> None:
    double, there = aliyun
    AliyunVoice().send(changed(there, thanks_code="TTS_9"), call_of())
    AliyunVoice().send(changed(there, thanks_code="TTS_9"), call_of(""))
    menu, told = double.taken
    assert (menu["action"], menu["StartCode"], menu["MenuKeyMap.10.Key"]) == ("IvrCall", "SMS_1", "9")
    assert (told["action"], told["TtsCode"], told["OutId"]) == ("SingleCallByTts", "SMS_1", "h3k2-1")


@pytest.mark.parametrize(
    ("status", "outcome", "ours"),
    [
        ("200000", "heard", False), ("200001", "hung_up", False), ("200002", "busy", False),
        ("200003", "no_answer", False), ("200004", "bad_number", False), ("200005", "unreachable", False),
        ("200007", "out_of_coverage", False), ("200008", "heard", False), ("200010", "switched_off", False),
        ("200011", "bad_number", False), ("200119", "failed", True), ("200121", "failed", True),
        ("299999", "failed", False),
    ],
)  # fmt: skip
def test_the_end_of_a_call_at_aliyun(status: str, outcome: str, ours: bool) -> None:
    push = orjson.dumps([{"call_id": "c1", "out_id": "h3k2-1", "status_code": status, "callee": PHONE}])
    (found,) = AliyunVoice().receipts(access(), push, {})
    assert (found.outcome, found.ours, found.reference) == (outcome, ours, "h3k2-1")


def test_a_key_at_aliyun_counts_once_though_it_comes_twice() -> None:
    one = {"call_id": "c1", "out_id": "h3k2-1", "callee": PHONE, "dtmf": "3"}
    events = [{**one, "status_code": "200201", "dtmf": ""}, {**one, "status_code": "300000"}]
    at_once, at_the_end = AliyunVoice().receipts(
        access(), orjson.dumps([*events, {**one, "status_code": "200000"}]), {}
    )
    assert (at_once.outcome, at_once.keys) == ("", "3")
    assert (at_the_end.outcome, at_the_end.keys) == ("heard", "3")
    assert at_once.identity == at_the_end.identity


# Tencent


def test_tencent_takes_a_text_with_short_variables(tencent: Any) -> None:
    double, there = tencent
    message = dataclasses.replace(SMS_TEXT, params={"level": "红色暴雨预警信号", "code": "1"})
    assert TencentSms().send(there, message).provider_id == "s1"
    assert double.taken[0]["PhoneNumberSet"] == ["+8619900000001"]
    assert double.taken[0]["TemplateParamSet"] == ["红色暴雨预警", "1"]
    assert double.taken[0]["SessionContext"] == "h3k2-1"


def test_tencent_refuses_a_wrong_secret(tencent: Any) -> None:
    double, there = tencent
    with pytest.raises(Refused, match="SignatureFailure") as refused:
        TencentSms().send(changed(there, secret_key="another"), SMS_TEXT)
    assert not refused.value.permanent
    assert double.refused == ["signature"]


@pytest.mark.parametrize(
    ("code", "permanent"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", True),
        ("FailedOperation.PhoneNumberInBlacklist", True),
        ("InvalidParameterValue.TemplateParameterLengthLimit", True),
        ("FailedOperation.InsufficientBalanceInSmsPackage", False),
        ("FailedOperation.SignatureIncorrectOrUnapproved", False),
        ("UnauthorizedOperation.ServiceSuspendDueToArrears", False),
    ],
)
def test_each_number_at_tencent_has_its_own_code_under_200(tencent: Any, code: str, permanent: bool) -> None:
    double, there = tencent
    double.codes["+8619900000001"] = code
    with pytest.raises(Refused, match=code) as refused:
        TencentSms().send(there, SMS_TEXT)
    assert refused.value.permanent == permanent


def test_tencent_pushes_and_is_pulled_and_a_reply_is_the_same_either_way(tencent: Any) -> None:
    double, there = tencent
    pushed = {"mobile": PHONE, "nationcode": "86", "report_status": "FAIL", "errmsg": "关机", "sid": "s1"}
    (receipt,) = TencentSms().receipts(there, orjson.dumps([pushed]), {})
    assert (receipt.outcome, receipt.provider_id) == ("switched_off", "s1")
    said = {"extend": "", "mobile": PHONE, "nationcode": "86", "sign": "", "text": "1", "time": 1457336869}
    (reply,) = TencentSms().replies(there, orjson.dumps(said), {})
    double.statuses = [{"ReportStatus": "SUCCESS", "SerialNo": "s1", "SubscriberNumber": PHONE, "Description": ""}]
    double.replies = [{"SubscriberNumber": PHONE, "ReplyContent": "1", "ReplyTime": 1457336869}]
    receipts, replies = TencentSms().poll(there)
    assert [one.outcome for one in receipts] == ["delivered"]
    assert replies == [reply]


def test_calls_of_tencent_are_known_by_their_own_number(tencent: Any) -> None:
    double, there = tencent
    assert TencentVoice().send(there, call_of()).provider_id == "c1"
    assert double.taken[0]["CalledNumber"] == "+8619900000001"
    read = TencentVoice().receipts
    state = {"callid": "c1", "mobile": PHONE}
    (heard,) = read(
        there,
        orjson.dumps(
            {
                "voiceprompt_callback": {
                    **state,
                    "result": "0",
                    "accept_time": "1470197200",
                    "end_calltime": "1470197221",
                }
            }
        ),
        {},
    )
    (key,) = read(there, orjson.dumps({"voicekey_callback": {**state, "keypress": "3"}}), {})
    failure = {**state, "failure_code": 8, "failure_reason": "空号"}
    (failed,) = read(there, orjson.dumps({"voice_failure_callback": failure}), {})
    early = {**state, "result": "0", "accept_time": "1470197200", "end_calltime": "1470197204"}
    (hung_up,) = read(there, orjson.dumps({"voiceprompt_callback": early}), {})
    assert hung_up.outcome == "hung_up", "picked up is not heard"
    assert [heard.outcome, key.outcome, failed.outcome] == ["heard", "", "bad_number"]
    assert (key.keys, key.provider_id) == ("3", "c1")
    assert read(there, orjson.dumps({"voiceprompt_callback": {**state, "result": "2"}}), {}) == []
    with pytest.raises(ValueError):
        read(there, b"{}", {})


# Cloud MAS


def test_cloud_mas_takes_free_text_and_refuses_a_wrong_mac() -> None:
    with serving(vendors.Yunmas()) as (double, url):
        there = access(endpoint=url, ec_name="测试县政府", ap_id="demo", secret="demo-secret", sign="abcDEF123")
        assert Yunmas().send(there, SMS_TEXT).provider_id == "g1"
        assert double.taken[0]["content"] == SMS_TEXT.text
        with pytest.raises(Refused, match="IllegalMac") as refused:
            Yunmas().send(changed(there, secret="another"), SMS_TEXT)
        assert not refused.value.permanent
        with pytest.raises(Refused, match="InvalidMessage") as refused:
            Yunmas().send(there, dataclasses.replace(SMS_TEXT, address="no number"))
        assert refused.value.permanent
