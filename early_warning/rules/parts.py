"""The parts of a message: each info block with its own severity, area, beginning and end (CAP 1.2 section 3.2.2). Pure.

The same said in several languages is one part.
A part that ends something (an all-clear, urgency Past, 解除) or says that there is no warning warns of nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from early_warning.platforms.cap import Area, Info, Message
from early_warning.platforms.cap.colours import COLOURS, colour_of_info
from plans.rules.events import event_kind

LONGEST_EVENT = 120


@dataclass
class Part:
    """``blocks``: the places of its info blocks in the message; ``ends``: it lifts; ``calm``: it is no warning."""

    number: int
    blocks: list[int]
    infos: list[Info] = field(repr=False)

    @property
    def first(self) -> Info:
        return self.infos[0]

    @property
    def ends(self) -> bool:
        return any(info.lifts for info in self.infos)

    @property
    def calm(self) -> bool:
        return all(info.no_warning for info in self.infos)

    @property
    def warns(self) -> bool:
        return not self.ends and not self.calm

    @property
    def codes(self) -> list[str]:
        """Its event codes, of whatever system."""
        return [value for info in self.infos for _name, value in info.event_codes]

    @property
    def areas(self) -> list[Area]:
        """The areas of all its languages, which differ in their descriptions only."""
        return [area for info in self.infos for area in info.areas]

    def faults(self, sent: dt.datetime, now: dt.datetime) -> list[str]:
        """Why it cannot be in force: over by now, or an end that lies before its own beginning."""
        return faults(sent, now, self.first.effective, self.first.onset, self.first.expires)

    def columns(self) -> dict[str, Any]:
        """The columns of a WarningPart that come from the words of the message."""
        colour, source = _colour(self.infos)
        info = self.first
        return {
            "number": self.number,
            "blocks": self.blocks,
            "colour": colour,
            "colour_source": source,
            "event": cut(info.event, LONGEST_EVENT),
            "event_kind": event_kind((one.event for one in self.infos), self.codes),
            "severity": info.severity,
            "urgency": info.urgency,
            "certainty": info.certainty,
            "effective": info.effective,
            "onset": info.onset,
            "expires": info.expires,
            "area_description": "; ".join(dict.fromkeys(area.description for area in info.areas)),
        }


def faults(
    sent: dt.datetime,
    now: dt.datetime,
    effective: dt.datetime | None,
    onset: dt.datetime | None,
    expires: dt.datetime | None,
) -> list[str]:
    """The codes of what makes these times impossible (early_warning/rules/words.py says them)."""
    if expires is None:
        return []
    found = []
    if expires <= sent:
        found.append("ends_before_sent")
    if any(start is not None and expires <= start for start in (effective, onset)):
        found.append("ends_before_start")
    if expires <= now:
        found.append("over")
    return found


def parts_of(message: Message) -> list[Part]:
    """In the order of the message. A block joins the first part that says the same in other languages only: of the same
    severity and times, and of the same area or, as translations are careless with areas, of any (both then count).
    """
    found: list[Part] = []
    for place, info in enumerate(message.infos):
        same = [part for part in found if _times(part.first) == _times(info) and _new_language(part, info)]
        exact = [part for part in same if _ground(part.first) == _ground(info)]
        loose = [part for part in same if part.first.lifts == info.lifts]
        part = next(iter([*exact, *loose]), None)
        if part is None:
            found.append(Part(len(found) + 1, [place], [info]))
        else:
            part.blocks.append(place)
            part.infos.append(info)
    return found


def _times(info: Info) -> tuple[Any, ...]:
    return (info.severity, info.effective, info.onset, info.expires)


def _ground(info: Info) -> list[Any]:
    return sorted((sorted(shape.wkb for shape in area.shapes), sorted(area.geocodes)) for area in info.areas)


def _new_language(part: Part, info: Info) -> bool:
    return _language(info) not in {_language(other) for other in part.infos}


def _language(info: Info) -> str:
    return info.language.lower().replace("_", "-")


def _colour(infos: Sequence[Info]) -> tuple[str, str]:
    """The gravest that any of its languages states; ("", "none") without one."""
    found = [colour_of_info(info) for info in infos]
    gravest = min(found, key=lambda colour: gravity(colour.name))
    return gravest.name, gravest.source


def gravity(colour: str) -> int:
    """0 is red; a warning without a colour comes last."""
    return COLOURS.index(colour) if colour in COLOURS else len(COLOURS)


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last of them a mark that something was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
