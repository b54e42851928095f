"""Who approves a response level (docs/domain.md 2): the seat of the headquarters or the post that the plan names, or a
post that allows the level; and in which order they are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from command.models import Incident
from command.selectors.levelling import GRAVITY, deciding, numeral
from duty.rules.matters import of_level
from duty.selectors import fanout, leaders
from duty.selectors.leaders import Signatory
from org.models import Headquarters, Person, Post, Unit
from org.rules import capabilities
from org.rules.capabilities import COMMAND, LEVEL
from org.rules.codes import ancestors_and_self, county_of, is_within
from org.selectors.headquarters import Seat, seated, standing_of
from org.selectors.jurisdiction import allowed, jurisdiction_of
from plans.models import Version
from plans.rules.approver import DEFAULT, ROLES, SEAT, role_of
from plans.rules.words import LEVELS
from plans.selectors.headquarters import headquarters_of


@dataclass(frozen=True)
class Rule:
    """What decides about a level: the unit whose level it is (the plan's, or the incident's where no plan runs), the
    headquarters that answers (``body``, or the plan's), and whom the plan names.
    """

    unit: Unit
    level: str
    approver: str
    version: Version | None = None
    body: Headquarters | None = None

    @property
    def headquarters(self) -> Headquarters | None:
        return headquarters_of(self.version.plan) if self.version else self.body

    def is_of(self, seat: Headquarters) -> bool:
        """Whether a headquarters is the one that answers; without a query."""
        if self.version is None:
            return self.body is not None and self.body.pk == seat.pk
        plan = self.version.plan
        if plan.headquarters_id is not None:
            return plan.headquarters_id == seat.pk
        return plan.hazard_type in seat.hazard_types and is_within(plan.unit.path, seat.unit.path)


def rule_for(incident: Incident, level: str, version: Version | None = None) -> Rule:
    """The rule for a level of an incident: by the plan's version where there is one."""
    if version is not None:
        return rule_of(version, level)
    return Rule(incident.unit, level, DEFAULT.get(level, ""), body=incident.headquarters)


def rule_of(version: Version, level: str) -> Rule:
    """By a plan. Needs version.plan.unit; a level that the plan does not have is approved as by default."""
    named = {row.level: row.approver for row in version.levels.all()}
    return Rule(version.plan.unit, level, named.get(level) or DEFAULT.get(level, ""), version)


def may_decide(person: Person, rule: Rule) -> bool:
    """In one's own right, or for a leader who is away and has authorised it (docs/adr/0040)."""
    return may_by_right(person, rule) or signs_for(person, rule) is not None


def signs_for(person: Person, rule: Rule) -> Signatory | None:
    """For whom the person may decide who may not by right: a leader who is away and may, and has authorised it."""
    given = leaders.signs_for(person, of_level(numeral(rule.level)), rule.unit.path)
    return next((one for one in given if may_by_right(one.leader, rule)), None)


def may_by_right(person: Person, rule: Rule) -> bool:
    """Whether the person may put the level into effect: by a post that allows it in the whole of the unit, by the seat
    that the plan names or one above it, or, in a township's own plan, as whom the plan names or above them.
    """
    if allowed(person, LEVEL[rule.level], rule.unit.path):
        return True
    standing, role = standing_of(person), role_of(rule.approver)
    if role:
        order = list(ROLES)
        able = order[order.index(role) :]
        return any(seat.role in able and rule.is_of(seat.headquarters) for seat in standing.seats)
    if rule.unit.level != Unit.Level.TOWNSHIP:
        return False
    held = [post for unit, post in standing.posts if unit == rule.unit.pk and COMMAND in post.capabilities]
    named = Post.objects.filter(code=rule.approver, level=Unit.Level.TOWNSHIP).first() if held else None
    return named is not None and any(post.rank <= named.rank for post in held)


def may_act_first(incident: Incident, by: Person) -> bool:
    held = jurisdiction_of(by)
    needed = (capabilities.INCIDENT, capabilities.ORDER)
    own = all(incident.unit.path in held.scopes(capability) for capability in needed)
    return own and incident.unit.level == Unit.Level.TOWNSHIP and not incident.response_level


# In turn -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """A post or a seat that may decide, and who answers for it at this moment; without people it is vacant. ``code``:
    of the post, or headquarters:commander and the like. Where a leader is away, whoever signs for them comes before
    them, and ``signatories`` says so; they are called too.
    """

    code: str
    name: str
    people: list[Person]
    signatories: list[Signatory] = field(default_factory=list)

    @property
    def able(self) -> bool:
        """Somebody of the post can sign from here."""
        return any(one.signer for one in self.signatories)

    @property
    def words(self) -> list[str]:
        """Who signs for whom, or that nobody does; empty where everybody is here."""
        return [one.words for one in self.signatories if one.words]


def chain_of(rule: Rule) -> list[Called]:
    """Whom the plan names, then those above, each once; a vacant one stands there as such, for the next is asked in its
    place.
    """
    role = role_of(rule.approver)
    found = _seats(rule, role) if role else _posts(rule)
    known = {person.pk for one in found for person in one.people}
    for one in _heads(rule) if role or rule.unit.level == Unit.Level.TOWNSHIP else ():
        if not known.issuperset(person.pk for person in one.people):
            found.append(one)
            known.update(person.pk for person in one.people)
    return _signed(found, rule)


def _signed(chain: list[Called], rule: Rule) -> list[Called]:
    """Each with who signs now for whoever is away."""
    people = {person.pk: person for one in chain for person in one.people}
    signs = leaders.signatories(list(people.values()), of_level(numeral(rule.level)))
    found = []
    for one in chain:
        mine = [signs[person.pk] for person in one.people]
        called = [person for sign in mine for person in (sign.signer, sign.leader) if person is not None]
        found.append(Called(one.code, one.name, list(dict.fromkeys(called)), mine))
    return found


def reachable(chain: list[Called]) -> list[Called]:
    return [one for one in chain if one.people]


def first_called(chain: list[Called]) -> list[Called]:
    """The first of a chain without vacancies; while nobody of it can sign from here, those above up to one who can."""
    able = next((number for number, called in enumerate(chain) if called.able), len(chain) - 1)
    return chain[: able + 1]


def people_of(called: Sequence[Called]) -> list[Person]:
    """Each once, in turn."""
    return list({person.pk: person for one in called for person in one.people}.values())


def _seats(rule: Rule, role: str) -> list[Called]:
    """The seats of the role and of those above it. A role that is named and has no seat at all is vacant."""
    body, order = rule.headquarters, list(ROLES)
    if body is None:
        return []
    able = order[order.index(role) :]
    seats = sorted(seated([body], able), key=lambda seat: able.index(seat.member.role))
    found = [Called(SEAT + seat.member.role, _seat_words(seat), seat.people) for seat in seats]
    if all(seat.member.role != role for seat in seats):
        found.insert(0, Called(SEAT + role, f"{body.label} · {ROLES[role]}", []))
    return found


def _seat_words(seat: Seat) -> str:
    return _("%(seat)s (%(place)s)") % {"seat": seat.label, "place": seat.place} if seat.place else seat.label


def _posts(rule: Rule) -> list[Called]:
    """The post that the plan names, then those above it in rank that may start this level."""
    posts = {post.code: post for post in Post.objects.all()}
    first = posts.get(rule.approver)
    local = first is not None and first.level == rule.unit.level == Unit.Level.TOWNSHIP
    needed = COMMAND if local else LEVEL[rule.level]
    able = [post for post in posts.values() if needed in post.capabilities]
    if first is not None:
        able = [post for post in able if post.level == first.level and post.rank <= first.rank]
    return _held(rule.unit, able)


def _heads(rule: Rule) -> list[Called]:
    """After the seats, or a township's own: the county's posts that may start this level."""
    able = [post for post in Post.objects.filter(level=Unit.Level.COUNTY) if LEVEL[rule.level] in post.capabilities]
    return reachable(_held(rule.unit, able))


def _held(unit: Unit, able: list[Post]) -> list[Called]:
    places = Unit.objects.filter(path__in=ancestors_and_self(unit.path), active=True).defer("boundary", "seat")
    by_level = {place.level: place for place in places}
    units = {by_level[post.level].pk: by_level[post.level] for post in able if post.level in by_level}
    held: dict[int, list[Person]] = {}
    for line in fanout.lines_for(list(units.values()), able):
        held.setdefault(line.post.pk, []).extend([line.person] if line.person else [])
    ordered = sorted(able, key=lambda post: -post.rank)
    return [Called(post.code, post.label, held[post.pk]) for post in ordered if post.pk in held]


def approvers(incident: Incident, person: Person) -> list[dict[str, Any]]:
    """For each level of both ladders, without a plan: who approves it, whether ``person`` may, how it compares with the
    present one.
    """
    now_at = GRAVITY[incident.response_level]
    rows = []
    for code in LEVELS:
        graver = deciding(incident.response_level, code)
        chain = chain_of(rule_for(incident, code))
        rows.append(
            {
                "level": code,
                "people": chain[:1] if chain[:1] == reachable(chain[:1]) else [*chain[:1], *reachable(chain)[:1]],
                "may": may_decide(person, rule_for(incident, graver)),
                "is": "current" if GRAVITY[code] == now_at else "higher" if GRAVITY[code] > now_at else "lower",
            }
        )
    return rows


# Consent to level I --------------------------------------------------------------------------------------------------


def consenters(unit: Unit) -> list[Person]:
    """Who may give the county committee's consent to level I: whoever holds the first post of the county that may start
    it (the secretary), or stands in while it is vacant.
    """
    posts = Post.objects.filter(level=Unit.Level.COUNTY, capabilities__contains=[LEVEL["I"]])
    first = posts.order_by("rank").first()
    county = Unit.objects.filter(path=county_of(unit.path)).defer("boundary").first()
    if first is None or county is None:
        return []
    return [person for one in _held(county, [first]) for person in one.people]
