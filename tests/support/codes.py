"""Codes of the tests' own: what they record events about, and what they tell people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from journal.rules.card_schemas import card_schema
from journal.rules.subjects import subject_kinds
from notify.sentences import sentence as message

card_schema("test", n=int)
card_schema("live", text=str)
subject_kinds(test="", sample="", mystery="")
message("test.asked", _("Silent now"))
