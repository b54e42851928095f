"""What hazards make in the background: registers, letters and posters on paper, workbooks out and in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from database.clock import now
from hazards.files.sheets import MOST_ROWS, figures_sheet, import_sheet, queue_sheet
from hazards.screens import posters, register, statistics
from hazards.screens.asked import asked
from hazards.selectors import queue as selectors_list
from hazards.selectors import tickets
from journal.selectors.participants import world_asked
from web.downloads import XLSX
from web.kinds import File, Outcome, Work, kind
from web.paper import pdf_file
from web.problems import Refused, refused


def _today() -> str:
    return f"{timezone.localtime(now()):%Y-%m-%d}"


@kind("hazards.register", _("Register of hazards (PDF)"))
def register_paper(work: Work) -> File:
    figures = register.figures(work.by, work.query, register.MOST_ON_PAPER)
    register.refuse_too_many(figures["number"])
    return pdf_file(work, "hazards/desk/register_paper.html", figures, name=f"hazard-register-{_today()}.pdf")


@kind("hazards.posters", _("Posters (PDF)"))
def poster_paper(work: Work) -> File:
    sheets = posters.sheets(work.by, work.query, work.params["base"])
    return pdf_file(work, "paper/posters.html", {"sheets": sheets}, name="posters.pdf")


@kind("hazards.queue_sheet", _("Hazards (Excel)"))
def queue(work: Work) -> File:
    """What the filters let through, the newest first, at most MOST_ROWS."""
    found = tickets.with_parts(
        selectors_list.queue(work.by, asked(work.query).filters, world_asked(work.by, work.query))
    ).order_by("-id")
    rows = list(found[:MOST_ROWS])
    return File(f"hazards-{_today()}.xlsx", queue_sheet(work.counted("write", rows, len(rows))), XLSX)


@kind("hazards.figures_sheet", _("Hazard statistics (Excel)"))
def figures(work: Work) -> File:
    found = statistics.figures(work.by, work.query)
    name = f"hazard-figures-{found['first']:%Y-%m}-{found['last']:%Y-%m}.xlsx"
    return File(name, figures_sheet(found), XLSX)


def _import_page(params: dict[str, Any], job: str) -> str:
    return f"{reverse('hazards:import')}?{urlencode({'job': job})}"


@kind("hazards.import", _("Import of hazards"), page=_import_page)
def load(work: Work) -> Outcome:
    work.report("read", 0, 0)
    try:
        found = import_sheet(work.upload, by=work.by, dry_run=not work.params["load"])
    except Refused as refusal:
        return refused(refusal, {"rows": 0, "unchanged": 0, "loaded": 0})
    return Outcome(found.shown())
