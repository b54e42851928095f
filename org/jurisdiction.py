"""One predicate for pages, API, tiles, exports, files and sockets: what may this person see and do (DESIGN law 6)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from org.capabilities import APPROVALS, REGISTER, VIEW
from org.codes import is_within
from org.models import Appointment, Person, Unit
from org.selectors import held_now


@dataclass(frozen=True)
class Jurisdiction:
    """The capabilities of one person, by the path of the unit in which the post is held."""

    grants: dict[str, frozenset[str]]
    everything: bool = False

    def scopes(self, capability: str = VIEW) -> list[str]:
        """The paths under which ``capability`` holds, without those that another covers."""
        paths = sorted(path for path, capabilities in self.grants.items() if capability in capabilities)
        return [p for p in paths if not any(p != q and is_within(p, q) for q in paths)]

    def keeps(self, capability: str) -> bool:
        """Whether ``capability`` holds anywhere at all."""
        return self.everything or any(capability in capabilities for capabilities in self.grants.values())

    def allows(self, capability: str, path: str) -> bool:
        if self.everything:
            return True
        return any(capability in caps and is_within(path, scope) for scope, caps in self.grants.items())


def jurisdiction_of(person: Person) -> Jurisdiction:
    """What the person's posts allow at this moment; one query, remembered on the instance for one request."""
    known = getattr(person, "_jurisdiction", None)
    if known is not None:
        return known
    grants: dict[str, frozenset[str]] = {}
    if person.is_active:
        held = held_now(Appointment.objects.filter(person=person))
        rows = held.annotate(stands_aside=_first_holder()).values_list(
            "unit__path", "post__capabilities", "stands_aside"
        )
        for path, capabilities, stands_aside in rows:
            granted = frozenset(capabilities) - (APPROVALS if stands_aside else frozenset())
            grants[path] = grants.get(path, frozenset()) | granted
    found = Jurisdiction(grants, everything=bool(person.is_active and person.is_superuser))
    person._jurisdiction = found  # type: ignore[attr-defined]
    return found


def _first_holder() -> Combinable:
    """Whether the appointment is a B role beside an A role that somebody holds.

    A stand-in does the daily work of a post at any time, but approves a response level only while the A role is empty.
    """
    first = held_now(Appointment.objects.filter(unit=OuterRef("unit"), post=OuterRef("post"), role=Appointment.Role.A))
    return Case(When(role=Appointment.Role.B, then=Exists(first)), default=Value(False))


def allowed(person: Person, capability: str, path: str) -> bool:
    return jurisdiction_of(person).allows(capability, path)


def within(scopes: list[str], field: str) -> Q:
    """The rows whose ``field`` (a unit path) is one of ``scopes`` or lies under it; none when there is no scope.

    Paths collate as "C", so that each prefix is one range of the index.
    """
    q = Q(pk__in=[])
    for scope in scopes:
        q |= Q(**{field: scope}) | Q(**{f"{field}__startswith": scope + "."})
    return q


def visible_to(person: Person, field: str = "unit__path", capability: str = VIEW) -> Q:
    """The one predicate. ``field`` names the column that holds the unit path of the rows asked for."""
    jurisdiction = jurisdiction_of(person)
    return Q() if jurisdiction.everything else within(jurisdiction.scopes(capability), field)


def visible(queryset: QuerySet, person: Person, field: str = "unit__path") -> QuerySet:
    return queryset.filter(visible_to(person, field))


def registered_by(by: object) -> QuerySet[Unit]:
    """The units in use whose register the actor keeps: a person's by the REGISTER capability, all for the system
    itself.
    """
    units = Unit.objects.filter(active=True)
    return units.filter(visible_to(by, "path", REGISTER)) if isinstance(by, Person) else units
