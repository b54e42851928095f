"""Rosters, shifts and who stands in them; and what happens on duty day by day."""

from duty.models.daily import CalendarToken, CallLog, CheckIn, FallbackContact, GapAlarm, Handover, SpotCheck, Swap
from duty.models.leave import Leave
from duty.models.numbers import CoverRule, PostLink
from duty.models.plan import Generation, RosterPattern, Season
from duty.models.roster import REQUIRED, DutyPost, Override, Roster, Shift, ShiftKind, Slot, Stint

__all__ = [
    "REQUIRED",
    "CalendarToken",
    "CallLog",
    "CheckIn",
    "CoverRule",
    "DutyPost",
    "FallbackContact",
    "GapAlarm",
    "Generation",
    "Handover",
    "Leave",
    "Override",
    "PostLink",
    "Roster",
    "RosterPattern",
    "Season",
    "Shift",
    "ShiftKind",
    "Slot",
    "SpotCheck",
    "Stint",
    "Swap",
]
