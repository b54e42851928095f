"""``manage.py demo_answers --people 600``: invented people answer as people do, by the doors of the demonstration's
gateway account. Stops by itself.
"""

from __future__ import annotations

import random
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from board.demo.gateway import CODE, TOKEN
from notify.gateways.contract import VOICE
from notify.models import Account, Delivery

EVERY_S = 0.5
MOST_PEOPLE, MOST_MINUTES = 2000, 30


@dataclass(frozen=True)
class Deed:
    """What a telephone does ``at`` (seconds since the start). ``door``: receipt or reply."""

    at: float
    door: str
    body: dict[str, Any]


def deeds(row: Delivery, at: float, dice: random.Random) -> list[Deed]:
    """Of ten people seven answer within two minutes, one much later, one never; of calls one in ten is not taken."""
    late = dice.lognormvariate(3.0, 0.8)  # half within 20 s, nine of ten within a minute
    luck = dice.random()
    if row.channel == VOICE:
        if luck < 0.1:
            outcome = dice.choice(["no_answer", "busy", "hung_up", "switched_off", "out_of_coverage"])
            return [Deed(at + 20, "receipt", {"reference": row.reference, "outcome": outcome})]
        keys = "*" if luck < 0.13 else f"{dice.randrange(0, 40)}#"
        said = [Deed(at + 12 + late, "reply", {"from": row.address, "key": keys, "reference": row.reference})]
        if keys == "*":
            body = {"from": row.address, "key": f"{dice.randrange(0, 40)}#", "reference": row.reference}
            said.append(Deed(at + 20 + late, "reply", body))
        return said
    came = [Deed(at + dice.uniform(1, 6), "receipt", {"reference": row.reference, "outcome": "delivered"})]
    if luck < 0.1:
        return came
    code = row.message.reply_code or 1
    text = dice.choice([f"{code}", f"{code} 已转移{dice.randrange(1, 60)}人", f"{code} 收到", f"{code} 到位"])
    return [*came, Deed(at + 10 + late * (5 if luck > 0.9 else 1), "reply", {"from": row.address, "text": text})]


class Command(BaseCommand):
    help = "Play the answers of invented people to whatever rings now (only with DEMO on)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=600, help=f"at most so many telephones, up to {MOST_PEOPLE}")
        parser.add_argument("--minutes", type=float, default=10, help=f"stops after so long, at most {MOST_MINUTES}")
        parser.add_argument("--faster", type=float, default=1, help="delays are divided by this")
        parser.add_argument("--seed", type=int, default=None, help="the same again")

    def handle(self, *args: Any, people: int, minutes: float, faster: float, seed: int | None, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Invented people answer only where DEMO is on.")
        account = Account.objects.filter(code=CODE).first()
        if account is None:
            raise CommandError("There is no account of the demonstration: run manage.py found_demo.")
        player = Player(account, max(1, min(people, MOST_PEOPLE)), max(0.01, faster), random.Random(seed))  # noqa: S311
        count = player.play(60 * max(0.0, min(minutes, MOST_MINUTES)))
        self.stdout.write(f"{count} answers and receipts of {len(player.known)} telephones.")


class Player:
    """Asks the database what has been handed over, and the doors to take what the telephones do about it."""

    def __init__(self, account: Account, people: int, faster: float, dice: random.Random) -> None:
        self.account, self.people, self.faster, self.dice = account, people, faster, dice
        self.known: set[str] = set()
        self.waiting: list[Deed] = []
        self.seen: set[str] = set()

    def play(self, seconds: float) -> int:
        """Until everybody who will answer has answered and nothing has come for half a minute, or the time is over."""
        begun, last, count = time.monotonic(), 0.0, 0
        with httpx.Client(timeout=10, trust_env=False, headers=_headers(self.account)) as doors:
            while (at := time.monotonic() - begun) < seconds:
                if self._hear(at):
                    last = at
                count += self._do(doors, at)
                if not self.waiting and at - last > 30 / self.faster:
                    break
                time.sleep(EVERY_S / max(1.0, self.faster))
        return count

    def _hear(self, at: float) -> bool:
        rows = Delivery.objects.filter(account=self.account, outcome="", state__in=("handed_over", "sent"))
        rows = rows.filter(message__state="open").select_related("message").order_by("pk")[: self.people]
        new = [row for row in rows if row.reference not in self.seen and self.may(row.address)]
        for row in new:
            self.seen.add(row.reference)
            later = deeds(row, 0, self.dice)
            self.waiting += [Deed(at + one.at / self.faster, one.door, one.body) for one in later]
        return bool(new)

    def may(self, address: str) -> bool:
        if address not in self.known and len(self.known) >= self.people:
            return False
        self.known.add(address)
        return True

    def _do(self, doors: httpx.Client, at: float) -> int:
        due = sorted((one for one in self.waiting if one.at <= at), key=lambda one: one.at)
        self.waiting = [one for one in self.waiting if one.at > at]
        for one in due:
            answer = doors.post(f"{_root(self.account)}/api/v1/inbound/{one.door}/{CODE}/", json=one.body)
            answer.raise_for_status()
        return len(due)


def _root(account: Account) -> str:
    parts = urlsplit(account.settings["url"])
    return f"{parts.scheme}://{parts.netloc}"


def _headers(account: Account) -> dict[str, str]:
    lines = (line.partition(":") for line in str(account.settings.get("headers", "")).splitlines())
    return {**{name: value.strip() for name, _colon, value in lines if name}, "Authorization": f"Token {TOKEN}"}
