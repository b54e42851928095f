"""Kinds of official papers, what a paper says before it is signed, and the form of its number (docs/adr/0043)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from database.registry import Registry


class Named(Protocol):
    """A unit or a headquarters, as these rules need it: rules know no models."""

    name: str


Signing = Sequence[Mapping[str, Sequence[str]]]
OFFICE: Signing = (
    {"roles": ["office_director"], "posts": ["command_office_director"]},
    {"roles": ["executive_deputy", "deputy_commander"], "posts": ["deputy_magistrate"]},
    {"roles": ["commander"], "posts": ["magistrate"]},
)
"""Signed by the director of the office; in silence by the deputy in charge, then by the head."""
COMMANDER: Signing = (
    {"roles": ["commander"], "posts": ["magistrate"]},
    {"roles": ["executive_deputy", "deputy_commander"], "posts": ["deputy_magistrate"]},
    {"roles": ["office_director"], "posts": ["command_office_director"]},
)
"""Signed by the head; in silence the deputy is asked too, and the office, which sees to it that somebody signs."""


@dataclass(frozen=True)
class PaperKind:
    """``label``: for the pages, in both languages. ``mark`` is added to the body's series (庆安委 → 庆安委督).

    ``effect`` is called with the paper and whoever serves it, inside the action that serves it, and tells the
    addressees; without one they are told that it has been served. ``urgent``: signed within minutes rather than hours.
    """

    label: Any
    signing: Signing = OFFICE
    mark: str = ""
    urgent: bool = False
    effect: Callable[[Any, Any], None] | None = None


PAPERS: Registry[PaperKind] = Registry(
    "official papers",
    "Papers that leave only when a named person has signed. `norms.rules.papers.paper_kind`, in an app's"
    " `subscribers.py`.",
)


def paper_kind(code: str, label: Any, **more: Any) -> None:
    PAPERS.register(code, PaperKind(label, **more))


@dataclass(frozen=True)
class Draft:
    """A paper as it is drafted: by whom it is issued, to whom, and what it says, in Chinese.

    ``unit``, ``to``, ``headquarters`` and ``lifts`` are rows. ``signing`` left out is the kind's. ``more``: what the
    kind keeps in the content beside the text.
    """

    kind: str
    subject: str
    unit: Any
    title: str
    paragraphs: Sequence[str]
    to: Sequence[Any]
    facts: Sequence[tuple[str, str]] = ()
    headquarters: Any = None
    signing: Signing | None = None
    lifts: Any = None
    exercise: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> dict[str, Any]:
        return {**self.more, "paragraphs": list(self.paragraphs), "facts": [list(one) for one in self.facts]}


def series_of(unit: Named, own_series: str, mark: str, exercise: int | None) -> str:
    """The head of a body's document numbers. An exercise counts for itself, and takes no number from the county."""
    own = own_series or f"{unit.name[:1]}应急"
    return f"{'演练' if exercise is not None else ''}{own}{mark}"


def official(series: str, year: int, serial: int) -> str:
    """``庆防指〔2026〕12号``."""
    return f"{series}〔{year}〕{serial}号"


def issuing_body(unit: Named, headquarters: Named | None) -> str:
    """The issuing body (发文机关) in Chinese, as it stands on the paper."""
    return headquarters.name if headquarters else f"{unit.name}人民政府"
