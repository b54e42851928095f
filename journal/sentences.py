"""Rendering events as text: verbs become sentences at display, so that one journal reads in Chinese and in English
(docs/laws.md 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from database.registry import Registry
from org import sentences

SENTENCES: Registry[Any] = Registry(
    "verbs", "What an event says happened. `journal.sentences.sentence` gives its words, in an app's `sentences.py`."
)


def sentence(verb: str, template: Any) -> None:
    """``template``: a lazy translation whose %(name)s places are filled from the event's data, its card, and ``by``; or
    a function that picks one by these values, and may add to them.
    """
    SENTENCES.register(verb, template)


def say(verb: str, by_name: str, data: Mapping[str, Any] | None, card: Mapping[str, Any] | None) -> str:
    """The sentence of one event in the active language; a verb without one shows as its code rather than not at all."""
    values = {**(card or {}), **(data or {}), "by": by_name or str(_("the system"))}
    template = SENTENCES.get(verb, verb)
    return fill(str(template(values) if callable(template) else template), values)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """``template`` with its %(name)s places filled; a missing value shows as a dash, so that old rows stay readable."""
    return template % _Values({key: in_reader_language(value) for key, value in values.items()})


def in_reader_language(value: Any) -> Any:
    """A two-language value ({"zh", "en"}) gives the reader's; anything else itself."""
    if isinstance(value, dict) and "zh" in value:
        english = (get_language() or "").startswith("en")
        return (english and value.get("en")) or value["zh"] or "–"
    return "–" if value in (None, "") else value


class _Values(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def _added(values: Mapping[str, Any]) -> Any:
    return _("%(by)s added the document “%(name)s”") if "document" in values else _("%(by)s added a photo")


sentence("attachment.added", _added)
sentence("timer.overdue", _("A timer is overdue: %(kind)s since %(due_at)s"))
sentence(
    "relay.unheard",
    _("No subscriber is called %(subscriber)s: what should follow the event %(event)s (%(verb)s) waits"),
)
sentence("clock.jumped", _("The database's clock jumped by %(seconds)s s: it says %(at)s, not %(expected)s"))

# org lies below and cannot register its own.
for _verb, _template in sentences.SENTENCES.items():
    SENTENCES.register(_verb, _template, module=sentences.__name__)
