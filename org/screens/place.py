"""Context of a page: the unit that its URL names, the person's own unit, and the frame in which they work."""

from __future__ import annotations

from django.http import HttpRequest

from org.models import Appointment, Person, Unit
from org.rules.codes import normalise
from org.selectors.jurisdiction import jurisdiction_of, visible_to
from org.selectors.register import held_now
from web.errors import NotFound


def unit_of(person: Person, code: str) -> Unit:
    """The active unit of a code inside the person's jurisdiction; 404 otherwise."""
    try:
        normal = normalise(code)
    except ValueError:
        raise NotFound from None
    found = Unit.objects.filter(visible_to(person, "path"), code=normal, active=True).defer("boundary").first()
    if found is None:
        raise NotFound
    return found


def chosen_unit(request: HttpRequest) -> Unit:
    """The one of the address, or the person's own, or the first that they see."""
    if code := request.GET.get("unit", ""):
        return unit_of(request.user, code)
    own = home_of(request.user)
    if own is None:
        raise NotFound
    return own


def home_of(person: Person) -> Unit | None:
    """Where the person serves; of several units the uppermost. Somebody without a post: the first unit in sight."""
    rows = held_now(Appointment.objects.filter(person=person)).order_by("unit__path")
    row = rows.select_related("unit").defer("unit__boundary").first()
    if row is not None:
        return row.unit
    return Unit.objects.filter(visible_to(person, "path"), active=True).defer("boundary").order_by("path").first()


def on_a_phone(person: Person) -> bool:
    """Whether the person serves townships and villages alone, and so works in the phone's frame."""
    found = jurisdiction_of(person)
    return bool(found.grants) and not found.everything and all(path.count(".") >= 3 for path in found.grants)


def frame_of(person: Person) -> dict[str, str]:
    return {"frame_base": "base_phone.html" if on_a_phone(person) else "base.html", "tab": "duty"}


def may_somewhere(person: Person, capability: str) -> bool:
    found = jurisdiction_of(person)
    return found.everything or bool(found.scopes(capability))
