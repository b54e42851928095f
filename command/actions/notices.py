"""The notices that a response has started, changed or ended: drafted with the decision, for its approver to sign."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.timezone import localtime

from command.models import Response
from command.rules import wording
from command.selectors import levelling
from command.selectors.approvers import may_by_right, rule_of, signs_for
from command.states import RESPONSE
from database.clock import now
from journal.actions.recording import Actor
from norms.actions import draft_papers, signed, withdraw_about
from norms.models import OfficialPaper
from norms.rules.papers import OFFICE, Draft, Signing
from norms.selectors.papers import Substitute
from org.models import Headquarters, Person, Post, Unit
from org.rules.codes import ALONE, ancestors_and_self
from org.selectors.headquarters import headquarters_for
from plans.rules.approver import role_of
from plans.rules.words import HazardType

ROLES = {
    "I": ["commander"],
    "II": ["commander"],
    "III": ["executive_deputy", "deputy_commander"],
    "IV": ["office_director"],
}
"""Level → the seats in the headquarters that sign its notice; without them the post that the plan names."""
EVENTS = {
    HazardType.FLOOD: "防汛防台", HazardType.GEOLOGICAL: "地质灾害", HazardType.EARTHQUAKE: "地震",
    HazardType.FOREST_FIRE: "森林火灾", HazardType.VILLAGE_FIRE: "火灾", HazardType.SNOW_ICE: "低温雨雪冰冻",
    HazardType.CHEMICALS: "危险化学品事故", HazardType.PUBLIC_HEALTH: "突发公共卫生事件",
    HazardType.DROUGHT: "抗旱", HazardType.ACCIDENT: "生产安全事故", HazardType.SOCIAL: "社会安全事件",
}  # fmt: skip


def announce(
    response: Response, what: str, *, by: Actor, grounds: str, before: str = "", sign: bool = False,
    cause: int | None = None,
) -> OfficialPaper:  # fmt: skip
    """Draft the notice, in the caller's transaction; with ``sign`` whoever decided signs and serves it in the same act.

    ``what``: started, raised, lowered, changed or ended. A draft about an earlier step of the response gives way.
    """
    withdraw_about(RESPONSE.subject(response), by=by, reason="由后一份通知代替。")
    paper = draft_papers([_draft(response, what, grounds, before)], by=by, cause=cause)[0]
    if sign and isinstance(by, Person):
        # Whoever may decide on the level may sign what announces it.
        signed(paper, by=by, instead=_for_whom(response, by))
    return paper


def _for_whom(response: Response, by: Person) -> Substitute | None:
    """The leader in whose place ``by`` decided; None for whoever may by right."""
    rule = rule_of(response.version, response.level)
    found = None if may_by_right(by, rule) else signs_for(by, rule)
    return Substitute(found.leader, by, found.ground) if found else None


def _draft(response: Response, what: str, grounds: str, before: str) -> Draft:
    plan, incident = response.version.plan, response.incident
    approver = levelling.level_of(response.version, response.level).approver
    unit = _body_unit(incident.unit, approver)
    area, below = _places(response.area, unit)
    event = EVENTS.get(HazardType(plan.hazard_type), "") if plan.hazard_type in HazardType.values else ""
    text = wording.notice_text(
        what, response.level, before, plan.name, "、".join(one.name for one in area) or unit.name, grounds,
        localtime(now()),
    )  # fmt: skip
    kind = {"started": "response_started", "ended": "response_ended"}.get(what, "response_changed")
    return Draft(
        kind=kind,
        subject=RESPONSE.subject(response),
        unit=unit,
        headquarters=_issuer(response, unit),
        title=wording.notice_title(what, response.level, event),
        paragraphs=text,
        to=[one for one in area if one.pk != unit.pk] or below,
        signing=_signing(response.level, approver),
        exercise=incident.exercise,
    )


def _issuer(response: Response, unit: Unit) -> Headquarters | None:
    """Whose response it is issues its notice. A township without a headquarters of its own does so in its own name."""
    if response.headquarters is not None or unit.level == Unit.Level.TOWNSHIP:
        return response.headquarters
    return headquarters_for(unit, response.version.plan.hazard_type)


def _signing(level: str, approver: str) -> Signing:
    """The seat that the plan names for the level signs; where it names a post, the usual seats for such a level."""
    role = role_of(approver)
    usual = ROLES[levelling.numeral(level)]
    return [{"roles": [role] if role else usual, "posts": [] if role else [approver]}, *OFFICE]


def _body_unit(unit: Unit, approver: str) -> Unit:
    """The unit at or above the incident's at whose level the approver's post is."""
    level = Post.objects.filter(code=approver).values_list("level", flat=True).first() or "county"
    above = Unit.objects.filter(path__in=ancestors_and_self(unit.path), level=level).defer("boundary", "seat")
    return above.order_by("-path").first() or unit


def _places(codes: Sequence[str], unit: Unit) -> tuple[list[Unit], list[Unit]]:
    """The townships (or the county) of an area, for they tell their villages; and everything right under ``unit``, to
    whom a notice about all of it goes.
    """
    plain = [code.removeprefix(ALONE) for code in codes]
    towns = {code if len(code) <= len("331126") else code[: len("331126206")] for code in plain}
    rows = Unit.objects.filter(Q(code__in=towns) | Q(parent=unit), active=True).defer("boundary", "seat")
    found = list(rows.order_by("path"))
    return [one for one in found if one.code in towns], [one for one in found if one.parent_id == unit.pk]
