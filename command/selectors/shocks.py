"""How many earthquakes a county has had within a day: a swarm is graver than each of its shocks (docs/domain.md 9)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from command.models import Proposal
from database.clock import now
from plans.selectors.signals import Signal

DAY = dt.timedelta(hours=24)


def counted(signal: Signal) -> Signal:
    """An earthquake inside with ``shocks_24h``: it and the others inside that were proposed for this unit in the 24 h
    before it began. ``at`` among its facts is that moment (ISO); without one it is now. Other signals as they are.
    """
    if signal.kind != "quake" or not signal.facts.get("inside") or "shocks_24h" in signal.facts:
        return signal
    at = _moment(signal.facts.get("at"))
    rows = Proposal.objects.filter(subject__startswith="quake:", unit=signal.unit, exercise=signal.exercise)
    rows = rows.exclude(subject=signal.subject).filter(told__inside=True)
    before = {subject for subject, told in rows.values_list("subject", "told") if at - DAY <= _moment(told["at"]) <= at}
    told = {**signal.told, "at": at.isoformat(), "inside": True}
    return replace(signal, facts={**signal.facts, "shocks_24h": len(before) + 1}, told=told)


def _moment(text: object) -> dt.datetime:
    return dt.datetime.fromisoformat(text) if isinstance(text, str) else now()
