"""Who approves a response level (docs/domain.md 2), read from what the posts allow."""

from __future__ import annotations

from typing import Any

from command.models import Incident
from command.selectors.levelling import GRAVITY
from org.models import Person, Post, Unit
from org.rules import capabilities
from org.rules.capabilities import LEVEL
from org.rules.codes import county_of
from org.selectors.jurisdiction import allowed, jurisdiction_of
from org.selectors.register import Holding, holders, subtree


def approvers(incident: Incident, person: Person) -> list[dict[str, Any]]:
    """For each level: who approves it, whether ``person`` may, and how it compares with the present one (DOMAIN 2)."""
    county = county_of(incident.unit.path)
    posts = list(Post.objects.filter(level="county"))
    held = holders(subtree(county).filter(path=county), [post.code for post in posts])
    now_at = GRAVITY[incident.response_level]
    rows = []
    for code in ("IV", "III", "II", "I"):
        able = {post.code for post in posts if LEVEL[code] in post.capabilities}
        graver = code if GRAVITY[code] >= now_at else incident.response_level
        rows.append(
            {
                "level": code,
                "people": _named([holding for holding in held if holding.post_code in able], code),
                "may": allowed(person, LEVEL[graver], incident.unit.path),
                "is": "current" if GRAVITY[code] == now_at else "higher" if GRAVITY[code] > now_at else "lower",
            }
        )
    return rows


def _named(able: list[Holding], level: str) -> list[Holding]:
    """Whom the rule names: of level I all who may, below it the lowest post that may; those above it may as well."""
    return able if level == "I" else able[-1:]


def may_act_first(incident: Incident, by: Person) -> bool:
    held = jurisdiction_of(by)
    needed = (capabilities.INCIDENT, capabilities.ORDER)
    own = all(incident.unit.path in held.scopes(capability) for capability in needed)
    return own and incident.unit.level == Unit.Level.TOWNSHIP and not incident.response_level
