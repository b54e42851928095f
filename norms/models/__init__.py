"""What rules rest on, and the official papers."""

from norms.models.papers import OfficialPaper, PaperAddressee, PaperSeries
from norms.models.rules import SOURCE_LENGTH, CalendarDay, Deadline, Number

__all__ = [
    "SOURCE_LENGTH",
    "CalendarDay",
    "Deadline",
    "Number",
    "OfficialPaper",
    "PaperAddressee",
    "PaperSeries",
]
