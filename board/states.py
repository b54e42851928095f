"""What the board's own events speak of."""

from __future__ import annotations

from journal.rules.subjects import subject_kinds

subject_kinds(demonstration="")
