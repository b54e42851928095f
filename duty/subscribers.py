"""What duty does about facts from below: somebody who left the register or cannot be reached is on duty."""

from __future__ import annotations

from django.db.models import Q

from duty.actions.alarms import look_for_gaps, unreachable_now
from duty.actions.feeds import revoke_feeds_of
from duty.models import Shift, Slot
from journal.actions import SYSTEM
from journal.models import Event
from journal.subscribers import subscribe
from notify.models import Delivery
from org.clock import DatabaseNow
from org.models import Person, Unit
from org.verbs import PERSON_DEACTIVATED


@subscribe(PERSON_DEACTIVATED)
def look_where_they_were_on_duty(event: Event) -> None:
    """The posts that they fill at this moment get a stand-in at once; coming ones are told when their shift begins, and
    stand among the gaps until somebody edits them.
    """
    person_id = int(event.subject.rpartition(":")[2])
    running = Shift.objects.filter(live=True, during__startswith__lte=DatabaseNow())
    theirs = Slot.objects.filter(person=person_id, shift__in=running).values("shift__unit")
    replaced = Q(duty_overrides__person=person_id, duty_overrides__withdrawn_at=None)
    for unit in Unit.objects.filter(Q(pk__in=theirs) | replaced, active=True).distinct().defer("boundary"):
        look_for_gaps(unit)


@subscribe(PERSON_DEACTIVATED)
def end_their_calendar_addresses(event: Event) -> None:
    """They answer nothing from the moment on; this is for good, should the same person ever come back."""
    person = Person.objects.filter(pk=int(event.subject.rpartition(":")[2])).first()
    if person is not None:
        revoke_feeds_of(person, by=SYSTEM)


@subscribe("delivery.failed")
def call_the_stand_in(event: Event) -> None:
    """A message that was given up, to somebody on duty, over every way that was open: the deputy is called."""
    person = Person.objects.filter(pk=event.data.get("person")).first()
    if person is None:
        return
    message = event.subject.rpartition(":")[2]
    if Delivery.objects.filter(message=message, state=Delivery.State.DELIVERED).exists():
        return
    unreachable_now(person)
