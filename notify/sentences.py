"""The sentences of messages, rendered at display in the reader's language (DESIGN law 10).

Apps register their codes.
"""

from __future__ import annotations

from typing import Any

from journal.sentences import fill
from notify.models import Message

_sentences: dict[str, Any] = {}


def sentence(code: str, template: Any) -> None:
    """``template`` is a lazy translation with %(name)s places filled from the message's data."""
    _sentences[code] = template


def text_of(message: Message) -> str:
    """The message in the active language; two-language values ({"zh", "en"}) pick theirs."""
    return fill(str(_sentences.get(message.code, message.code)), message.data)
