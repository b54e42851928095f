"""E-mail, loudspeakers, telephones of a closed network, and Web Push, against doubles on loopback."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import io
import logging
import socketserver
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from defusedxml.ElementTree import fromstring

from notify.gateways.asterisk import Asterisk
from notify.gateways.contract import NotThere, Outgoing, Refused, Unsure
from notify.gateways.loudspeaker import Loudspeaker
from notify.gateways.loudspeaker.message import packed
from notify.gateways.mail import Mail
from notify.gateways.webpush import WebPush, new_private_key, public_key
from tests.notify.gateways.push_service import PushService
from tests.notify.gateways.server import Asked, Double, access, serving

WARNING = Outgoing("h3k2-1", "email", "a@county.test", "红色预警，请转移")


# E-mail


class Post(socketserver.StreamRequestHandler):
    """Just enough of a mail server."""

    def handle(self) -> None:
        said, server = self.wfile.write, self.server
        said(b"220 here\r\n")
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("RCPT") and server.refuses:
                said(server.refuses)
            elif word == "DATA":
                said(b"354 go on\r\n")
                letter = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    letter += part
                server.letters.append(letter)
                if server.hangs_up:
                    return
                said(b"250 taken\r\n")
            elif word == "QUIT":
                said(b"221 bye\r\n")
                return
            else:
                said(b"250 ok\r\n")


@contextmanager
def post_office(refuses: bytes = b"", hangs_up: bool = False) -> Iterator[tuple[Any, Any]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        server.letters, server.refuses, server.hangs_up = [], refuses, hangs_up
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        port = str(server.server_address[1])
        yield server, access(host="127.0.0.1", port=port, security="none", sender="县应急局 <duty@county.test>")
        server.shutdown()


def test_a_letter_goes_out_with_its_reference() -> None:
    with post_office() as (server, there):
        assert Mail().send(there, WARNING).provider_id == "<test.h3k2-1@county.test>"
        assert b"Message-ID: <test.h3k2-1@county.test>" in server.letters[0]


@pytest.mark.parametrize(
    ("refuses", "permanent", "outcome"),
    [(b"550 no such user\r\n", True, "bad_number"), (b"451 later\r\n", False, "failed")],
)
def test_a_mailbox_that_is_not_there_fails_for_good(refuses: bytes, permanent: bool, outcome: str) -> None:
    with post_office(refuses) as (_server, there), pytest.raises(Refused) as refused:
        Mail().send(there, WARNING)
    assert (refused.value.permanent, refused.value.outcome) == (permanent, outcome)


def test_a_server_that_hangs_up_after_the_letter_leaves_us_unsure_and_one_that_is_off_does_not() -> None:
    with post_office(hangs_up=True) as (_server, there), pytest.raises(Unsure):
        Mail().send(there, WARNING)
    with pytest.raises(Refused, match="no connection"):
        Mail().send(there, WARNING)


# Loudspeakers


class Signer(Double):
    """The county's signing machine, here with HMAC in place of SM2."""

    key = b"machine"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        return 200, hmac.new(self.key, asked.body, hashlib.sha256).digest()


class Platform(Double):
    """Takes signed EBM, and tells what it played."""

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, str] = {}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        start = asked.body.index(b"\r\n\r\n") + 4
        files = {}
        with tarfile.open(fileobj=io.BytesIO(asked.body[start:])) as tar:
            for member in tar:
                files[member.name] = tar.extractfile(member).read()
        (name,) = (name for name in files if name.startswith("EBDB_"))
        document, signed = files[name], fromstring(files[f"EBDS_{name}"])
        wanted = base64.b64encode(hmac.new(Signer.key, document, hashlib.sha256).digest()).decode()
        root = fromstring(document)
        if signed.findtext("SignatureValue") != wanted or signed.findtext("RelatedEBD/EBDID") != root.findtext("EBDID"):
            self.refused.append("signature")
            return 200, self.said("4", "签名验证失败")
        number = root.findtext(".//EBMID")
        if root.findtext("EBDType") == "EBM":
            self.taken.append(root)
            return 200, self.said("1", "ok")
        if number not in self.states:
            return 200, self.said("5", "查找不到该EBMID")
        return 200, played(number, self.states[number])

    def said(self, code: str, words: str) -> bytes:
        response = f"<EBDResponse><ResultCode>{code}</ResultCode><ResultDesc>{words}</ResultDesc></EBDResponse>"
        return packed("0", f"<EBD><EBDType>EBDResponse</EBDType>{response}</EBD>".encode(), b"<Signature/>")


def played(number: str, code: str) -> bytes:
    state = f"<EBM><EBMID>{number}</EBMID></EBM><BrdStateCode>{code}</BrdStateCode><BrdStateDesc>x</BrdStateDesc>"
    document = f"<EBD><EBDType>EBMStateResponse</EBDType><EBMStateResponse>{state}</EBMStateResponse></EBD>"
    return packed("0", document.encode(), b"<Signature/>")


SPOKEN = Outgoing(
    "h3k2-1", "loudspeaker", "331126206200", "立即转移", params={"colour": "red", "unit": "官埠村"},
)  # fmt: skip


@contextmanager
def broadcast() -> Iterator[tuple[Platform, Any]]:
    with serving(Platform()) as (double, url), serving(Signer()) as (_signer, machine):
        more = {"source": "010333112600000001", "target": "010233110000000001", "sender": "县应急局"}
        yield double, access(endpoint=f"{url}/ebd", signer=machine, **more)


def test_a_loudspeaker_proves_that_it_played() -> None:
    with broadcast() as (double, there):
        number = Loudspeaker().send(there, SPOKEN).provider_id
        document = double.taken[0]
        assert (len(number), len(document.findtext("EBDID")), len(document.findtext("SRC/EBRID"))) == (30, 36, 18)
        assert document.findtext("EBM/MsgContent/MsgDesc") == "立即转移"
        assert document.findtext("EBM/MsgBasicInfo/Severity") == "1"
        assert document.findtext("EBM/MsgContent/AreaCode") == "331126206200"
        with pytest.raises(NotThere):
            Loudspeaker().look_up(there, "h3k2-1", "", "331126206200")
        double.states[number] = "2"
        assert Loudspeaker().look_up(there, "h3k2-1", number, "331126206200") is None
        double.states[number] = "3"
        assert Loudspeaker().look_up(there, "h3k2-1", "", "331126206200").outcome == "delivered"
        (pushed,) = Loudspeaker().receipts(there, played(number, "4"), {})
        assert (pushed.outcome, pushed.provider_id) == ("failed", number)
        with pytest.raises(ValueError):
            Loudspeaker().receipts(there, b"neither a tar file nor XML", {})


def test_a_broadcast_that_is_signed_wrongly_is_refused_and_one_given_twice_has_one_number() -> None:
    with broadcast() as (double, there):
        again = dataclasses.replace(SPOKEN, reference="h3k2-2")
        assert Loudspeaker().send(there, SPOKEN).provider_id == Loudspeaker().send(there, again).provider_id
        unsigned = dataclasses.replace(there, values={**there.values, "signer": ""})
        with pytest.raises(Refused, match="4: ") as refused:
            Loudspeaker().send(unsigned, SPOKEN)
        assert not refused.value.permanent
        assert double.refused == ["signature"]


# Asterisk


class Ari(Double):
    def answer(self, asked: Asked) -> tuple[int, Any]:
        wanted = "Basic " + base64.b64encode(b"sanji:pw").decode()
        if asked.headers.get("authorization") != wanted:
            self.refused.append("password")
            return 401, {"message": "Authentication required"}
        if any(one["channelId"] == asked.query["channelId"] for one, _ in self.taken):
            return 409, {"message": "Channel with given unique ID already exists"}
        self.taken.append((asked.query, asked.json["variables"]))
        return 200, {"id": asked.query["channelId"]}


def test_a_call_is_placed_once_and_speaks_our_text() -> None:
    call = Outgoing("h3k2-1", "voice", "0578-6120000", "红色预警", question="还有几人？")
    with serving(Ari()) as (double, url):
        there = access(endpoint=url, user="sanji", password="pw")
        Asterisk().send(there, call)
        Asterisk().send(there, call)
        ((query, variables),) = double.taken
        assert query["endpoint"] == "Local/05786120000@sanji-dial/n"
        assert (variables["SANJI_TEXT"], variables["SANJI_QUESTION"]) == ("红色预警", "还有几人？")
        with pytest.raises(Refused, match="401") as refused:
            Asterisk().send(access(endpoint=url, user="sanji", password="no"), call)
        assert not refused.value.permanent
        with pytest.raises(Refused) as refused:
            Asterisk().send(there, dataclasses.replace(call, address="x&SIP/9"))
        assert refused.value.permanent
        assert len(double.asked) == 3, "what is no number never gets into a dial string"


@pytest.mark.parametrize(
    ("told", "outcome", "ours"),
    [
        ({"reference": "h3k2-1", "cause": "16", "heard": "1"}, "heard", False),
        ({"reference": "h3k2-1", "cause": "16", "heard": "0"}, "hung_up", False),
        ({"reference": "h3k2-1", "cause": "17"}, "busy", False),
        ({"reference": "h3k2-1", "cause": "19"}, "no_answer", False),
        ({"reference": "h3k2-1", "cause": "1"}, "bad_number", False),
        ({"reference": "h3k2-1", "cause": "20"}, "unreachable", False),
        ({"reference": "h3k2-1", "cause": "34"}, "failed", True),
        ({"type": "ChannelDestroyed", "cause": 17, "channel": {"id": "h3k2-1"}}, "busy", False),
    ],
)
def test_the_cause_of_a_hangup_is_an_outcome(told: Any, outcome: str, ours: bool) -> None:
    (found,) = Asterisk().receipts(access(), orjson.dumps(told), {})
    assert (found.outcome, found.ours, found.reference) == (outcome, ours, "h3k2-1")


def test_keys_of_the_dialplan_are_a_reply() -> None:
    (reply,) = Asterisk().replies(access(), b'{"reference": "h3k2-1", "phone": "19900000001", "keys": "12#"}', {})
    assert (reply.keys, reply.reference, reply.how) == ("12#", "h3k2-1", "call_key")
    with pytest.raises(ValueError):
        Asterisk().replies(access(), b'{"reference": "h3k2-1"}', {})


# Web Push


@contextmanager
def push_service() -> Iterator[tuple[PushService, str, str]]:
    """The double, its address, and the private key of the account."""
    private = new_private_key()
    with serving(PushService(public_key(private))) as (double, url):
        yield double, url, private


SHOWN = Outgoing(
    "h3k2-1", "push", "", "请打开查看", language="zh-hans", title="警报", url="/orders/mine/7/", tag="alarm-7",
    about="assignment:7", urgent=True,
)  # fmt: skip


def addressed(*subscriptions: dict[str, Any]) -> Outgoing:
    return dataclasses.replace(SHOWN, address=orjson.dumps(subscriptions).decode())


def test_a_browser_is_woken_with_what_only_it_can_read(settings: Any) -> None:
    settings.WEB_PUSH = True
    with push_service() as (double, url, private):
        there = access(private_key=private, contact="mailto:duty@county.test", hosts="127.0.0.1")
        message = addressed(one := double.subscription(url))
        assert WebPush().send(there, message).reached == (one["endpoint"],)
        told = {"title": "警报", "text": "请打开查看", "url": "/orders/mine/7/", "tag": "alarm-7", "lang": "zh-hans",
                "about": "assignment:7", "urgent": True, "reference": "h3k2-1"}  # fmt: skip
        assert double.taken == [(told, "high", "/push/1")]
        assert SHOWN.text.encode() not in double.asked[0].body
        double.gone.add("/push/1")
        with pytest.raises(Refused, match="410") as refused:
            WebPush().send(there, message)
        assert (refused.value.permanent, refused.value.gone) == (True, (one["endpoint"],))


def test_one_browser_that_is_gone_or_silent_keeps_no_other_from_being_woken(settings: Any) -> None:
    settings.WEB_PUSH = True
    with push_service() as (double, url, private):
        there = access(private_key=private, contact="mailto:duty@county.test", hosts="127.0.0.1")
        rows = [double.subscription(url, name) for name in ("1", "2", "3")]
        double.gone.add("/push/1")
        double.faults = [410, "cut"]
        took = WebPush().send(there, addressed(*rows))
        assert (took.reached, took.gone) == ((rows[2]["endpoint"],), (rows[0]["endpoint"],))
        for faults, permanent, elsewhere in (
            (["cut", 503, 410], False, True), (["cut", 403, 410], False, False), ([410, 410, 413], True, True),
        ):  # fmt: skip
            double.faults = list(faults)
            with pytest.raises(Refused) as refused:
                WebPush().send(there, addressed(*rows))
            assert (refused.value.permanent, refused.value.elsewhere) == (permanent, elsewhere), faults


def test_what_another_key_was_made_for_is_not_sent_and_a_key_that_is_none_is_the_accounts_fault(settings: Any) -> None:
    settings.WEB_PUSH = True
    with push_service() as (double, url, private):
        one = {**double.subscription(url), "server_key": public_key(private)}
        for key, permanent in ((new_private_key(), True), ("nonsense", False)):
            there = access(private_key=key, contact="mailto:duty@county.test", hosts="127.0.0.1")
            with pytest.raises(Refused) as refused:
                WebPush().send(there, addressed(one))
            assert (refused.value.permanent, refused.value.gone) == (permanent, ())
        assert double.asked == []
        there = access(private_key=private, contact="mailto:duty@county.test", hosts="127.0.0.1")
        WebPush().send(there, addressed(one))
        unlike = access(private_key=new_private_key(), contact="mailto:duty@county.test", hosts="127.0.0.1")
        with pytest.raises(Refused, match="403"):
            WebPush().send(unlike, addressed(double.subscription(url)))
        assert double.refused == ["signature"]


def test_only_services_of_the_list_are_asked_and_on_a_closed_network_none(settings: Any) -> None:
    with push_service() as (double, url, private):
        there = access(private_key=private, contact="mailto:duty@county.test")
        for switch, match in ((True, "not a push service"), (False, "switched off")):
            settings.WEB_PUSH = switch
            with pytest.raises(Refused, match=match) as refused:
                WebPush().send(there, addressed(double.subscription(url)))
            assert refused.value.permanent
        assert double.asked == []


def test_addresses_with_keys_in_them_are_not_written_into_the_log() -> None:
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
