"""Robots of group chats, and messages of applications, against doubles that check what is signed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from notify.gateways import feishu
from notify.gateways.contract import APP_BUTTON, Outgoing, Refused
from notify.gateways.dingtalk import notice
from notify.gateways.dingtalk import robot as dingtalk
from notify.gateways.dingtalk.notice import DingtalkNotice
from notify.gateways.dingtalk.robot import DingtalkRobot
from notify.gateways.feishu import FeishuRobot
from notify.gateways.wecom.app import WecomApp
from notify.gateways.wecom.robot import WecomRobot
from notify.gateways.wecom.sealed import closed, signature
from tests.notify.gateways import vendors
from tests.notify.gateways.server import access, serving

NOTE = Outgoing("h3k2-1", "board", "331126100", "红色预警：3 个村未回复", params={"mobiles": "19900000001,19900000002"})
CARD = Outgoing("h3k2-1", "app", "zhang", "红色预警，请转移")
AES = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def test_dingtalk_mentions_and_signs_and_its_limit_is_the_accounts() -> None:
    with serving(vendors.DingtalkRobot()) as (double, url):
        there = access(robots=f"331126100 {url}/robot/send?access_token=x {double.secret}")
        for _ in range(20):
            DingtalkRobot().send(there, NOTE)
        assert double.taken[0]["at"]["atMobiles"] == ["19900000001", "19900000002"]
        assert "@19900000001" in double.taken[0]["text"]["content"]
        assert double.asked[0].query["access_token"] == "x"
        with pytest.raises(Refused, match="130101") as refused:
            DingtalkRobot().send(there, NOTE)
        assert not refused.value.permanent
        with pytest.raises(Refused, match="310000") as refused:
            DingtalkRobot().send(access(robots=f"331126100 {url}/ another"), NOTE)
        assert not refused.value.permanent


def test_feishu_takes_its_own_formula_and_refuses_dingtalks(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(vendors.FeishuRobot()) as (double, url):
        there = access(robots=f"331126100 {url}/hook/x {double.secret}")
        FeishuRobot().send(there, NOTE)
        assert double.taken[0]["content"]["text"].startswith(NOTE.text)
        monkeypatch.setattr(feishu, "sign", dingtalk.sign)
        with pytest.raises(Refused, match="19021") as refused:
            FeishuRobot().send(there, NOTE)
        assert not refused.value.permanent
        assert (len(double.taken), double.refused) == (1, ["sign"])


def test_errors_of_feishu_come_with_200() -> None:
    with serving(vendors.FeishuRobot()) as (double, url):
        there = access(robots=f"331126100 {url}/hook/x {double.secret}")
        double.faults = [b'{"code": 11232, "msg": "frequency limited"}', b'{"code": 9499, "msg": "Bad Request"}']
        for permanent in (False, True):
            with pytest.raises(Refused) as refused:
                FeishuRobot().send(there, NOTE)
            assert refused.value.permanent == permanent
        FeishuRobot().send(there, dataclasses.replace(NOTE, text="长" * 20_000))
        assert len(double.taken) == 1


def test_wecoms_robot_has_no_signature_but_its_key() -> None:
    with serving(vendors.WecomRobot()) as (double, url):
        there = access(robots=f"331126100 {url}/cgi-bin/webhook/send?key=a-key")
        WecomRobot().send(there, dataclasses.replace(NOTE, text="长" * 1000))
        assert double.taken[0]["text"]["mentioned_mobile_list"] == ["19900000001", "19900000002"]
        with pytest.raises(Refused, match="93000"):
            WecomRobot().send(access(robots=f"331126100 {url}/cgi-bin/webhook/send?key=b"), NOTE)
        double.taken = [{}] * 20
        with pytest.raises(Refused, match="45009") as refused:
            WecomRobot().send(there, NOTE)
        assert not refused.value.permanent


def test_a_township_without_a_robot_fails_for_good() -> None:
    with pytest.raises(Refused, match="no robot") as refused:
        WecomRobot().send(access(robots="331126101 http://127.0.0.1:9/"), NOTE)
    assert refused.value.permanent


# WeCom's application


def wecom(url: str, **more: str) -> Any:
    values = {"corp_id": "ww1", "corp_secret": "s3cret", "agent_id": "1000002", "token": "tok", "aes_key": AES, **more}
    return access(endpoint=url, **values)


def pushed(xml: str, receiver: str = "ww1", word: str = "tok") -> tuple[bytes, dict[str, str]]:
    sealed = closed(AES, xml, receiver)
    query = {"timestamp": "1700000000", "nonce": "n", "msg_signature": signature(word, "1700000000", "n", sealed)}
    return f"<xml><ToUserName>ww1</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode(), query


def test_a_card_has_a_button_and_an_outworn_token_is_fetched_anew() -> None:
    with serving(vendors.Apps()) as (double, url):
        there = wecom(url)
        WecomApp().send(there, CARD)
        double.tokens += 1  # the vendor withdraws it
        WecomApp().send(there, CARD)
        assert double.tokens == 3
        card = double.taken[0]["template_card"]
        assert (card["card_type"], card["task_id"]) == ("button_interaction", "h3k2-1")
        assert card["button_list"][0]["key"] == "1"
        with pytest.raises(Refused) as refused:
            WecomApp().send(there, dataclasses.replace(CARD, address="nobody"))
        assert (refused.value.permanent, refused.value.outcome) == (True, "bad_number")
        with pytest.raises(Refused, match="gettoken") as refused:
            WecomApp().send(wecom(url, corp_secret="another"), CARD)
        assert not refused.value.permanent


def test_a_button_comes_back_sealed_and_names_its_message() -> None:
    xml = (
        "<xml><FromUserName>zhang</FromUserName><MsgType>event</MsgType><Event>template_card_event</Event>"
        "<EventKey>1</EventKey><TaskId>h3k2-1</TaskId><ResponseCode>r</ResponseCode></xml>"
    )
    there, (body, query) = wecom(""), pushed(xml)
    assert WecomApp().authentic(there, {}, query, body)
    (reply,) = WecomApp().replies(there, body, query)
    assert (reply.text, reply.reference, reply.how) == ("1", "h3k2-1", APP_BUTTON)
    again, query_again = pushed(xml)
    assert again != body
    assert WecomApp().replies(there, again, query_again)[0].identity == reply.identity


def test_a_button_with_a_wrong_token_or_for_another_is_refused() -> None:
    there = wecom("")
    body, query = pushed("<xml/>", word="another")
    assert not WecomApp().authentic(there, {}, query, body)
    assert not WecomApp().authentic(there, {}, query, b"no xml")
    body, query = pushed("<xml/>", receiver="ww2")
    assert WecomApp().authentic(there, {}, query, body)
    with pytest.raises(ValueError, match="another receiver"):
        WecomApp().replies(there, body, query)


def test_wecom_makes_sure_of_the_address_before_it_pushes() -> None:
    sealed = closed(AES, "a greeting", "ww1")
    query = {"timestamp": "1", "nonce": "n", "echostr": sealed, "msg_signature": signature("tok", "1", "n", sealed)}
    assert WecomApp().greeting(wecom(""), query) == "a greeting"
    assert WecomApp().greeting(wecom(""), {**query, "nonce": "m"}) is None


# DingTalk's notices


def test_a_reminder_at_dingtalk_carries_its_time_so_that_it_does_not_vanish(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(vendors.Apps()) as (double, url):
        there = access(endpoint=url, app_key="k", app_secret="s3cret", agent_id="7")
        first = DingtalkNotice().send(there, dataclasses.replace(CARD, address="19900000001"))
        later = notice.present() + dt.timedelta(seconds=61)
        monkeypatch.setattr(notice, "present", lambda: later)
        second = DingtalkNotice().send(there, dataclasses.replace(CARD, address="19900000001"))
        assert (first.provider_id, second.provider_id) == ("1", "2")
        assert double.taken[0]["userid_list"] == "u1"
        assert double.taken[0]["msg"]["text"]["content"].endswith(CARD.text)


def test_dingtalk_says_who_has_read_a_notice() -> None:
    with serving(vendors.Apps()) as (double, url):
        there = access(endpoint=url, app_key="k", app_secret="s3cret", agent_id="7")
        look_up = DingtalkNotice().look_up
        double.result = {"unread_user_id_list": ["u1"]}
        assert look_up(there, "h3k2-1", "1", "u1") is None
        double.result = {"read_user_id_list": ["u1"]}
        assert look_up(there, "h3k2-1", "1", "u1").outcome == "delivered"
        double.result = {"failed_user_id_list": ["u1"]}
        assert look_up(there, "h3k2-1", "1", "u1").outcome == "failed"
        with pytest.raises(Refused) as refused:
            DingtalkNotice().send(there, dataclasses.replace(CARD, address="nobody"))
        assert refused.value.permanent
