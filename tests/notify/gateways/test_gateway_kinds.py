"""What every kind of gateway owes to the form of accounts and to the log."""

from __future__ import annotations

import re

import pytest

from notify.gateways.contract import GATEWAYS, Refused
from notify.gateways.reading import number
from tests.notify.gateways.server import access

SECRET = re.compile(r"secret(?!_id)|password|private|aes|^token$|^robots$")


def test_all_kinds_are_there() -> None:
    wanted = {
        "generic", "aliyun_sms", "aliyun_voice", "tencent_sms", "tencent_voice", "yunmas", "dingtalk_robot",
        "dingtalk_notice", "feishu_robot", "wecom_robot", "wecom_app", "mail", "webpush", "loudspeaker", "asterisk",
    }  # fmt: skip
    assert wanted <= set(GATEWAYS)


@pytest.mark.parametrize("code", sorted(GATEWAYS))
def test_what_opens_an_account_is_marked_secret(code: str) -> None:
    names = [one.name for one in GATEWAYS[code].settings]
    assert len(names) == len(set(names))
    assert [one.name for one in GATEWAYS[code].settings if bool(SECRET.search(one.name)) != one.secret] == []
    assert [one.name for one in GATEWAYS[code].settings if one.secret and one.default] == []


def test_an_account_never_shows_what_it_knows() -> None:
    assert "s3cret" not in repr(access(secret="s3cret"))


def test_a_setting_that_is_no_number_is_the_accounts_fault() -> None:
    assert (number(access(port=""), "port", 465), number(access(port="25"), "port", 465)) == (465, 25)
    with pytest.raises(Refused) as refused:
        number(access(port="smtp"), "port")
    assert not refused.value.permanent
