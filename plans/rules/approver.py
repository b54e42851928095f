"""How a level names who approves it: a post (``deputy_magistrate``) or a seat of the plan's headquarters
(``headquarters:commander``).
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SEAT = "headquarters:"
ROLES: dict[str, str | Promise] = {
    "office_director": _("Headquarters: director of the office"),
    "deputy_commander": _("Headquarters: deputy commander"),
    "executive_deputy": _("Headquarters: executive deputy commander"),
    "commander": _("Headquarters: commander"),
}
"""The roles that approve, the lowest first."""
SEATS: dict[str, str | Promise] = {SEAT + role: words for role, words in ROLES.items()}
"""As approvers: code → words."""
LOWEST = {
    "IV": "office_director", "III": "deputy_commander", "II": "executive_deputy", "I": "commander",
    "blue": "office_director", "yellow": "office_director", "orange": "deputy_commander", "red": "executive_deputy",
}  # fmt: skip
"""Response level → the lowest role that a plan may name for it (docs/domain.md 2)."""
DEFAULT = {
    "IV": SEAT + "office_director", "III": SEAT + "deputy_commander", "II": SEAT + "commander", "I": SEAT + "commander",
    "blue": SEAT + "office_director", "yellow": SEAT + "office_director", "orange": SEAT + "deputy_commander",
    "red": SEAT + "commander",
}  # fmt: skip
"""Response level → who approves it where no plan says so."""


def role_of(approver: str) -> str:
    """The role of a seat; empty for a post."""
    role = approver.removeprefix(SEAT)
    return role if approver.startswith(SEAT) and role in ROLES else ""


def high_enough(role: str, level: str) -> bool:
    order = list(ROLES)
    return order.index(role) >= order.index(LOWEST.get(level, "office_director"))
