"""What no data proves and a person states of a unit: supplies, training and drills."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from database import clock
from database.text import clean
from org.actions.permission import may
from org.cards import names
from org.models import Confirmation, Person, Unit
from org.rules.announce import announce
from org.rules.capabilities import ROSTER
from org.sentences import CONFIRMED
from web.errors import Invalid
from web.languages import in_both

LONGEST = dt.timedelta(days=366)
"""A statement that nobody repeats within a year says nothing of today."""
NOTE_LIMIT = 200


@transaction.atomic
def confirm(unit: Unit, *, item: str, valid_until: dt.date, note: str, by: Person) -> Confirmation:
    """State that a unit has it, what there is, and until when that holds; the newest statement counts.

    For those who lead the unit (they keep its roster), or one above it.
    """
    may(by, unit.path, ROSTER)
    if item not in Confirmation.Item.values:
        raise Invalid.field("item", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Confirmation.Item.values)})
    today = clock.today()
    if not today <= valid_until <= today + LONGEST:
        raise Invalid.field("valid_until", _("Give a day from today to a year ahead."))
    text = clean(note)
    if not text:
        raise Invalid.field("note", _("Say what is there: it stands beside your name."))
    if len(text) > NOTE_LIMIT:
        raise Invalid.field("note", _("At most %(limit)s characters.") % {"limit": NOTE_LIMIT})
    made = Confirmation.objects.create(unit=unit, item=item, by=by, valid_until=valid_until, note=text)
    words = in_both(Confirmation.Item(item).label)
    data = {"name": names(unit), "item": item, "item_name": words, "until": valid_until, "note": text}
    announce(CONFIRMED, f"unit:{unit.pk}", unit.path, data, by=by)
    return made
