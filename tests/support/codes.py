"""Codes of the tests' own: what they record events about, and what they tell people."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from database.members import sometimes
from journal.rules.card_schemas import card_schema
from journal.rules.subjects import subject_kinds
from journal.sentences import sentence
from notify.sentences import sentence as message

card_schema("test", n=int)
card_schema("live", text=str)
subject_kinds(test="", sample="", mystery="")
for _verb in ("test.acted", "test.first", "test.heard", "test.held", "test.noted", "test.then", "test.told"):
    sentence(_verb, _verb)
sentence(
    "test.happened", "test.happened",
    sometimes("test"), n=sometimes(int), text=sometimes(str), due=sometimes(dt.datetime), thing=sometimes(object),
)  # fmt: skip
sentence("test.shown", "test.shown", "live")
message("test.asked", _("Silent now"))
