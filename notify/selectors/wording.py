"""A delivery in words, in the language of whoever gets it: text, variables of approved texts, a call's question."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from notify import sentences
from notify.gateways.contract import VOICE, Outgoing
from notify.models import Delivery, Message
from notify.selectors.replies import ANSWERABLE

VARIABLE = 35
"""Longest variable of an approved text."""


def outgoing(row: Delivery) -> Outgoing:
    """Needs ``row.message.person``; a place is told in the language of the system."""
    message, person = row.message, row.message.person
    language = person.language if person is not None else settings.LANGUAGE_CODE
    with translation.override(language):
        answers = ANSWERABLE.get(message.subject.partition(":")[0])
        text = sentences.text_of(message)
        if answers is not None and row.channel != VOICE:
            text = _with_code(text, message, answers.counts_people)
        question = _question(answers.counts_people) if answers is not None and row.channel == VOICE else ""
        params = {name: _plain(value, language) for name, value in message.data.items()}
    params["code"] = str(message.reply_code or 1)
    params["mobiles"] = str(message.data.get("mobiles", ""))
    if message.exercise is not None:
        params["exercise"] = "1"
    return Outgoing(
        row.reference, row.channel, row.address, text, message.code.replace(".", "_"), params, question, language
    )


def _with_code(text: str, message: Message, counts_people: bool) -> str:
    code = message.reply_code
    if code is None:
        return _("%(text)s Reply 1 for received.") % {"text": text}
    if not counts_people:
        return _("%(text)s Reply %(code)s for received.") % {"text": text, "code": code}
    return _("%(text)s Reply %(code)s for received, and how many people have left.") % {"text": text, "code": code}


def _question(counts_people: bool) -> str:
    """Answered by a number, so that a sleeping thumb cannot acknowledge."""
    if not counts_people:
        return _("Press 1, then the hash key.")
    return _("How many people are still in the houses? Press the number, then the hash key.")


def _plain(value: Any, language: str) -> str:
    if isinstance(value, dict):
        value = value.get("zh" if language.startswith("zh") else "en") or value.get("zh") or ""
    return "" if value is None else str(value)[:VARIABLE]
