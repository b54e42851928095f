"""The ladder of silence as data: which version is in force, and the copy that an order carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from command.models import Colour, Incident, Ladder
from command.selectors.areas import attached
from database.clock import DatabaseNow
from org.cards import person_card
from web.errors import Invalid


@dataclass(frozen=True)
class Rung:
    """One step after silence.

    ``after_s`` counts from the order; the last rung repeats every ``repeat_s`` until answered.
    """

    after_s: int
    do: str
    channel: str = "message"
    repeat_s: int = 0


class Snapshot:
    """The ladder as an order keeps it: plain data, so that no later edit reaches an order that is already out."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.ack_within_s: int = data["ack_within_s"]
        self.called: dict[str, list[str]] = data["called"]
        self.deputies: dict[str, str] = data["deputies"]
        self.above: dict[str, list[str]] = data["above"]
        self.rungs = [Rung(**rung) for rung in data["rungs"]]

    def rung(self, step: int) -> Rung:
        """The rung of a timer's step; steps past the end are repeats of the last."""
        return self.rungs[min(step, len(self.rungs) - 1)]

    def wait_s(self, step: int) -> int | None:
        """Seconds between the due times of ``step`` and the step before it (or the order).

        None when silence ends there.
        """
        if step < len(self.rungs):
            return self.rungs[step].after_s - (self.rungs[step - 1].after_s if step else 0)
        return self.rungs[-1].repeat_s or None

    def first_step(self, *, vacant: bool) -> int:
        """A vacancy cannot be reminded: it starts where somebody else is called."""
        if not vacant:
            return 0
        return next((i for i, rung in enumerate(self.rungs) if rung.do != "remind"), len(self.rungs) - 1)

    def step_without_phones(self) -> int:
        """Where a village goes on that is presumed cut off: at the runner, else where the unit above is asked."""
        for wanted in ("runner", "above", "county"):
            for step, rung in enumerate(self.rungs):
                if rung.do == wanted:
                    return step
        return len(self.rungs) - 1


COLOUR_OF = {
    "I": "red", "II": "orange", "III": "yellow", "IV": "blue", "red": "red", "orange": "orange", "yellow": "yellow",
    "blue": "blue",
}  # fmt: skip
"""The ladder by which the orders of a response level, or of an incident of a grade, climb."""


def first_colour(incident: Incident | None) -> str:
    """On which ladder a new order begins: by the gravest of the incident's warning colours (its own, and those of the
    attached warnings in force), its response level and its grade. Empty where none of them is known.
    """
    if incident is None:
        return ""
    found = {one.colour for one in attached(incident) if one.in_force} | {incident.colour}
    found |= {COLOUR_OF.get(incident.response_level, ""), COLOUR_OF.get(incident.grade, "")}
    return next((colour for colour in Colour.values if colour in found), "")


def in_force(colour: str, *, fast: bool = False) -> Snapshot:
    """A copy of the newest effective version of a colour's ladder. Invalid when the county has none."""
    ladder = (
        Ladder.objects.filter(colour=colour, fast=fast, effective_from__lte=DatabaseNow())
        .select_related("set_by")
        .order_by("-version")
        .first()
    )
    if ladder is None:
        raise Invalid.field("ladder", _("There is no escalation rule of this colour."))
    return Snapshot(as_data(ladder))


def as_data(ladder: Ladder) -> dict[str, Any]:
    """A version as plain data: what an order keeps of it."""
    return {
        "colour": ladder.colour,
        "version": ladder.version,
        "source": ladder.source,
        "set_by": person_card(ladder.set_by),
        "ack_within_s": ladder.ack_within_s,
        "called": ladder.called,
        "deputies": ladder.deputies,
        "above": ladder.above,
        "rungs": ladder.rungs,
    }
