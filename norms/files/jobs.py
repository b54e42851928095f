"""What norms make in the background: official papers as PDF."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from norms.screens.papers import figures, paper_of
from web.kinds import PDF, File, Work, kind
from web.paper import pdf_of

SHEET = "paper/official.html"


@kind("norms.paper", _("Official paper (PDF)"))
def official_paper(work: Work) -> File:
    """In Chinese, whatever language the reader's pages are in."""
    paper = paper_of(work.by, work.params["paper"])
    work.report("lay_out", 1, 3)
    content = pdf_of(SHEET, figures(paper), language="zh-hans", by=work.by)
    return File(f"paper-{paper.pk}.pdf", content, PDF, inline=True)
