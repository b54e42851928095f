"""Chains of messages to test with: the strangers' cases with their moments filled in, and series of our own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from database.clock import now
from early_warning.actions import receive
from early_warning.models import Feed, Question, Warning
from tests.cases.fill import fill
from tests.early_warning.messages import area, info, message

CASES = Path(__file__).parents[1] / "cases" / "cap"
CHINA = dt.timezone(dt.timedelta(hours=8))
SENDER = "qx@qingyuan.example"
COLOURS = {
    "red": ("Extreme", "红色"),
    "orange": ("Severe", "橙色"),
    "yellow": ("Moderate", "黄色"),
    "blue": ("Minor", "蓝色"),
}
JUSHUI, ZHUKOU = "331126206", "331126102"


def cases(*names: str, run: str = "t") -> list[bytes]:
    """The files of one case, filled in one go."""
    moment = dt.datetime.now(CHINA).replace(microsecond=0)
    return [fill((CASES / f"{name}.xml").read_text("utf-8"), run, moment).encode() for name in names]


def moment(minutes: float) -> str:
    """That many minutes from now by the database's clock, as CAP writes it."""
    return (now().astimezone(CHINA).replace(microsecond=0) + dt.timedelta(minutes=minutes)).isoformat()


def block(
    colour: str = "red",
    codes: tuple[str, ...] = (JUSHUI,),
    *,
    effective: str | None = None,
    onset: str | None = None,
    expires: str | None = None,
    where: str | None = None,
    **replaced: str | None,
) -> str:
    """An info block of a colour over divisions, or over ``where``."""
    severity, word = COLOURS[colour]
    times = {"effective": effective, "onset": onset, "expires": expires}
    extra = "".join(f"<{name}>{text}</{name}>" for name, text in times.items() if text)
    texts: dict[str, Any] = {"severity": severity, "headline": f"庆元县气象台发布暴雨{word}预警", **replaced}
    return info(area=area(codes=codes) if where is None else where, extra=extra, **texts)


def lift(codes: tuple[str, ...] = (JUSHUI,), headline: str = "解除暴雨预警", **replaced: str | None) -> str:
    return info(area=area(codes=codes), headline=headline, severity="Extreme", **replaced)


class Series:
    """Messages of one sender through one feed, a minute apart; each is named by a letter."""

    def __init__(self, feed: Feed, sender: str = SENDER) -> None:
        self.feed, self.sender = feed, sender
        self.sent: dict[str, str] = {}

    def body(self, name: str, kind: str, infos: str, of: str = "", **more: str) -> bytes:
        self.sent.setdefault(name, more.pop("sent", "") or moment(-60 + len(self.sent)))
        named = " ".join(f"{self.sender},{self.prefix}{one},{self.sent[one]}" for one in of)
        return message(infos, identifier=f"{self.prefix}{name}", sender=self.sender, sent=self.sent[name], msgType=kind,
                       references=named or None, **more)  # fmt: skip

    prefix = "s-"

    def alert(self, name: str, infos: str = "", **more: str) -> Warning:
        return self.take(self.body(name, "Alert", infos or block(), **more))

    def update(self, name: str, of: str, infos: str = "", **more: str) -> Warning:
        return self.take(self.body(name, "Update", infos or block(), of, **more))

    def cancel(self, name: str, of: str, infos: str = "") -> Warning | None:
        return self.take(self.body(name, "Cancel", infos, of))

    def take(self, body: bytes) -> Any:
        return receive(body, by=self.feed).warning


def state(warning: Warning) -> str:
    return Warning.objects.values_list("status", flat=True).get(pk=warning.pk)


def the_question() -> Question:
    return Question.objects.get(status="open")


def concerned(question: Question) -> set[int]:
    return set(question.concerns.values_list("pk", flat=True))
