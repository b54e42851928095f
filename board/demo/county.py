"""The demo county: real names and codes, invented people with invented numbers, the same every time.

Phone numbers are 199 0000 xxxx and 0578-0000xxx: neither block is given out. Nothing here is drawn at random.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon

from board.demo.people import names
from board.demo.posts import seat_others
from board.demo.register import duties_of
from org.actions.founding import County, NewPerson, Seating, UnitRow
from org.rules.codes import level_of

COUNTY = "331126"
PASSWORD = "sanji-demo"  # noqa: S105 - the public login of the demo, known to everybody
DATA = Path(__file__).resolve().parent / "data"
LOGINS = {
    ("331126", "county_duty_officer"): "officer",
    ("331126", "deputy_magistrate"): "leader",
    ("331126206", "township_station"): "township",
    ("331126206200", "village_head"): "village",
    ("331126D03", "department_liaison"): "department",
}
FIRST_DEPARTMENTS = 12
"""Seated before the villages; those that came later after them, so that nobody's invented name ever changes."""
VACANT = {
    ("331126204", "township_deputy"),
    ("331126105229", "grid_worker"),
    ("331126200232", "grid_worker"),
    ("331126209212", "grid_worker"),
}
ONE_PHONE = ("331126200201", "331126200228", "331126200230")
"""Three neighbouring villages of Lingtou whose heads are reached by one number: a finding for a review to make."""

FLOOD_VILLAGES, GEOLOGICAL_VILLAGES = 3, 4
"""Every third village has a flash-flood warner of its own and every fourth a geological watch; elsewhere the grid
worker is both.
"""


def demo_county() -> County:
    """Units, people, posts and register of Qingyuan. Reads two files; asks the database for nothing."""
    units = list(_units())
    staff = Staff(units)
    staff.seat_all()
    seat_others(staff)
    boundary_source = "approximate demonstration geometry"
    duties = [duty for village in staff.villages for duty in duties_of(village, staff.holder)]
    return County(COUNTY, units, staff.people, staff.seatings, duties, boundary_source, boundary_approximate=True)


def _units() -> Iterator[UnitRow]:
    shapes = _boundaries()
    with (DATA / COUNTY / "units.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            yield UnitRow(
                row["code"],
                row["name"],
                row["name_en"],
                (float(row["lon"]), float(row["lat"])),
                int(row["population"]),
                int(row["households"]),
                f"0578-0000{number:03d}",
                shapes[row["code"]],
            )
    with (DATA / COUNTY / "parts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seat = (float(row["lon"]), float(row["lat"]))
            people, homes = int(row["population"]), int(row["households"])
            yield UnitRow(row["code"], row["name"], row["name_en"], seat, people, homes)
    with (DATA / "departments.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            code = COUNTY + row["suffix"]
            yield UnitRow(code, row["name"], row["name_en"], phone=f"0578-0000{900 + number}")


def _boundaries() -> dict[str, MultiPolygon]:
    features = json.loads((DATA / COUNTY / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
    return {f["properties"]["code"]: _multi(f["geometry"]) for f in features}


def _multi(geometry: dict[str, object]) -> MultiPolygon:
    shape = GEOSGeometry(json.dumps(geometry), srid=4326)
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon(shape, srid=4326)


class Staff:
    """Seats one invented person after the other, in the order of the units' codes."""

    def __init__(self, units: list[UnitRow]) -> None:
        self.units = units
        self.people: list[NewPerson] = []
        self.seatings: list[Seating] = []
        self.villages = [unit for unit in units if level_of(unit.code) == "village"]
        self.townships = [unit for unit in units if level_of(unit.code) == "township"]
        self.parts = [unit for unit in units if level_of(unit.code) in ("hamlet", "grid")]
        self.departments = [unit for unit in units if level_of(unit.code) == "department"]
        self._names = names()
        self._holders: dict[tuple[str, str], str] = {}
        self._password = make_password(PASSWORD)

    def seat_all(self) -> None:
        self.people.append(
            NewPerson("admin", "系统管理员", "Administrator", password=self._password, administrator=True)
        )
        later = self.departments[FIRST_DEPARTMENTS:]
        self._county(self.units[0].code)
        for unit in self.townships:
            self._township(unit.code)
        for unit in self.departments[:FIRST_DEPARTMENTS]:
            self._department(unit.code)
        for number, village in enumerate(self.villages):
            self._village(village.code, number)
        for unit in later:
            self._department(unit.code)

    def holder(self, unit: str, post: str) -> str:
        """The username of whoever holds the post as A, or empty."""
        return self._holders.get((unit, post), "")

    def new(self, unit: str, post: str, role: str = "A") -> str:
        """Someone new in the post; nobody in a post that is kept vacant."""
        if (unit, post) in VACANT:
            return ""
        stem = f"{unit}-{post}" if role == "A" else f"{unit}-{post}-b"
        username = LOGINS.get((unit, post), stem) if role == "A" else stem
        name, name_en = next(self._names)
        number = len(self.people)
        shared = post == "village_head" and unit in ONE_PHONE and ONE_PHONE[0] != unit
        phone = self._phone_of(ONE_PHONE[0]) if shared else f"1990000{number:04d}"
        tapping = level_of(unit) == "department" and role == "A"  # a bureau's people answer for themselves
        password = self._password if tapping or username in LOGINS.values() else ""
        # One in nine numbers has never been rung: what the stale-phone check is there to find.
        self.people.append(NewPerson(username, name, name_en, phone, password, confirmed=number % 9 != 0))
        self.seat(username, unit, post, role)
        return username

    def _phone_of(self, unit: str) -> str:
        username = self.holder(unit, "village_head")
        return next(person.phone for person in self.people if person.username == username)

    def seat(self, username: str, unit: str, post: str, role: str = "A") -> None:
        """Someone known takes another post, or stands in for one; a post kept vacant stays without a stand-in too."""
        if not username or (unit, post) in VACANT:
            return
        self.seatings.append(Seating(username, post, unit, role))
        if role == "A":
            self._holders[(unit, post)] = username

    def _county(self, code: str) -> None:
        leaders = ("party_secretary", "magistrate", "deputy_magistrate", "command_office_director")
        _secretary, magistrate, _deputy, director = (self.new(code, post) for post in leaders)
        self.new(code, "county_duty_officer")
        self.new(code, "county_duty_officer", "B")
        self.new(code, "county_duty_deputy")
        self.new(code, "county_duty_deputy", "B")
        self.seat(magistrate, code, "party_secretary", "B")
        self.seat(director, code, "deputy_magistrate", "B")

    def _department(self, code: str) -> None:
        self.new(code, "department_head")
        duty = self.new(code, "department_duty")
        self.new(code, "department_duty", "B")
        self.seat(duty, code, "department_head", "B")

    def _township(self, code: str) -> None:
        posts = ("township_party_secretary", "township_head", "township_deputy", "township_station", "township_duty")
        _secretary, head, deputy, station, duty = (self.new(code, post) for post in posts)
        self.new(code, "township_duty", "B")
        self.seat(head, code, "township_party_secretary", "B")
        self.seat(deputy, code, "township_head", "B")
        self.seat(station, code, "township_deputy", "B")
        self.seat(duty, code, "township_station", "B")

    def _village(self, code: str, number: int) -> None:
        self.new(code, "village_head")
        deputy = self.new(code, "village_deputy")
        grid = self.new(code, "grid_worker")
        self.seat(deputy, code, "village_head", "B")
        self.seat(deputy, code, "grid_worker", "B")
        self.seat(deputy, code, "shelter_keeper")
        for post, every in (("flood_warner", FLOOD_VILLAGES), ("geological_watch", GEOLOGICAL_VILLAGES)):
            if number % every == 0 or not grid:
                self.new(code, post)
            else:
                self.seat(grid, code, post)
            self.seat(deputy, code, post, "B")
