"""What can be done on duty. Each function is one transaction; ``by`` is whoever acts."""

from duty.actions.alarms import report_unreachable
from duty.actions.calendar import accept_calendar, seed_calendar, set_calendar_year
from duty.actions.call_log import correct_call, log_call, reply_to_superior
from duty.actions.check_in import check_in
from duty.actions.comm_tests import answer_comm_test, plan_comm_tests, start_comm_test
from duty.actions.cover import begin_response, end_response
from duty.actions.edit import Place, add_shift, assign, call_off_shift, move_shift
from duty.actions.fallback import set_fallback
from duty.actions.feeds import issue_feed, revoke_feed, revoke_feeds_of
from duty.actions.hand_over import settle_handover, sign_handover
from duty.actions.leaders import authorise, file_absence, revoke_authorisation, tell_in_county, withdraw_whereabouts
from duty.actions.leave import approve_leave, ask_leave, record_leave, refuse_leave, withdraw_leave
from duty.actions.numbers import confirm_number, correct_number
from duty.actions.override import override, override_slot, withdraw_override
from duty.actions.patterns import NewPattern, end_pattern, set_pattern, set_patterns, set_season
from duty.actions.roster import discard_drafts, generate, generate_now, publish
from duty.actions.spot_check import (
    answer_spot_check,
    cancel_spot_check,
    plan_spot_checks,
    record_outcome,
    start_spot_check,
)
from duty.actions.swap import approve_swap, cancel_swap, refuse_swap, request_swap, take_swap

__all__ = [
    "NewPattern",
    "Place",
    "accept_calendar",
    "add_shift",
    "answer_comm_test",
    "answer_spot_check",
    "approve_leave",
    "approve_swap",
    "ask_leave",
    "assign",
    "authorise",
    "begin_response",
    "call_off_shift",
    "cancel_spot_check",
    "cancel_swap",
    "check_in",
    "confirm_number",
    "correct_call",
    "correct_number",
    "discard_drafts",
    "end_pattern",
    "end_response",
    "file_absence",
    "generate",
    "generate_now",
    "issue_feed",
    "log_call",
    "move_shift",
    "override",
    "override_slot",
    "plan_comm_tests",
    "plan_spot_checks",
    "publish",
    "record_leave",
    "record_outcome",
    "refuse_leave",
    "refuse_swap",
    "reply_to_superior",
    "report_unreachable",
    "request_swap",
    "revoke_authorisation",
    "revoke_feed",
    "revoke_feeds_of",
    "seed_calendar",
    "set_calendar_year",
    "set_fallback",
    "set_pattern",
    "set_patterns",
    "set_season",
    "settle_handover",
    "sign_handover",
    "start_comm_test",
    "start_spot_check",
    "take_swap",
    "tell_in_county",
    "withdraw_leave",
    "withdraw_override",
    "withdraw_whereabouts",
]
