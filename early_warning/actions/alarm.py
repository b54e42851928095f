"""Who is woken by a warning: everybody whose post in the county may decide on it."""

from __future__ import annotations

from early_warning import languages
from early_warning.models import Feed, Warning
from early_warning.states import WARNING
from journal.actions import By
from notify import actions as notify
from notify.actions import Notice
from org import capabilities
from org.clock import now
from org.models import Appointment
from org.selectors import held_now


def raise_for(warning: Warning, *, by: By) -> None:
    """An in-app alarm each. Not for a test, and not for a warning that was over when it arrived."""
    if warning.test or (warning.expires and warning.expires <= now()):
        return
    data = {"ref": warning.ref, "headline": languages.both(warning.infos), "colour": warning.colour}
    notify.send_all(
        [
            Notice(
                person,
                "warning.received",
                WARNING.subject(warning),
                warning.unit.path,
                data=data,
                url=f"/warnings/{warning.pk}/",
                alarm=True,
                exercise=warning.exercise,
            )
            for person in officers(warning)
        ],
        by=by,
    )


def officers(warning: Warning | Feed) -> list[int]:
    held = held_now(Appointment.objects.filter(unit_id=warning.unit_id))
    capable = held.filter(post__capabilities__contains=[capabilities.WARNING])
    return sorted(set(capable.values_list("person_id", flat=True)))
