"""Row lookup for actions: SELECT … FOR UPDATE within the actor's jurisdiction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duty.actions.booking import lock_units
from duty.models import Handover, Shift, Slot, SpotCheck, Swap
from duty.selectors import rosters
from journal.actions.recording import Actor
from org.models import Appointment, Person, Unit
from org.rules.codes import normalise
from org.selectors.jurisdiction import allowed, visible_to
from org.selectors.register import held_now
from web.errors import Forbidden, Invalid, NotFound


def require(by: Actor, capability: str, path: str) -> None:
    """The system itself (`journal.actions.recording.SYSTEM`) may do all."""
    if isinstance(by, Person) and not allowed(by, capability, path):
        raise Forbidden(_("Your posts do not allow this here."))


def unit_for(unit: Unit | str, *, by: Actor, capability: str, field: str = "unit") -> Unit:
    """The active unit of a 6, 9 or 12 digit code in the actor's sight; Forbidden where seeing is all they may."""
    if isinstance(unit, str):
        unit = _by_code(unit, by, field)
    require(by, capability, unit.path)
    return unit


def _by_code(code: str, by: Actor, field: str) -> Unit:
    try:
        normal = normalise(code)
    except ValueError:
        raise Invalid.field(field, _("“%(code)s” is not a unit code of 6, 9 or 12 digits.") % {"code": code}) from None
    units = Unit.objects.filter(code=normal, active=True).defer("boundary")
    found = (units.filter(visible_to(by, "path")) if isinstance(by, Person) else units).first()
    if found is None:
        raise Invalid.field(field, _("There is no unit %(code)s in your jurisdiction.") % {"code": code})
    return found


def people_for(people: Mapping[str, Person | int], *, by: Actor) -> dict[str, Person]:
    """Active people with a post in the actor's sight, by the field that names them; one query. Invalid names the field
    of each one who is not.
    """
    known = {
        person.pk: person
        for person in people_known([who.pk if isinstance(who, Person) else who for who in people.values()], by=by)
    }
    found = {field: known.get(who.pk if isinstance(who, Person) else who) for field, who in people.items()}
    complaints = {field: [_("There is no such person.")] for field, person in found.items() if person is None}
    if complaints:
        raise Invalid(_("Some fields need attention."), fields=complaints)
    return {field: person for field, person in found.items() if person is not None}


def people_known(ids: Sequence[int], *, by: Actor) -> QuerySet[Person]:
    """Those of ``ids`` who are active and have a post in the actor's sight."""
    seen = Person.objects.filter(pk__in=ids, is_active=True, is_device=False)
    if isinstance(by, Person):
        held = held_now(Appointment.objects.filter(visible_to(by)))
        seen = seen.filter(pk__in=held.values("person"))
    return seen


def person_for(person: Person | int, *, by: Actor, field: str = "person") -> Person:
    return people_for({field: person}, by=by)[field]


def shift_for(shift_id: int, *, by: Actor, capability: str) -> Shift:
    """The shift under FOR UPDATE, its unit's roster locked against every other change. NotFound out of sight."""
    seen = rosters.shifts_visible_to(by) if isinstance(by, Person) else Shift.objects.filter(called_off_at=None)
    unit_id = seen.filter(pk=shift_id).values_list("unit", flat=True).first()
    if unit_id is None:
        raise NotFound
    lock_units([unit_id])
    shift = Shift.objects.select_related("unit", "roster").select_for_update(of=("self",)).filter(pk=shift_id).first()
    if shift is None or shift.called_off_at is not None:
        raise NotFound
    require(by, capability, shift.unit.path)
    return shift


def slot_for(slot_id: int, *, by: Person) -> Slot:
    """A slot of a shift that ``by`` sees, with its shift, the unit's roster locked."""
    slot = Slot.objects.filter(pk=slot_id, shift__in=rosters.shifts_visible_to(by)).select_related("shift").first()
    if slot is None:
        raise NotFound
    lock_units([slot.shift.unit_id])
    return Slot.objects.select_related("shift__unit", "person", "rostered").get(pk=slot_id)


def swap_for(swap_id: int, *, by: Actor) -> Swap:
    """The swap under FOR UPDATE, after the roster of its unit."""
    seen = rosters.swaps_visible_to(by) if isinstance(by, Person) else Swap.objects.all()
    units = seen.filter(pk=swap_id).values_list("slot__shift__unit", flat=True)
    if not units:
        raise NotFound
    lock_units(list(units))
    return rosters.with_swap_parts(Swap.objects.select_for_update(of=("self",))).get(pk=swap_id)


def handover_for(handover_id: int, *, by: Actor) -> Handover:
    seen = rosters.handovers_visible_to(by) if isinstance(by, Person) else Handover.objects.all()
    unit_id = seen.filter(pk=handover_id).values_list("unit", flat=True).first()
    if unit_id is None:
        raise NotFound
    lock_units([unit_id])
    return rosters.with_handover_parts(Handover.objects.select_for_update(of=("self",))).get(pk=handover_id)


def check_for(check_id: int, *, by: Person) -> SpotCheck:
    seen = rosters.with_check_parts(rosters.spot_checks_visible_to(by)).select_for_update(of=("self",))
    check = seen.filter(pk=check_id).first()
    if check is None:
        raise NotFound
    return check
