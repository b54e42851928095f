"""What vendors push, through the real doors: in any order, twice, and about nothing of ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.test import Client

from command.actions import issue_order
from command.models import Assignment
from database.clock import now
from notify.files.sealing import seal
from notify.models import Account, Delivery, Inbound, Message, Template
from notify.rules.references import reference
from org.models import Person
from org.rules.tokens import digest_of
from tests.notify.gateways import vendors
from tests.notify.gateways.server import serving
from tests.notify.gateways.test_boards_and_apps import AES, pushed
from tests.support.gateways import TOKEN, account, deliver

pytestmark = pytest.mark.django_db

HEAD = "331126206200"


@pytest.fixture(autouse=True)
def alone(demo_county: Any) -> None:
    Account.objects.update(enabled=False)


def vendor(gateway: str, channel: str, secrets: dict[str, str], **settings: str) -> Account:
    made = account(gateway.replace("_", "-"), (channel,), gateway=gateway, settings=settings, sealed=seal(secrets))
    Template.objects.create(account=made, key="any", vendor_code="T1", params=["text"])
    return made


@pytest.fixture
def calls() -> Iterator[vendors.Aliyun]:
    with serving(vendors.Aliyun()) as (double, url):
        vendor("aliyun_voice", "voice", {"secret": "demo-sk"}, endpoint=url, access_key="demo-ak", thanks_code="TTS_9")
        yield double


def call_the_head(officer: Person) -> tuple[Assignment, Delivery]:
    order = issue_order(by=officer, incident_id=None, text="转移", units=[HEAD], posts=["village_head"], ladder="red")
    line = order.lines[0]
    message = Message.objects.get(subject=f"assignment:{line.pk}")
    row, _new = Delivery.objects.get_or_create(
        message=message, channel="voice", defaults={"address": message.person.phone, "urgent": True}
    )
    deliver()
    row.refresh_from_db()
    return line, row


def push(kind: str, code: str, body: Any) -> Any:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Client().post(f"/api/v1/inbound/{kind}/{code}/{TOKEN}/", raw, content_type="application/json")


def report(row: Delivery, status: str, keys: str = "") -> dict[str, str]:
    return {
        "call_id": row.provider_id, "out_id": row.reference, "status_code": status, "callee": row.address, "dtmf": keys,
    }  # fmt: skip


def test_a_key_at_aliyun_acknowledges_once_though_it_comes_with_both_reports(
    officer: Person, village: Person, calls: vendors.Aliyun
) -> None:
    line, row = call_the_head(officer)
    assert (row.state, calls.taken[0]["OutId"], calls.taken[0]["action"]) == ("sent", row.reference, "IvrCall")
    for _twice in range(2):
        answer = push("receipt", "aliyun-voice", [report(row, "200201"), report(row, "300000", "3")])
        assert (answer.status_code, answer.json()["code"]) == (200, 0)
        push("receipt", "aliyun-voice", [report(row, "200000", "3")])
    line.refresh_from_db()
    row.refresh_from_db()
    assert (line.status, line.answered_how) == ("received", "call_key")
    assert (row.state, row.outcome) == ("delivered", "heard")
    assert Inbound.objects.filter(kind="reply").count() == 1


def test_a_wrong_key_that_both_reports_tell_is_one_wrong_key(
    officer: Person, village: Person, calls: vendors.Aliyun
) -> None:
    line, row = call_the_head(officer)
    push("receipt", "aliyun-voice", [report(row, "300000", "*")])
    push("receipt", "aliyun-voice", [report(row, "200000", "*")])
    row.refresh_from_db()
    line.refresh_from_db()
    assert (row.wrong_keys, line.status) == (1, "called")


@pytest.mark.parametrize("code", ["200119", "200121"])
def test_a_call_that_our_own_limit_stopped_is_made_again_and_the_account_is_at_fault(
    officer: Person, village: Person, calls: vendors.Aliyun, code: str
) -> None:
    _line, row = call_the_head(officer)
    for _twice in range(2):
        push("receipt", "aliyun-voice", [report(row, code)])
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("queued", "")
    assert code in Account.objects.get(code="aliyun-voice").last_error
    assert not Delivery.objects.filter(message=row.message, state="failed").exists()


def test_late_and_doubled_ends_of_a_call_change_nothing_and_unknown_ones_do_no_harm(
    officer: Person, village: Person, calls: vendors.Aliyun
) -> None:
    _line, row = call_the_head(officer)
    stranger = {**report(row, "200000"), "out_id": "zzzz-1", "call_id": "none"}
    answer = push("receipt", "aliyun-voice", [report(row, "200000"), report(row, "200002"), stranger])
    assert answer.status_code == 200
    push("receipt", "aliyun-voice", [report(row, "200201"), report(row, "200000")])
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("delivered", "heard")


def test_a_phone_out_of_coverage_is_said_so(officer: Person, village: Person, calls: vendors.Aliyun) -> None:
    _line, row = call_the_head(officer)
    push("receipt", "aliyun-voice", [report(row, "200007")])
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("failed", "out_of_coverage")


def test_a_key_at_tencent_is_known_by_the_number_of_the_call(officer: Person, village: Person) -> None:
    with serving(vendors.Tencent()) as (_double, url):
        vendor(
            "tencent_voice", "voice", {"secret_key": "demo-secret-key"}, endpoint=url, secret_id="demo-id", app_id="1"
        )
        line, row = call_the_head(officer)
    key = {"callid": row.provider_id, "mobile": row.address, "nationcode": "86", "keypress": "2", "call_from": ""}
    answer = push("receipt", "tencent-voice", {"voicekey_callback": key})
    assert answer.json() == {"result": 0, "errmsg": "OK"}
    push("receipt", "tencent-voice", {"voicekey_callback": key})
    line.refresh_from_db()
    assert (line.status, Inbound.objects.filter(kind="reply").count()) == ("received", 1)


def test_a_wecom_button_acknowledges_its_own_order_and_a_forged_one_none(
    officer: Person, village: Person, calls: vendors.Aliyun
) -> None:
    other, _row = call_the_head(officer)
    line, row = call_the_head(officer)
    secrets = {"corp_secret": "s3cret", "token": "tok", "aes_key": AES}
    made = vendor("wecom_app", "app", secrets, corp_id="ww1", agent_id="7")
    card = Delivery.objects.create(message=row.message, channel="app", address="zhang", account=made, state="sent")
    Delivery.objects.filter(pk=card.pk).update(reference=reference(card.pk, 1))
    xml = (
        "<xml><FromUserName>zhang</FromUserName><Event>template_card_event</Event><EventKey>1</EventKey>"
        f"<TaskId>{reference(card.pk, 1)}</TaskId></xml>"
    )
    for word, status in (("another", 401), ("tok", 200), ("tok", 200)):
        body, query = pushed(xml, word=word)
        answer = Client().post(
            f"/api/v1/inbound/reply/wecom-app/{TOKEN}/", body, content_type="text/xml", query_params=query
        )
        assert answer.status_code == status
    assert answer.content == b""
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.status, line.answered_how, other.status) == ("received", "app_button", "called")
    assert Client().get(f"/api/v1/inbound/reply/wecom-app/{TOKEN}/").status_code == 401


def test_a_text_whose_answer_was_lost_is_looked_up_and_not_sent_twice(officer: Person, village: Person) -> None:
    with serving(vendors.Aliyun()) as (double, url):
        secrets = {"secret": "demo-sk"}
        vendor("aliyun_sms", "sms", secrets, endpoint=url, access_key="demo-ak", sign_name="测试")
        double.faults = ["cut"]
        issue_order(by=officer, incident_id=None, text="转移", units=[HEAD], posts=["village_head"], ladder="red")
        deliver()
        row = Delivery.objects.get(channel="sms")
        assert (row.state, len(double.taken)) == ("handed_over", 1)
        double.details = [{"PhoneNum": village.phone, "OutId": row.reference, "SendStatus": 3, "ErrCode": "DELIVERED"}]
        Delivery.objects.filter(pk=row.pk).update(handed_over_at=now() - dt.timedelta(seconds=30))
        deliver()
        row.refresh_from_db()
        assert (row.state, row.outcome, row.repeated, len(double.taken)) == ("delivered", "delivered", False, 1)
        push(
            "receipt",
            "aliyun-sms",
            [{"phone_number": village.phone, "success": False, "err_code": "X", "out_id": "0-1"}],
        )
        assert len(double.taken) == 1


def test_the_doors_want_the_secret_path(calls: vendors.Aliyun) -> None:
    answer = Client().post("/api/v1/inbound/receipt/aliyun-voice/guess/", b"[]", content_type="application/json")
    assert answer.status_code == 401
    assert digest_of("guess") != Account.objects.get(code="aliyun-voice").inbound_digest
