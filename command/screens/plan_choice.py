"""Which plans may be started for an incident, the likeliest first, and what each of its levels asks of whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from command.models import Category, Incident, Proposal, Response
from command.rules.hazard_words import SPOKEN
from command.selectors.approvers import Called, chain_of, may_decide, rule_of
from command.selectors.levelling import GRAVITY, deciding
from org.models import Person, Unit
from org.rules.codes import ancestors_and_self
from plans.models import Level, Version
from plans.rules.events import EVENTS
from plans.rules.words import LEVELS, HazardType
from plans.selectors.plans import in_force, versions_visible_to

CATEGORY_OF = {
    HazardType.CHEMICALS: Category.ACCIDENT,
    HazardType.ACCIDENT: Category.ACCIDENT,
    HazardType.VILLAGE_FIRE: Category.ACCIDENT,
    HazardType.PUBLIC_HEALTH: Category.PUBLIC_HEALTH,
    HazardType.SOCIAL: Category.SOCIAL_SECURITY,
}
"""The category of incident that a type of hazard belongs to; all others are natural disasters."""


@dataclass
class Offered:
    """A plan in force. ``level``: what a signal proposes for this incident; ``fits``: it was named by one, or the
    incident's title speaks of what its triggers wait for.
    """

    version: Version
    level: str = ""
    fits: bool = False
    rank: int = 0


@dataclass
class LevelRow:
    """A level as the reader may choose it. ``people``: the plan's approver and those above, who answer for it now."""

    rule: Level
    may: bool
    is_now: bool
    compared: str
    people: list[Called] = field(default_factory=list)


def offered(person: Person, incident: Incident) -> list[Offered]:
    """Plans of the incident's unit and of those above it. The proposed ones first, then those that fit by their words,
    then those of the incident's category.
    """
    rows = in_force(versions_visible_to(person)).filter(
        plan__active=True, plan__unit__path__in=ancestors_and_self(incident.unit.path)
    )
    rows = rows.select_related("plan__unit").defer("plan__unit__boundary").prefetch_related("levels")
    proposed = _proposed(incident)
    found = [_offered(version, incident, proposed.get(version.pk, "")) for version in rows]
    return sorted(found, key=lambda one: (one.rank, -one.version.plan.unit.path.count("."), one.version.plan.code))


def _offered(version: Version, incident: Incident, level: str) -> Offered:
    speaks = any(word in incident.title for word in _words(version))
    kin = CATEGORY_OF.get(HazardType(version.plan.hazard_type), Category.NATURAL_DISASTER) == incident.category
    rank = 0 if level else 1 if speaks else 2 if kin else 3
    return Offered(version, level, fits=rank < 2, rank=rank)


def _words(version: Version) -> set[str]:
    """What the triggers of the plan wait for, and how such an incident is called."""
    rules = [rule for level in version.levels.all() for rule in level.triggers]
    kinds = [EVENTS[code] for rule in rules for code in rule.get("events", ()) if code in EVENTS]
    waited_for = {kind.zh for kind in kinds}
    return waited_for | set(SPOKEN.get(HazardType(version.plan.hazard_type), ()))


def _proposed(incident: Incident) -> dict[int, str]:
    """Version → the gravest level that a signal proposed for this incident and that nobody refused."""
    about = Q(incident=incident)
    if incident.warning_id is not None:
        about |= Q(subject=f"warning:{incident.warning_id}")
    found: dict[int, str] = {}
    for row in Proposal.objects.filter(about).exclude(status=Proposal.Status.REFUSED):
        found[row.version_id] = max(found.get(row.version_id, ""), row.level, key=GRAVITY.__getitem__)
    return found


def levels_of(person: Person, incident: Incident, version: Version) -> list[LevelRow]:
    """The levels of the plan from the lightest, each with who approves the graver of it and the present one."""
    now_at = incident.response_level
    rules = {row.level: row for row in version.levels.all()}
    found = []
    for code in LEVELS:
        if code not in rules:
            continue
        graver = deciding(now_at, code)
        compared = "same" if code == now_at else "raise" if GRAVITY[code] > GRAVITY[now_at] else "lower"
        people = chain_of(rule_of(version, graver))
        may = may_decide(person, rule_of(version, graver))
        found.append(LevelRow(rules[code], may, code == now_at, compared, people))
    return found


def running(incident: Incident) -> Response | None:
    rows = Response.objects.select_related("version__plan__unit", "started_by").defer("version__plan__unit__boundary")
    return rows.filter(incident=incident, status=Response.Status.RUNNING).first()


def townships_under(incident: Incident) -> list[Unit]:
    """What an area can be put together from by hand: the townships of the incident's unit, or its villages."""
    level = Unit.Level.VILLAGE if incident.unit.level == Unit.Level.TOWNSHIP else Unit.Level.TOWNSHIP
    under = Unit.objects.filter(parent=incident.unit, level=level, active=True).defer("boundary", "seat")
    return list(under.order_by("path"))
