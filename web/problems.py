"""Lists of problems in imported files, line by line, and the exception that carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from web.errors import Invalid
from web.kinds import Outcome


@dataclass(frozen=True)
class Problem:
    """``where``: "row 7", "cell C7", "feature 3", or empty for the file as a whole. Texts are in the reader's
    language.
    """

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}" if self.where else self.reason


class Unreadable(ValueError):
    """The file as a whole cannot be used; the message says why."""


class Refused(Invalid):
    """Nothing was loaded; ``problems`` says why, each in its place."""

    code = "import_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = len(problems)
        detail = ngettext(
            "%(count)s problem was found. Nothing was loaded.",
            "%(count)s problems were found. Nothing was loaded.",
            count,
        ) % {"count": count}
        fields: dict[str, list[Any]] = {}
        for problem in problems:
            fields.setdefault(problem.where or "file", []).append(problem.reason)
        super().__init__(detail, fields=fields)
        self.problems = list(problems)


def at_row(number: int) -> str:
    return _("row %(number)s") % {"number": number}


def at_feature(number: int) -> str:
    return _("feature %(number)s") % {"number": number}


def at_cell(cell: str) -> str:
    return _("cell %(cell)s") % {"cell": cell}


def refused(refusal: Refused, data: dict[str, Any]) -> Outcome:
    """What a background import that was refused leaves behind: nothing loaded, and every problem in its place."""
    return Outcome({**data, "problems": shown(refusal.problems)}, refusal)


def shown(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"where": str(problem.where), "reason": str(problem.reason)} for problem in problems]
