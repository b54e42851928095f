"""The headquarters that a county usually has, laid down when it is founded; all of it is the county's to change.

Seats are posts, not people: whoever holds the post sits. Departments are found by a part of their name, because a
county's bureaus are called differently in each; one that is not there has no seat.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "headquarters.json"
COLUMNS = ("name", "name_en", "short_name", "office_name", "office_name_en", "series")
COUNTY_SEATS = (
    ("commander", "magistrate"),
    ("executive_deputy", "executive_deputy_magistrate"),
    ("deputy_commander", "deputy_magistrate"),
)
"""Role → post of the county, in every headquarters; a post that the county does not have is left out."""
DEPARTMENT_POST = "department_head"


@dataclass(frozen=True)
class Seat:
    """``unit``: the department's code, or empty for the county itself."""

    role: str
    post: str
    unit: str = ""


def columns(row: Mapping[str, Any], name: str, name_en: str) -> dict[str, Any]:
    """The columns of `org.models.Headquarters` for a county of this name."""
    words = {"county": name, "county_en": name_en or name, "head": name[:1]}
    return {key: row[key].format(**words) for key in COLUMNS} | {"hazard_types": list(row["hazard_types"])}


def seats(row: Mapping[str, Any], posts: Collection[str], departments: Mapping[str, str]) -> Iterator[Seat]:
    """The seats in their order. ``departments``: code → name of the county's departments."""
    yield from (Seat(role, post) for role, post in COUNTY_SEATS if post in posts)
    if row["office"] in posts:
        yield Seat("office_director", row["office"])
    taken: set[str] = set()
    for role, words in (("office_director", [row["office"]]), ("member", row["members"])):
        for code in (code for word in words for code, name in departments.items() if word in name):
            if code not in taken and DEPARTMENT_POST in posts:
                taken.add(code)
                yield Seat(role, DEPARTMENT_POST, code)


def listed() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return rows
