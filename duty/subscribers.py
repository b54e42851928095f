"""Event subscribers of duty: what follows when somebody on duty leaves the register or cannot be reached."""

from __future__ import annotations

from typing import Any

from database.clock import DatabaseNow
from duty.actions.alarms import review_gaps, unreachable_now
from duty.actions.comm_tests import CommTestAnswers
from duty.actions.feeds import revoke_feeds_of
from duty.models import GapAlarm, Override, Slot
from duty.selectors import fallback, watch
from journal.models import Event
from journal.subscribers import subscribe
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.models import Delivery
from notify.rules.notices import Notice
from notify.rules.words import ERRORS
from notify.selectors.replies import answerable
from org.models import Person, Unit
from org.sentences import APPOINTMENT_ENDED, PERSON_DEACTIVATED, PHONE_CHANGED
from web.languages import in_both


def _units_where_on_duty(person_id: int) -> list[int]:
    """Where they are booked at this moment, or stood in for; and where an alarm about them is open."""
    present = DatabaseNow()
    booked = Slot.objects.filter(person=person_id, shift__live=True, shift__during__startswith__lte=present)
    covers = Override.objects.filter(person=person_id, withdrawn_at=None, during__contains=present)
    told = GapAlarm.objects.filter(person=person_id, status=GapAlarm.Status.OPEN)
    ids = [*booked.values_list("shift__unit", flat=True).distinct(), *covers.values_list("unit", flat=True)]
    active = Unit.objects.filter(pk__in=[*ids, *told.values_list("unit", flat=True)], active=True)
    return list(active.order_by("pk").values_list("pk", flat=True))


@subscribe(PERSON_DEACTIVATED, name="duty.look_where_they_were_on_duty")
def look_where_they_were_on_duty(event: Event) -> None:
    """The posts that they fill at this moment get a stand-in at once; coming ones are told when their shift begins, and
    stand among the gaps until somebody edits them.
    """
    review_gaps(_units_where_on_duty(int(event.subject.rpartition(":")[2])))


@subscribe(APPOINTMENT_ENDED, name="duty.look_where_they_served")
def look_where_they_served(event: Event) -> None:
    """Somebody transferred while on duty is not there any more: their stand-in is called."""
    review_gaps(_units_where_on_duty(int(event.subject.rpartition(":")[2])))


@subscribe(PHONE_CHANGED, name="duty.look_whether_they_can_be_called")
def look_whether_they_can_be_called(event: Event) -> None:
    """A number lost on duty calls the deputy; one that is there again ends the alarm."""
    review_gaps(_units_where_on_duty(int(event.subject.rpartition(":")[2])))


@subscribe(PERSON_DEACTIVATED, name="duty.end_their_calendar_addresses")
def end_their_calendar_addresses(event: Event) -> None:
    """Revoke the calendar feeds of somebody who left the register, for good."""
    person = Person.objects.filter(pk=int(event.subject.rpartition(":")[2])).first()
    if person is not None:
        revoke_feeds_of(person, by=by_rule("duty.revoke_feeds"))


@subscribe("delivery.failed", name="duty.call_the_stand_in")
def call_the_stand_in(event: Event) -> None:
    """A message that was given up, to somebody on duty, over every way that was open: the deputy is called."""
    person = Person.objects.filter(pk=event.data.get("person")).first()
    if person is None:
        return
    message = int(event.subject.rpartition(":")[2])
    if Delivery.objects.filter(message=message, state=Delivery.State.DELIVERED).exists():
        return
    unreachable_now(person)


answerable("comm_test_line", CommTestAnswers())


@subscribe("clock.jumped", name="duty.tell_that_the_clock_jumped")
def tell_that_the_clock_jumped(event: Event) -> None:
    """The county's officer on duty hears of it, or whoever is called where nobody is on."""
    data = {"seconds": event.data["seconds"]}
    notify.send_all(_to_the_desk("duty.clock_jumped", f"clock:{event.seq}", data), by=by_rule("duty.clock"))


def _to_the_desk(code: str, subject: str, data: dict[str, Any]) -> list[Notice]:
    """An alarm for each county's officer on duty, or whoever is called where nobody is on."""
    notices = []
    for unit in Unit.objects.filter(level=Unit.Level.COUNTY, active=True).defer("boundary").order_by("path"):
        crew = watch.crew(unit)
        on = crew.get("main") or crew.get("leader")
        people = [on.person_id] if on else [person.pk for person in fallback.contacts(unit.path)]
        notices += [Notice(pk, code, subject, unit.path, data=data, url="/duty/today/", alarm=True) for pk in people]
    return notices


def _tell_the_desk(event: Event) -> None:
    """A gateway or the deliverer is silent: calls and texts may not go out, and somebody must look."""
    data = dict(event.data)
    if error := str(data.get("error", "")):
        data["error"] = in_both(ERRORS.get(error, error))
    notices = _to_the_desk(f"duty.{event.verb.replace('.', '_')}", event.subject, data)
    notify.send_all(notices, by=by_rule("duty.gateways"))


@subscribe("gateway.resting", name="duty.tell_that_a_gateway_rests")
def tell_that_a_gateway_rests(event: Event) -> None:
    _tell_the_desk(event)


@subscribe("gateway.silent", name="duty.tell_that_a_gateway_is_silent")
def tell_that_a_gateway_is_silent(event: Event) -> None:
    _tell_the_desk(event)


@subscribe("gateway.without_receipts", name="duty.tell_that_receipts_are_missing")
def tell_that_receipts_are_missing(event: Event) -> None:
    _tell_the_desk(event)


@subscribe("deliverer.stopped", name="duty.tell_that_the_deliverer_stopped")
def tell_that_the_deliverer_stopped(event: Event) -> None:
    _tell_the_desk(event)


def _quiet_again(event: Event) -> None:
    notify.settle([event.subject], by=by_rule("duty.gateways"))


@subscribe("gateway.back", name="duty.a_gateway_is_back")
def a_gateway_is_back(event: Event) -> None:
    _quiet_again(event)


@subscribe("deliverer.back", name="duty.the_deliverer_is_back")
def the_deliverer_is_back(event: Event) -> None:
    _quiet_again(event)
