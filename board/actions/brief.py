"""The brief for the video call, put into a person's words before it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from board.rules.brief import LONGEST, SECTIONS
from board.selectors.brief import EDITED, edited
from command.actions.lookup import incident_for
from command.states import INCIDENT as MACHINE
from journal.models import Event
from journal.states import tell
from org.models import Person
from org.rules.capabilities import INCIDENT
from web.errors import Conflict, Invalid


@transaction.atomic
def edit_brief(incident_id: int, *, by: Person, section: str, text: str, seen: int | None = None) -> Event:
    """Keep ``text`` as the section's wording; an empty one gives back what the system says.

    ``seen``: the event of the wording that the person saw, None for the system's; Conflict if another came meanwhile.
    """
    if section not in SECTIONS:
        raise Invalid.field("section", _("The brief has no such section."))
    text = text.strip()
    if len(text) > LONGEST:
        raise Invalid.field("text", _("At most %(n)s characters.") % {"n": LONGEST})
    incident = incident_for(incident_id, by=by, capability=INCIDENT)
    last = edited(incident).get(section)
    if (last.seq if last else None) != seen:
        raise Conflict(_("Somebody else has worded this section meanwhile: %(text)s") % {
            "text": last.data["text"] if last else ""
        })  # fmt: skip
    return tell(MACHINE, incident, EDITED, by=by, data={"section": section, "text": text})
