"""The colour of a warning (docs/domain.md 2): the gravest that its parameters, its words and its severity give, with
its source, and with all of them where they disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from early_warning.platforms.cap import phrases, stated
from early_warning.platforms.cap.lexicon import BY_SEVERITY, COLOURS, GREEN
from early_warning.platforms.cap.message import Info

PLATFORM, SEVERITY, NONE = "platform", "severity", "none"
Witness = tuple[str, str]


@dataclass(frozen=True)
class Colour:
    """``name``: red, orange, yellow, blue, or empty. ``source``: platform (stated in a parameter, the headline or the
    event), severity, or none. ``disagreement``: (witness, colour) of each, only where they are not of one mind; the
    witnesses are parameter, headline, event and severity, and green is among the colours.
    """

    name: str
    source: str
    disagreement: tuple[Witness, ...] = ()


NO_COLOUR = Colour("", NONE)


def colour_of_info(info: Info) -> Colour:
    """The colour of one info block; none where it says that there is no warning."""
    if info.no_warning:
        return NO_COLOUR
    said = _stated(info)
    mapped = BY_SEVERITY.get(info.severity.lower(), "")
    colours = [colour for _witness, colour in said if colour in COLOURS]
    if mapped:
        said.append(("severity", mapped))
    if not colours and not mapped:
        return NO_COLOUR
    name = worst([*colours, mapped] if mapped else colours)
    differ = len({colour for _witness, colour in said}) > 1
    return Colour(name, PLATFORM if name in colours else SEVERITY, tuple(said) if differ else ())


def colour_of(infos: Sequence[Info]) -> Colour:
    """The colour of the whole message: that of its gravest block, a stated one before the same from a severity."""
    found = [colour for info in infos if (colour := colour_of_info(info)).name]
    if not found:
        return NO_COLOUR
    name = worst([colour.name for colour in found])
    gravest = [colour for colour in found if colour.name == name]
    source = PLATFORM if any(colour.source == PLATFORM for colour in gravest) else SEVERITY
    told = next((colour.disagreement for colour in [*gravest, *found] if colour.disagreement), ())
    return Colour(name, source, told)


def worst(colours: Sequence[str]) -> str:
    return min(colours, key=COLOURS.index)


def _stated(info: Info) -> list[Witness]:
    """One colour a witness, its gravest; green where it says nothing graver."""
    said: list[Witness] = []
    if parameters := stated.in_parameters(info.parameters):
        said.append(("parameter", _gravest(parameters)))
    for witness, text in (("headline", info.headline), ("event", info.event)):
        phrase = phrases.read(text)
        if phrase.now or phrase.green:
            said.append((witness, _gravest(phrase.now or (GREEN,))))
    return said


def _gravest(colours: Sequence[str]) -> str:
    return min(colours, key=lambda colour: (*COLOURS, GREEN).index(colour))
