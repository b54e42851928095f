"""What the packages of the vendors share: reading answers and pushes, spelling telephones, filling approved texts."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx
import orjson

from notify.gateways.contract import Access, Outgoing, Refused, Unsure

_log = logging.getLogger(__name__)


def told(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer. Unsure where it is none: whether the gateway took it cannot be read from it."""
    try:
        found = orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        raise Unsure(f"HTTP {answer.status_code}, no JSON") from error
    if not isinstance(found, dict):
        raise Unsure(f"HTTP {answer.status_code}, no object")
    return found


def many(body: bytes) -> list[dict[str, Any]]:
    """A push: one object or a list of them. ValueError for anything else."""
    found = orjson.loads(body)
    found = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in found):
        raise ValueError("an object or a list of objects is expected")
    return found


def text(one: Mapping[str, Any], name: str, limit: int = 500) -> str:
    """A member as text; empty where it is missing. ValueError for what is neither text nor a number."""
    value = one.get(name)
    if value is None:
        return ""
    if isinstance(value, (bool, dict, list)):
        raise ValueError(f"{name}: text is expected")
    return str(value).replace("\x00", "")[:limit]  # PostgreSQL keeps no NUL, and a poll is not given out again


T = TypeVar("T")


def readable(read: Callable[[Mapping[str, Any]], T], found: Sequence[Any]) -> list[T]:
    """What can be read of a list that is given out once only: one entry that is wrong loses no other."""
    kept = []
    for one in found:
        try:
            kept.append(read(one))
        except (ValueError, AttributeError):
            _log.warning("an entry cannot be read: %.200r", one)
    return kept


CHINA = dt.timezone(dt.timedelta(hours=8))


def present() -> dt.datetime:
    """Now in China by the machine's own clock: a gateway's threads ask no database, and vendors know the true time."""
    return dt.datetime.now(CHINA)


def digits(address: str) -> str:
    """A telephone without separators, as vendors want it: ``0578-6120000`` → ``05786120000``."""
    return address.replace("-", "").replace(" ", "")


def international(address: str) -> str:
    """With +86 in front: ``19900000001`` → ``+8619900000001``, ``0578-6120000`` → ``+865786120000``."""
    plain = digits(address)
    return plain if plain.startswith("+") else f"+86{plain.removeprefix('0')}"


def approved(access: Access, message: Outgoing, longest: int = 0) -> tuple[str, dict[str, str]]:
    """The vendor's code of the approved text for a message, and its variables in order, cut to ``longest``.

    The text of the message's own key counts, else that of the key it begins with, else ``any``. The variable ``text``
    is all of it. Refused for good where none is approved: the person's next channel follows.
    """
    keys = [key for key in access.templates if key == message.template or message.template.startswith(f"{key}_")]
    key = max(keys, key=len, default="any")
    if key not in access.templates:
        raise Refused(f"no approved text for {message.template}", permanent=True)
    code, names = access.templates[key]
    values = {"text": message.text, "question": message.question, **message.params}
    filled = {name: values.get(name, "") for name in names}
    return code, {name: value[:longest] if longest else value for name, value in filled.items()}


_WORDS = (
    ("空号", "bad_number"), ("停机", "bad_number"), ("不存在", "bad_number"), ("关机", "switched_off"),
    ("不在服务区", "out_of_coverage"), ("占线", "busy"), ("通话中", "busy"), ("正忙", "busy"), ("拒", "hung_up"),
    ("未接", "no_answer"), ("无人接听", "no_answer"), ("无法接通", "unreachable"),
)  # fmt: skip


def outcome_of(reason: str) -> str:
    """The outcome that a vendor tells in Chinese words; ``failed`` where it names none that we know."""
    return next((outcome for word, outcome in _WORDS if word in reason), "failed")


def number(access: Access, name: str, otherwise: int = 0) -> int:
    """A setting that is a number. Refused where it is none: nothing was sent, and the account is at fault."""
    value = access[name].strip()
    if not value:
        return otherwise
    if not (value.isascii() and value.isdecimal()):
        raise Refused(f"{name}: a number is expected")
    return int(value)


class Tokens:
    """Access tokens of vendors, kept until shortly before they run out; several threads ask at once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...], fetch: Callable[[], tuple[str, float]]) -> str:
        """``fetch`` → token, seconds that it lives."""
        with self._lock:
            token, until = self._kept.get(key, ("", 0.0))
            if time.monotonic() >= until:
                token, lives = fetch()
                self._kept[key] = token, time.monotonic() + max(1.0, lives - 300)
            return token

    def drop(self, key: tuple[str, ...]) -> None:
        """The vendor does not know it any more."""
        with self._lock:
            self._kept.pop(key, None)
