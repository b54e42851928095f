"""What a post can allow, as stable codes. A capability holds inside the subtree of the unit in which the post is
held.
"""

VIEW = "view"
"""See everything of the subtree."""
ANSWER = "answer"
"""Log another person's answer (a door-knock, a phone call), DOMAIN section 5."""
VERIFY = "verify"
"""Confirm that what was ordered is done; never one's own."""
INCIDENT = "incident"
"""Open, change and end incidents."""
ORDER = "order"
"""Issue and call off orders."""
WARNING = "warning"
"""Turn a warning into an incident or dismiss it."""
COMMAND = "command"
"""Take and hand over command of an incident."""
LEVEL_IV = "level_iv"
LEVEL_III = "level_iii"
LEVEL_II = "level_ii"
LEVEL_I = "level_i"
"""Start, raise, lower or end a response of that level (DOMAIN section 2, default approvers)."""
REGISTER = "register"
"""Maintain units, people and posts."""
ROSTER = "roster"
"""Keep the duty rosters, decide on swaps, put somebody else on duty."""
PLAN = "plan"
"""Write plans, send them for approval, file them, answer what must be revised."""
PLAN_APPROVAL = "plan_approval"
"""Put a plan in force, or send it back."""

ALL = frozenset({LEVEL_IV, LEVEL_III, LEVEL_II, LEVEL_I}) | {
    VIEW,
    ANSWER,
    VERIFY,
    INCIDENT,
    ORDER,
    WARNING,
    COMMAND,
    REGISTER,
    ROSTER,
    PLAN,
    PLAN_APPROVAL,
}
LEVEL = {"I": LEVEL_I, "II": LEVEL_II, "III": LEVEL_III, "IV": LEVEL_IV}
APPROVALS = frozenset(LEVEL.values())
"""Capabilities of the named approver alone; a B role has them only while nobody holds the A role."""
