"""The default ladders (docs/domain.md 5, tagged [default].

A county edits them, and they are never shown as a national rule).

Times in seconds from the order. "runner" asks the unit above for a runner or loudspeaker; "county" has the county call
the silent unit itself, and repeats, because a silent village is never struck off the list by time alone.
"""

from __future__ import annotations

from typing import Any

SOURCE = "default; set by the county"

DESKS = {"county": ["county_duty_officer"], "department": ["department_duty"], "township": ["township_station"]}
CALLED: dict[str, dict[str, list[str]]] = {
    "blue": {**DESKS, "village": ["village_head"]},
    "yellow": {**DESKS, "township": ["township_station", "township_deputy"], "village": ["village_head"]},
    "orange": {
        "county": ["county_duty_officer", "deputy_magistrate"],
        "department": ["department_duty", "department_head"],
        "township": ["township_station", "township_deputy", "township_head"],
        "village": ["village_head", "grid_worker"],
    },
    "red": {
        "county": ["county_duty_officer", "deputy_magistrate", "magistrate", "party_secretary"],
        "department": ["department_duty", "department_head"],
        "township": ["township_station", "township_deputy", "township_head", "township_party_secretary"],
        "village": ["village_head", "grid_worker", "flood_warner", "geological_watch", "shelter_keeper"],
    },
}
DEPUTIES = {
    "village_head": "village_deputy",
    "grid_worker": "village_head",
    "flood_warner": "grid_worker",
    "geological_watch": "village_head",
    "shelter_keeper": "village_deputy",
    "township_party_secretary": "township_head",
    "township_head": "township_deputy",
    "township_deputy": "township_station",
    "township_station": "township_duty",
    "department_duty": "department_head",
    "county_duty_officer": "county_duty_deputy",
    "magistrate": "deputy_magistrate",
    "party_secretary": "magistrate",
}
ABOVE = {
    "village": ["township_deputy", "township_station"],
    "township": ["county_duty_officer"],
    "department": ["county_duty_officer"],
    "county": ["command_office_director"],
    "deputy_magistrate": ["magistrate"],
    "magistrate": ["party_secretary"],
    "party_secretary": ["magistrate"],
}
"""Level of the silent unit → whom to call in the unit above, or in the county itself; a post of its own goes before its
level: nobody three ranks below a silent leader is called instead of them.
"""
TIMES: dict[str, tuple[int, list[tuple[int, str, str]]]] = {
    "blue": (1800, [(1800, "remind", "message"), (2400, "remind", "phone"), (3000, "deputy", "phone"),
                    (3600, "above", "phone"), (5400, "county", "phone")]),
    "yellow": (900, [(600, "remind", "phone"), (900, "deputy", "phone"), (1200, "above", "phone"),
                     (1800, "county", "phone")]),
    "orange": (600, [(300, "remind", "phone"), (600, "deputy", "phone"), (900, "above", "phone"),
                     (1200, "county", "phone")]),
    "red": (300, [(180, "remind", "phone"), (300, "deputy", "phone"), (600, "runner", "phone"),
                  (900, "county", "phone")]),
}  # fmt: skip
REPEAT_S = 600
FAST_S: dict[str, Any] = {"ack": 6, "rungs": (4, 8, 12, 16, 20), "repeat": 60}
"""The demonstration ladder: the same rungs within seconds, offered only where DEMO is set."""


def rows() -> list[dict[str, Any]]:
    """Version 1 of each colour, as it is and fast."""
    return [_row(colour, fast) for colour in TIMES for fast in (False, True)]


def _row(colour: str, fast: bool) -> dict[str, Any]:
    ack, steps = TIMES[colour]
    rungs = [
        {"after_s": FAST_S["rungs"][i] if fast else after, "do": do, "channel": channel}
        for i, (after, do, channel) in enumerate(steps)
    ]
    rungs[-1]["repeat_s"] = FAST_S["repeat"] if fast else REPEAT_S
    return {
        "colour": colour,
        "version": 1,
        "fast": fast,
        "ack_within_s": FAST_S["ack"] if fast else ack,
        "called": CALLED[colour],
        "deputies": DEPUTIES,
        "above": ABOVE,
        "rungs": rungs,
        "source": SOURCE,
    }
