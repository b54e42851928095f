"""The default numbers of plans (docs/domain.md 7) with their sources; kept beside duty's (duty/models/numbers.py)."""

from __future__ import annotations

DEFAULT = "default; set by the county"

LIMITS = {
    "plan_filing_days": (20, DEFAULT),
    "plan_first_reminder_days": (90, DEFAULT),
    "plan_second_reminder_days": (30, DEFAULT),
    "plan_third_reminder_days": (7, DEFAULT),
    "plan_reminder_every_days": (7, DEFAULT),
}
"""Days from approval to the filing receipt; days before a due date; days between reminders once it has passed."""

WRITERS = ("command_office_director", "county_duty_officer", "township_deputy", "township_station")
APPROVERS = (
    "party_secretary", "magistrate", "deputy_magistrate", "department_head", "township_party_secretary",
    "township_head",
)  # fmt: skip
"""Posts that write plans, and posts that also put them in force (a default; the county edits its posts)."""
