"""The time to wake in words: the sentence before an order goes out, and the comparison afterwards."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from command.models import Order
from command.selectors.ladder_words import length
from command.selectors.wake import More, Slow, Wake

SOONEST_S = 60


def about(seconds: int | None) -> str:
    """As long as a forecast can say it: under two minutes in steps of ten seconds, from then on in minutes."""
    if seconds is None:
        return _("hours")
    if seconds < 2 * SOONEST_S:
        return length(max(10, -(-seconds // 10) * 10))
    return length(-(-seconds // 60) * 60)


def sentence(wake: Wake) -> str:
    """“90 % of those called answer in about 6 min, half in 1 min; last to have anybody awake: …”"""
    said = _("90 %% of those called answer in about %(p90)s, half in %(p50)s; last to have anybody awake: %(slowest)s.")
    return said % {
        "p90": about(wake.p90_s), "p50": about(wake.p50_s),
        "slowest": _(", ").join(_slow(one) for one in wake.slowest),
    }  # fmt: skip


def _slow(one: Slow) -> str:
    return _("%(unit)s (%(time)s)") % {"unit": one.unit.label, "time": about(one.p90_s)}


def hints(wake: Wake) -> list[str]:
    """What more telephone lines, or more deputies, would change; nothing that would not."""
    found = []
    if (lines := wake.more_lines) is not None:
        found.append(_("With %(n)s telephone lines: 90 %% in about %(p90)s.") % _words_of(lines))
    if (deputies := wake.more_deputies) is not None:
        text = ngettext(
            "With a deputy for %(n)s post that has none: 90 %% in about %(p90)s.",
            "With deputies for %(n)s posts that have none: 90 %% in about %(p90)s.",
            deputies.count,
        )
        found.append(text % _words_of(deputies))
    return found


def _words_of(more: More) -> dict[str, str | int]:
    return {"n": more.count, "p90": about(more.p90_s)}


def compared(order: Order, actual: dict[str, int | None]) -> list[tuple[int, str, str]]:
    """(share in %, predicted, actual) of an order that kept its forecast."""
    kept = order.wake or {}
    rows = []
    for share, key in ((50, "p50_s"), (90, "p90_s")):
        done = actual[key]
        rows.append((share, about(kept.get(key)), length(done) if done is not None else _("not yet")))
    return rows
