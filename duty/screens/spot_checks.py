"""What the three questions of a spot check should be answered with, for whoever asks them."""

from __future__ import annotations

from typing import Any

from duty.models import SpotCheck
from duty.selectors import gather, watch
from org.models import Unit


def right_answers(unit: Unit) -> dict[str, Any]:
    """The warnings in force over the unit (of whatever app above tells of them), and who is on duty there."""
    section = next((one for one in gather.sections() if one.code == "warnings"), None)
    return {
        "warnings": section.gather(unit)[:5] if section else [],
        "on": list({one.person_id: one for one in watch.on_duty([unit])}.values()),
    }


def questions(row: SpotCheck) -> list[tuple[str, str]]:
    """Each question with what was said."""
    fields = ("said_warning", "said_here", "said_told")
    fields_of = SpotCheck._meta.get_field
    return [(str(getattr(fields_of(name), "verbose_name", name)), getattr(row, name)) for name in fields]
