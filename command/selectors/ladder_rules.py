"""Validation of a new version of a ladder: each fault by the field that holds it. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from command.selectors.ladder_words import RUNG_WORDS
from org.models import Appointment, Post, Unit
from org.selectors.register import held_now

MOST_RUNGS = 12
"""A technical bound: the page has as many rows, and a longer ladder would be one that nobody reads."""
SHORTEST_S = 10
"""Nobody can pick up a phone faster; it also keeps a slip (0, or minutes typed as seconds) from ringing without end."""
LONGEST_S = 86_400
"""A day: whoever may stay silent for longer is on no ladder."""
CALL_ABOVE = ("above", "runner", "county")
LEVELS = (Unit.Level.COUNTY, Unit.Level.DEPARTMENT, Unit.Level.TOWNSHIP, Unit.Level.VILLAGE)
ABOVE = {
    Unit.Level.COUNTY: Unit.Level.COUNTY,
    Unit.Level.DEPARTMENT: Unit.Level.COUNTY,
    Unit.Level.TOWNSHIP: Unit.Level.COUNTY,
    Unit.Level.VILLAGE: Unit.Level.TOWNSHIP,
}
"""Level of the silent unit → level of the posts that are called above it."""


@dataclass(frozen=True)
class NewLadder:
    """What an administrator wants orders of a colour to climb by. ``rungs`` as in command.models.Ladder."""

    ack_within_s: int
    called: Mapping[str, list[str]]
    deputies: Mapping[str, str]
    above: Mapping[str, list[str]]
    rungs: list[dict[str, Any]]
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def check(self) -> dict[str, list[str]]:
        """Field → what is wrong with it; empty when nothing is."""
        self.faults.clear()
        if not SHORTEST_S <= self.ack_within_s <= LONGEST_S:
            self.faults["ack_within_s"].append(_outside())
        self._rungs()
        self._posts()
        return dict(self.faults)

    def _rungs(self) -> None:
        said = self.faults["rungs"].append if self.rungs else None
        if said is None:
            self.faults["rungs"].append(_("An escalation rule has at least one step: silence must lead somewhere."))
            return
        if len(self.rungs) > MOST_RUNGS:
            said(_("An escalation rule has at most %(most)s steps.") % {"most": MOST_RUNGS})
        before = 0
        for number, rung in enumerate(self.rungs, 1):
            after = rung["after_s"]
            if (rung["do"], rung.get("channel", "message")) not in RUNG_WORDS:
                said(_("Step %(n)s: there is no such act.") % {"n": number})
            if not SHORTEST_S <= after <= LONGEST_S:
                said(_("Step %(n)s: %(what)s") % {"n": number, "what": _outside()})
            elif after <= before:
                said(_("Step %(n)s must come later than the one before it.") % {"n": number})
            if rung.get("repeat_s") and number < len(self.rungs):
                said(_("Step %(n)s: only the last step repeats.") % {"n": number})
            before = max(before, after)
        self._last(self.rungs[-1])
        if not self.faults["rungs"]:
            del self.faults["rungs"]

    def _last(self, rung: dict[str, Any]) -> None:
        if rung["do"] not in CALL_ABOVE:
            self.faults["rungs"].append(_("The last step calls the unit above or the county: somebody must act."))
        if not SHORTEST_S <= rung.get("repeat_s", 0) <= LONGEST_S:
            said = _("The last step repeats (%(what)s): who is silent is never struck off by time alone.")
            self.faults["rungs"].append(said % {"what": _outside()})

    def _posts(self) -> None:
        level_of = dict(Post.objects.values_list("code", "level"))
        held = set(held_now(Appointment.objects.filter(person__is_active=True)).values_list("post__code", flat=True))
        for level in LEVELS:
            self._each(f"called_{level}", self.called.get(level, []), level, level_of, held)
            self._each(f"above_{level}", self.above.get(level, []), ABOVE[level], level_of, held)
        for post in set(self.above) - set(LEVELS):
            if level_of.get(post) != Unit.Level.COUNTY:
                self.faults["above_county"].append(_("There is no post “%(code)s” at this level.") % {"code": post})
            self._each("above_county", self.above[post], Unit.Level.COUNTY, level_of, held)
        for post, deputy in self.deputies.items():
            if post not in level_of or post == deputy:
                self.faults["deputies"].append(_("Nobody stands in for themselves, and only posts have deputies."))
            else:
                self._each("deputies", [deputy], level_of[post], level_of, held)

    def _each(self, name: str, codes: Iterable[str], level: str, level_of: Mapping[str, str], held: set[str]) -> None:
        codes = list(codes)
        if not codes:
            self.faults[name].append(_("Choose at least one post: an empty step calls nobody."))
        for code in codes:
            if level_of.get(code) != level:
                self.faults[name].append(_("There is no post “%(code)s” at this level.") % {"code": code})
            elif code not in held:
                self.faults[name].append(_("Nobody holds the post “%(post)s”.") % {"post": _label(code)})


def _label(code: str) -> str:
    return Post.objects.get(code=code).label


def _outside() -> str:
    values = {"shortest": SHORTEST_S, "longest": LONGEST_S // 3600}
    return _("at least %(shortest)s seconds and at most %(longest)s hours") % values
