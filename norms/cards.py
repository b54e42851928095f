"""Snapshots of official papers for the journal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from journal.rules.card_schemas import card_schema
from norms.models import OfficialPaper
from norms.rules.papers import PAPERS
from org.cards import names
from web.languages import in_both


def paper_card(paper: OfficialPaper) -> dict[str, Any]:
    """Needs paper.unit and .headquarters."""
    return {
        "type": "paper",
        "id": paper.pk,
        "kind": paper.kind,
        "kind_name": kind_words(paper.kind),
        "title": paper.title,
        "number": paper.number,
        "about": paper.subject,
        "status": paper.status,
        "unit": paper.unit.code,
        "unit_name": names(paper.unit),
        "body_name": names(paper.headquarters or paper.unit),
        "sign_due_at": paper.sign_due_at,
    }


def kind_words(kind: str) -> dict[str, str]:
    return in_both(PAPERS[kind].label) if kind in PAPERS else {"zh": kind, "en": kind}


card_schema(
    "paper", id=int, kind=str, kind_name=dict, title=str, number=str | None, about=str, status=str, unit=str,
    unit_name=dict, body_name=dict, sign_due_at=dt.datetime,
)  # fmt: skip
