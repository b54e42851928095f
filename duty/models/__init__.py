"""Rosters, shifts and who stands in them; and what happens on duty day by day."""

from duty.models.comm_tests import CommTest, CommTestLine, CommTestPlan
from duty.models.cover import Crew, ResponseCover
from duty.models.daily import CalendarToken, CallLog, CheckIn, FallbackContact, GapAlarm, Handover, SpotCheck, Swap
from duty.models.leaders import Authorisation, LeaderPost, Whereabouts
from duty.models.leave import Leave
from duty.models.numbers import CoverRule, PostLink
from duty.models.plan import Generation, RosterPattern, Season
from duty.models.roster import REQUIRED, DutyPost, Override, Roster, Shift, ShiftKind, Slot, Stint

__all__ = [
    "REQUIRED",
    "Authorisation",
    "CalendarToken",
    "CallLog",
    "CheckIn",
    "CommTest",
    "CommTestLine",
    "CommTestPlan",
    "CoverRule",
    "Crew",
    "DutyPost",
    "FallbackContact",
    "GapAlarm",
    "Generation",
    "Handover",
    "LeaderPost",
    "Leave",
    "Override",
    "PostLink",
    "ResponseCover",
    "Roster",
    "RosterPattern",
    "Season",
    "Shift",
    "ShiftKind",
    "Slot",
    "SpotCheck",
    "Stint",
    "Swap",
    "Whereabouts",
]
