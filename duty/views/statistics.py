"""The monthly circular: spot checks by outcome, handovers, check-ins and gaps, one row a unit."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from duty.screens.calendar import units_to_pick
from duty.screens.place import chosen_month, month_frame
from duty.selectors import rosters
from org.screens.place import chosen_unit
from web.requests import Request


def statistics(request: Request) -> HttpResponse:
    """``?unit=CODE&month=2026-11&all=1``; without ``all`` only units that had something to count."""
    unit, month = chosen_unit(request), chosen_month(request)
    rows = rosters.statistics(unit, month)
    for row in rows:
        row["bad"] = [row[name] for name in BAD]
    counted = [row for row in rows if row["shifts"] or row["checks"] or row["gap_s"]]
    everything = bool(request.GET.get("all"))
    context = {"unit": unit, "rows": rows if everything else counted, "all": everything, **month_frame(month)}
    context["units"] = units_to_pick(request.user)
    context["total"] = {name: sum(row[name] or 0 for row in counted) for name in TOTALS}
    return render(request, "duty/statistics.html", context)


BAD = ("no_answer", "absent_post", "not_on_roster", "leader_absent", "wrong_answer")
TOTALS = (
    "shifts", "not_checked_in", "late_check_ins", "handovers", "late_handovers", "checks", "normal", "no_answer",
    "absent_post", "not_on_roster", "leader_absent", "wrong_answer", "gap_s",
)  # fmt: skip
"""Columns that can be added up."""
