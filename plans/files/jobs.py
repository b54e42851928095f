"""What plans make in the background: their workbooks out and in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from plans.actions import import_file
from plans.api import representations
from plans.files import sheets
from plans.files.documents import document_of
from plans.rules.problems import Refused
from plans.screens.place import plan_of, version_of
from web.downloads import XLSX
from web.errors import NotFound
from web.kinds import File, Outcome, Work, kind


@kind("plans.sheet", _("Plan (Excel)"))
def sheet(work: Work) -> File:
    plan = plan_of(work.by, work.params["plan"])
    version = version_of(plan, str(work.params["version"]))
    if version is None:
        raise NotFound
    return File(f"{plan.code}-v{version.number}.xlsx", sheets.dump(document_of(version)), XLSX)


def _import_page(params: dict[str, Any], job: str) -> str:
    return f"{reverse('plans:import')}?{urlencode({'unit': params['unit'], 'job': job})}"


@kind("plans.import", _("Import of a plan"), page=_import_page)
def load(work: Work) -> Outcome:
    options = {"by": work.by, "unit": work.params["unit"], "dry_run": not work.params["load"]}
    work.report("read", 0, 0)
    try:
        return Outcome(representations.imported(import_file(work.upload_name, work.upload, **options)))
    except Refused as refusal:
        found = representations.problems(refusal.problems)
        none = {"new": False, "document": {}, "plan": None, "code": None, "version": None}
        return Outcome({**none, "problems": found}, refusal)
