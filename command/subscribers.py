"""Event subscribers of command: failed deliveries, finished tasks, ended appointments, signs of life."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from command.actions import alarm_acts, cut_off, five_stops
from command.actions.issuing import CLIMB
from command.actions.predict import keep_forecast
from command.actions.reassign import hand_on_what_is_held
from command.actions.replies import AssignmentAnswers
from command.actions.tasks import release
from command.models import Assignment, CutOff, Response, Task
from command.rules.cut_off import HAS_NETWORK, NO_NETWORK
from command.selectors.awaited import awaited
from command.selectors.cut_off import cut_off_now, villages_of, whose_are
from duty.selectors.desk_alarms import DeskAlarm, desk_alarm
from journal.models import Event
from journal.subscribers import subscribe
from norms.rules.papers import COMMANDER, paper_kind
from notify.selectors.acts import act
from notify.selectors.places import Announced, announced
from notify.selectors.replies import answerable
from org.models import Person, Unit
from org.selectors.unit_filters import unit_filter
from org.sentences import APPOINTMENT_ENDED
from web.languages import in_both


@subscribe("delivery.failed", name="command.climb_at_once")
def climb_at_once(event: Event) -> None:
    """A message that reached nobody is silence for certain: the next rung is due now.

    Only while no other way to the person is open: in-app counts once it was shown.
    """
    about = str(event.data.get("about", ""))
    if not about.startswith("assignment:"):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_timer SET due_at = sanji_now() WHERE id IN (SELECT id FROM journal_timer WHERE subject = %s"
            " AND kind = %s AND state = 'pending' AND due_at > sanji_now() FOR UPDATE SKIP LOCKED)"
            " AND NOT EXISTS (SELECT 1 FROM notify_delivery d JOIN notify_message m ON m.id = d.message_id"
            " WHERE m.subject = %s AND m.person_id = %s AND d.state = 'delivered')",
            [about, CLIMB, about, event.data.get("person")],
        )


@subscribe("order.issued", name="command.keep_forecast")
def forecast(event: Event) -> None:
    """How soon its people will be awake: kept now, to be compared later. The issuing itself does not wait for it."""
    keep_forecast(int(event.subject.rpartition(":")[2]))


@subscribe("delivery.failed", "delivery.no_network", name="command.presume_cut_off")
def presume_cut_off(event: Event) -> None:
    """A telephone without a network may be one too many in its village; a telephone that is merely not answered is a
    sign of life.
    """
    person, outcome = int(event.data.get("person") or 0), event.data.get("outcome")
    if outcome in NO_NETWORK:
        cut_off.weigh(person)
    elif outcome in HAS_NETWORK:
        cut_off.lift(villages_of(person), CutOff.Sign.DELIVERY)


@subscribe("reply.kept", name="command.replied_from_there")
def replied_from_there(event: Event) -> None:
    """Whatever it says and whatever it was meant for: a telephone of the village has a network."""
    cut_off.lift(villages_of(int(event.data["person"])), CutOff.Sign.DELIVERY)


@subscribe("delivery.reached", name="command.reached_again")
def reached_again(event: Event) -> None:
    cut_off.lift(villages_of(int(event.data["person"])), CutOff.Sign.DELIVERY)


@subscribe("assignment.acknowledged", name="command.answered_from_there")
def answered_from_there(event: Event) -> None:
    """Somebody of the village has answered, or was met; whoever answers for it from elsewhere says nothing of it."""
    rows = Assignment.objects.filter(pk=int(event.subject.rpartition(":")[2])).select_related("answered_by")
    row = rows.first()
    if row is not None and row.answered_by is not None:
        cut_off.lift(villages_of(row.answered_by.pk), CutOff.Sign.ANSWER, row.answered_by)


@subscribe("hazard.filed", name="command.filed_from_there")
def filed_from_there(event: Event) -> None:
    """A hazard filed in the village. What its own people file elsewhere shows that they are elsewhere."""
    unit = Unit.objects.filter(path=event.unit_path, level=Unit.Level.VILLAGE).values_list("pk", flat=True)
    cut_off.lift(list(unit), CutOff.Sign.HAZARD)


@subscribe("assignment.done", "assignment.verified", name="command.release_what_waited")
def release_what_waited(event: Event) -> None:
    """A task of a running response is done: those that waited for it go out, to the people of this moment."""
    number = int(event.subject.rpartition(":")[2])
    held = Task.objects.filter(response__tasks__assignments=number, status=Task.Status.HELD).values("response")
    rows = Response.objects.select_related("incident__unit", "version__plan__unit", "started_by", "approved_by")
    rows = rows.defer("incident__area", "incident__unit__boundary", "version__plan__unit__boundary")
    response = rows.filter(pk__in=held, status=Response.Status.RUNNING).select_for_update(of=("self",)).first()
    if response is not None:
        release(response, cause=event.seq)


@subscribe(APPOINTMENT_ENDED, name="command.hand_on")
def hand_on(event: Event) -> None:
    """Somebody no longer serves in a unit: what they hold of its orders goes to whoever is called there now."""
    unit = Unit.objects.filter(code=event.data.get("unit", "")).defer("boundary").first()
    if unit is not None:
        reason = in_both(_("no longer serves in the unit"))
        hand_on_what_is_held(int(event.subject.rpartition(":")[2]), unit.pk, reason=reason)


paper_kind("response_started", _("notice of starting a response"), urgent=True)
paper_kind("response_changed", _("notice of changing a response"), urgent=True)
paper_kind("response_ended", _("notice of ending a response"), urgent=True)
paper_kind("five_stops", _("five-stops order"), signing=COMMANDER, urgent=True, effect=five_stops.order_it)
paper_kind("five_stops_lifted", _("lifting of a five-stops order"), signing=COMMANDER, urgent=True,
           effect=five_stops.call_it_off)  # fmt: skip


@desk_alarm("cut_off")
def cut_off_alarms(person: Person) -> list[DeskAlarm]:
    """Villages presumed cut off, by name, until a sign of life comes."""
    marks = list(cut_off_now(person)[:100])
    if not marks:
        return []
    names = gettext(", ").join(mark.unit.label for mark in marks[:6])
    text = ngettext(
        "%(names)s is presumed cut off: no telephone reaches it.",
        "%(n)s villages are presumed cut off, no telephone reaches them: %(names)s",
        len(marks),
    )
    return [DeskAlarm(text % {"n": len(marks), "names": names}, f"/?unit={marks[0].unit.code}")]


act("assignment", alarm_acts.own_open, alarm_acts.receive)
answerable("assignment", AssignmentAnswers())
announced("order", Announced(awaited, "order.board", "order.board_missing", "order.spoken", "order.withdrawn"))
unit_filter("cut_off", _("whether it is presumed cut off"), whose_are)
