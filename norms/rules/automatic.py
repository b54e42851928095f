"""What the system does by itself, and by which rule (docs/adr/0043).

Each rule has a code and a text. Those that rest on a figure name its number: whoever set that number approved the rule,
and the number's source is the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from database.registry import Registry


@dataclass(frozen=True)
class SystemRule:
    text: Any
    number: str = ""


RULES: Registry[SystemRule] = Registry(
    "rules of the system",
    "What the system does without anybody's tap. `norms.rules.automatic.rule`, in an app's `sentences.py`;"
    " `norms.selectors.automatic.by_rule` acts by it.",
)


def rule(code: str, text: Any, number: str = "") -> None:
    """``text``: a lazy translation, as a clause. ``number``: the code of the number on which it rests."""
    RULES.register(code, SystemRule(text, number))
