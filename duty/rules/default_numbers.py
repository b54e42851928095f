"""The default numbers of duty (docs/domain.md 4) with their sources; a county edits them, later versions count."""

from __future__ import annotations

import datetime as dt

RULE = "county's own rules of duty"
DEFAULT = "default; set by the county"
DESIGN = "design; set by the county"
SIGN_INS = "design; set by the county (GB/T 22239-2019, 8.1.4.1 b: failed sign-ins are limited; OWASP device cookies)"
SESSIONS = "default; set by the county (GB/T 22239-2019, 8.1.4.1 b: idle sessions end by themselves)"

LIMITS = {
    "handover_opens_min": (30, DEFAULT),
    "handover_late_min": (10, DEFAULT),
    "check_in_late_min": (15, DEFAULT),
    "call_back_min": (5, DEFAULT),
    "swap_ahead_h": (24, RULE),
    "longest_h": (24, DEFAULT),
    "gap_days": (30, DEFAULT),
    "area_share_pct": (10, DESIGN),
    "shortest_min": (60, DEFAULT),
    "leave_longest_days": (180, DEFAULT),
    "session_idle_h": (12, SESSIONS),
    "session_shift_grace_min": (60, SESSIONS),
    "session_longest_d": (7, SESSIONS),
    "nobody_again_min": (5, DEFAULT),
    "sign_in_failures": (10, SIGN_INS),
    "sign_in_lock_min": (1, SIGN_INS),
    "sign_in_lock_longest_min": (30, SIGN_INS),
    "sign_in_forgotten_h": (24, SIGN_INS),
    "sign_in_spared_min": (15, SIGN_INS),
    "sign_in_spared_failures": (100, SIGN_INS),
    "public_address_h": (20, DESIGN),
    "public_poster_h": (60, DESIGN),
    "public_county_h": (300, DESIGN),
    "public_always_h": (3, DESIGN),
}
"""Minutes, hours, days and percent, as the code says; ``sign_in_*`` of org/selectors/sign_ins.py, ``public_*`` reports
within an hour through the public's door (hazards/actions/public.py)."""

COVER: list[tuple[str, str, dt.time, int, str]] = [
    ("county", "", dt.time(0), 24, RULE),
    ("township", "", dt.time(0), 24, RULE),
    ("village", "flood", dt.time(20), 12, DEFAULT),
]
"""Level, season, daily from, hours: the county and its townships always, villages on the nights of the flood season."""

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
