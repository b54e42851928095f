"""Tickets of hidden dangers with all that hangs on them, and what the public's door keeps."""

from hazards.models.public import Poster, PublicFiling
from hazards.models.roles import ClosureSignature, Criterion, Elsewhere
from hazards.models.tally import Tally
from hazards.models.tickets import (
    Deadline,
    Extension,
    Hazard,
    Inspection,
    Photo,
    Plan,
    Route,
    SavedFilter,
    Supervision,
)

__all__ = [
    "ClosureSignature",
    "Criterion",
    "Deadline",
    "Elsewhere",
    "Extension",
    "Hazard",
    "Inspection",
    "Photo",
    "Plan",
    "Poster",
    "PublicFiling",
    "Route",
    "SavedFilter",
    "Supervision",
    "Tally",
]
