"""What the register makes in the background: its people as a sheet, and imports, which are checked before they load."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from org.files import boundaries, people, units
from org.files.boundary_files import BoundaryFile
from org.files.people_export import export_people
from org.models import Unit
from org.rules.codes import level_of
from web.actions import drop_upload
from web.downloads import XLSX
from web.kinds import File, Outcome, Work, kind
from web.problems import Refused, shown

SHOWN_ROWS = 500
COLUMNS = ("crs", "source", "code_column", "name_column")


@kind("org.people_sheet", _("People on the register (Excel)"))
def people_sheet(work: Work) -> File:
    return File("register.xlsx", export_people(work.by), XLSX)


def _page(params: dict[str, Any], job: str) -> str:
    return f"{reverse('register-preview', args=[params['kind']])}?{urlencode({'job': job})}"


@kind("org.people", _("Import of people and posts"), page=_page)
def import_people(work: Work) -> Outcome:
    """Checked alone, or loaded where ``checked`` names the job that was confirmed."""
    decisions = {int(row.removeprefix("row-")): answer for row, answer in work.params["decisions"].items()}
    options: dict[str, Any] = {"replace": bool(work.params["options"].get("replace")), "decisions": decisions}
    load = "checked" in work.params
    work.report("read", 0, 0)
    try:
        found = people.import_people(work.upload, by=work.by, dry_run=not load, **options)
    except Refused as refusal:  # what is wrong, and what is asked, as the page shows it
        found = people.import_people(work.upload, by=work.by, dry_run=True, **options)
        return Outcome(_of_people(found), refusal)
    return _done(work, found.loaded, _of_people(found))


def _of_people(found: people.Outcome) -> dict[str, Any]:
    rows = found.rows[:SHOWN_ROWS]
    texts = [{"unit": str(r.unit), "post": str(r.post), "role": r.role, "name": r.name, "phone": r.phone} for r in rows]
    questions = [
        {"row": q.row, "where": q.where, "name": q.name, "phone": q.phone, "other": q.other} for q in found.questions
    ]
    counts = {"count": len(found.rows), "new_people": found.new_people, "ending": len(found.ending)}
    counts |= {"unchanged": found.unchanged, "loaded": found.loaded}
    return {**counts, "rows": texts, "questions": questions, "problems": shown(found.problems)}


@kind("org.units", _("Import of units"), page=_page)
def import_units(work: Work) -> Outcome:
    """As `import_people`."""
    work.report("read", 0, 0)
    try:
        found = units.import_units(work.upload, by=work.by, dry_run="checked" not in work.params)
    except Refused as refusal:
        return Outcome(_of_units(units.import_units(work.upload, by=work.by, dry_run=True)), refusal)
    return _done(work, found.loaded, _of_units(found))


def _of_units(found: units.Outcome) -> dict[str, Any]:
    rows = [
        {"code": row.code, "name": row.name, "level": _level(row.code), "population": row.population, "new": new}
        for new, group in ((True, found.new), (False, found.changed))
        for row in group
    ]
    counts = {"new": len(found.new), "changed": len(found.changed), "unchanged": found.unchanged}
    return {**counts, "loaded": found.loaded, "rows": rows[:SHOWN_ROWS], "problems": shown(found.problems)}


def _level(code: str) -> str:
    return str(Unit.Level(level_of(code)).label)


@kind("org.boundaries", _("Import of boundaries"), page=_page)
def import_boundaries(work: Work) -> Outcome:
    """As `import_people`."""
    options = {name: work.params["options"].get(name, "") for name in COLUMNS}
    load = "checked" in work.params
    file = (work.upload_name, work.upload)
    work.report("read", 0, 0)
    try:
        found = boundaries.import_boundaries(*file, by=work.by, dry_run=not load, **options)
    except Refused as refusal:
        found = boundaries.import_boundaries(*file, by=work.by, dry_run=True, **options)
        return Outcome(_of_boundaries(found), refusal)
    return _done(work, found.loaded, _of_boundaries(found))


def _of_boundaries(found: boundaries.Outcome) -> dict[str, Any]:
    return {
        "loaded": found.loaded,
        "problems": shown(found.problems),
        "crs": found.crs,
        "codes": found.codes,
        "questions": [{"code": one.code, "text": str(one.text)} for one in found.questions],
        "notes": [str(note) for note in found.notes],
        "file": found.file and _of_file(found.file),
    }


def _of_file(file: BoundaryFile) -> dict[str, Any]:
    columns = file.columns
    every = [{"name": column.name, "samples": list(column.samples)} for column in columns.all]
    chosen = {"code": columns.code, "name": columns.name, "guess": columns.guess}
    return {"encoding": file.encoding, "features": len(file.features), "columns": {"all": every, **chosen}}


def _done(work: Work, loaded: int, data: dict[str, Any]) -> Outcome:
    if loaded:
        drop_upload(work.params["checked"], by=work.by)
    return Outcome(data)
