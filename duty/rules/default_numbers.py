"""The numbers of duty (docs/domain.md 4), and the tables of its rules by default; a county edits them."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from norms.rules.numbers import RULE, Measure, under

figure = under(_("On duty"))
MINUTES, HOURS, DAYS = Measure.MINUTES, Measure.HOURS, Measure.DAYS
COVER_RULE, COVER_DEFAULT = "county's own rules of duty", "default; set by the county"

figure("handover_opens_min", _("The handover opens before the shift"), MINUTES, 30)
figure("handover_late_min", _("A handover is late, after the shift began"), MINUTES, 10)
figure("check_in_late_min", _("A check-in is missing, after the shift began"), MINUTES, 15)
figure("call_back_min", _("A spot check waits for an answer"), MINUTES, 5, local=True)
figure("nobody_again_min", _("Called again where nobody is on duty, every"), MINUTES, 5)
figure("swap_ahead_h", _("A swap is asked for ahead of the shift"), HOURS, 24, RULE, local=True)
figure("longest_h", _("One person is on duty without a break, at most"), HOURS, 24)
figure("shortest_min", _("A shift lasts at least"), MINUTES, 60)
figure("gap_days", _("Gaps are looked for ahead"), DAYS, 30)
figure("leave_longest_days", _("A leave lasts at most"), DAYS, 180)
figure("override_longest_days", _("Somebody else is put on duty, at a time, for at most"), DAYS, 31)
figure("response_watch_min", _("Villages and departments keep watch, after a response began"), MINUTES, 60)
figure("superior_reply_min", _("A superior's call is replied to within"), MINUTES, 30)
figure("superior_again_min", _("An unanswered superior's call is called to mind, every"), MINUTES, 15)
figure("leaders_told_by_h", _("Leaders' whereabouts are told each day by, o'clock"), HOURS, 10)
COVER: list[tuple[str, str, dt.time, int, str]] = [
    ("county", "", dt.time(0), 24, COVER_RULE),
    ("township", "", dt.time(0), 24, COVER_RULE),
    ("village", "flood", dt.time(20), 12, COVER_DEFAULT),
]
"""Level, season, daily from, hours: the county and its townships always, villages on the nights of the flood season."""

FLOOD_DEPARTMENTS = ["D01", "D02", "D03", "D04", "D05", "D07", "D08", "D09", "D14"]
"""Emergency management, natural resources, water, fire and rescue, police, transport, power, weather, education."""
FIRE_DEPARTMENTS = ["D01", "D04", "D05", "D09", "D20"]
"""Emergency management, fire and rescue, police, weather, forestry."""
MORE_COVER: list[tuple[str, str, str, list[str], int]] = [
    ("department", "flood", "", FLOOD_DEPARTMENTS, 24),
    ("department", "forest_fire", "", FIRE_DEPARTMENTS, 24),
    ("department", "", "any", [*FLOOD_DEPARTMENTS, "D06"], 24),
    ("village", "", "any", [], 24),
]
"""Level, season, response to, endings of the codes of its units (none: all), hours from midnight: the departments that
matter in a season and, with the health bureau, in a response; villages while a response runs over them.
"""

CREWS: dict[str, list[str]] = {
    "county": ["leader", "main", "deputy"],
    "department": ["leader", "main"],
    "township": ["leader", "main", "deputy"],
    "village": ["leader", "main"],
}
"""The posts of a shift: two people and a leader; in a department and a village one on watch and one who leads."""

LEADERS: list[tuple[str, bool]] = [
    ("party_secretary", True),
    ("magistrate", True),
    ("executive_deputy_magistrate", False),
    ("deputy_party_secretary", False),
    ("deputy_magistrate", False),
    ("command_office_director", False),
]
"""Posts whose holders' whereabouts are kept, and whether it is a head's. A code that is no post is passed over."""

LINKS = [
    ("county", "main", "county_duty_officer"),
    ("county", "deputy", "county_duty_deputy"),
    ("department", "main", "department_duty"),
    ("township", "main", "township_duty"),
]
"""Level, duty post, post of the register that it stands for."""

ROSTER_KEEPERS = [
    "party_secretary",
    "magistrate",
    "deputy_magistrate",
    "command_office_director",
    "department_head",
    "township_party_secretary",
    "township_head",
    "township_deputy",
    "township_station",
    "village_head",
]
"""Posts that keep the rosters of their unit and those under it, and decide on swaps."""
