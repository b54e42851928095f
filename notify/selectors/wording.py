"""A delivery in words, in the language of whoever gets it: text, variables of approved texts, a call's question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from notify import sentences
from notify.gateways.contract import PUSH, VOICE, Outgoing
from notify.models import Delivery, Message
from notify.selectors.replies import ANSWERABLE

VARIABLE = 35
"""Longest variable of an approved text."""


def outgoing(row: Delivery, browsers: Mapping[int, str] | None = None) -> Outgoing:
    """Needs ``row.message.person``; a place is told in the language of the system. ``browsers``: `subscriptions_of`
    those whose delivery is a push.
    """
    message, person = row.message, row.message.person
    language = person.language if person is not None else settings.LANGUAGE_CODE
    if row.channel == PUSH:
        return _notification(row, (browsers or {}).get(message.person_id or 0, ""), language)
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


def _notification(row: Delivery, address: str, language: str) -> Outgoing:
    """What stands on a locked screen for anybody to read: that something is there, never what it says or of whom."""
    message = row.message
    with translation.override(language):
        text = _("There is a new message for you.")
        if message.alarm:
            text = _("Open it to read what it is about.")
            if message.subject.partition(":")[0] in ANSWERABLE:
                text = _("Your answer is waited for. Open it to read and answer.")
        if message.exercise is not None:
            text = sentences.in_exercise(text)
        title = _("ALARM") if message.alarm else _("Sanji")
        return Outgoing(
            row.reference, row.channel, address, text, message.code.replace(".", "_"),
            language=language, title=title, url=message.url, tag=f"alarm-{message.pk}",
            about=message.subject, urgent=message.alarm,
        )  # fmt: skip


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
