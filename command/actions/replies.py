"""Answering an order by telephone: a text, or keys pressed in a call (notify/selectors/replies.py)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from command.actions.alarm_acts import own_open
from command.actions.answer import answered_by_phone
from notify.selectors.replies import Said
from org.models import Person


class AssignmentAnswers:
    """An assignment that waits for one's own answer, or for that of whoever stands in."""

    counts_people = True

    def open_for(self, person: Person, ids: Collection[int]) -> set[int]:
        return set(own_open(person, list(ids)))

    @transaction.atomic
    def answer(self, number: int, person: Person, said: Said) -> None:
        with translation.override(person.language):
            note = said.note
            if said.figure is not None and said.how == "call_key":
                note = _("%(count)s people still in the houses") % {"count": said.figure}
        answered_by_phone(number, by=person, how=said.how, note=note, figure=said.figure)
