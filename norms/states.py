"""Kinds of subjects of norms, and the state table of official papers; a number has no status."""

from __future__ import annotations

from journal.rules.subjects import subject_kinds
from journal.states import machine
from norms.cards import paper_card
from norms.models import OfficialPaper

subject_kinds(number="norms.Number", paper="norms.OfficialPaper")

S = OfficialPaper.Status

PAPER = machine(
    kind="paper",
    initial=S.DRAFTED,
    moves={
        (S.DRAFTED, S.SIGNED): "paper.signed",
        (S.SIGNED, S.SERVED): "paper.served",
        (S.DRAFTED, S.WITHDRAWN): "paper.withdrawn",
        (S.SIGNED, S.WITHDRAWN): "paper.withdrawn",
    },
    begins=(S.SERVED,),  # those issued before papers had to be signed
    card=paper_card,
    path=lambda paper: paper.unit.path,
)
