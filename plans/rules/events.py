"""The catalogue of what warnings warn of (plans/files/events.yaml), and how a message's event finds its code there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.utils.translation import get_language


@dataclass(frozen=True)
class EventKind:
    """``gbt``: its code at the national platform, where known. ``wet``: rain, or what rain brings. As text it is its
    name in the reader's language.
    """

    code: str
    zh: str
    en: str
    group: str
    gbt: str = ""
    wet: bool = False
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh

    @property
    def both(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


def _read() -> dict[str, EventKind]:
    rows = yaml.safe_load((Path(__file__).parent.parent / "files/events.yaml").read_text("utf-8"))
    return {code: EventKind(code, **{**row, "aliases": tuple(row.get("aliases", ()))}) for code, row in rows.items()}


_COLOUR_ZH = "[红橙黄蓝紅黃藍]色?"
_DRESS = re.compile(
    rf"^(?:(?:red|orange|yellow|blue)\s+)|(?:{_COLOUR_ZH})?(?:预警|預警|警告)(?:信号|信號)?$|{_COLOUR_ZH}$"
    r"|\s+(?:warning|alert|watch)(?:\s+signal)?$"
)


def plain(event: str) -> str:
    """The name alone: without colour, the word “warning”, width and spaces: “Red Rainstorm Warning” → “rainstorm”."""
    text = " ".join(unicodedata.normalize("NFKC", event).casefold().split())
    before = ""
    while before != text:
        before, text = text, _DRESS.sub("", text).strip()
    return text


EVENTS: Mapping[str, EventKind] = _read()
_BY_NAME = {plain(name): kind.code for kind in EVENTS.values() for name in (kind.zh, kind.en, *kind.aliases)}
_BY_CODE = {kind.gbt: kind.code for kind in EVENTS.values() if kind.gbt}


def event_kind(names: Iterable[str], codes: Iterable[str] = ()) -> str:
    """The code in the catalogue: by an event code, else by a name or alias as a whole; empty when none is known."""
    known = [_BY_CODE[code.strip().upper()] for code in codes if code.strip().upper() in _BY_CODE]
    known += [_BY_NAME[plain(name)] for name in names if plain(name) in _BY_NAME]
    return next(iter(known), "")
