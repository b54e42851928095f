"""For any sequence of messages: whoever is under a red part in force stays so, or something that may end it has ended
it, or a question is open.
"""

from __future__ import annotations

import random

import pytest

from database.clock import now
from early_warning.models import Question, Warning, WarningPart
from journal import timers
from journal.models import Event
from tests.early_warning.chains import JUSHUI, ZHUKOU, Series, block, lift, moment
from tests.early_warning.messages import area

ELSEWHERE = area(codes=("330100",))
STEPS = 14


def some_block(pick: random.Random) -> str:
    """Most are sound; the rest are over, impossible, to come, or of elsewhere."""
    colour = pick.choice(["red", "red", "orange", "yellow", "blue"])
    codes = pick.choice([(JUSHUI,), (ZHUKOU,), (JUSHUI, ZHUKOU)])
    times = pick.choice([{}, {}, {"expires": moment(pick.choice([-1, -600, 45, 500]))}, {"effective": moment(40)},
                         {"effective": moment(90), "expires": moment(60)}])  # fmt: skip
    return block(colour, codes, where=ELSEWHERE if pick.random() < 0.15 else None, **times)


def act(pick: random.Random, series: Series, clock, name: str) -> None:
    known = list(series.sent)
    roll = pick.random()
    if roll < 0.15:
        clock.travel(minutes=pick.choice([5, 50]))
        timers.fire_due()
    elif roll < 0.4 or not known:
        series.alert(name, "".join(some_block(pick) for _ in range(pick.choice([1, 1, 2]))))
    else:
        of = "".join(pick.sample(known, min(len(known), pick.choice([1, 1, 2]))))
        if roll < 0.75:
            infos = "".join(some_block(pick) for _ in range(pick.choice([1, 1, 2])))
            series.update(name, of=of, infos=infos + pick.choice(["", "", lift((ZHUKOU,))]))
        elif roll < 0.9:
            series.cancel(name, of=of)
        else:
            series.take(series.body(name, pick.choice(["Alert", "Update"]), lift(pick.choice([(JUSHUI,), (ZHUKOU,)])),
                                    pick.choice(["", of]) or of))  # fmt: skip


def under_red() -> dict[int, set[int]]:
    """Warning in force → the units under its red parts in force."""
    parts = WarningPart.objects.filter(warning__status="active", colour="red", begun_at__isnull=False, over_at=None)
    found: dict[int, set[int]] = {}
    for part in parts.exclude(expires__lte=now()):
        found.setdefault(part.warning_id, set()).update(part.named_units.values_list("unit_id", flat=True))
    return found


def check_ended_rightly(warning: Warning, units: set[int]) -> None:
    events = Event.objects.filter(subject=f"warning:{warning.pk}")
    verbs = set(events.values_list("verb", flat=True))
    if warning.status == "active":
        assert "warning.part_over" in verbs
    elif warning.status == "expired":
        assert warning.expires is not None
        assert warning.expires <= now()
    else:
        assert warning.status in ("updated", "cancelled")
        assert f"warning.{warning.status}" in verbs
        by = warning.ended_by
        assert by.references.filter(identifier=warning.raw.identifier).exists() or by.kind == "Update"
        newer = Warning.objects.filter(raw=by).first()
        if newer is not None:
            assert newer.in_force_since is not None, "what is held or elsewhere ends nothing"
            begun = newer.parts.filter(begun_at__isnull=False)
            assert begun.exists(), "what is to come ends nothing yet"
            covered = set(newer.named_units.values_list("unit_id", flat=True))
            told = {note["code"] for note in by.notes}
            assert units <= covered or "drops_units" in told


@pytest.mark.parametrize("seed", range(16))
def test_a_unit_under_a_red_part_in_force_is_never_silent_without_cause(feed, clock, seed):
    pick, series = random.Random(seed), Series(feed)
    for step in range(STEPS):
        before = under_red()
        act(pick, series, clock, chr(ord("a") + step))
        timers.fire_due()
        after = under_red()
        for pk, units in before.items():
            lost = units - after.get(pk, set())
            if lost:
                check_ended_rightly(Warning.objects.select_related("raw", "ended_by").get(pk=pk), lost)
        asked = set(Question.objects.filter(status="open").values_list("raw_id", flat=True))
        held = set(Warning.objects.filter(status="held").values_list("raw_id", flat=True))
        assert held <= asked, "what is held is asked about"
