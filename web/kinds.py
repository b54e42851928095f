"""Kinds of background jobs: each code is registered once, by the app that owns it, in its ``files/jobs.py``.

``@kind("duty.call_log", _("Call log (PDF)"))`` over a function that takes a `Work` and returns a `File`, which the
person fetches, or an `Outcome`, which a page of the app shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from database.registry import Registry
from web.errors import ActionError

PDF = "application/pdf"
Row = TypeVar("Row")
ROWS_A_STEP = 100
"""Rows between two updates of the progress bar: an UPDATE costs about what a hundred rows of a workbook cost."""


@dataclass(frozen=True)
class Upload:
    """A file that somebody gave."""

    name: str
    content: bytes

    @classmethod
    def of(cls, file: UploadedFile) -> Upload:
        return cls(file.name or "", file.read())


@dataclass(frozen=True)
class File:
    """What a job has made. ``inline``: the browser may show it; others are saved."""

    name: str
    content: bytes
    content_type: str
    inline: bool = False


@dataclass(frozen=True)
class Outcome:
    """JSON that a page or a program reads. ``refusal``: the action refused; the data says why, place by place."""

    data: dict[str, Any]
    refusal: ActionError | None = None


def _nobody_looks(step: str, done: int, total: int) -> None:
    """A no-op progress callback, for work that runs without a job."""


@dataclass(frozen=True)
class Work:
    """What a job is given: whose it is, with which parameters, and the uploaded file, if there is one.

    ``report(step, done, total)`` moves the progress bar; a ``total`` of 0 is not known.
    """

    by: Any
    params: dict[str, Any] = field(default_factory=dict)
    upload_name: str = ""
    upload: bytes = b""
    report: Callable[[str, int, int], None] = _nobody_looks

    @property
    def query(self) -> QueryDict:
        """The address's query, where ``params`` hold it."""
        return QueryDict(self.params.get("query", ""))

    def counted(self, step: str, rows: Iterable[Row], total: int) -> Iterator[Row]:
        """The rows, reported as they are taken."""
        for number, row in enumerate(rows):
            if number % ROWS_A_STEP == 0:
                self.report(step, number, total)
            yield row


Run = Callable[[Work], "File | Outcome"]
Page = Callable[[dict[str, Any], str], str]


@dataclass(frozen=True)
class Kind:
    """``page``: the address that shows a job's outcome, by its parameters and its id.

    A job whose worker died is run once more: what it writes must find itself there already and write nothing twice.
    """

    code: str
    label: Any
    run: Run
    page: Page | None = None


KINDS: Registry[Kind] = Registry(
    "jobs", "Work that is done in the background. `web.kinds.kind`, in an app's `files/jobs.py`."
)


def kind(code: str, label: Any, *, page: Page | None = None) -> Callable[[Run], Run]:
    """Register the function as the work of ``code``; a second owner is refused at import."""

    def register(run: Run) -> Run:
        KINDS.register(code, Kind(code, label, run, page))
        return run

    return register


def kind_of(code: str) -> Kind:
    """An ActionError with the code ``unknown`` where no app owns it (any more)."""
    if code not in KINDS:
        raise ActionError("", code="unknown")
    return KINDS[code]


def label_of(code: str) -> str:
    return str(KINDS[code].label) if code in KINDS else code
