"""The script that plays answers: realistic, bounded, the same again by its seed."""

from __future__ import annotations

import random
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from board.demo.gateway import found_gateway
from board.management.commands.demo_answers import Player, deeds
from journal.actions.recording import SYSTEM
from notify.models import Delivery, Message

SMS = Delivery(channel="sms", address="19900000001", reference="k3-1", message=Message(reply_code=12))
CALL = Delivery(channel="voice", address="19900000001", reference="k4-1", message=Message())


def test_most_answer_some_late_and_some_never() -> None:
    dice = random.Random(1)
    played = [deeds(SMS, 0, dice) for _n in range(1000)]
    silent = sum(len(one) == 1 for one in played)
    assert 60 < silent < 140
    at = sorted(one[1].at for one in played if len(one) == 2)
    assert at[0] > 5
    assert 15 < at[len(at) // 2] < 60
    assert all(one[0].body == {"reference": "k3-1", "outcome": "delivered"} for one in played)
    assert all(one[1].body["text"].startswith("12") for one in played if len(one) == 2)


def test_calls_are_answered_by_a_number_or_not_taken() -> None:
    dice = random.Random(2)
    played = [deeds(CALL, 0, dice) for _n in range(1000)]
    refused = [one[0] for one in played if one[0].door == "receipt"]
    assert 60 < len(refused) < 140
    wrong = [one for one in played if one[0].body.get("key") == "*"]
    assert wrong
    assert all(len(one) == 2 and one[1].body["key"].endswith("#") for one in wrong)
    assert deeds(CALL, 0, random.Random(3)) == deeds(CALL, 0, random.Random(3))


@pytest.mark.django_db
def test_it_stops_by_itself_and_takes_no_more_people_than_told(settings: Any) -> None:
    settings.DEMO = True
    account = found_gateway(SYSTEM)
    out = StringIO()
    call_command("demo_answers", people=5, minutes=1, faster=1000, stdout=out)
    assert out.getvalue() == "0 answers and receipts of 0 telephones.\n"
    player = Player(account, 2, 1.0, random.Random(1))
    assert [player.may(number) for number in ("1", "2", "1", "3")] == [True, True, True, False]


@pytest.mark.django_db
def test_without_demo_nobody_answers(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_answers")
