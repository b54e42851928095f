"""Validation errors of a plan, each with its place: "levels.III.approver", "actions[4] relocate-villagers: after"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from web.errors import Invalid


@dataclass(frozen=True)
class Problem:
    """``place`` is empty for the document as a whole. Actions count from 1. ``message`` is in the reader's language."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Refused(Invalid):
    """Nothing was done; ``problems`` says why, and ``fields`` the same by place."""

    code = "plan_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = len(problems)
        detail = ngettext(
            "%(count)s problem was found in the plan. Nothing was done.",
            "%(count)s problems were found in the plan. Nothing was done.",
            count,
        ) % {"count": count}
        fields: dict[str, list[Any]] = {}
        for problem in problems:
            fields.setdefault(problem.place or "plan", []).append(problem.message)
        super().__init__(detail, fields=fields)
        self.problems = list(problems)
