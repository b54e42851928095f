"""The sentences of messages, rendered at display in the reader's language (docs/laws.md 12).

Apps register their codes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from database.members import Members
from database.registry import Registry
from journal import sentences
from journal.sentences import fill
from notify.models import Delivery, Message
from notify.rules.words import channel_word, channels_words, error_word, messages_words

SENTENCES: Registry[Any] = Registry(
    "message codes", "What a person is told. `notify.sentences.sentence` gives its words, in an app's `sentences.py`."
)


def sentence(code: str, template: Any) -> None:
    """``template`` is a lazy translation with %(name)s places filled from the message's data."""
    SENTENCES.register(code, template)


def text_of(message: Message) -> str:
    """The message in the active language; two-language values ({"zh", "en"}) pick theirs. One of an exercise says so
    first, wherever it is read.
    """
    text = fill(str(SENTENCES.get(message.code, message.code)), message.data)
    return text if message.exercise is None else in_exercise(text)


def in_exercise(text: str) -> str:
    return gettext("[EXERCISE] %(text)s") % {"text": text}


def _in_words(template: Any) -> Callable[[dict[str, Any]], Any]:
    """Channel, outcome and failure are codes in the data."""

    def told(values: dict[str, Any]) -> Any:
        outcome = values.get("outcome", "")
        known = outcome in Delivery.Outcome.values and outcome != Delivery.Outcome.FAILED
        values["channel"] = channel_word(str(values.get("channel", "")))
        values["outcome"] = str(Delivery.Outcome(outcome).label) if known else outcome
        values["error"] = values["outcome"] if known else error_word(str(values.get("error", "")))
        return template

    return told


sentences.sentence(
    "delivery.failed", _in_words(_("A message could not be delivered (%(channel)s): %(error)s")),
    channel=str, person=int | None, about=str, error=str, outcome=str,
)  # fmt: skip
sentences.sentence(
    "delivery.no_network", _in_words(_("A telephone has no network: %(error)s. Another way is tried")),
    channel=str, person=int, about=str, error=str, outcome=str,
)  # fmt: skip
sentences.sentence(
    "delivery.reached", _in_words(_("A telephone was reached (%(channel)s): %(outcome)s")),
    channel=str, person=int, about=str, outcome=str,
)  # fmt: skip
for _code, _words in {
    "gateway.resting": _("Gateway %(name)s failed several times in a row and is not used for a while: %(error)s"),
    "gateway.silent": _("Gateway %(name)s has not answered for %(minutes)s minutes"),
    "gateway.without_receipts": _("Gateway %(name)s takes messages, but sends no receipts since %(minutes)s minutes"),
}.items():
    sentences.sentence(_code, _in_words(_words), name=str, error=str, minutes=int)
sentences.sentence("gateway.back", _("Gateway %(name)s is at work again"), name=str)
sentences.sentence("deliverer.stopped", _("Messages wait to be sent, and the deliverer does not work"), waiting=int)
sentences.sentence("deliverer.back", _("The deliverer is at work again"))

for _verb, _said in (
    ("gateway.added", _("%(by)s added the gateway account %(name)s")),
    ("gateway.changed", _("%(by)s changed the gateway account %(name)s")),
    ("gateway.switched_on", _("%(by)s switched the gateway account %(name)s on")),
    ("gateway.switched_off", _("%(by)s switched the gateway account %(name)s off")),
    ("gateway.token_renewed", _("%(by)s renewed the token of the gateway account %(name)s")),
):
    sentences.sentence(_verb, _said, code=str, name=str)
sentences.sentence(
    "gateway.template_kept", _("%(by)s kept the approved text %(vendor_code)s of the gateway account %(name)s"),
    code=str, name=str, key=str, vendor_code=str,
)  # fmt: skip
sentences.sentence(
    "gateway.tried", _("%(by)s tested the gateway account %(name)s with their own telephone"),
    code=str, name=str, channel=str,
)  # fmt: skip


def _reach_in_words(template: Any) -> Callable[[dict[str, Any]], Any]:
    def told(values: dict[str, Any]) -> Any:
        values["messages"] = messages_words(
            values.get("prefix", ""), values.get("colour", ""), alarm=values.get("alarm", True),
            asked=values.get("asked", ""),
        )  # fmt: skip
        for name in ("channels", "before"):
            values[name] = channels_words(values.get(name) or [])
        return template

    return told


_RULE: Members = {"prefix": str, "colour": str, "alarm": bool, "asked": str, "channels": list}
sentences.sentence(
    "reach.added", _reach_in_words(_("%(by)s decided how %(messages)s reach people: %(channels)s")), **_RULE
)
sentences.sentence(
    "reach.changed",
    _reach_in_words(_("%(by)s changed how %(messages)s reach people: %(channels)s, before %(before)s")),
    **_RULE, before=list,
)  # fmt: skip
sentences.sentence(
    "reach.removed", _reach_in_words(_("%(by)s took away the rule of how %(messages)s reach people: %(channels)s")),
    **_RULE,
)  # fmt: skip
sentences.sentence("reach.restored", _("%(by)s restored the default rules of how messages reach people"), before=list)
sentences.sentence("contact.changed", _("%(by)s changed how they are reached"), name=str)
sentences.sentence(
    "reply.kept", _("A reply of %(name)s fits no open order and lies in the inbox"), person=int, name=str
)
for _verb, _said in (
    ("push.switched_on", _("%(by)s switched notifications on on a device: %(device)s")),
    ("push.switched_off", _("%(by)s switched notifications off on a device: %(device)s")),
    ("push.gone", _("A device takes no notifications any more: %(device)s")),
):
    sentences.sentence(_verb, _said, device=str)
sentences.sentence("reply.settled", _("%(by)s worked off a reply that fitted nothing"), person=int | None, about=str)
sentence("gateway.trial", _("This is a test of %(name)s. Nothing needs to be done."))
