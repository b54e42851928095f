"""What duty makes in the background: sheets of paper, workbooks, and rosters read from workbooks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from duty.files.call_sheet import call_sheet
from duty.files.paper import handover_figures, log_figures
from duty.files.sheets import export_sheet, import_sheet
from duty.screens import calls, handovers
from duty.screens.place import MONTH, month_at
from org.screens.place import unit_of
from web.downloads import XLSX
from web.kinds import File, Outcome, Work, kind
from web.paper import pdf_file
from web.problems import Refused, refused


@kind("duty.handover", _("Handover (PDF)"))
def handover(work: Work) -> File:
    row = handovers.handover_of(work.by, work.params["pk"])
    figures = handover_figures(row, handovers.carried(row))
    return pdf_file(work, "paper/handover.html", figures, name=f"handover-{row.unit.code}-{row.pk}.pdf")


@kind("duty.call_log", _("Call log (PDF)"))
def call_log(work: Work) -> File:
    unit = unit_of(work.by, work.params["unit"])
    rows, first, last = calls.entries_on_paper(work.by, unit, work.query)
    figures = log_figures(unit, rows, first, last, calls.words(work.query))
    return pdf_file(work, "paper/call_log.html", figures, name=f"call-log-{unit.code}-{first}-{last}.pdf")


@kind("duty.call_log_sheet", _("Call log (Excel)"))
def call_log_sheet(work: Work) -> File:
    unit = unit_of(work.by, work.params["unit"])
    rows = list(calls.entries(work.by, unit, work.query)[: calls.MOST])
    return File(f"call-log-{unit.code}.xlsx", call_sheet(work.counted("write", rows, len(rows))), XLSX)


@kind("duty.roster_sheet", _("Roster (Excel)"))
def roster_sheet(work: Work) -> File:
    unit, month = unit_of(work.by, work.params["unit"]), MONTH.fullmatch(work.params["month"])
    first = month_at(int(month[1]), int(month[2])) if month else month_at(0, 0)
    return File(f"duty-{unit.code}-{first:%Y-%m}.xlsx", export_sheet(unit, first, reader=work.by), XLSX)


def _import_page(params: dict[str, Any], job: str) -> str:
    return f"{reverse('duty:import', args=[params['unit']])}?{urlencode({'job': job})}"


@kind("duty.roster_import", _("Import of a roster"), page=_import_page)
def roster_import(work: Work) -> Outcome:
    work.report("read", 0, 0)
    try:
        found = import_sheet(work.upload, by=work.by, unit=work.params["unit"], dry_run=not work.params["load"])
    except Refused as refusal:
        return refused(refusal, {"rows": 0, "unchanged": 0, "loaded": 0})
    return Outcome(found.shown())
