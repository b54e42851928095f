"""Plans from files: YAML or Excel, checked whole before anything is written; and the library that comes with us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duty.actions.lookup import unit_for
from journal.actions.recording import Actor, actor_of
from journal.states import locked
from org.models import Unit
from org.rules import capabilities
from plans.actions.approval import approve, submit
from plans.actions.drafts import create_plan, draft_for
from plans.files import sheets, yaml_format
from plans.files.documents import concise
from plans.models import Plan, Version
from plans.rules.problems import Problem, Refused
from plans.selectors.checking import problems_of

LIBRARY = Path(__file__).resolve().parent.parent / "files" / "library"


@dataclass
class Imported:
    """What an import did, or would do. ``document``: the plan as it would be kept; ``new``: there was no such plan."""

    document: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    new: bool = False
    version: Version | None = None


def read_file(name: str, content: bytes, *, sender: str) -> tuple[Any, dict[int, int]]:
    """The document in a .yaml, .yml or .xlsx file, and the sheet's row of each action. Refused when it is neither."""
    suffix = name.lower().rpartition(".")[2]
    if suffix == "xlsx":
        return sheets.read(content, sender=sender)
    if suffix in ("yaml", "yml"):
        return yaml_format.read(content), {}
    raise Refused([Problem("", _("Choose a file that ends in .yaml or .xlsx."))])


def import_file(name: str, content: bytes, *, by: Actor, unit: Unit | str, dry_run: bool = False) -> Imported:
    """A plan from a file into a draft of ``unit``. Refused with every problem in its place; ``dry_run`` gives them
    back instead, and writes nothing.
    """
    unit = unit_for(unit, by=by, capability=capabilities.PLAN)
    try:
        document, rows = read_file(name, content, sender=actor_of(by).ref)
    except Refused as refused:
        if dry_run:
            return Imported(problems=refused.problems)
        raise
    with transaction.atomic():
        imported = _looked_at(document, unit)
        imported.problems = sheets.in_sheet(imported.problems, rows)
        return imported if dry_run else _imported(imported, unit, by)


@transaction.atomic
def import_plan(document: Mapping[str, Any], *, by: Actor, unit: Unit | str, dry_run: bool = False) -> Imported:
    """A plan from a document into a draft: of a new plan of ``unit``, or the next version of the one with its code.

    Refused with every problem by its place; ``dry_run`` gives them back instead, and writes nothing.
    """
    unit = unit_for(unit, by=by, capability=capabilities.PLAN)
    imported = _looked_at(document, unit)
    return imported if dry_run else _imported(imported, unit, by)


def _looked_at(document: Any, unit: Unit) -> Imported:
    problems = problems_of(document, unit)
    code = document.get("code") if isinstance(document, Mapping) else None
    own = Plan.objects.filter(code=code).select_related("template").first() if isinstance(code, str) else None
    if own is not None and own.unit_id != unit.pk:
        problems.append(Problem("code", _("Another plan has the code “%(code)s”.") % {"code": code}))
    elif own is None and not problems and document.get("template") and _template(document, unit) is None:
        message = _("No unit above has a plan “%(code)s”.") % {"code": document["template"]}
        problems.append(Problem("template", message))
    return Imported({} if problems else concise(document), problems, new=own is None)


def _template(document: Mapping[str, Any], unit: Unit) -> Plan | None:
    template = Plan.objects.filter(code=document.get("template") or "").select_related("unit").first()
    return template if template and unit.path.startswith(template.unit.path + ".") else None


def _imported(imported: Imported, unit: Unit, by: Actor) -> Imported:
    if imported.problems:
        raise Refused(imported.problems)
    document = imported.document
    if imported.new:
        imported.version = create_plan(by=by, unit=unit, document=document, template=_template(document, unit))
    else:
        plan = locked(Plan.objects.select_related("unit", "template"), code=document["code"])
        imported.version = draft_for(plan, document, by=by)
    return imported


@transaction.atomic
def load_library(unit: Unit | str, *, by: Actor, in_force: bool = True, document: str = "") -> list[Version]:
    """The worked plans in plans/files/library/, for the level of ``unit``: a county's are special plans, a township's
    and a village's their own. Those whose code is taken are left as they are. In force at once, or as drafts.
    """
    unit = unit_for(unit, by=by, capability=capabilities.PLAN)
    made = []
    for path in sorted(LIBRARY.glob("*.yaml")):
        loaded = yaml_format.read(path.read_bytes())
        if Plan.objects.filter(code=loaded["code"]).exists() or not _for_level(loaded, unit):
            continue
        version = import_plan(loaded, by=by, unit=unit).version
        if version is not None and in_force:
            submit(version.pk, by=by)
            version = approve(version.pk, by=by, document=document or _("library of plans"))
        made += [version] if version else []
    return made


def _for_level(document: Mapping[str, Any], unit: Unit) -> bool:
    own: dict[str, tuple[str, ...]] = {Unit.Level.TOWNSHIP: ("township",), Unit.Level.VILLAGE: ("village_card",)}
    others = ("overall", "special")
    return document["kind"] in own.get(unit.level, others)
