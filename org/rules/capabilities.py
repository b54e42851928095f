"""What a post can allow, as stable codes. A capability holds inside the subtree of the unit in which the post is
held.
"""

from __future__ import annotations

from database.registry import Registry

CAPABILITIES: Registry[str] = Registry("capabilities", "What a post can allow, `org.rules.capabilities.capability`.")


def capability(code: str, about: str) -> str:
    """Register a capability; ``about`` says what it allows. Gives back the code."""
    CAPABILITIES.register(code, about)
    return code


VIEW = capability("view", "See everything of the subtree")
ANSWER = capability("answer", "Log another person's answer (a door-knock, a phone call), docs/domain.md 5")
VERIFY = capability("verify", "Confirm that what was ordered is done; never one's own")
INCIDENT = capability("incident", "Open, change and end incidents")
ORDER = capability("order", "Issue and call off orders")
WARNING = capability("warning", "Turn a warning into an incident or dismiss it")
COMMAND = capability("command", "Take and hand over command of an incident")
REGISTER = capability("register", "Maintain units, people and posts")
ROSTER = capability("roster", "Keep the duty rosters, decide on swaps, put somebody else on duty")
PLAN = capability("plan", "Write plans, send them for approval, file them, answer what must be revised")
PLAN_APPROVAL = capability("plan_approval", "Put a plan in force, or send it back")

# docs/domain.md 2, default approvers.
LEVEL = {
    level: capability(f"level_{level.lower()}", f"Start, raise, lower or end a response of level {level}")
    for level in ("I", "II", "III", "IV")
}
LEVEL |= {"blue": LEVEL["IV"], "yellow": LEVEL["IV"], "orange": LEVEL["III"], "red": LEVEL["II"]}
"""Who approves a warning response may approve an emergency response of this level: no capability of its own."""
APPROVALS = frozenset(LEVEL.values())
"""Capabilities of the named approver alone; a B role has them only while nobody holds the A role."""

SEAT = (VIEW, INCIDENT, ORDER, COMMAND)
"""What a seat in a headquarters' command (commander, deputies, director of the office) allows in the whole of its unit,
whatever the post behind it allows. Which levels it may start is asked of the seat itself
(command/selectors/approvers.py).
"""
