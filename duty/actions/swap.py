"""Swaps: asked by whoever stands in the slot, taken by a colleague, approved by a leader (docs/domain.md 4 [rule])."""

from __future__ import annotations

from typing import cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from database.clock import now
from duty.actions import clocks
from duty.actions.alarms import review_gaps
from duty.actions.booking import rebook
from duty.actions.lookup import require, slot_for, swap_for
from duty.cards import POST_NAMES
from duty.models import Slot, Swap
from duty.rules.spans import span
from duty.selectors import checks
from duty.selectors.leave import refuse_absent
from duty.states import SWAP
from journal.actions.recording import Actor
from journal.states import move, tell
from journal.timers import cancel
from norms.selectors import numbers
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Appointment, Person
from org.rules import capabilities
from org.selectors.jurisdiction import allowed
from org.selectors.register import held_now
from web.errors import Conflict, Forbidden, Invalid

S = Swap.Status


@transaction.atomic
def request_swap(*, by: Person, slot_id: int, reason: str) -> Swap:
    """Ask to be replaced in one's own slot, a day ahead.

    Forbidden for a slot that somebody else stands in; Invalid once it is too late (then a leader must override);
    Conflict when a swap of this slot is under way.
    """
    slot = slot_for(slot_id, by=by)
    if slot.person_id != by.pk:
        raise Forbidden(_("Only whoever is on duty in this slot can ask for a swap."))
    if not slot.shift.live:
        raise Conflict(_("This roster is not published yet; ask whoever makes it."))
    if not reason.strip():
        raise Invalid.field("reason", _("Say why."))
    start, ahead = slot.shift.during.lower, numbers.hours("swap_ahead_h", slot.shift.unit)
    if start - now() < ahead:
        hours = int(ahead.total_seconds() // 3600)
        raise Invalid.field("slot", _("Swaps are asked for at least %(hours)s hours ahead.") % {"hours": hours})
    try:
        with transaction.atomic():
            swap = Swap.objects.create(slot=slot, asked_by=by, reason=reason.strip(), expires_at=start)
    except IntegrityError:
        open_one = Swap.objects.filter(slot=slot, status__in=[S.REQUESTED, S.TAKEN]).first()
        raise Conflict(
            _("A swap of this slot is under way; decide it first."), current={"swap": open_one.pk if open_one else None}
        ) from None
    clocks.start_swap(swap)
    tell(SWAP, swap, "swap.requested", by=by, data={"reason": swap.reason})
    return swap


@transaction.atomic
def take_swap(swap_id: int, *, by: Person, in_return: int | None = None) -> Swap:
    """Offer to stand in, for one's own slot ``in_return`` if so agreed. One colleague takes it, the next gets a 409.

    Forbidden from outside the unit; Conflict when one is on duty then.
    """
    swap = swap_for(swap_id, by=by)
    slot = swap.slot
    if swap.status != S.REQUESTED:
        raise Conflict(_("Somebody else has taken this already."), current=_current(swap))
    if by.pk == swap.asked_by_id:
        raise Forbidden(_("One cannot take one's own swap."))
    if not checks.insider(by, slot.shift.unit, slot.shift.during):
        raise Forbidden(_("Only people of this unit can take its swaps; no outside substitutes."))
    _still_asker(swap)
    swap.in_return = _returned(in_return, swap, by)
    busy = Slot.objects.filter(person=by, shift__live=True, shift__during__overlap=slot.shift.during).select_related(
        "shift__unit"
    )
    if clash := busy.exclude(pk=in_return or 0).first():
        raise Conflict(
            _("You are on duty then, %(time)s.") % {"time": span(clash.shift.during)}, current=_current(swap)
        )
    refuse_absent([(by, slot.shift.during)])
    move(SWAP, swap, S.TAKEN, by=by, taken_by=by, in_return=swap.in_return)
    notify.send_all([_notice(swap, leader, "swap.to_approve") for leader in _deciders(swap)], by=by)
    return swap


def _returned(slot_id: int | None, swap: Swap, by: Person) -> Slot | None:
    if slot_id is None:
        return None
    slot = Slot.objects.select_related("shift").filter(pk=slot_id, person=by, shift__live=True).first()
    if slot is None or slot.shift.unit_id != swap.slot.shift.unit_id or slot.shift.during.lower <= now():
        raise Invalid.field("in_return", _("In exchange you give a coming shift of your own in the same unit."))
    return slot


def _deciders(swap: Swap) -> list[int]:
    """The leader of the slot's own shift and the unit's first posts that keep the roster; never the two themselves."""
    leader = swap.slot.shift.slots.filter(post="leader").values_list("person", flat=True)
    keepers = held_now(Appointment.objects.filter(unit=swap.slot.shift.unit, role="A")).filter(
        post__capabilities__contains=[capabilities.ROSTER]
    )
    found = [*leader, *keepers.order_by("post__rank").values_list("person", flat=True)[:2]]
    return [pk for pk in dict.fromkeys(found) if pk not in (swap.asked_by_id, swap.taken_by_id)]


@transaction.atomic
def approve_swap(swap_id: int, *, by: Person) -> Swap:
    """Approve a swap: from this commit on the taker stands in the slot.

    Forbidden for anybody but a leader, and for the two themselves; Conflict when the taker is taken meanwhile.
    """
    swap = swap_for(swap_id, by=by)
    _may_decide(swap, by)
    _still_asker(swap)
    move(SWAP, swap, S.APPROVED, by=by, decided_by=by, decided_at=now())
    shifts = [swap.slot.shift]
    Slot.objects.filter(pk=swap.slot_id).update(person=swap.taken_by)
    if swap.in_return:
        shifts.append(swap.in_return.shift)
        Slot.objects.filter(pk=swap.in_return.pk, person=swap.taken_by).update(person=swap.asked_by)
    hull = type(shifts[0].during)(
        min(shift.during.lower for shift in shifts), max(shift.during.upper for shift in shifts)
    )
    taker = cast(Person, swap.taken_by)
    present = [(taker, shifts[0].during), *((swap.asked_by, shift.during) for shift in shifts[1:])]
    refuse_absent(present)
    rebook([shifts[0].unit_id], hull)
    checks.refuse(checks.findings([shift.pk for shift in shifts], season=False, leave=False))
    review_gaps([shifts[0].unit_id], by=by, filling=True)
    _close(swap, by, "swap.approved")
    return swap


@transaction.atomic
def refuse_swap(swap_id: int, *, by: Person, answer: str) -> Swap:
    """Refuse a swap, with a reason, by a leader; whoever is in the slot stays in it."""
    swap = swap_for(swap_id, by=by)
    _may_decide(swap, by)
    if not answer.strip():
        raise Invalid.field("answer", _("Say why."))
    move(SWAP, swap, S.REFUSED, by=by, decided_by=by, decided_at=now(), answer=answer.strip())
    _close(swap, by, "swap.refused")
    return swap


@transaction.atomic
def cancel_swap(swap_id: int, *, by: Person) -> Swap:
    """Cancel a swap, by whoever asked, as long as it is not decided."""
    swap = swap_for(swap_id, by=by)
    if swap.asked_by_id != by.pk:
        raise Forbidden(_("Only whoever asked can take it back."))
    move(SWAP, swap, S.CANCELLED, by=by)
    _close(swap, by, "swap.cancelled")
    return swap


def expire_swap(swap: Swap, *, by: Actor) -> None:
    """Expire a swap that nobody decided before the shift began. Inside the caller's transaction, the swap locked."""
    move(SWAP, swap, S.EXPIRED, by=by)
    _close(swap, by, "swap.expired")


def _may_decide(swap: Swap, by: Person) -> None:
    if by.pk in (swap.asked_by_id, swap.taken_by_id):
        raise Forbidden(_("You can't approve your own swap."))
    leads = swap.slot.shift.slots.filter(post="leader", person=by).exists()
    if not leads and not allowed(by, capabilities.ROSTER, swap.slot.shift.unit.path):
        require(by, capabilities.ROSTER, swap.slot.shift.unit.path)


def _still_asker(swap: Swap) -> None:
    """The roster may have been edited since: then the one who asked has nothing to give."""
    if swap.slot.person_id != swap.asked_by_id:
        raise Conflict(_("Whoever asked is not in this slot any more."), current=_current(swap))


def _close(swap: Swap, by: Actor, code: str) -> None:
    cancel([f"swap:{swap.pk}"])
    notify.settle([f"swap:{swap.pk}"], by=by)
    told = [pk for pk in (swap.asked_by_id, swap.taken_by_id) if pk and not (isinstance(by, Person) and by.pk == pk)]
    notify.send_all([_notice(swap, pk, code) for pk in told], by=by)


def _notice(swap: Swap, person_id: int, code: str) -> Notice:
    shift = swap.slot.shift
    data = {
        "unit": names(shift.unit),
        "post": POST_NAMES[swap.slot.post],
        "time": span(shift.during),
        "asked_by": names(swap.asked_by),
        "taken_by": names(swap.taken_by) if swap.taken_by else None,
        "answer": swap.answer,
    }
    return Notice(person_id, code, f"swap:{swap.pk}", shift.unit.path, data=data, url=f"/duty/swaps/{swap.pk}/")


def _current(swap: Swap) -> dict[str, object]:
    return {"id": swap.pk, "status": swap.status, "taken_by": swap.taken_by_id}
