"""Handover: opened before the shift changes, signed by both sides. Until then whoever is on stays responsible."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from database.clock import now
from duty.actions.alarms import review_gaps
from duty.actions.booking import lock_units
from duty.actions.lookup import handover_for, require
from duty.models import Handover, Shift
from duty.selectors import watch
from duty.selectors.gather import gathered
from duty.selectors.handovers import sides
from duty.states import HANDOVER
from journal.actions.recording import Actor
from journal.states import check, move, move_many, tell
from norms.selectors.automatic import by_rule
from notify.actions import messages as notify
from notify.rules.notices import Notice
from org.cards import names
from org.models import Person
from org.rules import capabilities
from web.errors import Conflict, Forbidden, Invalid

H = Handover.Status


@transaction.atomic
def open_handover(shift: Shift) -> Handover | None:
    """By rule: open the handover to ``shift`` when a live shift touches its start; None otherwise.

    Again: the one there is.
    """
    lock_units([shift.unit_id])
    touching = Shift.objects.filter(unit=shift.unit_id, live=True, during__endswith=shift.during.lower)
    if not (shift.live and shift.signed and touching.exists()):
        return None
    existing = Handover.objects.filter(shift=shift).exclude(status=H.LAPSED).select_related("unit").first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            row = Handover.objects.create(
                shift=shift, unit=shift.unit, due_at=shift.during.lower, generation=shift.generation
            )
    except IntegrityError:
        return Handover.objects.filter(shift=shift).exclude(status=H.LAPSED).first()
    by = by_rule("duty.handover")
    tell(HANDOVER, row, "handover.opened", by=by)
    both = sides(row)
    notify.send_all([_notice(row, pk, "handover.opened") for pk in sorted(both["out"] | both["in"])], by=by)
    return row


@transaction.atomic
def sign_handover(handover_id: int, *, by: Person, side: str = "", note: str = "", equipment: str = "") -> Handover:
    """Sign for one's side (``out`` or ``in``, told from who is on when left out). With the second signature the
    incoming shift takes over: at its start, or at once when that has passed.

    Forbidden for anybody else; Conflict when that side has signed, or it is over. Where nobody is left to hand over,
    the incoming signature is enough.
    """
    row = handover_for(handover_id, by=by)
    _still_open(row)
    both = sides(row)
    side = _side_of(row, by, side, both)
    if note.strip():
        row.note = f"{row.note}\n{note.strip()}".strip()[:2000]
    row.equipment = equipment.strip()[:500] or row.equipment
    signature: dict[str, Any] = {f"{side}_by": by, f"{side}_at": now(), "note": row.note, "equipment": row.equipment}
    if row.status == H.HALF_SIGNED or not both["out"]:
        return _accept(row, by, signature, {"side": side})
    move(HANDOVER, row, H.HALF_SIGNED, by=by, data={"side": side}, **signature)
    return row


def _side_of(row: Handover, by: Person, side: str, both: dict[str, set[int]]) -> str:
    signed = {"out": row.out_by_id is not None, "in": row.in_by_id is not None}
    if side not in ("", "out", "in"):
        raise Invalid.field("side", _("Choose one of: %(choices)s.") % {"choices": "out, in"})
    mine = [name for name in ("out", "in") if by.pk in both[name] and side in ("", name)]
    if not mine:
        raise Forbidden(_("Only the main and deputy officers of both shifts sign the handover."))
    unsigned = [name for name in mine if not signed[name]]
    if not unsigned:
        raise Conflict(_("Your side has signed already."), current=_current(row))
    return unsigned[0]


@transaction.atomic
def settle_handover(handover_id: int, *, by: Person, reason: str) -> Handover:
    """A leader puts the incoming shift in charge where a signature cannot be had."""
    row = handover_for(handover_id, by=by)
    on = watch.crew(row.unit_id)
    if not ("leader" in on and on["leader"].person_id == by.pk):
        require(by, capabilities.ROSTER, row.unit.path)
    if not reason.strip():
        raise Invalid.field("reason", _("Say why."))
    _still_open(row)
    return _accept(row, by, {"settled_by": by}, {"settled": True, "reason": reason.strip()})


def _accept(row: Handover, by: Actor, changes: dict, data: dict) -> Handover:
    present = now()
    check(HANDOVER, row, H.ACCEPTED)
    row.items = gathered(row.unit)
    move(HANDOVER, row, H.ACCEPTED, by=by, data=data, accepted_at=present, items=row.items, **changes)
    Shift.objects.filter(pk=row.shift_id).update(taken_at=present)
    open_ones = Handover.objects.filter(unit=row.unit_id, status__in=[H.OPEN, H.HALF_SIGNED], due_at__lt=row.due_at)
    older = list(open_ones.select_related("unit", "out_by", "in_by").select_for_update(of=("self",)))
    move_many(HANDOVER, older, H.LAPSED, by=by)
    notify.settle([f"handover:{r.pk}" for r in (row, *older)], by=by)
    review_gaps([row.unit_id], by=by)
    return row


def _still_open(row: Handover) -> None:
    if row.status not in (H.OPEN, H.HALF_SIGNED):
        raise Conflict(_("This handover is over."), current=_current(row))
    if not row.shift.live:
        raise Conflict(_("The incoming shift was called off."), current=_current(row))


def tell_late(row: Handover) -> None:
    """The leader hears of it, once. Inside the caller's transaction, the handover locked."""
    if row.late_told_at is not None:
        return
    row.late_told_at = now()
    row.save(update_fields=["late_told_at"])
    on, by = watch.crew(row.unit_id), by_rule("duty.handover_late")
    leader = on.get("leader")
    data = {"leader_name": {"zh": leader.person_name, "en": leader.person_name_en} if leader else None}
    tell(HANDOVER, row, "handover.late", by=by, data=data)
    if leader:
        notify.send_all([_notice(row, leader.person_id, "handover.late", alarm=True)], by=by)


def _notice(row: Handover, person_id: int, code: str, *, alarm: bool = False) -> Notice:
    return Notice(
        person_id,
        code,
        f"handover:{row.pk}",
        row.unit.path,
        data={"unit": names(row.unit), "due_at": row.due_at},
        url=f"/duty/handovers/{row.pk}/",
        alarm=alarm,
    )


def _current(row: Handover) -> dict[str, object]:
    return {"id": row.pk, "status": row.status, "accepted_at": row.accepted_at}
