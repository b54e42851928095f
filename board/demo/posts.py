"""The demo county's other posts: leaders, stations, responsible people of reservoirs, cadres in the villages, sites.

Seated after everybody else, so that nobody's invented name changes when there are more.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import cycle
from typing import Protocol

from org.actions.founding import UnitRow

COUNTY_POSTS = ("deputy_party_secretary", "command_centre_director", "committee_duty_room", "government_duty_room")
LEADERS = (
    "party_secretary",
    "magistrate",
    "executive_deputy_magistrate",
    "deputy_party_secretary",
    "deputy_magistrate",
)
STATIONS = ("township_armed_forces", "police_station", "health_centre", "water_station", "power_station")
SITES = (
    ("331126206200", "guest_house_owner"),
    ("331126206200", "care_home_head"),
    ("331126206200", "hydropower_owner"),
    ("331126206216", "guest_house_owner"),
    ("331126206216", "construction_manager"),
    ("331126206217", "scenic_spot_head"),
)
RESERVOIR_EVERY = 6
"""As the responsibility register has them (board/demo/register.py)."""


class Staff(Protocol):
    """What board/demo/county.py seats people with."""

    units: list[UnitRow]
    townships: list[UnitRow]
    villages: list[UnitRow]
    parts: list[UnitRow]
    departments: list[UnitRow]

    def new(self, unit: str, post: str, role: str = "A") -> str: ...
    def seat(self, username: str, unit: str, post: str, role: str = "A") -> None: ...
    def holder(self, unit: str, post: str) -> str: ...


def seat_others(staff: Staff) -> None:
    """All of them, in the order of the units' codes."""
    _county(staff)
    for unit in staff.departments:
        staff.new(unit.code, "department_liaison")
    leaders = cycle(staff.holder(_county_of(staff), post) for post in LEADERS)
    for township in staff.townships:
        _township(staff, township.code, next(leaders))
    for village in staff.villages:
        _village(staff, village.code)
    for code, post in SITES:
        staff.new(code, post)
    for unit in staff.parts:
        _part(staff, unit.code)


def _county_of(staff: Staff) -> str:
    return staff.units[0].code


def _county(staff: Staff) -> None:
    county = _county_of(staff)
    executive = staff.new(county, "executive_deputy_magistrate")
    staff.seat(executive, county, "magistrate", "B")
    for post in COUNTY_POSTS:
        staff.new(county, post)


def _township(staff: Staff, code: str, leader: str) -> None:
    staff.seat(leader, code, "county_leader_assigned")
    for post in STATIONS:
        staff.new(code, post)
    staff.seat(staff.holder(code, "township_head"), code, "reservoir_administrator")
    staff.seat(staff.holder(code, "water_station"), code, "reservoir_technician")
    villages = [village.code for village in staff.villages if village.code.startswith(code)]
    for post in ("headteacher", "village_doctor"):
        staff.new(villages[0], post)
    for village, cadre in zip(villages, _cadres(staff, code), strict=False):
        staff.seat(cadre, village, "resident_cadre")


def _cadres(staff: Staff, township: str) -> Iterator[str]:
    """Who of the township looks after a village, in turn."""
    return cycle([staff.holder(township, "township_armed_forces"), f"{township}-township_duty-b"])


def _village(staff: Staff, code: str) -> None:
    """A village's few people have several posts each."""
    deputy, grid = staff.holder(code, "village_deputy"), staff.holder(code, "grid_worker")
    staff.seat(deputy, code, "village_emergency_leader")
    staff.seat(deputy, code, "unsafe_house_contact")
    staff.seat(staff.holder(code, "village_head"), code, "forest_chief")
    staff.seat(grid or deputy, code, "forest_guard")
    if zlib.crc32(f"{code}:reservoir".encode()) % RESERVOIR_EVERY == 0:
        staff.seat(staff.holder(code, "flood_warner"), code, "reservoir_patrol")


def _part(staff: Staff, code: str) -> None:
    """A natural village has a keeper of its own; a grid those whom the village has."""
    village = code[:12]
    if "G" in code:
        staff.seat(staff.holder(village, "village_deputy"), code, "grid_leader")
        staff.seat(staff.holder(village, "grid_worker"), code, "grid_keeper")
    else:
        staff.new(code, "hamlet_keeper")
        staff.seat(staff.holder(village, "village_deputy"), code, "hamlet_deputy")
